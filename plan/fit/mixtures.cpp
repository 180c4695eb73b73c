// Two-component mixtures by expectation and maximisation: hyperexponential and lognormal.
// Sources: Dempster, Laird and Rubin 1977; starts are cuts of the sorted sample at fixed ranks (no random starts, so
// that the fit of a sample is always the same). Each start runs on a thinned sample, the best is finished on all of it.
// Limits: a component keeps 0.5 % of the weight and a lognormal one a sigma of 0.02 at least, so that none shrinks onto
// a few equal values; EM may stop at a local maximum, which goodness of fit will show.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "plan/fit/families.h"

namespace capplan::plan {

namespace {

using core::Distribution;
using Sample = std::span<const double>;

constexpr double least_weight = 0.005;
constexpr double least_sigma = 0.02;
constexpr std::array<double, 4> cuts = {0.1, 0.5, 0.9, 0.98};

/// Two components; `weight` is that of the first.
struct Pair {
  double weight = 0.5;
  std::array<double, 2> location{};  ///< mean of a phase, or mu
  std::array<double, 2> sigma{1, 1};
};

/// Responsibility of the first component and log-likelihood, from the logarithms of the weighted densities.
std::pair<double, double> share_of_first(double first, double second) {
  const double e = std::exp(-std::abs(first - second));
  return {first > second ? 1 / (1 + e) : e / (1 + e), std::max(first, second) + std::log1p(e)};
}

/// One step of EM for two exponential phases; returns the log-likelihood before it.
double step_exponential(Sample sample, Pair& p) {
  const std::array<double, 2> start = {std::log(p.weight / p.location[0]), std::log((1 - p.weight) / p.location[1])};
  double likelihood = 0, count = 0, first = 0, all = 0;
  for (const double x : sample) {
    const auto [r, l] = share_of_first(start[0] - x / p.location[0], start[1] - x / p.location[1]);
    likelihood += l;
    count += r;
    first += r * x;
    all += x;
  }
  const double n = static_cast<double>(sample.size());
  if (!(count > 0 && count < n)) return likelihood;
  p.location = {first / count, (all - first) / (n - count)};
  p.weight = std::clamp(count / n, least_weight, 1 - least_weight);
  return likelihood;
}

/// One step of EM for two normals over logarithms; returns the log-likelihood (of the logarithms) before it.
double step_normal(Sample logs, Pair& p) {
  const std::array<double, 2> start = {std::log(p.weight / p.sigma[0]), std::log((1 - p.weight) / p.sigma[1])};
  const std::array<double, 2> precision = {0.5 / (p.sigma[0] * p.sigma[0]), 0.5 / (p.sigma[1] * p.sigma[1])};
  std::array<double, 2> count{}, sum{}, squares{};
  double likelihood = 0;
  for (const double y : logs) {
    const double a = y - p.location[0], b = y - p.location[1];
    const auto [r, l] = share_of_first(start[0] - a * a * precision[0], start[1] - b * b * precision[1]);
    likelihood += l;
    count[0] += r;
    sum[0] += r * a;
    squares[0] += r * a * a;
    count[1] += 1 - r;
    sum[1] += (1 - r) * b;
    squares[1] += (1 - r) * b * b;
  }
  if (!(count[0] > 0 && count[1] > 0)) return likelihood;
  for (std::size_t i = 0; i < 2; ++i) {
    const double shift = sum[i] / count[i];
    p.location[i] += shift;
    p.sigma[i] = std::max(least_sigma, std::sqrt(std::max(0.0, squares[i] / count[i] - shift * shift)));
  }
  p.weight = std::clamp(count[0] / static_cast<double>(logs.size()), least_weight, 1 - least_weight);
  return likelihood;
}

/// Steps until the likelihood gains less than 1e-4 in all; returns the last likelihood seen.
template <class Step>
double climb(Sample sample, Pair& p, Step step, int rounds) {
  double last = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < rounds; ++i) {
    const double now = step(sample, p);
    if (now - last < 1e-4 && i > 0) return now;
    last = now;
  }
  return last;
}

/// EM from every cut of the sorted sample; `start` makes components of the two halves.
template <class Step, class Start>
Pair best_pair(Sample sorted, Step step, Start start) {
  const std::vector<double> few = thinned(sorted, 4000);
  Pair best;
  double best_likelihood = -std::numeric_limits<double>::infinity();
  for (const double cut : cuts) {
    const auto at =
        std::clamp<std::size_t>(static_cast<std::size_t>(cut * static_cast<double>(few.size())), 1, few.size() - 1);
    Pair p;
    p.weight = static_cast<double>(at) / static_cast<double>(few.size());
    start(Sample(few).first(at), 0, p);
    start(Sample(few).subspan(at), 1, p);
    const double likelihood = climb(few, p, step, 400);
    if (likelihood > best_likelihood) best = p, best_likelihood = likelihood;
  }
  if (few.size() < sorted.size()) climb(sorted, best, step, 100);
  if (best.location[0] > best.location[1]) {
    std::swap(best.location[0], best.location[1]);
    std::swap(best.sigma[0], best.sigma[1]);
    best.weight = 1 - best.weight;
  }
  return best;
}

double mean_of(Sample sample) {
  double sum = 0;
  for (const double x : sample) sum += x;
  return sum / static_cast<double>(sample.size());
}

}  // namespace

std::optional<FamilyFit> fit_hyperexponential(Sample sorted) {
  const double mean = mean_of(sorted);
  double variance = 0;
  for (const double x : sorted) variance += (x - mean) * (x - mean);
  variance /= static_cast<double>(sorted.size());
  if (!(variance > mean * mean)) return std::nullopt;
  const Pair p = best_pair(sorted, step_exponential,
                           [](Sample half, std::size_t i, Pair& pair) { pair.location[i] = mean_of(half); });
  if (!(p.location[0] > 0 && p.location[1] > 0)) return std::nullopt;
  return FamilyFit{"hyperexponential",
                   Distribution::hyperexponential({p.weight, 1 - p.weight}, {p.location[0], p.location[1]}), 3};
}

std::optional<FamilyFit> fit_lognormal_mixture(Sample sorted) {
  std::vector<double> logs(sorted.size());
  std::transform(sorted.begin(), sorted.end(), logs.begin(), [](double x) { return std::log(x); });
  const Pair p = best_pair(logs, step_normal, [](Sample half, std::size_t i, Pair& pair) {
    pair.location[i] = mean_of(half);
    double squares = 0;
    for (const double y : half) squares += (y - pair.location[i]) * (y - pair.location[i]);
    pair.sigma[i] = std::max(0.05, std::sqrt(squares / static_cast<double>(half.size())));
  });
  const auto part = [&](std::size_t i) {
    const double variance = p.sigma[i] * p.sigma[i];
    return Distribution::lognormal(std::exp(p.location[i] + variance / 2), std::sqrt(std::expm1(variance)));
  };
  if (!std::isfinite(p.location[0] + p.location[1] + p.sigma[0] + p.sigma[1])) return std::nullopt;
  return FamilyFit{"lognormal_mixture", Distribution::mixture({p.weight, 1 - p.weight}, {part(0), part(1)}), 5};
}

}  // namespace capplan::plan
