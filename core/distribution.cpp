#include "core/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "core/overloaded.h"

namespace capplan::core {

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

bool positive(double x) { return x > 0 && std::isfinite(x); }
bool non_negative(double x) { return x >= 0 && std::isfinite(x); }

std::vector<double> normalised(std::vector<double> weights) {
  require(!weights.empty(), "weights: at least one is needed");
  for (const double w : weights) require(non_negative(w), "weights: each must be a finite number >= 0");
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  require(sum > 0, "weights: their sum must be above 0");
  for (double& w : weights) w /= sum;
  return weights;
}

/// The index that a uniform number falls on. Few phases are usual: a straight scan beats any table.
std::size_t pick(const std::vector<double>& weights, double u) {
  std::size_t i = 0;
  for (; i + 1 < weights.size(); ++i) {
    if (u < weights[i]) break;
    u -= weights[i];
  }
  return i;
}

/// Gamma of scale 1 (Marsaglia and Tsang 2000).
double standard_gamma(double shape, Stream& stream) {
  if (shape < 1) {
    const double boost = std::pow(stream.uniform_open(), 1 / shape);
    return standard_gamma(shape + 1, stream) * boost;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = stream.normal();
    const double t = 1 + c * x;
    if (t <= 0) continue;
    const double v = t * t * t;
    const double u = stream.uniform_open();
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
  }
}

double inverse(const Empirical& e, double u) {
  const auto it = std::upper_bound(e.probability.begin() + 1, e.probability.end() - 1, u);
  const auto i = static_cast<std::size_t>(it - e.probability.begin());
  const double width = e.probability[i] - e.probability[i - 1];
  const double part = width > 0 ? (u - e.probability[i - 1]) / width : 0;
  return e.value[i - 1] + part * (e.value[i] - e.value[i - 1]);
}

}  // namespace

Distribution Distribution::deterministic(double value) {
  require(non_negative(value), "value: must be a finite number >= 0");
  return Distribution(Deterministic{value});
}

Distribution Distribution::uniform(double lo, double hi) {
  require(non_negative(lo) && std::isfinite(hi) && lo <= hi, "uniform: needs 0 <= low <= high");
  return Distribution(Uniform{lo, hi});
}

Distribution Distribution::exponential(double mean) {
  require(positive(mean), "mean: must be above 0");
  return Distribution(Exponential{mean});
}

Distribution Distribution::erlang(int stages, double mean) {
  require(stages >= 1, "stages: must be 1 or more");
  require(positive(mean), "mean: must be above 0");
  return Distribution(Erlang{stages, mean});
}

Distribution Distribution::gamma(double mean, double cv) {
  require(positive(mean), "mean: must be above 0");
  require(positive(cv), "cv: must be above 0");
  return Distribution(Gamma{1 / (cv * cv), mean * cv * cv});
}

Distribution Distribution::lognormal(double mean, double cv) {
  require(positive(mean), "mean: must be above 0");
  require(positive(cv), "cv: must be above 0");
  const double variance = std::log1p(cv * cv);
  return Distribution(Lognormal{std::log(mean) - variance / 2, std::sqrt(variance)});
}

Distribution Distribution::weibull(double shape, double scale) {
  require(positive(shape), "shape: must be above 0");
  require(positive(scale), "scale: must be above 0");
  return Distribution(Weibull{shape, scale});
}

Distribution Distribution::hyperexponential(double mean, double cv) {
  require(positive(mean), "mean: must be above 0");
  require(cv >= 1 && std::isfinite(cv), "cv: a hyperexponential needs cv >= 1");
  const double scv = cv * cv;
  const double p = (1 + std::sqrt((scv - 1) / (scv + 1))) / 2;
  return hyperexponential({p, 1 - p}, {mean / (2 * p), mean / (2 * (1 - p))});
}

Distribution Distribution::hyperexponential(std::vector<double> weights, std::vector<double> means) {
  require(weights.size() == means.size(), "means: one for each weight is needed");
  for (const double m : means) require(positive(m), "means: each must be above 0");
  return Distribution(Hyperexponential{normalised(std::move(weights)), std::move(means)});
}

Distribution Distribution::bounded_pareto(double alpha, double lo, double hi) {
  require(positive(alpha), "alpha: must be above 0");
  require(positive(lo) && std::isfinite(hi) && lo < hi, "bounded_pareto: needs 0 < low < high");
  return Distribution(BoundedPareto{alpha, lo, hi});
}

Distribution Distribution::empirical(std::vector<double> probability, std::vector<double> value) {
  require(probability.size() == value.size() && value.size() >= 2, "empirical: needs two or more points");
  require(std::all_of(probability.begin(), probability.end(), non_negative), "probability: must run from 0 to 1");
  require(std::all_of(value.begin(), value.end(), non_negative), "value: must ascend from 0 or more");
  require(probability.front() == 0 && probability.back() == 1, "probability: must run from 0 to 1");
  require(std::is_sorted(probability.begin(), probability.end()), "probability: must ascend");
  require(std::is_sorted(value.begin(), value.end()), "value: must ascend from 0 or more");
  return Distribution(Empirical{std::move(probability), std::move(value)});
}

Distribution Distribution::mixture(std::vector<double> weights, std::vector<Distribution> parts) {
  require(weights.size() == parts.size(), "parts: one for each weight is needed");
  return Distribution(Mixture{normalised(std::move(weights)), std::move(parts)});
}

Distribution Distribution::shifted(double offset, Distribution part) {
  require(non_negative(offset), "offset: must be a finite number >= 0");
  return Distribution(Shifted{offset, {std::move(part)}});
}

