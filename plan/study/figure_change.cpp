#include "plan/study/figure_change.h"

#include <cmath>

#include "core/interval.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/calibration_spread.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;

bool is_computed(const Path& path) {
  const core::FigureSpec* spec = spec_of(path);
  return spec != nullptr && spec->aggregation == core::Aggregation::computed;
}

/// A figure that no replication measured, such as recall: its intervals are 95 % limits of two errors that are taken
/// for independent. Those of one law are not, so that a difference is rather larger than is said of it.
FigureChange forecast_change(const Path& path, const core::Estimate& a, const core::Estimate& b) {
  FigureChange change{.path = path, .a = a, .b = b};
  if (!a.known || !b.known) return change;
  const double d = b.value - a.value;
  // The sides that face each other decide whether the difference is one.
  const double half = std::hypot(d > 0 ? a.hi - a.value : a.value - a.lo, d > 0 ? b.value - b.lo : b.hi - b.value);
  change.difference = {d, d - half, d + half, true};
  change.tested = d != 0;
  if (change.tested) change.p = half > 0 ? std::erfc(std::abs(d) / half * 1.959964 / std::sqrt(2.0)) : 0;
  if (a.value > 0) change.relative = {d / a.value, (d - half) / a.value, (d + half) / a.value, true};
  return change;
}

}  // namespace

FigureChange change_of(const Path& path, const Figure& a, const Figure& b, bool paired) {
  if (a.values.empty() && b.values.empty() && is_computed(path)) return forecast_change(path, a.estimate, b.estimate);
  FigureChange change{.path = path, .a = a.estimate, .b = b.estimate};
  if (a.values.empty() || b.values.empty()) return change;
  const core::MeanTest by_chance = paired && a.values.size() == b.values.size()
                                       ? core::paired_difference(b.values, a.values)
                                       : core::welch_difference(b.values, a.values);
  const DrawnDifference drawn = drawn_difference(a, b);
  const core::MeanTest test = core::with_error(by_chance, drawn.shift, drawn.variance, drawn.degrees);
  const core::Estimate& d = change.difference = test.difference;
  if (!d.known) return change;
  change.p = test.p_value;
  change.tested = d.value != 0 || d.half_width() > 0;
  if (const double base = a.estimate.value; base > 0)
    change.relative = {d.value / base, d.lo / base, d.hi / base, true};
  return change;
}

}  // namespace capplan::plan
