#pragma once
// Distributions of non-negative quantities (times in seconds, unless the user of one says otherwise), with samplers of
// our own: the standard library's give other numbers on other platforms. A Distribution is a plain value.
// Sources: Marsaglia and Tsang 2000 (ziggurat, gamma), Devroye 1986 (inversion); moments as in any handbook.

#include <string>
#include <variant>
#include <vector>

#include "core/random.h"

namespace capplan::core {

class Distribution;

struct Deterministic {
  double value;
};
struct Uniform {
  double lo, hi;
};
struct Exponential {
  double mean;
};
struct Erlang {
  int stages;
  double mean;
};
struct Gamma {
  double shape, scale;
};
struct Lognormal {
  double mu, sigma;
};
struct Weibull {
  double shape, scale;
};
/// With probability `weights[i]` exponential of mean `means[i]`.
struct Hyperexponential {
  std::vector<double> weights, means;
};
/// Pareto of exponent alpha cut to [lo, hi].
struct BoundedPareto {
  double alpha, lo, hi;
};
/// Piecewise linear distribution function through (probability[i], value[i]); both ascend, probability from 0 to 1.
struct Empirical {
  std::vector<double> probability, value;
};
struct Mixture {
  std::vector<double> weights;
  std::vector<Distribution> parts;
};
/// `offset` later than the only element of `part`.
struct Shifted {
  double offset;
  std::vector<Distribution> part;
};

/// A distribution: made by the functions below, which throw std::invalid_argument naming the parameter when one is out
/// of range. Weights need not sum to 1. Means and cv (standard deviation over mean) parametrise wherever both exist.
class Distribution {
 public:
  using Family = std::variant<Deterministic, Uniform, Exponential, Erlang, Gamma, Lognormal, Weibull, Hyperexponential,
                              BoundedPareto, Empirical, Mixture, Shifted>;

  Distribution() : family_(Deterministic{0}) {}

  static Distribution deterministic(double value);
  static Distribution uniform(double lo, double hi);
  static Distribution exponential(double mean);
  static Distribution erlang(int stages, double mean);
  static Distribution gamma(double mean, double cv);
  static Distribution lognormal(double mean, double cv);
  static Distribution weibull(double shape, double scale);
  /// Two balanced phases (each carries half the mean) with the given mean and cv >= 1 (Whitt 1982).
  static Distribution hyperexponential(double mean, double cv);
  static Distribution hyperexponential(std::vector<double> weights, std::vector<double> means);
  static Distribution bounded_pareto(double alpha, double lo, double hi);
  static Distribution empirical(std::vector<double> probability, std::vector<double> value);
  static Distribution mixture(std::vector<double> weights, std::vector<Distribution> parts);
  static Distribution shifted(double offset, Distribution part);

  /// The next value from the stream.
  double sample(Stream& stream) const;

  double mean() const;
  double variance() const;
  double cv() const;
  /// P(X <= x).
  double cdf(double x) const;
  /// The least x with cdf(x) >= p, p in [0, 1); by inversion of cdf where there is no formula.
  double quantile(double p) const;
  /// Every value times `factor` > 0.
  Distribution scaled(double factor) const;
  /// "lognormal", "gamma", …: the name a scenario file uses.
  std::string family_name() const;

  const Family& family() const { return family_; }

 private:
  explicit Distribution(Family family) : family_(std::move(family)) {}
  Family family_;
};

bool operator==(const Distribution& a, const Distribution& b);

}  // namespace capplan::core
