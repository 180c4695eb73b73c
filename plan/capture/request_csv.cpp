// Reading of plain tables of requests; the format and its limits stand in request_csv.h.

#include "plan/capture/request_csv.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

#include "plan/format/csv_records.h"
#include "plan/format/shown.h"
#include "plan/format/written_time.h"

namespace capplan::plan {

namespace {

using core::Nanos;

constexpr std::size_t examples_kept = 10;
constexpr std::size_t most_classes = 1000;
constexpr Nanos longest_duration = 11 * 86'400 * core::second;
constexpr Nanos longest_log = 366 * 86'400 * core::second;
constexpr Nanos latest = 4'000'000'000 * core::second;
constexpr const char* example = "time,class,duration, then 2026-11-20T04:22:45.647Z,search,0.0038";

/// Where a property stands and in what unit.
struct Column {
  std::size_t index = 0;
  std::string name;
  Nanos unit = core::second;
};

struct Columns {
  std::size_t count = 0;
  std::optional<Column> time, klass, duration, wait;
  bool starts = false;  ///< the times are those of starts
  std::vector<std::string> others;
};

/// What is wrong with a record, if anything is.
struct Refused {
  std::size_t index;
  std::string what;
};

class Table {
 public:
  Table(const std::string& path, const std::vector<std::string>& classes, bool lenient)
      : path_(path), source_(path), records_(source_), open_ended_(classes.empty()), lenient_(lenient) {
    for (const std::string& name : classes) add_class(name);
  }

  RequestLog read() {
    read_header();
    for (auto step = records_.next(); step != CsvRecords::Step::end; step = records_.next()) {
      ++log_.lines;
      if (step == CsvRecords::Step::malformed)
        refuse(records_.column(), "", records_.error());
      else if (const auto refused = take(records_.fields()))
        refuse(records_.fields()[refused->index].column,
               records_.fields().size() == columns_.count ? names_[refused->index] : "", refused->what);
      if (!lenient_ && log_.malformed >= static_cast<std::int64_t>(examples_kept)) break;
    }
    return finish();
  }

 private:
  void add_class(const std::string& name) {
    numbers_.emplace(name, static_cast<std::uint16_t>(log_.classes.size()));
    log_.classes.push_back(name);
  }

  void refuse(int column, const std::string& name, std::string what) {
    ++log_.malformed;
    if (log_.examples.size() < examples_kept)
      log_.examples.push_back({{path_, records_.line(), column}, name, std::move(what), ""});
  }

  void read_header() {
    const auto step = records_.next();
    if (step == CsvRecords::Step::end)
      throw core::InputError({path_, 0, 0}, "", source_.damage().empty() ? "the table is empty" : source_.damage(),
                             fmt::format("it looks like {}", example));
    if (step == CsvRecords::Step::malformed)
      throw core::InputError({path_, records_.line(), records_.column()}, "", records_.error(),
                             fmt::format("it looks like {}", example));
    std::vector<core::Problem> problems;
    const auto& fields = records_.fields();
    columns_.count = fields.size();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const core::Position where{path_, records_.line(), fields[i].column};
      const std::string name(records_.trimmed(i));
      if (!name.empty() && std::find(names_.begin(), names_.end(), name) != names_.end())
        problems.push_back({where, shown(name), "the column is there twice", "rename one of them"});
      names_.push_back(name);
      std::optional<Column>* const column = meant(name);
      if (column == nullptr)
        columns_.others.push_back(shown(name));
      else if (*column)
        problems.push_back({where, name, fmt::format("says the same as {}", (*column)->name), "keep one of them"});
      else
        *column = Column{i, name, unit_of(name)};
    }
    const auto need = [&](const std::optional<Column>& column, const char* name) {
      if (!column)
        problems.push_back(
            {{path_, records_.line(), 0}, name, "there is no such column", fmt::format("it looks like {}", example)});
    };
    need(columns_.time, "time");
    need(columns_.klass, "class");
    need(columns_.duration, "duration");
    if (!problems.empty()) throw core::InputError(std::move(problems));
    for (const std::string& name : columns_.others)
      log_.warnings.push_back(fmt::format("the column {} is not known and was left out", name));
  }

  std::optional<Column>* meant(const std::string& name) {
    const std::string stem = name.substr(0, std::min(name.find("_ms"), name.find("_us")));
    columns_.starts = columns_.starts || name == "start";
    if (name == "time" || name == "start") return &columns_.time;
    if (name == "class") return &columns_.klass;
    if (unit_of(name) != 0 && stem == "duration") return &columns_.duration;
    if (unit_of(name) != 0 && stem == "wait") return &columns_.wait;
    return nullptr;
  }

