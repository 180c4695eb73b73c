#pragma once
// What PostgreSQL and PgBouncer counted themselves while a capture ran, beside what its replay says of the same part:
// errors of one part can hide behind those of another in the durations that clients see.
// pg_stat_statements: the mean execution of each class, beside the time that its statements spent on the cores, waiting
// for them, and at the disk. The server's figure leaves out parsing, planning and protocol, so that it should be a
// little below; and the share of its pages found in shared buffers, which are all of them in a replay. SHOW STATS: the
// mean wait for a server connection.
// Limits: a class is checked if a statement is named so, by [capture.class.NAME] for the log of a load generator; a
// snapshot that counted others than the capture's requests is compared all the same, and said to be one.

#include <string>
#include <vector>

#include "plan/fit/capture_validation.h"

namespace capplan::plan {

/// Compares what [measured] names with replays of the capture; adds to `warnings` what weakens that. `of_execution` and
/// `of_wait` are what the calibration's fit left, as deviations of ln. Throws core::InputError for a snapshot that
/// cannot be read.
std::vector<ComparedPart> compared_parts(const CaptureManifest& m, const std::vector<Replay>& runs,
                                         const Replay& pooled, double of_execution, double of_wait,
                                         std::vector<std::string>& warnings);

/// What does not go together in a manifest, its log and the snapshots beside it, in sentences; empty if nothing. Throws
/// as above.
std::vector<std::string> snapshot_warnings(const CaptureManifest& m, const RequestLog& log);

}  // namespace capplan::plan
