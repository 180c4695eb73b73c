// Neighbours on a connection. Sources and limits: see sequence_fit.h.

#include "plan/fit/sequence_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"

namespace capplan::plan {

namespace {

constexpr double z = 1.959963984540054;
constexpr std::size_t least_pairs = 50;
constexpr double no_rest = 0.01;      // of the mean duration
constexpr double least_expected = 1;  // in a cell of the table
constexpr std::size_t most_gaps = 200'000;

/// ln of each request's duration in standard deviations of its class.
std::vector<double> within_class(const RequestLog& log) {
  std::vector<double> logs, count(log.classes.size(), 0.0), sum(log.classes.size(), 0.0), squares = sum;
  for (std::size_t i = 0; i < log.size(); ++i) {
    logs.push_back(std::log(static_cast<double>(std::max<core::Nanos>(log.service_ns(i), 500))));
    count[log.klass[i]] += 1;
    sum[log.klass[i]] += logs[i];
  }
  for (std::size_t i = 0; i < log.size(); ++i) {
    const std::size_t k = log.klass[i];
    logs[i] -= sum[k] / count[k];
    squares[k] += logs[i] * logs[i];
  }
  for (std::size_t i = 0; i < log.size(); ++i) {
    const double deviation = std::sqrt(squares[log.klass[i]] / count[log.klass[i]]);
    if (deviation > 0) logs[i] /= deviation;
  }
  return logs;
}

/// Correlation of paired values with Fisher's interval.
core::Estimate correlation(const std::vector<double>& a, const std::vector<double>& b, double& p) {
  const double n = static_cast<double>(a.size());
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ma += a[i] / n;
    mb += b[i] / n;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
    ab += (a[i] - ma) * (b[i] - mb);
  }
  if (!(aa > 0) || !(bb > 0)) return {};
  const double r = std::clamp(ab / std::sqrt(aa * bb), -1 + 1e-12, 1 - 1e-12);
  const double error = 1 / std::sqrt(n - 3);
  p = std::erfc(std::fabs(std::atanh(r)) / error / std::sqrt(2.0));
  return {r, std::tanh(std::atanh(r) - z * error), std::tanh(std::atanh(r) + z * error), true};
}

/// Chi-square of successive classes against independent ones, cells that can hardly be filled left out.
void compare_classes(const RequestLog& log, const std::vector<std::pair<std::size_t, std::size_t>>& pairs,
                     SequenceFit& fit) {
  const std::size_t classes = log.classes.size();
  const double n = static_cast<double>(pairs.size());
  std::vector<double> first(classes, 0.0), second(classes, 0.0), cells(classes * classes, 0.0);
  double repeated = 0;
  for (const auto& [a, b] : pairs) {
    const std::size_t i = log.klass[a], j = log.klass[b];
    ++first[i];
    ++second[j];
    ++cells[i * classes + j];
    repeated += i == j ? 1 : 0;
  }
  double chi = 0, by_chance = 0, rows = 0, columns = 0;
  for (std::size_t i = 0; i < classes; ++i) {
    rows += first[i] > 0 ? 1 : 0;
    columns += second[i] > 0 ? 1 : 0;
    by_chance += first[i] * second[i] / n / n;
    for (std::size_t j = 0; j < classes; ++j) {
      const double expected = first[i] * second[j] / n;
      if (expected < least_expected) continue;
      chi += (cells[i * classes + j] - expected) * (cells[i * classes + j] - expected) / expected;
    }
  }
  if (rows < 2 || columns < 2) return;
  // Fewer cells than degrees of freedom only make the test milder.
  fit.classes_p = exceeds_chi_square(chi, (rows - 1) * (columns - 1));
  const double share = repeated / n, error = std::sqrt(std::max(share * (1 - share), 1 / n) / n);
  fit.repeats = {share - by_chance, share - by_chance - z * error, share - by_chance + z * error, true};
}

ThinkTime think_time(const RequestLog& log, const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
  ThinkTime think;
  double durations = 0;
  for (std::size_t i = 0; i < log.size(); ++i) durations += core::to_seconds(log.service_ns(i));
  durations /= static_cast<double>(log.size());
  std::vector<double> gaps;  // in order of time
  for (const auto& [a, b] : pairs)
    gaps.push_back(core::to_seconds(std::max<core::Nanos>(log.start_ns(b) - log.finish_ns[a], 500)));
  think.count = static_cast<std::int64_t>(gaps.size());
  think.median = log_quantile(gaps, 0.5);
  think.mean = as_ratio(log_mean(gaps));
  think.none = !(think.mean.value > no_rest * durations);
  if (think.none) return think;
  std::vector<double> sample = gaps;
  if (sample.size() > most_gaps) sample.resize(most_gaps);
  const SampleFit fitted = fit_sample(std::move(sample));
  think.family = fitted.chosen.family;
  think.distribution = fitted.chosen.distribution;
  think.ks = fitted.chosen.ks;
  return think;
}

}  // namespace

SequenceFit fit_sequence(const CaptureManifest& manifest, const RequestLog& log) {
  SequenceFit fit;
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto taken = [&](std::size_t i) { return log.finish_ns[i] - log.service_ns(i); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return taken(a) < taken(b); });
  std::vector<std::pair<std::size_t, std::size_t>> pairs;  // in order of the later one
  std::vector<std::size_t> before(log.size());
  std::vector<std::size_t> by_client = order;
  std::stable_sort(by_client.begin(), by_client.end(),
                   [&](std::size_t a, std::size_t b) { return log.client[a] < log.client[b]; });
  for (std::size_t i = 0; i < by_client.size(); ++i) {
    const bool first = i == 0 || log.client[by_client[i]] != log.client[by_client[i - 1]];
    before[by_client[i]] = first ? log.size() : by_client[i - 1];
  }
  for (const std::size_t i : order)
    if (before[i] < log.size()) pairs.emplace_back(before[i], i);
  fit.pairs = static_cast<std::int64_t>(pairs.size());
  if (pairs.size() < least_pairs) return fit;

  const std::vector<double> logs = within_class(log);
  std::vector<double> a, b;
  for (const auto& [i, j] : pairs) {
    a.push_back(logs[i]);
    b.push_back(logs[j]);
  }
  fit.durations = correlation(a, b, fit.durations_p);
  compare_classes(log, pairs, fit);
  if (!manifest.open()) fit.think = think_time(log, pairs);
  return fit;
}

}  // namespace capplan::plan
