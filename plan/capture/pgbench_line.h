#pragma once
// One line of pgbench's transaction log, taken apart: which columns there are, what they may hold, what is wrong.
// Source: PostgreSQL's src/bin/pgbench/pgbench.c (doLog); the columns are listed in plan/capture/pgbench_log.h.
// Limits: epochs up to the year 2255, spans up to 11 days, a log no longer than a year.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace capplan::plan {

/// One line, taken apart. Without `error` it is good.
struct PgbenchRow {
  enum class Outcome { completed, skipped, failed };
  Outcome outcome = Outcome::completed;
  std::int32_t client = 0;
  std::uint16_t klass = 0;   ///< script_no
  core::Nanos finish = 0;    ///< since 1970
  core::Nanos duration = 0;  ///< 0 unless completed
  core::Nanos lag = 0;       ///< 0 unless completed
  std::int64_t retries = 0;
  std::string error;
};

/// Takes lines apart. The first good line settles whether the log has a column of retries.
class PgbenchLineParser {
 public:
  PgbenchLineParser(std::size_t classes, bool schedule_lag) : classes_(classes), lag_(schedule_lag) {}

  /// Fills `row`, whose `error` says what is wrong with the line (without its line end), if anything is.
  void parse(std::string_view line, PgbenchRow& row);

  bool has_retries() const { return columns_ == least() + 1; }

 private:
  std::size_t least() const { return lag_ ? 7 : 6; }
  void split(std::string_view line);
  bool expected_columns(PgbenchRow& row) const;

  std::size_t classes_;
  bool lag_;
  std::array<std::string_view, 8> column_;
  std::size_t count_ = 0;    ///< columns of this line
  std::size_t columns_ = 0;  ///< columns of the log, once a good line was seen
  core::Nanos first_ = 0;    ///< completion of the first good line
};

}  // namespace capplan::plan
