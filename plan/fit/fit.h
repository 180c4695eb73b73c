#pragma once
// The distribution of a sample of positive times: which family fits, with which parameters, and how well.
// Rule: of the families of families.h, those fit whose Kolmogorov-Smirnov distance is at most the 1 % critical value
// (or 0.02, where that is less: with many requests every simple family is refused for what does not matter), whose mean
// is within 2 % of the sample's (it sets utilisation) and whose p99 is within 10 % of the sample's, or below 1000
// values within its 95 % interval where that is known. Among them the least AIC (Akaike 1974) wins; if there are none,
// the sample itself does, as knots of its distribution function. Limits: above 200,000 values the families see an
// evenly spaced thinning of the sorted sample.

#include <span>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "plan/fit/goodness.h"

namespace capplan::plan {

/// One candidate.
struct Fit {
  std::string family;  ///< as in families.h, or "deterministic", "empirical"
  core::Distribution distribution;
  int parameters = 0;
  bool has_likelihood = false;  ///< the two below mean something: not for "deterministic" and "empirical"
  double log_likelihood = 0;
  double aic = 0;  ///< 2 x parameters - 2 x log-likelihood: less is better, only differences mean anything
  double ks = 0;
  double anderson_darling = 0;
  bool fits = false;  ///< by the rule above
};

/// A quantile of the sample beside the same of the distribution that was chosen, seconds.
struct QuantilePair {
  double p = 0;
  double measured = 0;
  double fitted = 0;
};

/// What a sample was found to be.
struct SampleFit {
  SampleSummary sample;
  Fit chosen;
  std::vector<Fit> alternatives;    ///< every family tried, the chosen one too, by ascending AIC
  double ks_critical = 0;           ///< 1 % critical value at the sample's size
  std::vector<QuantilePair> pairs;  ///< at 33 probabilities, denser towards both ends
  std::vector<std::string> warnings;
};

/// Fits a sample of times in seconds, in any order. A constant sample is deterministic, one of fewer than 20 values
/// empirical, with a warning. The same values give the same bits. Throws std::invalid_argument for an empty sample or
/// a value outside [1e-9, 1e9].
SampleFit fit_sample(std::vector<double> values);

/// The sample itself as a distribution: linear between at most 192 of its values, denser towards both ends, the last
/// at rank 1 - 5/n or beyond. Its mean is the sample's within 0.5 %. `sorted` ascends and holds two values or more.
core::Distribution empirical_knots(std::span<const double> sorted);

}  // namespace capplan::plan
