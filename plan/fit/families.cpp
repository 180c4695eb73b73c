// The families with one component: closed forms, Newton steps, one-dimensional profiles. Mixtures: see mixtures.cpp.
// Sources: see families.h. Sums run over the sorted sample in order, so that the same sample gives the same bits.
// Limits: values are positive and not all equal; whoever calls sees to it.

#include "plan/fit/families.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace capplan::plan {

namespace {

using core::Distribution;
using Sample = std::span<const double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Means of x - offset and of its logarithm, and the variance of the logarithm.
struct Moments {
  double mean = 0;
  double log_mean = 0;
  double log_variance = 0;
};

Moments moments(Sample sample, double offset) {
  const double n = static_cast<double>(sample.size());
  Moments m;
  double squares = 0;
  const double pivot = std::log(sample[sample.size() / 2] - offset);
  for (const double x : sample) {
    const double y = std::log(x - offset) - pivot;
    m.mean += x - offset;
    m.log_mean += y;
    squares += y * y;
  }
  m.mean /= n;
  m.log_mean /= n;
  m.log_variance = std::max(squares / n - m.log_mean * m.log_mean, 1e-18);
  m.log_mean += pivot;
  return m;
}

/// Shape of the gamma whose log(mean) - mean(log) is `gap` > 0 (Minka 2002, generalised Newton).
double gamma_shape(double gap) {
  gap = std::max(gap, 1e-12);
  double k = (3 - gap + std::sqrt((gap - 3) * (gap - 3) + 24 * gap)) / (12 * gap);
  for (int i = 0; i < 100; ++i) {
    const double next =
        1 / (1 / k + (std::log(k) - boost::math::digamma(k) - gap) / (k * k * (1 / k - boost::math::trigamma(k))));
    if (!(next > 0) || std::abs(next - k) <= 1e-12 * k) return next > 0 ? next : k;
    k = next;
  }
  return k;
}

Distribution gamma_of(double shape, double mean) { return Distribution::gamma(mean, 1 / std::sqrt(shape)); }

Distribution lognormal_of(double mu, double sigma) {
  const double variance = std::min(sigma * sigma, 600.0);  // beyond, the mean is no finite number
  return Distribution::lognormal(std::exp(mu + variance / 2), std::sqrt(std::expm1(variance)));
}

/// Mean log-likelihood of the best gamma of these moments, per value.
double gamma_likelihood(const Moments& m) {
  const double k = gamma_shape(std::log(m.mean) - m.log_mean);
  return (k - 1) * m.log_mean - k - k * std::log(m.mean / k) - std::lgamma(k);
}

double lognormal_likelihood(const Moments& m) {
  return -m.log_mean - 0.5 * std::log(2 * std::numbers::pi * m.log_variance) - 0.5;
}

/// The offset of greatest profile likelihood: a grid over the distance to the least value, in geometric steps, then
/// Brent's method around the best. The offset stays away from the least value by the mean gap above it.
template <class Likelihood>
double best_offset(Sample sorted, Likelihood likelihood) {
  const double least = sorted.front();
  const double mean = moments(sorted, 0).mean;
  const double closest = std::min(std::max((mean - least) / static_cast<double>(sorted.size()), 1e-9 * least), least);
  // The grid is searched on a thinned sample; the end is polished on all of it.
  const std::vector<double> few = thinned(sorted, 5000);
  const auto at = [&](double log_distance, Sample sample) {
    return -likelihood(moments(sample, std::max(0.0, least - std::exp(log_distance))));
  };
  const double from = std::log(closest), to = std::log(least);
  if (!(from < to)) return 0;
  constexpr int steps = 24;
  int best = steps;
  double best_value = infinity;
  for (int i = 0; i <= steps; ++i) {
    const double value = at(from + (to - from) * i / steps, few);
    if (value < best_value) best = i, best_value = value;
  }
  const double lo = from + (to - from) * std::max(0, best - 1) / steps;
  const double hi = from + (to - from) * std::min(steps, best + 1) / steps;
  boost::uintmax_t rounds = 60;
  const double found =
      boost::math::tools::brent_find_minima([&](double d) { return at(d, sorted); }, lo, hi, 24, rounds).first;
  return std::max(0.0, least - std::exp(found));
}

double log_normal_density(double mu, double sigma, double x) {
  const double z = (std::log(x) - mu) / sigma;
  return -0.5 * z * z - std::log(x * sigma) - 0.5 * std::log(2 * std::numbers::pi);
}

double log_gamma_density(double shape, double scale, double x) {
  return (shape - 1) * std::log(x) - x / scale - shape * std::log(scale) - std::lgamma(shape);
}

/// log of the weighted sum of densities whose logarithms `part(i)` gives.
template <class Part>
double log_sum(const std::vector<double>& weights, Part part) {
  double top = -infinity;
  for (std::size_t i = 0; i < weights.size(); ++i) top = std::max(top, part(i));
  if (top == -infinity) return top;
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * std::exp(part(i) - top);
  return top + std::log(sum);
}

struct LogDensity {
  double x;

