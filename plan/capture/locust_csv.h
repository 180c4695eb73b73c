#pragma once
// What Locust writes with --csv PREFIX: PREFIX_stats.csv, the totals of a run by request; PREFIX_stats_history.csv, a
// row a second; PREFIX_failures.csv. Source: Locust locust/stats.py (StatsCSV, StatsCSVFileWriter). Columns are found
// by name; times are milliseconds there and seconds here. Failures are among the response times. Percentiles are
// Locust's own: rounded to two digits above 100 ms. Those of the history are of the run so far, unless
// --csv-full-history wrote them, whose are of the last ten seconds or so; it is told by rows of single requests. Its
// requests/s are a mean over the last ten seconds. Limits: 1,000,000 rows.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capplan::plan {

/// One request, or all of them ("Aggregated"). Times in seconds; nothing where Locust says N/A.
struct LocustRequest {
  std::string method, name;
  std::int64_t requests = 0, failures = 0;
  std::optional<double> median, mean, least, most;
  std::optional<double> requests_per_s, failures_per_s;
  std::vector<std::pair<double, std::optional<double>>> percentiles;  ///< {0.95, seconds}, ascending
};

/// The last row is that of all requests, where the file has one. Throws core::InputError.
std::vector<LocustRequest> read_locust_stats(const std::string& path);

/// One row of the history over all requests.
struct LocustMoment {
  double at = 0;  ///< seconds since 1970
  double users = 0;
  std::optional<double> requests_per_s, failures_per_s;
  std::optional<double> p50, p95, p99;      ///< of the run so far, or of the last ten seconds
  std::int64_t requests = 0, failures = 0;  ///< since the start
};

struct LocustHistory {
  bool windowed = false;              ///< percentiles are of the last ten seconds (--csv-full-history)
  std::vector<LocustMoment> moments;  ///< of all requests together, one or more
};

/// Throws core::InputError.
LocustHistory read_locust_history(const std::string& path);

struct LocustFailure {
  std::string method, name, error;
  std::int64_t occurrences = 0;
};

/// May be empty: a run without failures. Throws core::InputError.
std::vector<LocustFailure> read_locust_failures(const std::string& path);

}  // namespace capplan::plan
