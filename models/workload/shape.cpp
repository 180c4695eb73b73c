// What a scenario says of a load that changes, and what of it cannot be. Growth compounds by the quarter and is the
// same all through a run. Limit: 1,000 days before the shape repeats.

#include "models/workload/shape.h"

#include <fmt/format.h>

#include <cmath>

#include "models/workload/shape_curve.h"

#include "models/topology.h"

namespace capplan::models {

namespace {

using core::Nanos;

constexpr int most_days = 1000;

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
       .help = "periods of more or less load: the rate is multiplied during each",
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
      {.name = "interpolate", .type = Type::flag, .help = "interpolate linearly between rates; absent: steps"},
      {.name = "growth",
       .type = Type::record,
       .help = "the load in later quarters, constant during the run",
       .fields = {{.name = "per_quarter",
                   .type = Type::ratio,
                   .help = "what a quarter adds, compounding",
                   .lo = 0,
                   .hi = 100},
                  {.name = "quarters",
                   .type = Type::number,
                   .help = "number of quarters ahead; absent: 1",
                   .lo = 0,
                   .hi = 100}}},
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
