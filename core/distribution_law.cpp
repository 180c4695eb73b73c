// What is known of each family of distributions without drawing from it: mean, variance, and the distribution function.

#include <algorithm>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numeric>

#include "core/distribution.h"
#include "core/overloaded.h"

namespace capplan::core {

namespace {

/// Written in powers of hi / lo, which neither overflow nor cancel where alpha is near k.
double raw_moment(const BoundedPareto& p, int k) {
  const double width = std::log(p.hi / p.lo);
  const double above = p.alpha - k;
  const double spread = above == 0 ? width : -std::expm1(-above * width) / above;
  return p.alpha * std::pow(p.lo, k) / -std::expm1(-p.alpha * width) * spread;
}

}  // namespace

double Distribution::mean() const {
  return std::visit(Overloaded{
                        [](const Deterministic& d) { return d.value; },
                        [](const Uniform& d) { return (d.lo + d.hi) / 2; },
                        [](const Exponential& d) { return d.mean; },
                        [](const Erlang& d) { return d.mean; },
                        [](const Gamma& d) { return d.shape * d.scale; },
                        [](const Lognormal& d) { return std::exp(d.mu + d.sigma * d.sigma / 2); },
                        [](const Weibull& d) { return d.scale * std::tgamma(1 + 1 / d.shape); },
                        [](const Hyperexponential& d) {
                          return std::inner_product(d.weights.begin(), d.weights.end(), d.means.begin(), 0.0);
                        },
                        [](const BoundedPareto& d) { return raw_moment(d, 1); },
                        [](const Empirical& d) {
                          double sum = 0;
                          for (std::size_t i = 1; i < d.value.size(); ++i)
                            sum += (d.probability[i] - d.probability[i - 1]) * (d.value[i] + d.value[i - 1]) / 2;
                          return sum;
                        },
                        [](const Mixture& d) {
                          double sum = 0;
                          for (std::size_t i = 0; i < d.parts.size(); ++i) sum += d.weights[i] * d.parts[i].mean();
                          return sum;
                        },
                        [](const Shifted& d) { return d.offset + d.part.front().mean(); },
                    },
                    family_);
}

double Distribution::variance() const {
  const double m = mean();
  return std::visit(Overloaded{
                        [](const Deterministic&) { return 0.0; },
                        [](const Uniform& d) { return (d.hi - d.lo) * (d.hi - d.lo) / 12; },
                        [](const Exponential& d) { return d.mean * d.mean; },
                        [](const Erlang& d) { return d.mean * d.mean / d.stages; },
                        [](const Gamma& d) { return d.shape * d.scale * d.scale; },
                        [&](const Lognormal& d) { return std::expm1(d.sigma * d.sigma) * m * m; },
                        [&](const Weibull& d) { return d.scale * d.scale * std::tgamma(1 + 2 / d.shape) - m * m; },
                        [&](const Hyperexponential& d) {
                          double second = 0;
                          for (std::size_t i = 0; i < d.means.size(); ++i)
                            second += d.weights[i] * 2 * d.means[i] * d.means[i];
                          return second - m * m;
                        },
                        [&](const BoundedPareto& d) { return raw_moment(d, 2) - m * m; },
                        [&](const Empirical& d) {
                          double second = 0;
                          for (std::size_t i = 1; i < d.value.size(); ++i) {
                            const double a = d.value[i - 1], b = d.value[i];
                            second += (d.probability[i] - d.probability[i - 1]) * (a * a + a * b + b * b) / 3;
                          }
                          return second - m * m;
                        },
                        [&](const Mixture& d) {
                          double second = 0;
                          for (std::size_t i = 0; i < d.parts.size(); ++i) {
                            const double part = d.parts[i].mean();
                            second += d.weights[i] * (d.parts[i].variance() + part * part);
                          }
                          return second - m * m;
                        },
                        [](const Shifted& d) { return d.part.front().variance(); },
                    },
                    family_);
}

double Distribution::cv() const {
  const double m = mean();
  return m > 0 ? std::sqrt(std::max(0.0, variance())) / m : 0;
}

double Distribution::cdf(double x) const {
  if (x < 0) return 0;
  return std::visit(
      Overloaded{
          [&](const Deterministic& d) { return x >= d.value ? 1.0 : 0.0; },
          [&](const Uniform& d) { return x >= d.hi  ? 1.0
                                         : x < d.lo ? 0.0
                                                    : (x - d.lo) / (d.hi - d.lo); },
          [&](const Exponential& d) { return -std::expm1(-x / d.mean); },
          [&](const Erlang& d) { return boost::math::gamma_p(double(d.stages), x * d.stages / d.mean); },
          [&](const Gamma& d) { return boost::math::gamma_p(d.shape, x / d.scale); },
          [&](const Lognormal& d) {
            return x > 0 ? boost::math::cdf(boost::math::lognormal_distribution<>(d.mu, d.sigma), x) : 0.0;
          },
          [&](const Weibull& d) { return -std::expm1(-std::pow(x / d.scale, d.shape)); },
          [&](const Hyperexponential& d) {
            double sum = 0;
            for (std::size_t i = 0; i < d.means.size(); ++i) sum += d.weights[i] * -std::expm1(-x / d.means[i]);
            return sum;
          },
          [&](const BoundedPareto& d) {
            if (x <= d.lo) return 0.0;
            if (x >= d.hi) return 1.0;
            return (1 - std::pow(d.lo / x, d.alpha)) / (1 - std::pow(d.lo / d.hi, d.alpha));
          },
          [&](const Empirical& d) {
            if (x < d.value.front()) return 0.0;
            if (x >= d.value.back()) return 1.0;
            const auto i =
                static_cast<std::size_t>(std::upper_bound(d.value.begin(), d.value.end(), x) - d.value.begin());
            const double part = (x - d.value[i - 1]) / (d.value[i] - d.value[i - 1]);
            return d.probability[i - 1] + part * (d.probability[i] - d.probability[i - 1]);
          },
          [&](const Mixture& d) {
            double sum = 0;
            for (std::size_t i = 0; i < d.parts.size(); ++i) sum += d.weights[i] * d.parts[i].cdf(x);
            return sum;
          },
          [&](const Shifted& d) { return d.part.front().cdf(x - d.offset); },
      },
      family_);
}

}  // namespace capplan::core
