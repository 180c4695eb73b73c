#pragma once
// Maximum likelihood fits, one family at a time, of a sorted sample of positive values (seconds).
// Sources: gamma by Newton on digamma, Minka 2002 "Estimating a Gamma distribution"; Weibull by its profile equation,
// Johnson, Kotz and Balakrishnan 1994 ch. 21; mixtures by EM, Dempster, Laird and Rubin 1977; offsets by their profile
// likelihood, Cohen and Whitten 1980.
// Limits: the likelihood of a shifted family or a mixture has no upper bound where the offset meets the least value or
// a component shrinks onto one value; both are kept away from there, so that the fit is the sensible local maximum.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/distribution.h"

namespace capplan::plan {

/// A family fitted by maximum likelihood.
struct FamilyFit {
  std::string family;  ///< "lognormal", "shifted_gamma", "lognormal_mixture", …
  core::Distribution distribution;
  int parameters = 0;  ///< free ones, as AIC counts them
};

/// Every fit takes an ascending sample of positive, finite values that are not all equal, at least two. A fit that the
/// sample does not allow (a hyperexponential needs cv > 1) is empty.
FamilyFit fit_exponential(std::span<const double> sorted);
FamilyFit fit_gamma(std::span<const double> sorted);
/// Gamma with a whole number of stages, up to 1000.
std::optional<FamilyFit> fit_erlang(std::span<const double> sorted);
FamilyFit fit_lognormal(std::span<const double> sorted);
std::optional<FamilyFit> fit_weibull(std::span<const double> sorted);
/// An offset in [0, least value) and the family above it.
FamilyFit fit_shifted_gamma(std::span<const double> sorted);
FamilyFit fit_shifted_lognormal(std::span<const double> sorted);
/// Two exponential phases.
std::optional<FamilyFit> fit_hyperexponential(std::span<const double> sorted);
/// Two lognormal components.
std::optional<FamilyFit> fit_lognormal_mixture(std::span<const double> sorted);

/// All of the above that the sample allows, in this order.
std::vector<FamilyFit> fit_families(std::span<const double> sorted);

/// Natural logarithm of the density of any family above at x > 0; -infinity outside its support. Throws
/// std::invalid_argument for a family without a density.
double log_density(const core::Distribution& distribution, double x);

/// Every k-th value of a sorted sample, evenly spaced in rank, at most `count` of them.
std::vector<double> thinned(std::span<const double> sorted, std::size_t count);

}  // namespace capplan::plan
