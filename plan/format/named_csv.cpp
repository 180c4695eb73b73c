// Tables with names, row by row; format and limits in named_csv.h. Numbers are read by std::from_chars: no locale.

#include "plan/format/named_csv.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_problems = 10;
constexpr std::int64_t most_rows = 1'000'000;

}  // namespace

NamedCsv::NamedCsv(const std::string& path, std::string hint)
    : path_(path), hint_(std::move(hint)), source_(path, hint_), records_(source_) {
  const auto step = records_.next();
  if (step == CsvRecords::Step::end)
    throw core::InputError({path_, 0, 0}, "", source_.damage().empty() ? "the table is empty" : source_.damage(),
                           hint_);
  if (step == CsvRecords::Step::malformed)
    throw core::InputError({path_, records_.line(), records_.column()}, "", records_.error(), hint_);
  for (std::size_t i = 0; i < records_.fields().size(); ++i) {
    const CsvField& field = records_.fields()[i];
    const std::string name(records_.trimmed(i));
    if (name.find('\0') != std::string::npos)
      throw core::InputError({path_, records_.line(), field.column}, "", "is not a text file: it holds a zero byte",
                             hint_);
    if (!name.empty() && std::find(names_.begin(), names_.end(), name) != names_.end())
      problem(records_.line(), field.column, shown(name), "the column is there twice");
    names_.push_back(name);
  }
  if (names_.size() == 1 && names_[0].find_first_of(";|\t") != std::string::npos)
    problem(records_.line(), 1, "", "the columns are not separated by commas");
  if (!problems_.empty()) throw core::InputError(std::move(problems_));
}

void NamedCsv::problem(int line, int column, const std::string& key, std::string what, std::string hint) {
  if (hint.empty() && problems_.empty()) hint = hint_;
  if (problems_.size() < most_problems)
    problems_.push_back({{path_, line, column}, key, std::move(what), std::move(hint)});
}

int NamedCsv::column(std::initializer_list<const char*> names) const {
  for (const char* name : names)
    if (const auto found = std::find(names_.begin(), names_.end(), name); found != names_.end())
      return static_cast<int>(found - names_.begin());
  return absent;
}

int NamedCsv::need(std::initializer_list<const char*> names) {
  const int found = column(names);
  if (found != absent) return found;
  const std::string near = core::nearest(*names.begin(), names_);
  problem(records_.line(), 1, *names.begin(), "there is no such column",
          near.empty() ? "" : fmt::format("is it the one called {}?", shown(near)));
  return absent;
}

bool NamedCsv::next() {
  while (problems_.size() < most_problems) {
    const auto step = records_.next();
    if (step == CsvRecords::Step::end) return false;
    if (++rows_ > most_rows) {
      problem(records_.line(), 0, "", fmt::format("more than {} rows", most_rows));
      return false;
    }
    const std::vector<CsvField>& fields = records_.fields();
    if (step == CsvRecords::Step::malformed)
      problem(records_.line(), records_.column(), "", records_.error());
    else if (fields.size() != names_.size())
      problem(records_.line(), fields[std::min(fields.size(), names_.size()) - 1].column, "",
              fmt::format("{} cells where the header has {}", fields.size(), names_.size()));
    else if (std::equal(fields.begin(), fields.end(), names_.begin(),
                        [](const CsvField& field, const std::string& name) { return field.raw == name; }))
      problem(records_.line(), 1, "", "the line of column names is there twice: one table a file");
    else
      return true;
  }
  return false;
}

std::string_view NamedCsv::text(int column) {
  return column == absent ? std::string_view() : records_.trimmed(static_cast<std::size_t>(column));
}

std::optional<double> NamedCsv::number(int column) {
  const std::string_view cell = text(column);
  if (cell.empty()) return std::nullopt;
  double value = 0;
  const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (failure == std::errc::result_out_of_range)
    wrong(column, fmt::format("'{}' is out of range", shown(cell)));
  else if (failure != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value))
    wrong(column, fmt::format("'{}' is not a number", shown(cell)));
  else if (value < 0)
    wrong(column, fmt::format("'{}' is below 0", shown(cell)));
  else
    return value;
  return std::nullopt;
}

std::optional<std::int64_t> NamedCsv::count(int column) {
  const std::string_view cell = text(column);
  if (cell.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (failure == std::errc::result_out_of_range)
    wrong(column, fmt::format("'{}' is out of range", shown(cell)));
  else if (failure != std::errc{} || end != cell.data() + cell.size())
    wrong(column, fmt::format("'{}' is not a whole number", shown(cell)));
  else if (value < 0)
    wrong(column, fmt::format("'{}' is below 0", shown(cell)));
  else
    return value;
  return std::nullopt;
}

void NamedCsv::wrong(int column, std::string what, std::string hint) {
  if (column == absent) return problem(records_.line(), 1, "", std::move(what), std::move(hint));
  const auto i = static_cast<std::size_t>(column);
  problem(records_.line(), records_.fields()[i].column, names_[i], std::move(what), std::move(hint));
}

void NamedCsv::wrong(std::string what) { problem(0, 0, "", std::move(what)); }

void NamedCsv::finish(bool may_be_empty) {
  if (!source_.damage().empty()) wrong(fmt::format("{} after {} rows", source_.damage(), rows_));
  if (problems_.empty() && rows_ == 0 && !may_be_empty) wrong("there is nothing below the line of column names");
  if (!problems_.empty()) throw core::InputError(std::move(problems_));
}

}  // namespace capplan::plan
