// Stages are k6's: the factor goes in a line to each target, over its duration, and the last one holds
// (grafana/k6 lib/executor/ramping_arrival_rate.go). A day is a von Mises curve, exp(k cos), which keeps the mean of
// the day at the rate whatever its peak; it is sampled every five minutes of the day and taken as straight between.
// Growth compounds by the quarter and is the same all through a run. Limit: 1,000 days before the shape repeats.

#include "models/workload/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/topology.h"

namespace capplan::models {

namespace {

using core::Nanos;

constexpr int samples_a_day = 288;
constexpr int most_days = 1000;
constexpr const char* weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// "14:00" as a share of the day; negative for anything else.
double time_of_day(const std::string& text) {
  int hour = 0, minute = 0;
  char rest = 0;
  if (text.size() != 5 || std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &rest) != 2) return -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1;
  return (hour * 60 + minute) / 1440.0;
}

/// "mon 08:00" or "08:00" in days since Monday 00:00; negative for anything else.
double time_of_week(const std::string& text) {
  if (text.size() == 5) return time_of_day(text);
  if (text.size() != 9 || text[3] != ' ') return -1;
  for (int day = 0; day < 7; ++day)
    if (text.starts_with(weekdays[day]) && time_of_day(text.substr(4)) >= 0) return day + time_of_day(text.substr(4));
  return -1;
}

std::string peak_time(const Params& diurnal) { return diurnal.has("at") ? diurnal.text("at") : "14:00"; }

/// Rates at a moment: just before it, or from it on.
enum class Side { before, after };

class Shape {
 public:
  explicit Shape(const Params& shape) {
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

  /// When the last stage and spike are over, and how long what repeats then takes: 0 for nothing.
  Nanos settled() const {
    Nanos end = end_of_stages_;
    for (const Part& spike : spikes_) end = std::max(end, spike.end);
    return end;
  }
  Nanos period() const { return !week_.empty() ? 7 * day_ : day_mean_ > 0 ? day_ : 0; }
  Nanos day() const { return day_; }

  core::RateCurve curve(double rate) const {
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

 private:
  struct Part {
    Nanos begin, end;
    double factor;
  };

  /// exp(k (cos - 1)) at a share of the day.
  double hour(double share) const {
    return std::exp(sharpness_ * (std::cos(2 * std::numbers::pi * (share - peak_at_)) - 1));
  }

  /// The k at which the highest of the day is `peak` times its mean; that ratio rises with k.
  double sharpness(double peak) {
    double lo = 0, hi = 1000;
    for (int i = 0; i < 100; ++i) {
      sharpness_ = (lo + hi) / 2;
      double mean = 0;
      for (int s = 0; s < samples_a_day; ++s) mean += hour(peak_at_ + s / double{samples_a_day}) / samples_a_day;
      (1 / mean < peak ? lo : hi) = sharpness_;
    }
    return lo;
  }

  double factor(Nanos t, Side side) const {
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

  double stage(Nanos t, Side side) const {
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

  Nanos day_ = 0;
  Nanos offset_ = 0;  // of the start since Monday 00:00
  std::vector<Part> stages_, spikes_;
  Nanos end_of_stages_ = 0;
  std::vector<double> week_;
  double peak_at_ = 0;
  double sharpness_ = 0;
  double day_mean_ = 0;  // 0: the hours do not matter
};

/// The rows of `rates` times a factor, each from its time on; the last takes as long as the one before it, then all
/// comes again.
core::RateCurve series(const List& rows, bool lines, double factor) {
  std::vector<core::RateCurve::Knot> knots;
  for (const Value& row : rows) {
    const Params p(*row.as<Table>());
    const double rate = p.number("rate") * factor;
    knots.push_back({core::to_seconds(p.duration("at")), lines || knots.empty() ? rate : knots.back().after, rate});
  }
  const core::RateCurve::Knot first = knots.front(), last = knots.back();
  if (knots.size() == 1) return core::RateCurve::constant(first.after);
  knots.push_back({2 * last.at - knots[knots.size() - 2].at, lines ? first.after : last.after, first.after});
  return core::RateCurve(std::move(knots), 0);
}

/// How long the rows take.
double span_of(const List& rows) {
  const auto at = [&](std::size_t i) { return core::to_seconds(Params(*rows[i].as<Table>()).duration("at")); };
  return rows.size() < 2 ? 1 : 2 * at(rows.size() - 1) - at(rows.size() - 2);
}

double growth_of(const Params& workload) {
  if (!workload.has("growth")) return 1;
  const Params growth = workload.record("growth");
  return std::pow(1 + growth.number("per_quarter"), growth.has("quarters") ? growth.number("quarters") : 1);
}

void refuse(const Params& p, const std::string& name, const std::string& key, const std::string& what,
            std::vector<core::Problem>& problems) {
  problems.push_back({find(p.values(), name)->where, key, what, {}});
}

void check_series(const Params& workload, const std::string& path, std::vector<core::Problem>& problems) {
  const Value& rates = *find(workload.values(), "rates");
  const auto* rows = rates.as<List>();
  if (!rows) return;  // a file, which is checked as it is read
  double mean = 0;
  Nanos before = -1;
  for (const Value& row : *rows) {
    const Params p(*row.as<Table>());
    if (p.duration("at") <= before || (before < 0 && p.duration("at") != 0))
      return refuse(workload, "rates", path + ".rates", "times must begin at 0 and ascend", problems);
    before = p.duration("at");
    mean += p.number("rate");
  }
  if (!(mean > 0)) refuse(workload, "rates", path + ".rates", "needs a rate above 0", problems);
}

}  // namespace

std::vector<Param> shape_params() {
  std::vector<Param> days;
  for (const char* name : weekdays)
    days.push_back({.name = name, .type = Type::number, .help = "factor of this day; absent: 1", .lo = 0, .hi = 1000});
  const std::vector<Param> shape = {
      {.name = "stages",
       .type = Type::list,
       .help = "ramps and steps: the factor goes from 1 to each target in turn, in a line over its duration, at once "
               "where that is 0; the last one holds",
       .source = "k6 ramping-arrival-rate",
       .fields = {{.name = "duration",
                   .type = Type::duration,
                   .help = "how long it takes",
                   .required = true,
                   .lo = 0,
                   .hi = 1e8},
                  {.name = "target",
                   .type = Type::number,
                   .help = "factor on the rate at its end",
                   .required = true,
                   .lo = 0,
                   .hi = 1e6}},
       .list_of_records = true},
      {.name = "spikes",
       .type = Type::list,
       .help = "times of more, or less: the rate is multiplied while one lasts",
       .fields =
           {{.name = "at", .type = Type::duration, .help = "when it begins", .required = true, .lo = 0, .hi = 1e8},
            {.name = "length",
             .type = Type::duration,
             .help = "how long it lasts",
             .required = true,
             .lo = 0.000'001,
             .hi = 1e8},
            {.name = "times",
             .type = Type::number,
             .help = "factor on the rate",
             .required = true,
             .lo = 0,
             .hi = 1e6}},
       .list_of_records = true},
      {.name = "diurnal",
       .type = Type::record,
       .help = "the hours of a day; the mean of the day stays the rate",
       .fields =
           {{.name = "peak", .type = Type::number, .help = "the highest of the day over its mean", .lo = 1, .hi = 10},
            {.name = "at", .type = Type::text, .help = "when that is; absent: 14:00"}}},
      {.name = "weekly", .type = Type::record, .help = "the days of a week, each a factor on the rate", .fields = days},
      {.name = "starts",
       .type = Type::text,
       .help = "time of day, or day and time, at which the run starts: \"08:00\", \"mon 08:00\"; absent: mon 00:00"},
      {.name = "day",
       .type = Type::duration,
       .help = "length of a simulated day; absent: 24h. A shorter one has all hours pass sooner, and nothing else",
       .lo = 1,
       .hi = 86'400},
  };
  return {
      {.name = "shape",
       .type = Type::record,
       .help = "how the rate changes over the run; what is given is multiplied. The run is judged over its whole time",
       .fields = shape},
      {.name = "rates",
       .type = Type::rate_series,
       .help = "rates over time, and over again: a CSV file of times and rates beside the scenario, or a list of { at, "
               "rate }. A rate holds until the next. With `rate` too, all are scaled to have that mean",
       .fields =
           {{.name = "at", .type = Type::duration, .help = "since the start", .required = true, .lo = 0, .hi = 1e8},
            {.name = "rate", .type = Type::rate, .help = "from then on", .required = true, .lo = 0, .hi = 1e9}},
       .list_of_records = true},
      {.name = "interpolate",
       .type = Type::flag,
       .help = "go in lines from one of the rates to the next; absent: hold"},
      {.name = "growth",
       .type = Type::record,
       .help = "the load in quarters to come, the same all through the run",
       .fields =
           {{.name = "per_quarter",
             .type = Type::ratio,
             .help = "what a quarter adds, compounding",
             .lo = 0,
             .hi = 100},
            {.name = "quarters", .type = Type::number, .help = "how many lie ahead; absent: 1", .lo = 0, .hi = 100}}},
  };
}

void check_shape(const Params& workload, const std::string& path, std::vector<core::Problem>& problems) {
  if (workload.has("interpolate") && !workload.has("rates"))
    refuse(workload, "interpolate", path + ".interpolate", "is for rates, and there are none", problems);
  if (workload.has("growth") && !workload.record("growth").has("per_quarter"))
    refuse(workload, "growth", path + ".growth", "needs per_quarter, what a quarter adds, as in \"15%\"", problems);
  if (workload.has("rates")) check_series(workload, path, problems);
  if (!workload.has("shape")) return;
  if (workload.has("rates"))
    return refuse(workload, "shape", path + ".shape", "cannot be had with rates, which are a shape by themselves",
                  problems);
  const Params shape = workload.record("shape");
  const std::string key = path + ".shape";
  const std::size_t before = problems.size();
  if (shape.has("starts") && time_of_week(shape.text("starts")) < 0)
    refuse(shape, "starts", key + ".starts", "must be a time such as \"08:00\" or \"mon 08:00\"", problems);
  if (shape.has("diurnal")) {
    const Params diurnal = shape.record("diurnal");
    if (!diurnal.has("peak"))
      refuse(shape, "diurnal", key + ".diurnal", "needs peak, the highest of the day over its mean", problems);
    if (time_of_day(peak_time(diurnal)) < 0)
      refuse(diurnal, "at", key + ".diurnal.at", "must be a time of day such as \"14:00\"", problems);
  }
  if (problems.size() > before) return;
  const Shape known(shape);
  if (known.settled() / known.day() >= most_days && known.period() > 0)
    refuse(workload, "shape", key, fmt::format("stages and spikes end after more than {} days", most_days), problems);
  else if (!(known.curve(1).inverse(1e-9) < 1e18))
    refuse(workload, "shape", key, "makes the rate 0 for ever: no request would arrive", problems);
}

bool changes_over_time(const Section& section) {
  const Params& p = section.params;
  if (role_of(section) == Role::failure) return true;  // what it leaves behind is what one asks for
  return role_of(section) == Role::workload && (p.has("shape") || p.has("rates") || p.has("stages"));
}

double grown_rate(const Params& workload) { return workload.number("rate") * growth_of(workload); }

core::RateCurve rate_curve(const Params& workload) {
  if (workload.has("shape")) return Shape(workload.record("shape")).curve(grown_rate(workload));
  if (!workload.has("rates")) return core::RateCurve::constant(grown_rate(workload));
  const List& rows = workload.list("rates");
  const bool lines = workload.has("interpolate") && workload.flag("interpolate");
  if (!workload.has("rate")) return series(rows, lines, growth_of(workload));
  const double span = span_of(rows);
  return series(rows, lines, grown_rate(workload) * span / series(rows, lines, 1).integral(span));
}

}  // namespace capplan::models
