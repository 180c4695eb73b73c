#pragma once
// Count, mean and variance of a stream of values, in one pass and mergeable. Sources: Welford, Technometrics 1962, for
// a value; Chan, Golub and LeVeque 1979 for two sets. Both keep the rounding error small where the mean is far from 0.

#include <cmath>
#include <cstdint>
#include <span>

namespace capplan::core {

class Moments {
 public:
  Moments() = default;
  explicit Moments(std::span<const double> values) {
    for (const double value : values) add(value);
  }

  void add(double value) {
    ++count_;
    const double gap = value - mean_;
    mean_ += gap / static_cast<double>(count_);
    squares_ += gap * (value - mean_);
  }

  void merge(const Moments& other) {
    if (other.count_ == 0) return;
    const auto n = static_cast<double>(count_), m = static_cast<double>(other.count_);
    const double gap = other.mean_ - mean_;
    mean_ += gap * m / (n + m);
    squares_ += other.squares_ + gap * gap * n * m / (n + m);
    count_ += other.count_;
  }

  std::uint64_t count() const { return count_; }
  /// 0 of nothing.
  double mean() const { return mean_; }
  /// Of the sample, over n - 1; 0 of fewer than two values.
  double variance() const { return count_ > 1 ? squares_ / static_cast<double>(count_ - 1) : 0; }
  /// Standard error of the mean; 0 of fewer than two values.
  double standard_error() const { return count_ > 1 ? std::sqrt(variance() / static_cast<double>(count_)) : 0; }
  /// Whether an interval can be made of them: two values or more, all finite.
  bool usable() const { return count_ > 1 && std::isfinite(mean_) && std::isfinite(squares_); }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared deviations from the mean
};

}  // namespace capplan::core
