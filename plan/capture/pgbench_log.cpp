// Reading of pgbench's transaction log: bytes (plain or gzip) -> lines in one reused buffer -> columns.
// Source: see pgbench_log.h. A line is taken whole or not at all; what is wrong with one is said by its number.
// Limits: lines up to 1024 bytes (pgbench writes less than 160); retries are summed only to doubt the log's form.

#include "plan/capture/pgbench_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "plan/capture/log_lines.h"
#include "plan/capture/pgbench_line.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

using core::Nanos;

constexpr std::size_t longest_line = 1024;
constexpr std::size_t examples_kept = 10;
constexpr double malformed_share_allowed = 0.001;
constexpr const char* more_retries = "more than 10 retries a request: the last column looks like a schedule_lag";

/// Gathers rows into the log's columns and counts what is malformed.
class Collector {
 public:
  Collector(const std::string& path, const PgbenchLogOptions& options)
      : path_(path), parser_(options.classes.size(), options.schedule_lag) {
    log_.classes = options.classes;
    log_.skipped.resize(options.classes.size());
    log_.failed.resize(options.classes.size());
  }

  void line(std::string_view text) {
    ++log_.lines;
    parser_.parse(text, row_);
    if (!row_.error.empty()) {
      refuse(fmt::format("{} in '{}'", row_.error, shown(text)));
    } else if (row_.outcome == PgbenchRow::Outcome::skipped) {
      ++log_.skipped[row_.klass];
    } else if (row_.outcome == PgbenchRow::Outcome::failed) {
      ++log_.failed[row_.klass];
    } else {
      retries_ += static_cast<double>(row_.retries);
      log_.client.push_back(row_.client);
      log_.klass.push_back(row_.klass);
      log_.finish_ns.push_back(row_.finish);
      log_.duration_ns.push_back(row_.duration);
      log_.lag_ns.push_back(row_.lag);
    }
  }

  void overlong() {
    ++log_.lines;
    refuse(fmt::format("line is longer than {} bytes: not a pgbench log?", longest_line));
  }

  /// Nothing but junk so far: reading on is no use.
  bool hopeless() const { return log_.malformed >= 100'000 && log_.malformed * 2 > log_.lines; }

  RequestLog& log() { return log_; }

  /// Times from the first scheduled start on, and what looks odd.
  RequestLog finish() {
    Nanos first = std::numeric_limits<Nanos>::max();
    for (std::size_t i = 0; i < log_.size(); ++i) first = std::min(first, log_.start_ns(i));
    for (Nanos& finish : log_.finish_ns) finish -= first;
    if (hopeless())
      log_.warnings.push_back(
          fmt::format("most of the first {} lines are malformed; the rest was not read", log_.lines));
    if (retries_look_like_lags()) log_.warnings.push_back(more_retries);
    return std::move(log_);
  }

  /// A retry costs as much as a request: nobody waits for ten of them.
  bool retries_look_like_lags() const {
    return parser_.has_retries() && retries_ > 10 * static_cast<double>(log_.size());
  }

 private:
  void refuse(std::string reason) {
    ++log_.malformed;
    if (log_.examples.size() < examples_kept)
      log_.examples.push_back(
          {{path_, static_cast<int>(std::min<std::int64_t>(log_.lines, 2'000'000'000)), 0}, "", std::move(reason), ""});
  }

  std::string path_;
  PgbenchLineParser parser_;
  RequestLog log_;
  PgbenchRow row_;
  double retries_ = 0;
};

void read_lines(ByteSource& source, Collector& collector) {
  LogLines lines(source, longest_line);
  for (auto step = lines.next(); step != LogLines::Step::end && !collector.hopeless(); step = lines.next())
    step == LogLines::Step::line ? collector.line(lines.text()) : collector.overlong();
}

}  // namespace

RequestLog read_pgbench_log(const std::string& path, const PgbenchLogOptions& options) {
  ByteSource source(path);
  Collector collector(path, options);
  read_lines(source, collector);
  const std::string& damage = source.damage();

  RequestLog& log = collector.log();
  std::vector<core::Problem> problems;
  const double share = log.lines > 0 ? static_cast<double>(log.malformed) / static_cast<double>(log.lines) : 0;
  if (!options.lenient && !damage.empty())
    problems.push_back({{path, 0, 0},
                        "",
                        fmt::format("{} after {} lines", damage, log.lines),
                        "copy the log again, or keep what can be read with --lenient"});
  if (!options.lenient && share > malformed_share_allowed) {
    problems.push_back({{path, 0, 0},
                        "",
                        fmt::format("{} of {} lines are malformed, more than 0.1 %{}", log.malformed, log.lines,
                                    collector.hopeless() ? "; the rest was not read" : ""),
                        "check `classes` and the load's `kind` in the manifest; a log of --aggregate-interval has "
                        "the format pgbench-aggregate; or leave such lines out with --lenient"});
    problems.insert(problems.end(), log.examples.begin(), log.examples.end());
  }
  if (problems.empty() && log.lines == 0)
    problems.push_back({{path, 0, 0}, "", "the log is empty", "run pgbench with --log"});
  else if (problems.empty() && log.size() == 0)
    problems.push_back({{path, 0, 0},
                        "",
                        fmt::format("none of {} lines is a completed request", log.lines),
                        "take the capture again with a load that the system can carry"});
  else if (problems.empty() && !options.lenient && collector.retries_look_like_lags())
    problems.push_back({{path, 0, 0},
                        "",
                        more_retries,
                        "pgbench -R writes that: say kind = \"open\" and its rate; or keep it with --lenient"});
  if (!problems.empty()) throw core::InputError(std::move(problems));
  log.truncated = !damage.empty();
  return collector.finish();
}

}  // namespace capplan::plan