  double operator()(const core::Exponential& d) const { return -x / d.mean - std::log(d.mean); }
  double operator()(const core::Erlang& d) const { return log_gamma_density(d.stages, d.mean / d.stages, x); }
  double operator()(const core::Gamma& d) const { return log_gamma_density(d.shape, d.scale, x); }
  double operator()(const core::Lognormal& d) const { return log_normal_density(d.mu, d.sigma, x); }
  double operator()(const core::Weibull& d) const {
    const double z = std::log(x / d.scale);
    return std::log(d.shape / d.scale) + (d.shape - 1) * z - std::exp(d.shape * z);
  }
  double operator()(const core::Hyperexponential& d) const {
    return log_sum(d.weights, [&](std::size_t i) { return -x / d.means[i] - std::log(d.means[i]); });
  }
  double operator()(const core::Mixture& d) const {
    return log_sum(d.weights, [&](std::size_t i) { return log_density(d.parts[i], x); });
  }
  double operator()(const core::Shifted& d) const { return log_density(d.part.front(), x - d.offset); }
  template <class Other>
  double operator()(const Other&) const {
    throw std::invalid_argument("log_density: the family has no density");
  }
};

}  // namespace

double log_density(const Distribution& distribution, double x) {
  return x > 0 ? std::visit(LogDensity{x}, distribution.family()) : -infinity;
}

std::vector<double> thinned(Sample sorted, std::size_t count) {
  if (sorted.size() <= count) return {sorted.begin(), sorted.end()};
  std::vector<double> result(count);
  const double step = static_cast<double>(sorted.size()) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i)
    result[i] = sorted[static_cast<std::size_t>((static_cast<double>(i) + 0.5) * step)];
  return result;
}

FamilyFit fit_exponential(Sample sorted) {
  return {"exponential", Distribution::exponential(moments(sorted, 0).mean), 1};
}

FamilyFit fit_gamma(Sample sorted) {
  const Moments m = moments(sorted, 0);
  return {"gamma", gamma_of(gamma_shape(std::log(m.mean) - m.log_mean), m.mean), 2};
}

std::optional<FamilyFit> fit_erlang(Sample sorted) {
  const Moments m = moments(sorted, 0);
  const double shape = gamma_shape(std::log(m.mean) - m.log_mean);
  if (shape > 1000) return std::nullopt;
  const auto likelihood = [&](double k) {
    return (k - 1) * m.log_mean - k - k * std::log(m.mean / k) - std::lgamma(k);
  };
  const double below = std::max(1.0, std::floor(shape));
  const double stages = likelihood(below) >= likelihood(below + 1) ? below : below + 1;
  return FamilyFit{"erlang", Distribution::erlang(static_cast<int>(stages), m.mean), 2};
}

FamilyFit fit_lognormal(Sample sorted) {
  const Moments m = moments(sorted, 0);
  return {"lognormal", lognormal_of(m.log_mean, std::sqrt(m.log_variance)), 2};
}

std::optional<FamilyFit> fit_weibull(Sample sorted) {
  const Moments m = moments(sorted, 0);
  const double top = std::log(sorted.back());
  // The logarithm of sum(x^k), with x relative to the greatest so that nothing overflows, and the profile equation.
  const auto sums = [&](double k) {
    double sum = 0, weighted = 0;
    for (const double x : sorted) {
      const double y = std::log(x) - top;
      const double power = std::exp(k * y);
      sum += power;
      weighted += power * y;
    }
    return std::pair(sum, weighted);
  };
  const auto equation = [&](double log_k) {
    const double k = std::exp(log_k);
    const auto [sum, weighted] = sums(k);
    return weighted / sum + top - m.log_mean - 1 / k;
  };
  const double lo = std::log(0.01), hi = std::log(1000.0);
  const double at_lo = equation(lo), at_hi = equation(hi);
  if (!(at_lo < 0 && at_hi > 0)) return std::nullopt;
  boost::uintmax_t rounds = 100;
  const auto [a, b] = boost::math::tools::toms748_solve(equation, lo, hi, at_lo, at_hi,
                                                        boost::math::tools::eps_tolerance<double>(40), rounds);
  const double k = std::exp((a + b) / 2);
  const double scale = std::exp(top + std::log(sums(k).first / static_cast<double>(sorted.size())) / k);
  return FamilyFit{"weibull", Distribution::weibull(k, scale), 2};
}

FamilyFit fit_shifted_gamma(Sample sorted) {
  const double offset = best_offset(sorted, gamma_likelihood);
  const Moments m = moments(sorted, offset);
  return {"shifted_gamma", Distribution::shifted(offset, gamma_of(gamma_shape(std::log(m.mean) - m.log_mean), m.mean)),
          3};
}

FamilyFit fit_shifted_lognormal(Sample sorted) {
  const double offset = best_offset(sorted, lognormal_likelihood);
  const Moments m = moments(sorted, offset);
  return {"shifted_lognormal", Distribution::shifted(offset, lognormal_of(m.log_mean, std::sqrt(m.log_variance))), 3};
}

std::vector<FamilyFit> fit_families(Sample sorted) {
  std::vector<FamilyFit> result{fit_exponential(sorted), fit_gamma(sorted)};
  const auto add = [&](std::optional<FamilyFit> fit) {
    if (fit) result.push_back(std::move(*fit));
  };
  add(fit_erlang(sorted));
  add(fit_lognormal(sorted));
  add(fit_weibull(sorted));
  add(fit_shifted_gamma(sorted));
  add(fit_shifted_lognormal(sorted));
  add(fit_hyperexponential(sorted));
  add(fit_lognormal_mixture(sorted));
  return result;
}

}  // namespace capplan::plan
