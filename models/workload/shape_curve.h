#pragma once
// The curve of a shape: stages, spikes, the hours of a day and the days of a week, multiplied over the time of a run.
// Stages are k6's: the factor goes in a line to each target, over its duration, and the last one holds
// (grafana/k6 lib/executor/ramping_arrival_rate.go). A day is a von Mises curve, exp(k cos), which keeps the mean of
// the day at the rate whatever its peak; it is sampled every five minutes of the day and taken as straight between.

#include <string>
#include <vector>

#include "core/rate_curve.h"
#include "models/spec/spec.h"

namespace capplan::models {

inline constexpr const char* weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// "14:00" as a share of the day; negative for anything else.
double time_of_day(const std::string& text);
/// "mon 08:00" or "08:00" in days since Monday 00:00; negative for anything else.
double time_of_week(const std::string& text);
/// When the day of `diurnal` has its peak, as written or by default.
std::string peak_time(const Params& diurnal);

class Shape {
 public:
  /// Of a `shape` whose parts are right, each by itself.
  explicit Shape(const Params& shape);

  /// When the last stage and spike are over, and how long what repeats then takes: 0 for nothing.
  core::Nanos settled() const;
  core::Nanos period() const { return !week_.empty() ? 7 * day_ : day_mean_ > 0 ? day_ : 0; }
  core::Nanos day() const { return day_; }

  /// The rate over time of a workload whose rate is `rate`.
  core::RateCurve curve(double rate) const;

 private:
  struct Part {
    core::Nanos begin, end;
    double factor;
  };
  /// Rates at a moment: just before it, or from it on.
  enum class Side { before, after };

  double hour(double share) const;
  double sharpness(double peak);
  double factor(core::Nanos t, Side side) const;
  double stage(core::Nanos t, Side side) const;

  core::Nanos day_ = 0;
  core::Nanos offset_ = 0;  // of the start since Monday 00:00
  std::vector<Part> stages_, spikes_;
  core::Nanos end_of_stages_ = 0;
  std::vector<double> week_;
  double peak_at_ = 0;
  double sharpness_ = 0;
  double day_mean_ = 0;  // 0: the hours do not matter
};

}  // namespace capplan::models