  static Nanos unit_of(const std::string& name) {
    const std::size_t bar = name.find('_');
    const std::string suffix = bar == std::string::npos ? "" : name.substr(bar);
    return suffix.empty()    ? core::second
           : suffix == "_ms" ? core::millisecond
           : suffix == "_us" ? core::microsecond
                             : 0;
  }

  /// A span of time in a column's unit; the refusal goes to `refused`.
  Nanos span(const Column& column, std::optional<Refused>& refused) {
    const std::string_view text = records_.trimmed(column.index);
    const auto span = parse_decimal_time(text, column.unit);
    if (!span)
      refused = {column.index, fmt::format("'{}' is not a number of 0 or more", shown(text))};
    else if (*span > longest_duration)
      refused = {column.index, fmt::format("'{}' is more than 11 days: is it in the unit of the column?", shown(text))};
    return refused ? 0 : *span;
  }

  Nanos instant(std::optional<Refused>& refused) {
    const std::string_view text = records_.trimmed(columns_.time->index);
    std::optional<Nanos> at = parse_decimal_time(text, core::second);
    if (!at)
      if (const auto written = parse_written_time(text)) at = written->at;
    if (!at || *at > latest) {
      refused = {columns_.time->index,
                 fmt::format("'{}' is neither seconds nor a time as in 2026-11-20T04:22:45.647Z", shown(text))};
      return 0;
    }
    if (!first_) first_ = *at;
    if (*at - *first_ > longest_log || *first_ - *at > longest_log)
      refused = {columns_.time->index, fmt::format("'{}' is more than a year from the first time", shown(text))};
    return *at;
  }

  std::optional<std::uint16_t> number_of(std::string_view name, std::optional<Refused>& refused) {
    const auto known = numbers_.find(name);
    if (known != numbers_.end()) return known->second;
    if (name.empty())
      refused = {columns_.klass->index, "is empty: each request has a class"};
    else if (!open_ended_)
      refused = {columns_.klass->index, fmt::format("'{}' is none of the manifest's classes", shown(name))};
    else if (log_.classes.size() >= most_classes)
      refused = {columns_.klass->index, fmt::format("'{}' is one class more than {}: does the column hold statements?",
                                                    shown(name), most_classes)};
    if (refused) return std::nullopt;
    add_class(std::string(name));
    return static_cast<std::uint16_t>(log_.classes.size() - 1);
  }

  std::optional<Refused> take(const std::vector<CsvField>& fields) {
    if (fields.size() != columns_.count)
      return Refused{std::min(fields.size() - 1, columns_.count),
                     fmt::format("{} fields where the header has {}", fields.size(), columns_.count)};
    std::optional<Refused> refused;
    const Nanos at = instant(refused);
    if (refused) return refused;
    const Nanos duration = span(*columns_.duration, refused);
    if (refused) return refused;
    const Nanos wait = columns_.wait ? span(*columns_.wait, refused) : 0;
    if (refused) return refused;
    if (wait > duration) return Refused{columns_.wait->index, "is more than the duration, of which it is a part"};
    const auto klass = number_of(records_.trimmed(columns_.klass->index), refused);
    if (!klass) return refused;
    log_.client.push_back(0);
    log_.klass.push_back(*klass);
    log_.finish_ns.push_back(columns_.starts ? at + duration : at);
    log_.duration_ns.push_back(duration);
    log_.lag_ns.push_back(wait);
    return std::nullopt;
  }

  RequestLog finish() {
    std::vector<core::Problem> problems;
    if (!lenient_) problems = log_.examples;
    if (!lenient_ && !source_.damage().empty())
      problems.push_back({{path_, records_.line(), 0},
                          "",
                          source_.damage(),
                          "copy the file again, or keep what can be read with --lenient"});
    if (problems.empty() && log_.size() == 0)
      problems.push_back(
          {{path_, 0, 0}, "", "holds no request below its line of names", fmt::format("it looks like {}", example)});
    if (!problems.empty()) {
      if (problems.front().hint.empty()) problems.front().hint = "mend it, or leave out such records with --lenient";
      throw core::InputError(std::move(problems));
    }
    log_.truncated = !source_.damage().empty();
    log_.skipped.resize(log_.classes.size());
    log_.failed.resize(log_.classes.size());
    Nanos first = core::never;
    for (std::size_t i = 0; i < log_.size(); ++i) first = std::min(first, log_.start_ns(i));
    for (Nanos& finish : log_.finish_ns) finish -= first;
    return std::move(log_);
  }

  std::string path_;
  ByteSource source_;
  CsvRecords records_;
  bool open_ended_;
  bool lenient_;
  Columns columns_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint16_t, std::less<>> numbers_;
  std::optional<Nanos> first_;
  RequestLog log_;
};

}  // namespace

RequestLog read_request_csv(const std::string& path, const std::vector<std::string>& classes, bool lenient) {
  return Table(path, classes, lenient).read();
}

}  // namespace capplan::plan
