// Reading rates. A column's name says its unit, or its cells do; a bare number under a bare name is refused. Limits:
// times of at most 4e9 s, and those of NamedCsv.

#include "plan/capture/rate_file.h"

#include <fmt/core.h>

#include "core/units.h"
#include "plan/format/named_csv.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

constexpr const char* format_hint =
    "a header line time_s,rate_per_s, or time,rate with units in the cells, and rows below";
constexpr double most_seconds = 4e9;  // seconds since 1970 fit

using models::Value;

/// Where a quantity stands, and how its cells are read.
struct Column {
  int index = -1;
  bool bare = false;  ///< in the unit that the name says
};

Column find_column(const NamedCsv& table, const std::string& path, const char* bare, const char* with_unit) {
  if (const int index = table.column(bare); index != NamedCsv::absent) return {index, true};
  if (const int index = table.column(with_unit); index != NamedCsv::absent) return {index, false};
  throw core::InputError({path, 1, 1}, "", fmt::format("has no column \"{}\" or \"{}\"", bare, with_unit), format_hint);
}

/// A cell of this row from 0 to `most`; what is no such quantity is noted, and 0.
double quantity(NamedCsv& table, const Column& column, core::Parsed<double> (*parse)(std::string_view), double most) {
  const std::string_view cell = table.text(column.index);
  if (cell.empty()) {
    table.wrong(column.index, "is empty");
    return 0;
  }
  if (column.bare) {
    const double number = table.number(column.index).value_or(0);
    if (number > most) table.wrong(column.index, fmt::format("'{}' is out of range", shown(cell)));
    return number;
  }
  const core::Parsed<double> parsed = parse(cell);
  if (!parsed)
    table.wrong(column.index, parsed.error);
  else if (!(parsed.value >= 0 && parsed.value <= most))
    table.wrong(column.index, fmt::format("'{}' is out of range", shown(cell)));
  return parsed.value;
}

}  // namespace

std::shared_ptr<const models::List> load_rates(const std::string& path) {
  NamedCsv table(path, format_hint);
  const Column times = find_column(table, path, "time_s", "time");
  const Column rates = find_column(table, path, "rate_per_s", "rate");
  models::List list;
  double first = 0, before = 0, sum = 0;
  while (table.next()) {
    const double time = quantity(table, times, core::parse_seconds, most_seconds);
    const double rate = quantity(table, rates, core::parse_rate, 1e9);
    if (list.empty())
      first = time;
    else if (!(time > before))
      table.wrong(times.index, "comes no later than the row before it", "sort the rows by time");
    before = time;
    sum += rate;
    const core::Position where{path, table.line(), 1};
    Value at{core::to_nanos(time - first), where, where, false, {}}, per_second{rate, where, where, false, {}};
    list.push_back({models::Table{{"at", std::move(at)}, {"rate", std::move(per_second)}}, where, where, false, {}});
  }
  table.finish();
  if (!(sum > 0)) throw core::InputError({path, 0, 0}, "", "holds no rate above 0", "");
  return std::make_shared<const models::List>(std::move(list));
}

}  // namespace capplan::plan
