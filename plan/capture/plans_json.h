#pragma once
// Plans as they ran, summed up by class of statements and by kind of node: auto_explain's, as JSON in a csvlog or
// jsonlog, or the output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), one after another. Source: PostgreSQL's
// contrib/auto_explain/auto_explain.c and src/backend/commands/explain.c (ExplainNode, show_buffer_usage); its version
// 17 names I/O times "Shared I/O Read Time" that were "I/O Read Time". A node's own time is its total, times its loops,
// less its children's; below a Gather the loops of all workers ran at once. Limits: times need ANALYZE, blocks BUFFERS,
// I/O times track_io_timing; what is missing is unknown and not zero. A plan written as text is counted, and not read.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/capture/moments.h"

namespace capplan::plan {

struct CaptureManifest;

/// What a plan counts over all its nodes: blocks of 8 kB, times in seconds.
enum class PlanCounter : std::uint8_t {
  rows,
  hit,
  read,
  dirtied,
  written,
  temp_read,
  temp_written,
  read_time,
  write_time
};
inline constexpr std::size_t plan_counters = 9;

struct PlanStats {
  std::string name;                                          ///< of the class; "plan" where the text is not there
  Moments duration;                                          ///< of executions, seconds
  std::array<std::optional<double>, plan_counters> total{};  ///< where every plan of the class has them
};

/// All nodes of one kind: "Index Scan on memories_embedding_idx", "Sort".
struct PlanNodeStats {
  std::string name;
  double nodes = 0;  ///< in all plans
  double loops = 0;
  double own_seconds = 0;  ///< without what is below
};

struct PlanSummary {
  std::int64_t plans = 0;
  std::int64_t durations = 0;        ///< of statements, that stand in the log without a plan
  std::vector<PlanStats> classes;    ///< by the time they took, most first
  std::vector<PlanNodeStats> nodes;  ///< by their own time, most first
  std::vector<std::string> warnings;
};

/// The plans of auto_explain in a manifest's log of a server, by the manifest's classes; nothing where it holds none.
/// Throws core::InputError if the file cannot be read to its end (unless `lenient`), or if all its plans are text.
std::optional<PlanSummary> read_logged_plans(const CaptureManifest& manifest, bool lenient = false);

/// The plans in a file of EXPLAIN's output. Throws core::InputError with the number of the first that is none.
PlanSummary read_explained_plans(const std::string& path);

/// The JSON arrays in a text, one after another, whatever stands between them. psql ends the lines of a value that has
/// several with a "+" where output is aligned; JSON has none there. One that is cut short is the last.
std::vector<std::string> json_arrays(const std::string& text);

}  // namespace capplan::plan
