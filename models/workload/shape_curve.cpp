#include "models/workload/shape_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace capplan::models {

using core::Nanos;

namespace {
constexpr int samples_a_day = 288;
}  // namespace

double time_of_day(const std::string& text) {
  int hour = 0, minute = 0;
  char rest = 0;
  if (text.size() != 5 || std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &rest) != 2) return -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1;
  return (hour * 60 + minute) / 1440.0;
}

double time_of_week(const std::string& text) {
  if (text.size() == 5) return time_of_day(text);
  if (text.size() != 9 || text[3] != ' ') return -1;
  for (int day = 0; day < 7; ++day)
    if (text.starts_with(weekdays[day]) && time_of_day(text.substr(4)) >= 0) return day + time_of_day(text.substr(4));
  return -1;
}

std::string peak_time(const Params& diurnal) { return diurnal.has("at") ? diurnal.text("at") : "14:00"; }

Shape::Shape(const Params& shape) {
  day_ = shape.has("day") ? shape.duration("day") : 86'400 * core::second;
  const double starts = shape.has("starts") ? time_of_week(shape.text("starts")) : 0;
  offset_ = std::llround(starts * static_cast<double>(day_));
  if (shape.has("stages"))
    for (const Value& stage : shape.list("stages")) {
      const Params p(*stage.as<Table>());
      stages_.push_back({end_of_stages_, end_of_stages_ += p.duration("duration"), p.number("target")});
    }
  if (shape.has("spikes"))
    for (const Value& spike : shape.list("spikes")) {
      const Params p(*spike.as<Table>());
      spikes_.push_back({p.duration("at"), p.duration("at") + p.duration("length"), p.number("times")});
    }
  if (shape.has("weekly")) {
    const Params days = shape.record("weekly");
    for (const char* name : weekdays) week_.push_back(days.has(name) ? days.number(name) : 1);
  }
  if (shape.has("diurnal")) {
    const Params diurnal = shape.record("diurnal");
    peak_at_ = time_of_day(peak_time(diurnal));
    sharpness_ = sharpness(diurnal.number("peak"));
    for (int i = 0; i < samples_a_day; ++i) day_mean_ += hour(i / double{samples_a_day}) / samples_a_day;
  }
}

Nanos Shape::settled() const {
  Nanos end = end_of_stages_;
  for (const Part& spike : spikes_) end = std::max(end, spike.end);
  return end;
}

core::RateCurve Shape::curve(double rate) const {
  const Nanos end = settled() + period();
  std::vector<Nanos> breaks = {0, end, settled()};
  for (const Part& stage : stages_) breaks.push_back(stage.end);
  for (const Part& spike : spikes_) breaks.insert(breaks.end(), {spike.begin, spike.end});
  if (period() > 0) {
    const int pieces = day_mean_ > 0 ? samples_a_day : 1;
    const Nanos piece = std::max<Nanos>(1, day_ / pieces);
    for (Nanos at = piece - offset_ % piece; at < end; at += piece) breaks.push_back(at);
    for (Nanos at = day_ - offset_ % day_; at < end; at += day_) breaks.push_back(at);
  }
  std::sort(breaks.begin(), breaks.end());
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  std::vector<core::RateCurve::Knot> knots;
  for (const Nanos at : breaks)
    knots.push_back({core::to_seconds(at), rate * factor(at, Side::before), rate * factor(at, Side::after)});
  return core::RateCurve(std::move(knots), period() > 0 ? core::to_seconds(settled()) : -1);
}

/// exp(k (cos - 1)) at a share of the day.
double Shape::hour(double share) const {
  return std::exp(sharpness_ * (std::cos(2 * std::numbers::pi * (share - peak_at_)) - 1));
}

/// The k at which the highest of the day is `peak` times its mean; that ratio rises with k.
double Shape::sharpness(double peak) {
  double lo = 0, hi = 1000;
  for (int i = 0; i < 100; ++i) {
    sharpness_ = (lo + hi) / 2;
    double mean = 0;
    for (int s = 0; s < samples_a_day; ++s) mean += hour(peak_at_ + s / double{samples_a_day}) / samples_a_day;
    (1 / mean < peak ? lo : hi) = sharpness_;
  }
  return lo;
}

double Shape::factor(Nanos t, Side side) const {
  double product = stage(t, side);
  for (const Part& spike : spikes_) {
    const bool on = side == Side::after ? t >= spike.begin && t < spike.end : t > spike.begin && t <= spike.end;
    if (on) product *= spike.factor;
  }
  const Nanos clock = t + offset_;
  if (!week_.empty())
    product *= week_[static_cast<std::size_t>((side == Side::after ? clock : clock - 1 + 7 * day_) / day_ % 7)];
  if (day_mean_ > 0) product *= hour(static_cast<double>(clock % day_) / static_cast<double>(day_)) / day_mean_;
  return product;
}

double Shape::stage(Nanos t, Side side) const {
  double level = 1;
  for (const Part& stage : stages_) {
    const bool inside = t < stage.end || (t == stage.end && side == Side::before);
    if (inside && stage.end > stage.begin)
      return level + (stage.factor - level) * static_cast<double>(t - stage.begin) /
                         static_cast<double>(stage.end - stage.begin);
    level = stage.factor;
  }
  return level;
}

}  // namespace capplan::models