double Distribution::sample(Stream& stream) const {
  return std::visit(
      Overloaded{
          [](const Deterministic& d) { return d.value; },
          [&](const Uniform& d) { return d.lo + stream.uniform() * (d.hi - d.lo); },
          [&](const Exponential& d) { return d.mean * stream.exponential(); },
          [&](const Erlang& d) { return d.mean / d.stages * standard_gamma(d.stages, stream); },
          [&](const Gamma& d) { return d.scale * standard_gamma(d.shape, stream); },
          [&](const Lognormal& d) { return std::exp(d.mu + d.sigma * stream.normal()); },
          [&](const Weibull& d) { return d.scale * std::pow(stream.exponential(), 1 / d.shape); },
          [&](const Hyperexponential& d) { return d.means[pick(d.weights, stream.uniform())] * stream.exponential(); },
          [&](const BoundedPareto& d) {
            const double tail = 1 - stream.uniform() * (1 - std::pow(d.lo / d.hi, d.alpha));
            return d.lo * std::pow(tail, -1 / d.alpha);
          },
          [&](const Empirical& d) { return inverse(d, stream.uniform()); },
          [&](const Mixture& d) { return d.parts[pick(d.weights, stream.uniform())].sample(stream); },
          [&](const Shifted& d) { return d.offset + d.part.front().sample(stream); },
      },
      family_);
}

double Distribution::quantile(double p) const {
  require(p >= 0 && p < 1, "p: must be in [0, 1)");
  if (const auto* d = std::get_if<Deterministic>(&family_)) return d->value;
  if (const auto* d = std::get_if<Empirical>(&family_)) return inverse(*d, p);
  if (const auto* d = std::get_if<Shifted>(&family_)) return d->offset + d->part.front().quantile(p);
  if (p == 0 && cdf(0) > 0) return 0;
  double hi = std::max(mean(), 1e-12);
  while (cdf(hi) < p && hi < std::numeric_limits<double>::max() / 2) hi *= 2;  // weights may add up to less than p
  double lo = 0;
  for (int i = 0; i < 200 && hi - lo > 1e-14 * hi; ++i) {
    const double middle = (lo + hi) / 2;
    (cdf(middle) >= p ? hi : lo) = middle;
  }
  return hi;
}

Distribution Distribution::scaled(double factor) const {
  require(positive(factor), "factor: must be above 0");
  Distribution result = *this;
  const auto scale_all = [&](std::vector<double>& values) {
    for (double& v : values) v *= factor;
  };
  std::visit(Overloaded{
                 [&](Deterministic& d) { d.value *= factor; },
                 [&](Uniform& d) {
                   d = {d.lo * factor, d.hi * factor};
                 },
                 [&](Exponential& d) { d.mean *= factor; },
                 [&](Erlang& d) { d.mean *= factor; },
                 [&](Gamma& d) { d.scale *= factor; },
                 [&](Lognormal& d) { d.mu += std::log(factor); },
                 [&](Weibull& d) { d.scale *= factor; },
                 [&](Hyperexponential& d) { scale_all(d.means); },
                 [&](BoundedPareto& d) {
                   d = {d.alpha, d.lo * factor, d.hi * factor};
                 },
                 [&](Empirical& d) { scale_all(d.value); },
                 [&](Mixture& d) {
                   for (Distribution& part : d.parts) part = part.scaled(factor);
                 },
                 [&](Shifted& d) {
                   d = {d.offset * factor, {d.part.front().scaled(factor)}};
                 },
             },
             result.family_);
  return result;
}

std::string Distribution::family_name() const {
  static constexpr const char* names[] = {"deterministic",  "uniform",   "exponential", "erlang",
                                          "gamma",          "lognormal", "weibull",     "hyperexponential",
                                          "bounded_pareto", "empirical", "mixture",     "shifted"};
  return names[family_.index()];
}

namespace {

// Two distributions are equal when their numbers are: compared field by field.
bool equal(const Deterministic& a, const Deterministic& b) { return a.value == b.value; }
bool equal(const Uniform& a, const Uniform& b) { return a.lo == b.lo && a.hi == b.hi; }
bool equal(const Exponential& a, const Exponential& b) { return a.mean == b.mean; }
bool equal(const Erlang& a, const Erlang& b) { return a.stages == b.stages && a.mean == b.mean; }
bool equal(const Gamma& a, const Gamma& b) { return a.shape == b.shape && a.scale == b.scale; }
bool equal(const Lognormal& a, const Lognormal& b) { return a.mu == b.mu && a.sigma == b.sigma; }
bool equal(const Weibull& a, const Weibull& b) { return a.shape == b.shape && a.scale == b.scale; }
bool equal(const Hyperexponential& a, const Hyperexponential& b) {
  return a.weights == b.weights && a.means == b.means;
}
bool equal(const BoundedPareto& a, const BoundedPareto& b) {
  return a.alpha == b.alpha && a.lo == b.lo && a.hi == b.hi;
}
bool equal(const Empirical& a, const Empirical& b) { return a.probability == b.probability && a.value == b.value; }
bool equal(const Mixture& a, const Mixture& b) { return a.weights == b.weights && a.parts == b.parts; }
bool equal(const Shifted& a, const Shifted& b) { return a.offset == b.offset && a.part == b.part; }

}  // namespace

bool operator==(const Distribution& a, const Distribution& b) {
  if (a.family().index() != b.family().index()) return false;
  return std::visit(
      [&](const auto& family) { return equal(family, std::get<std::decay_t<decltype(family)>>(b.family())); },
      a.family());
}

}  // namespace capplan::core
