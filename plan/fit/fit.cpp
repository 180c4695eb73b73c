// The choice among the fitted families, by the rule that fit.h states. Source and limits: see there.

#include "plan/fit/fit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "plan/fit/families.h"

namespace capplan::plan {

namespace {

constexpr std::size_t least_sample = 20;
constexpr std::size_t most_fitted = 200'000;
constexpr std::size_t least_for_p99 = 1000;
constexpr double ks_tolerated = 0.02;
constexpr double p99_tolerated = 0.1;
constexpr double mean_tolerated = 0.02;

/// Whether mean and tail of a distribution are those of the sample.
bool keeps_figures(const core::Distribution& distribution, std::span<const double> sorted,
                   const SampleSummary& sample) {
  const double mean = sample.mean.value;
  if (std::abs(distribution.mean() - mean) > mean_tolerated * mean) return false;
  const double p99 = distribution.quantile(0.99);
  const core::Estimate& seen = sample.p99;
  if (sorted.size() >= least_for_p99) return std::abs(p99 - seen.value) <= p99_tolerated * seen.value;
  return !seen.known || (p99 >= seen.lo && p99 <= seen.hi);
}

/// A fitted family with its likelihood and its distances to the sample.
Fit judged(FamilyFit family, std::span<const double> sorted, const SampleSummary& sample) {
  Fit fit{std::move(family.family), std::move(family.distribution), family.parameters};
  for (const double x : sorted) fit.log_likelihood += log_density(fit.distribution, x);
  fit.has_likelihood = std::isfinite(fit.log_likelihood);
  fit.aic = 2 * fit.parameters - 2 * fit.log_likelihood;
  const Goodness g = goodness(sorted, fit.distribution);
  fit.ks = g.ks;
  fit.anderson_darling = g.anderson_darling;
  fit.fits = fit.has_likelihood && fit.ks <= std::max(ks_critical_1pct(sorted.size()), ks_tolerated) &&
             keeps_figures(fit.distribution, sorted, sample);
  return fit;
}

/// The sample itself, as one value or as knots.
Fit sample_itself(std::span<const double> sorted) {
  const bool constant = sorted.front() == sorted.back();
  Fit fit{constant ? "deterministic" : "empirical",
          constant ? core::Distribution::deterministic(sorted.front()) : empirical_knots(sorted)};
  fit.fits = true;
  if (constant) return fit;
  const Goodness g = goodness(sorted, fit.distribution);
  fit.ks = g.ks;
  fit.anderson_darling = g.anderson_darling;
  return fit;
}

/// Probabilities of a QQ plot: in steps of 1/24, and closer to both ends.
constexpr double plotted[] = {0.001,     0.005,     0.01,      0.02,      0.03,      1.0 / 24,  2.0 / 24,
                              3.0 / 24,  4.0 / 24,  5.0 / 24,  6.0 / 24,  7.0 / 24,  8.0 / 24,  9.0 / 24,
                              10.0 / 24, 11.0 / 24, 12.0 / 24, 13.0 / 24, 14.0 / 24, 15.0 / 24, 16.0 / 24,
                              17.0 / 24, 18.0 / 24, 19.0 / 24, 20.0 / 24, 21.0 / 24, 22.0 / 24, 23.0 / 24,
                              0.97,      0.98,      0.99,      0.995,     0.999};

std::vector<QuantilePair> quantile_pairs(std::span<const double> sorted, const core::Distribution& fitted) {
  std::vector<QuantilePair> pairs;
  for (const double p : plotted) pairs.push_back({p, sample_quantile(sorted, p), fitted.quantile(p)});
  return pairs;
}

}  // namespace

SampleFit fit_sample(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("fit: the sample is empty");
  for (const double x : values)
    if (!(x >= 1e-9 && x <= 1e9)) throw std::invalid_argument("fit: values must lie in [1e-9, 1e9] seconds");
  std::sort(values.begin(), values.end());

  SampleFit result;
  result.sample = summarise(values);
  const std::size_t n = values.size();
  if (n < least_sample)
    result.warnings.push_back(
        fmt::format("only {} requests: their distribution is taken as it is, and says little", n));
  if (n < least_sample || values.front() == values.back()) {
    result.ks_critical = ks_critical_1pct(n);
    result.chosen = sample_itself(values);
    result.pairs = quantile_pairs(values, result.chosen.distribution);
    return result;
  }
  const std::vector<double> few = thinned(values, most_fitted);
  if (few.size() < n)
    result.warnings.push_back(fmt::format("fitted to {} of {} requests, evenly spaced in rank", few.size(), n));
  result.ks_critical = ks_critical_1pct(few.size());
  if (few.front() < few.back()) {  // else all but a few outliers are equal, and no family is worth trying
    for (FamilyFit& family : fit_families(few)) {
      Fit fit = judged(std::move(family), few, result.sample);
      if (fit.has_likelihood) result.alternatives.push_back(std::move(fit));
    }
  }
  std::stable_sort(result.alternatives.begin(), result.alternatives.end(),
                   [](const Fit& a, const Fit& b) { return a.aic < b.aic; });
  const auto best =
      std::find_if(result.alternatives.begin(), result.alternatives.end(), [](const Fit& fit) { return fit.fits; });
  result.chosen = best != result.alternatives.end() ? *best : sample_itself(values);
  result.pairs = quantile_pairs(values, result.chosen.distribution);
  return result;
}

}  // namespace capplan::plan
