#pragma once
// Count, mean and scatter of values that were summed up by somebody else, and how two such summaries join, and part
// again. Source: Chan, Golub & LeVeque 1979 (pairwise updating of sums of squares). Limits: of what is left after
// subtraction the scatter is known only where it is not lost in the rounding of the two that were given.

#include <cmath>
#include <cstdint>
#include <optional>

#include "core/estimate.h"

namespace capplan::plan {

struct Moments {
  double count = 0;
  double sum = 0;
  std::optional<double> squares = 0.0;  ///< sum of squared differences from the mean, where known
  std::optional<double> least, most;    ///< where known

  /// From a count, a sum and the standard deviation of a population.
  static Moments of(double count, double sum, std::optional<double> stddev) {
    Moments m{count, sum, std::nullopt, std::nullopt, std::nullopt};
    if (stddev) m.squares = count * *stddev * *stddev;
    return m;
  }

  double mean() const { return count > 0 ? sum / count : 0; }
  std::optional<double> stddev() const {
    return squares && count > 0 ? std::optional(std::sqrt(*squares / count)) : std::nullopt;
  }

  /// The mean with its 95 % interval, values taken as independent: a normal's, from 30 values on; below, or without the
  /// scatter, it is not known how sure it is, and there is no estimate.
  core::Estimate mean_estimate() const {
    if (count < 30 || !squares) return {};
    const double half = 1.959964 * std::sqrt(*squares / (count - 1) / count);
    return {mean(), mean() - half, mean() + half, true};
  }

  void add(const Moments& other) {
    if (other.count <= 0) return;
    if (count <= 0) {
      *this = other;
      return;
    }
    const double apart = other.mean() - mean();
    if (squares && other.squares)
      squares = *squares + *other.squares + apart * apart * count * other.count / (count + other.count);
    else
      squares.reset();
    least = least && other.least ? std::optional(std::fmin(*least, *other.least)) : std::nullopt;
    most = most && other.most ? std::optional(std::fmax(*most, *other.most)) : std::nullopt;
    count += other.count;
    sum += other.sum;
  }

  /// What came since `before`, of which this is the continuation. Extremes cannot be told.
  Moments since(const Moments& before) const {
    if (before.count <= 0) return *this;
    Moments m{count - before.count, sum - before.sum, std::nullopt, std::nullopt, std::nullopt};
    if (m.count <= 0 || !squares || !before.squares) return m;
    const double apart = m.mean() - before.mean();
    const double between = apart * apart * m.count * before.count / count;
    const double left = *squares - *before.squares - between;
    const double rounding = 1e-12 * (*squares + *before.squares + between + sum * sum / count);
    if (left > 100 * rounding) m.squares = left;
    if (m.count == 1) m.squares = 0;
    return m;
  }
};

}  // namespace capplan::plan
