#include "plan/fit/capture_baselines.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/queueing.h"
#include "plan/fit/goodness.h"

namespace capplan::plan {

namespace {

/// A class's mean duration over the other captures, and its share of this one.
struct Service {
  const MeasuredClass* measured;
  double mean;
  double share;
};

Compare formula(double measured, double predicted) {
  return {measured, {predicted, predicted, predicted, true}, measured > 0 ? predicted / measured - 1 : 0, false};
}

/// Waiting for one of c servers, then an exponential service of another mean than the queue's.
struct Response {
  double waits;  ///< probability
  double drain;  ///< rate at which a wait that there is ends
  double mean;   ///< of the service

  double tail(double t) const {
    const double mu = 1 / mean;
    if (waits <= 0) return std::exp(-mu * t);
    const double difference = drain - mu;
    const double both = std::fabs(difference) < 1e-9 * mu
                            ? (1 + mu * t) * std::exp(-mu * t)
                            : (drain * std::exp(-mu * t) - mu * std::exp(-drain * t)) / difference;
    return (1 - waits) * std::exp(-mu * t) + waits * both;
  }
  double quantile(double p) const {
    double lo = 0, hi = mean;
    while (tail(hi) > 1 - p) hi *= 2;
    for (int i = 0; i < 80; ++i) (tail((lo + hi) / 2) > 1 - p ? lo : hi) = (lo + hi) / 2;
    return hi;
  }
  double mean_response() const { return mean + (waits > 0 ? waits / drain : 0); }
};

/// The figures of requests that are a mixture of classes.
ComparedTimes times(const std::vector<double>& measured, const std::vector<std::pair<double, Response>>& parts) {
  const auto quantile = [&](double p) {
    const auto tail = [&](double t) {
      double sum = 0;
      for (const auto& [share, response] : parts) sum += share * response.tail(t);
      return sum;
    };
    double lo = 0, hi = 1e-6;
    while (tail(hi) > 1 - p) hi *= 2;
    for (int i = 0; i < 80; ++i) (tail((lo + hi) / 2) > 1 - p ? lo : hi) = (lo + hi) / 2;
    return hi;
  };
  double mean = 0;
  for (const auto& [share, response] : parts) mean += share * response.mean_response();
  const double sum = std::accumulate(measured.begin(), measured.end(), 0.0);
  return {formula(sum / static_cast<double>(measured.size()), mean),
          formula(sample_quantile(measured, 0.50), quantile(0.50)),
          formula(sample_quantile(measured, 0.95), quantile(0.95)),
          formula(sample_quantile(measured, 0.99), quantile(0.99))};
}

ComparedCapture predicted(const MeasuredCapture& capture, const std::map<std::string, double>& means) {
  const CaptureManifest& m = capture.manifest;
  ComparedCapture result{.name = m.name};
  std::vector<Service> services;
  double requests = 0;
  for (const MeasuredClass& c : capture.classes)
    if (!c.durations.empty() && means.contains(c.name)) {
      services.push_back({&c, means.at(c.name), static_cast<double>(c.durations.size())});
      requests += services.back().share;
    }
  double mean = 0;
  for (Service& s : services) {
    s.share /= requests;
    mean += s.share * s.mean;
  }
  const double rate = m.open() ? m.rate : 0;  // closed clients find a connection each, and never wait in this view
  if (services.empty() || rate * mean >= m.connections) {
    result.saturated = true;
    result.warnings.push_back("has no steady state by M/M/c");
  }
  const double load = result.saturated ? 0 : rate * mean;
  const double waits = load > 0 ? core::erlang_c(m.connections, load) : 0;
  const double drain = m.connections / std::max(mean, 1e-12) - rate;
  std::vector<std::pair<double, Response>> parts;
  std::vector<double> all;
  for (const Service& s : services) {
    parts.emplace_back(s.share, Response{waits, drain, s.mean});
    all.insert(all.end(), s.measured->latencies.begin(), s.measured->latencies.end());
    if (s.measured->durations.size() < 20) continue;
    const std::vector<std::pair<double, Response>> own{{1.0, parts.back().second}};
    result.classes.push_back({s.measured->name, static_cast<std::int64_t>(s.measured->durations.size()),
                              times(s.measured->latencies, own), times(s.measured->durations, own)});
  }
  std::sort(all.begin(), all.end());
  if (!all.empty())
    result.classes.push_back({"all", static_cast<std::int64_t>(all.size()), times(all, parts), times(all, parts)});
  result.throughput = formula(capture.completed_per_s, m.open() ? rate : m.clients / std::max(mean, 1e-12));
  result.pool_wait = formula(capture.mean_wait, waits > 0 ? waits / drain : 0);
  return result;
}

}  // namespace

CaptureValidation textbook_leave_one_out(const std::vector<MeasuredCapture>& captures) {
  CaptureValidation v;
  for (std::size_t i = 0; i < captures.size(); ++i) {
    std::map<std::string, std::pair<double, double>> sums;
    for (std::size_t k = 0; k < captures.size(); ++k) {
      if (k == i || is_full(captures[k].manifest)) continue;  // durations of a full server are waits
      for (const MeasuredClass& c : captures[k].classes) {
        auto& [sum, count] = sums[c.name];
        sum += std::accumulate(c.durations.begin(), c.durations.end(), 0.0);
        count += static_cast<double>(c.durations.size());
      }
    }
    std::map<std::string, double> means;
    for (const auto& [name, total] : sums)
      if (total.second > 0) means[name] = total.first / total.second;
    v.captures.push_back(predicted(captures[i], means));
  }
  summarise(v);
  return v;
}

}  // namespace capplan::plan
