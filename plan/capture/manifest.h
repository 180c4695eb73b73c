#pragma once
// A capture's manifest: a small TOML file beside a log that says what the log holds and what was running meanwhile.
// The log itself stays in the format of the tool that wrote it. The format of the manifest is capplan's own.
// The formats of logs are those of format_spec.h that have a log_word; to some, which hold sums and no single requests,
// nothing can be fitted.
// What other programs counted meanwhile stands below [measured], and is held beside predictions.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "models/spec/value.h"

namespace capplan::plan {

/// [system.index.NAME]: an index that some of the classes search.
struct CaptureIndex {
  std::string name;
  std::string kind;                  ///< "hnsw", "ivfflat", …
  std::vector<std::string> classes;  ///< names of classes of the capture
  models::Table parameters;          ///< the other keys as written: rows, m, ef_search, …
};

/// [capture.class.NAME]: which statements of a server's log make a class, by one of two means.
struct StatementClass {
  std::string name;
  std::string pattern;      ///< POSIX extended regular expression, found anywhere in the normalised statement
  std::string fingerprint;  ///< 6 to 16 hexadecimal digits: the beginning of libpg_query's
  core::Position where;     ///< of the pattern
};

/// What a manifest says. Paths are resolved against the folder of the manifest.
struct CaptureManifest {
  enum class Load {
    open,    ///< arrivals on a schedule that waits for nobody (pgbench -R)
    closed,  ///< every client sends its next request when the last one is answered
  };
  enum class Path { direct, pgbouncer };

  std::string file;  ///< of the manifest, as given
  std::string name;
  std::string format;    ///< "pgbench", "csv", "postgresql-csvlog", …, as above
  std::string log;       ///< path of the log
  std::string log_name;  ///< as written
  /// pgbench: by script number. csv: all that may occur, or empty for whatever occurs. Server's logs: those named
  /// below.
  std::vector<std::string> classes;
  std::optional<std::vector<std::string>> writes;  ///< of them, those that commit a change; absent: not said
  std::string keys;  ///< path of a file of the keys asked for, in order (key_list.h); may be empty
  std::vector<StatementClass> statements;  ///< how a server's statements are told apart, in order of the file
  bool keep_unmatched = true;              ///< statements that no class names get classes of their own
  double sample_rate = 1;                  ///< share of the server's statements that its log holds, above 0
  core::Nanos duration = 0;                ///< of the capture, above 0
  std::string taken;                       ///< date, as written; may be empty

  Load load = Load::open;
  double rate = 0;                                  ///< arrivals per second of an open load; 0 for a closed one
  int clients = 1;                                  ///< connections of the load generator
  std::vector<std::pair<std::string, double>> mix;  ///< weight by class, as offered; may be empty

  Path path = Path::direct;
  int connections = 1;      ///< server connections that can run a statement at once
  double cores = 1;         ///< cores of the server
  std::string protocol;     ///< "extended", "simple", "prepared"; may be empty
  std::string settings;     ///< path of a CSV with name, setting, unit; may be empty
  models::Table pgbouncer;  ///< [system.pgbouncer] as written
  std::vector<CaptureIndex> indexes;

  std::optional<double> server_cpu;         ///< busy share of the server's cores while the capture ran, 0..1
  std::optional<core::Nanos> probe_before;  ///< mean latency of a fixed single-client load just before: host speed
  std::optional<core::Nanos> probe_after;

  std::vector<std::string> statement_stats;  ///< pg_stat_statements: one snapshot, or before and after; may be empty
  std::vector<std::string> bouncer_stats;    ///< SHOW STATS, the same
  std::string bouncer_pools;                 ///< SHOW POOLS; may be empty
  std::string bouncer_log;                   ///< PgBouncer's log; may be empty

  std::vector<std::string> warnings;  ///< keys that are not known, with their position

  /// The log is a server's own.
  bool of_server() const { return format.starts_with("postgresql"); }
  /// The log tells of single requests.
  bool has_requests() const;
  bool open() const { return load == Load::open; }
  /// Mean of the two probes in seconds; 0 unless there are both.
  double probe() const {
    return probe_before && probe_after ? (core::to_seconds(*probe_before) + core::to_seconds(*probe_after)) / 2 : 0;
  }
};

/// Reads a manifest. Throws core::InputError with every problem found and its position; unknown keys become warnings.
CaptureManifest read_manifest(const std::string& path);

}  // namespace capplan::plan
