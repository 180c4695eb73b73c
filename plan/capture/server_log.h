#pragma once
// PostgreSQL's own logs, row by row, as far as they tell of statements: csvlog and jsonlog, plain or gzip.
// Source: src/backend/utils/error/csvlog.c (write_csvlog: 23 columns to version 12, 24 in 13, 26 from 14) and jsonlog.c
// (from 15). Columns that a later version may add are passed over.
// A file may begin and end anywhere, as rotated and cut ones do: what is no row is counted, and reading goes on at the
// next line that begins one. Limits: rows up to 32 MB; log_line_prefix's own format, on stderr, is not read.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace capplan::plan {

enum class ServerLogFormat { csv, json };

/// One row; the texts are valid during the call that hands it out.
struct ServerLogRow {
  int line = 0;               ///< where it begins
  std::string_view time;      ///< log_time: of the end of what it tells
  std::string_view session;   ///< hexadecimal start and process
  std::string_view command;   ///< command_tag: "SELECT", "PARSE", …
  std::string_view severity;  ///< "LOG", "ERROR", …
  std::string_view message;
  std::string_view query;     ///< the statement that an error happened in
  std::string_view query_id;  ///< "0" where it is not computed
};

/// What was read.
struct ServerLogExtent {
  std::int64_t rows = 0;                ///< good and malformed
  std::int64_t malformed = 0;           ///< stretches that are no row
  std::vector<core::Problem> examples;  ///< the first ten of them
  std::string damage;                   ///< of the compression; empty if none
  bool hopeless = false;                ///< it is no such log, or its quotes never end: the rest was not read
};

/// Hands every row to `take`. Throws core::InputError if the file cannot be read.
ServerLogExtent read_server_log(const std::string& path, ServerLogFormat format,
                                const std::function<void(const ServerLogRow&)>& take);

/// Whether a row of csvlog begins here: "2026-11-20 04:22:45.647 …" and nothing else does.
bool begins_csvlog_row(std::string_view text);

/// Which of the two a file is, by its beginning; nothing if neither, or if it cannot be read.
std::optional<ServerLogFormat> server_log_format(const std::string& path);

}  // namespace capplan::plan
