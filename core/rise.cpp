#include "core/rise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/interval.h"
#include "core/moments.h"

namespace capplan::core {

namespace {

constexpr std::size_t fewest_values = 8;

/// Least-squares rise from begin to end of a stretch, and the line's value at its begin.
struct Line {
  double begin = 0;
  double rise = 0;
};

Line line_through(std::span<const double> values) {
  const double middle = static_cast<double>(values.size() - 1) / 2;
  const Moments sample(values);
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double away = static_cast<double>(i) - middle;
    products += away * (values[i] - sample.mean());
    squares += away * away;
  }
  const double slope = squares > 0 ? products / squares : 0;
  const double half = slope * static_cast<double>(values.size()) / 2;
  return {sample.mean() - half, 2 * half};
}

/// Variance of the mean of increments: of independent ones, or more where neighbours go together.
double variance_of_mean(const std::vector<double>& increments) {
  const auto n = static_cast<double>(increments.size());
  const double mean = Moments(increments).mean();
  const auto covariance = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = lag; i < increments.size(); ++i) sum += (increments[i] - mean) * (increments[i - lag] - mean);
    return sum / (n - 1);
  };
  const double alone = covariance(0);
  return std::max(alone, alone + 4.0 / 3 * covariance(1) + 2.0 / 3 * covariance(2)) / n;
}

/// A rise that slows down from quarter to quarter by the same factor is over when what is left of it is tolerated.
double settled_after(double third, double fourth, double size, double allowed) {
  const double quarter = size / 4;
  const double factor = third > 0 ? fourth / third : 1;
  if (!(factor < 0.9)) return 0;
  const double further = fourth <= 0 || factor <= 0 ? 0 : std::log(fourth / allowed) / -std::log(factor);
  return size + quarter * std::max(0.0, further);
}

}  // namespace

Rise find_rise(std::span<const double> series, double tolerated, double level) {
  Rise found;
  if (series.size() < fewest_values) return found;
  const std::size_t quarter = series.size() / 4;
  const Line last = line_through(series.last(quarter));
  const Line before = line_through(series.subspan(series.size() - 2 * quarter, quarter));
  found.last_quarter = last.begin > 0 ? last.rise / last.begin : 0;
  const double allowed = tolerated * Moments(series).mean();
  std::vector<double> increments;
  for (std::size_t i = 1; i < series.size(); ++i) increments.push_back(series[i] - series[i - 1]);
  const double beyond = Moments(increments).mean() - allowed / static_cast<double>(quarter);
  const double error = std::sqrt(variance_of_mean(increments));
  if (!(beyond > 0)) return found;
  found.rises = beyond > student_t_quantile(1 - level, static_cast<double>(increments.size() - 1)) * error;
  if (found.rises)
    found.settled_after = settled_after(before.rise, last.rise, static_cast<double>(series.size()), allowed);
  return found;
}

}  // namespace capplan::core
