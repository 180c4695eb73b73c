// Zipf's exponent from the first ranks, the working set from blocks. Sources and limits: see key_fit.h.

#include "plan/fit/key_fit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace capplan::plan {

namespace {

constexpr std::int64_t least_asked = 20;
constexpr std::size_t least_ranks = 10;
constexpr double near_law = 0.05;
constexpr std::size_t blocks = 10;
constexpr double z = 1.959963984540054;

/// Mean and variance of ln rank under the law cut to `ranks`.
std::pair<double, double> log_ranks(double s, std::size_t ranks) {
  double total = 0, first = 0, second = 0;
  for (std::size_t k = 1; k <= ranks; ++k) {
    const double l = std::log(static_cast<double>(k)), p = std::exp(-s * l);
    total += p;
    first += p * l;
    second += p * l * l;
  }
  return {first / total, second / total - first / total * (first / total)};
}

/// The exponent whose mean of ln rank is `mean`: Newton's steps, kept within reason.
double exponent_of(double mean, std::size_t ranks) {
  double s = 1;
  for (int i = 0; i < 60; ++i) {
    const auto [m, variance] = log_ranks(s, ranks);
    const double next = std::clamp(s + (m - mean) / variance, 0.0, 10.0);
    if (std::fabs(next - s) < 1e-10) return next;
    s = next;
  }
  return s;
}

std::size_t distinct_in(std::span<const std::uint64_t> keys) {
  return std::unordered_set<std::uint64_t>(keys.begin(), keys.end()).size();
}

/// ln(distinct of all / distinct of a tenth) / ln 10, the tenth in the mean over ten blocks.
core::Estimate heaps_of(std::span<const std::uint64_t> keys, std::int64_t distinct) {
  const std::size_t n = keys.size();
  if (n < 10 * blocks) return {};
  std::vector<double> logs;
  for (std::size_t b = 0; b < blocks; ++b)
    logs.push_back(std::log(static_cast<double>(distinct_in(keys.subspan(b * n / blocks, n / blocks)))));
  double mean = 0, squares = 0;
  for (const double x : logs) mean += x / static_cast<double>(blocks);
  for (const double x : logs) squares += (x - mean) * (x - mean);
  // The whole varies less than a tenth of it does; what it shares with the tenths is left out.
  const double error = std::sqrt(squares / (blocks - 1) / blocks * 2) / std::log(static_cast<double>(blocks));
  const double value = (std::log(static_cast<double>(distinct)) - mean) / std::log(static_cast<double>(blocks));
  return {value, value - z * error, value + z * error, true};
}

}  // namespace

KeyFit fit_keys(std::span<const std::uint64_t> keys) {
  KeyFit fit;
  fit.requests = static_cast<std::int64_t>(keys.size());
  std::unordered_map<std::uint64_t, std::int64_t> counts;
  for (const std::uint64_t key : keys) ++counts[key];
  fit.distinct = static_cast<std::int64_t>(counts.size());
  fit.heaps = heaps_of(keys, fit.distinct);

  std::vector<std::pair<std::int64_t, std::uint64_t>> order;
  for (const auto& [key, count] : counts)
    if (count >= least_asked) order.emplace_back(-count, key);
  std::sort(order.begin(), order.end());
  const std::size_t ranks = order.size();
  fit.ranks = static_cast<std::int64_t>(ranks);
  if (ranks < least_ranks) return fit;
  std::unordered_map<std::uint64_t, double> log_rank;
  for (std::size_t k = 0; k < ranks; ++k) log_rank[order[k].second] = std::log(static_cast<double>(k + 1));
  std::vector<double> series;  // of the requests within the ranks, in order
  for (const std::uint64_t key : keys)
    if (const auto found = log_rank.find(key); found != log_rank.end()) series.push_back(found->second);
  double mean = 0;
  for (const double x : series) mean += x / static_cast<double>(series.size());

  const double s = exponent_of(mean, ranks);
  const double variance = log_ranks(s, ranks).second;
  double freedom = 0;
  const double of_mean =
      std::max(batch_error(series, &freedom), std::sqrt(variance / static_cast<double>(series.size())));
  const double error = of_mean / variance;
  fit.level = {std::log(std::max(s, 1e-3)), error / std::max(s, 1e-3), freedom, true};
  fit.zipf = as_ratio(fit.level);

  double total = 0, law = 0, sample = 0;
  for (std::size_t k = 1; k <= ranks; ++k) total += std::pow(static_cast<double>(k), -s);
  for (std::size_t k = 1; k <= ranks; ++k) {
    law += std::pow(static_cast<double>(k), -s) / total;
    sample += static_cast<double>(-order[k - 1].first) / static_cast<double>(series.size());
    fit.distance = std::max(fit.distance, std::fabs(law - sample));
  }
  return fit;
}

std::string goodness_of(const KeyFit& fit) {
  if (!fit.zipf.known)
    return fmt::format("too few repetitions for an exponent: {} keys were asked for {} times or more", fit.ranks,
                       least_asked);
  const bool follows = fit.distance < near_law;
  return fmt::format("{} Zipf's law{} {:.1f}% of requests over the first {} ranks",
                     follows ? "follows" : "does not follow", follows ? " to within" : ": it is off by",
                     100 * fit.distance, fit.ranks);
}

}  // namespace capplan::plan
