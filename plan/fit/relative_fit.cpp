// Least squares over relative errors; what for, and limits, in relative_fit.h.

#include "plan/fit/relative_fit.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace capplan::plan {
namespace {

/// Solves the symmetric equations a x = b by elimination, terms in order of their weight; empty if they are dependent.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t size = b.size();
  for (std::size_t k = 0; k < size; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < size; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    if (std::abs(a[k][k]) < 1e-12) return {};
    for (std::size_t i = k + 1; i < size; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < size; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = size; k-- > 0;) {
    for (std::size_t j = k + 1; j < size; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

/// Costs from all points but `left_out`. Terms are brought to unit size first, since they differ by many powers of ten.
std::vector<double> costs_of(std::span<const FitPoint> points, std::size_t left_out) {
  const std::size_t terms = points.front().terms.size();
  std::vector<double> size(terms);
  for (const FitPoint& point : points)
    for (std::size_t k = 0; k < terms; ++k) size[k] = std::max(size[k], std::abs(point.terms[k] / point.measured));

  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < terms; ++k)
    if (size[k] > 0) kept.push_back(k);
  while (!kept.empty()) {
    std::vector<std::vector<double>> a(kept.size(), std::vector<double>(kept.size()));
    std::vector<double> b(kept.size());
    for (std::size_t p = 0; p < points.size(); ++p) {
      if (p == left_out) continue;
      const auto term = [&](std::size_t i) { return points[p].terms[kept[i]] / points[p].measured / size[kept[i]]; };
      for (std::size_t i = 0; i < kept.size(); ++i) {
        b[i] += term(i);
        for (std::size_t j = 0; j < kept.size(); ++j) a[i][j] += term(i) * term(j);
      }
    }
    const std::vector<double> found = solve(a, b);
    if (found.empty()) throw std::invalid_argument("points: the terms cannot be told apart");
    const auto least = std::min_element(found.begin(), found.end());
    if (*least >= 0) {
      std::vector<double> costs(terms);
      for (std::size_t i = 0; i < kept.size(); ++i) costs[kept[i]] = found[i] / size[kept[i]];
      return costs;
    }
    kept.erase(kept.begin() + (least - found.begin()));
  }
  return std::vector<double>(terms);
}

double relative_error(const FitPoint& point, const std::vector<double>& costs) {
  double sum = 0;
  for (std::size_t k = 0; k < costs.size(); ++k) sum += costs[k] * point.terms[k];
  return sum / point.measured - 1;
}

}  // namespace

RelativeFit fit_relative(std::span<const FitPoint> points) {
  if (points.empty() || points.size() < points.front().terms.size() + 1)
    throw std::invalid_argument("points: there must be more of them than terms");
  for (const FitPoint& point : points) {
    if (point.terms.size() != points.front().terms.size())
      throw std::invalid_argument("points: each must have the same terms");
    if (!(point.measured > 0)) throw std::invalid_argument("measured: must be above 0");
  }

  RelativeFit fit;
  fit.costs = costs_of(points, points.size());
  for (std::size_t p = 0; p < points.size(); ++p) {
    const double inside = relative_error(points[p], fit.costs);
    const double outside = relative_error(points[p], costs_of(points, p));
    fit.residual += inside * inside;
    fit.leave_one_out += outside * outside;
    fit.leave_one_out_most = std::max(fit.leave_one_out_most, std::abs(outside));
  }
  fit.residual = std::sqrt(fit.residual / static_cast<double>(points.size()));
  fit.leave_one_out = std::sqrt(fit.leave_one_out / static_cast<double>(points.size()));
  return fit;
}

}  // namespace capplan::plan
