#pragma once
// Intervals and tests for simulation output: every figure shown is an Estimate, never a bare number.
// Sources: Student 1908, Welch 1947, Holm 1979, Wilson 1927; Law, "Simulation Modeling and Analysis" ch. 9
// (replications, batch means, common random numbers). Valid for independent, roughly normal values: replication means
// are, single latencies are not. What a sample cannot carry comes back with known = false (fewer than two values, one
// that is not finite). `confidence` is in (0, 1); a value outside its domain throws std::invalid_argument naming it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/estimate.h"

namespace capplan::core {

/// Quantile of Student's t: 0 < p < 1, degrees of freedom above 0 (a fraction is fine).
double student_t_quantile(double p, double degrees_of_freedom);

/// Share of Student's t that lies below a value: the inverse of the above.
double student_t_probability(double t, double degrees_of_freedom);

/// Mean of independent values with Student's interval.
Estimate mean_interval(std::span<const double> values, double confidence = 0.95);

/// A difference of means: its interval, and how surprising it would be if there were none.
struct MeanTest {
  Estimate difference;            ///< first minus second
  double t = 0;                   ///< difference over its standard error; infinite where that is zero
  double degrees_of_freedom = 0;  ///< of Student's t
  double p_value = 1;             ///< two-sided; 1 where the difference is unknown
};

/// Difference of two systems run on the same random numbers, replication by replication; equal lengths.
MeanTest paired_difference(std::span<const double> first, std::span<const double> second, double confidence = 0.95);
/// Difference of two independent samples, whose variances and lengths may differ.
MeanTest welch_difference(std::span<const double> first, std::span<const double> second, double confidence = 0.95);

/// The same test where the difference has a further error of its own, independent of the first and known to so many
/// degrees of freedom: it is moved by `shift` and its variance grows (Satterthwaite 1946). `variance` is 0 or more;
/// `confidence` is that of the test.
MeanTest with_error(const MeanTest& test, double shift, double variance, double degrees_of_freedom,
                    double confidence = 0.95);

/// Mean of one long, correlated series, from the means of consecutive batches.
struct BatchMeans {
  Estimate mean;                    ///< over the batch means; unknown where a batch would be empty
  double lag1_autocorrelation = 0;  ///< of the batch means: clearly above 0, the batches are too short
  std::size_t batch_size = 0;       ///< values in a batch; a remainder is left out at the start
};

/// `batches` is 2 or more; 10 to 30 serve well.
BatchMeans batch_means(std::span<const double> series, std::size_t batches, double confidence = 0.95);

/// Correlation of neighbours in a series, -1 to 1; 0 for a constant one or fewer than two values.
double lag1_autocorrelation(std::span<const double> series);

/// Holm's adjustment for several tests at once: call significant what stays below the level that one test would have.
/// Returned in the order given; each p-value lies in [0, 1].
std::vector<double> holm_adjust(std::span<const double> p_values);

/// Benjamini and Hochberg's adjustment (1995): of what stays below a level no more than that share is expected to be
/// chance. For many tests of which each stands for itself. Returned in the order given.
std::vector<double> benjamini_hochberg_adjust(std::span<const double> p_values);

/// Growth of a quantity while it was watched, relative to its mean: least-squares slope x span / mean. 0 for a level
/// series, 2 for one that rises from zero along a line; 0 for fewer than two values or a zero mean.
double relative_growth(std::span<const double> series);

/// Whether a quantity, the number waiting for instance, keeps growing: the sign of a system without a steady state.
struct SlopeTest {
  Estimate growth;       ///< mean relative growth over the replications
  double p_value = 1;    ///< one-sided: how surprising such growth would be if it were just the tolerated one
  bool growing = false;  ///< the whole interval lies above the tolerated growth
};

/// `growths` holds relative_growth of each replication in their order; `tolerated` growth (finite) passes for level.
SlopeTest slope_test(std::span<const double> growths, double tolerated = 0, double confidence = 0.95);

/// Wilson's interval of a share, successes <= trials: holds for shares near 0 and 1 as well. Unknown without trials.
Estimate proportion_interval(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);

/// Ranks of an ordered sample, counted from 1, whose values enclose a quantile.
struct QuantileRanks {
  std::uint64_t lower = 0;
  std::uint64_t upper = 0;
};

/// The closest ranks that miss the p-quantile (0 < p < 1) with at most half of 1 - confidence on either side, for
/// `count` independent values of any continuous distribution (exact, by the binomial). Empty for too small a sample.
std::optional<QuantileRanks> quantile_ranks(std::uint64_t count, double p, double confidence = 0.95);
/// Independent values needed for a p-quantile whose rank is known to within rank_error (0 < rank_error < 1).
std::uint64_t quantile_sample_size(double p, double rank_error, double confidence = 0.95);

}  // namespace capplan::core
