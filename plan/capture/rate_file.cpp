// Reading rates. A column's name says its unit, or its cells do; a bare number under a bare name is refused. Limit: a
// million seconds between two rows, 100,000 rows.

#include "plan/capture/rate_file.h"

#include <charconv>
#include <cmath>

#include "core/units.h"
#include "plan/format/csv_table.h"

namespace capplan::plan {

namespace {

constexpr const char* format_hint =
    "a header line time_s,rate_per_s, or time,rate with units in the cells, and rows below";
constexpr double most_seconds = 4e9;  // seconds since 1970 fit

using models::Value;

core::Parsed<double> plain_number(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
    return {0, "\"" + text + "\" is no number"};
  return {number, {}};
}

/// Where a quantity stands, and how its cells are read.
struct Column {
  int index = -1;
  bool bare = false;  ///< in the unit that the name says
};

Column find_column(const CsvTable& table, const std::string& bare, const std::string& with_unit) {
  if (const int index = table.find(bare); index >= 0) return {index, true};
  const int index = table.find(with_unit);
  if (index < 0)
    throw core::InputError({table.file, 1, 1}, "", "has no column \"" + bare + "\" or \"" + with_unit + "\"",
                           format_hint);
  return {index, false};
}

}  // namespace

std::shared_ptr<const models::List> load_rates(const std::string& path) {
  const CsvTable table = read_csv(path, format_hint);
  const Column times = find_column(table, "time_s", "time"), rates = find_column(table, "rate_per_s", "rate");
  std::vector<core::Problem> problems;
  models::List list;
  double first = 0, before = 0, sum = 0;
  for (const CsvRow& row : table.rows) {
    const auto read = [&](const Column& column, auto parse, double most) {
      const CsvCell& cell = row.cells[static_cast<std::size_t>(column.index)];
      core::Parsed<double> parsed = column.bare ? plain_number(cell.text) : parse(cell.text);
      if (parsed && !(parsed.value >= 0 && parsed.value <= most))
        parsed.error = "\"" + cell.text + "\" is out of range";
      if (!parsed) problems.push_back({{path, row.line, cell.column}, "", parsed.error, format_hint});
      return parsed.value;
    };
    const double time = read(times, core::parse_seconds, most_seconds);
    const double rate = read(rates, core::parse_rate, 1e9);
    if (list.empty())
      first = time;
    else if (!(time > before))
      problems.push_back({{path, row.line, 1}, "", "comes no later than the row before it", "sort the rows by time"});
    if (problems.size() > 20) break;
    before = time;
    sum += rate;
    const core::Position where{path, row.line, 1};
    Value at{core::to_nanos(time - first), where, where, false, {}}, per_second{rate, where, where, false, {}};
    list.push_back({models::Table{{"at", std::move(at)}, {"rate", std::move(per_second)}}, where, where, false, {}});
  }
  if (problems.empty() && !(sum > 0)) problems.push_back({{path, 0, 0}, "", "holds no rate above 0", ""});
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return std::make_shared<const models::List>(std::move(list));
}

}  // namespace capplan::plan
