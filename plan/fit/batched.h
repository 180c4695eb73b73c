#pragma once
// Figures of one series of requests whose neighbours may be alike, with errors that hold all the same: consecutive
// batches, not single requests, are what is taken for independent. A figure is kept as its logarithm, so that two of
// them are compared as a ratio. Sources: batch means, Law, "Simulation Modeling and Analysis" ch. 9; quantiles by
// inverting the interval of their rank, Woodruff 1952, the variance of the rank from batches; Welch 1947 and
// Satterthwaite 1946 for sums of errors. Limits: what is alike over longer than a batch still counts as chance where
// neighbouring batches do not show it: their correlation at lag 1 widens the error as that of a first-order
// autoregression would.

#include <cstddef>
#include <initializer_list>
#include <span>

#include "core/estimate.h"

namespace capplan::plan {

/// ln of a positive figure, its standard error, and the degrees of freedom of that error.
struct LogLevel {
  double value = 0;
  double error = 0;
  double freedom = 0;
  bool known = false;
};

/// Standard error of the mean of a series, from at most twenty consecutive batches of it; `freedom` receives how many
/// there were less one. 0 for fewer than four values.
double batch_error(std::span<const double> series, double* freedom = nullptr);

/// ln of the mean of a series of counts or times. Unknown for fewer than four values or a mean that is not above zero.
LogLevel log_mean(std::span<const double> series);

/// ln of the p-quantile of positive values in order of time. Unknown below 30 values, or where its interval would reach
/// beyond the sample. Never narrower than for independent values.
LogLevel log_quantile(std::span<const double> in_time, double p);

/// ln of the index of dispersion of counts: variance over mean. Never narrower than for independent counts. Unknown
/// below ten counts, or where they do not vary.
LogLevel log_dispersion(std::span<const double> counts);

/// Logarithms added up, as of factors; unknown if one of them is.
LogLevel product(std::initializer_list<LogLevel> factors);

/// The factor itself with its 95 % interval.
core::Estimate as_ratio(const LogLevel& level);

/// How surprising the factor would be if it were 1, two-sided, by Student's t. 1 for what is not known.
double p_of_one(const LogLevel& level);

/// P(F > f) of Fisher and Snedecor, and P(X > x) of chi-square. 1 without degrees of freedom.
double exceeds_f(double f, double numerator, double denominator);
double exceeds_chi_square(double x, double freedom);
/// P(|T| > |t|) of Student.
double exceeds_t(double t, double freedom);

}  // namespace capplan::plan
