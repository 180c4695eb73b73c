#pragma once
// Captures that were not fitted beside what a calibration says of them: each is replayed, under the load that was
// offered to it, and every figure it measured stands beside the simulated one. Errors of one part can cancel those of
// another, so durations, waits, throughput and processor time are compared each on its own.
// Limits: intervals hold the chance of one run of the capture's length and what the calibration's own fit left; a real
// host repeated a run within 13 to 18 % in the median where this was written, which no calibration can undercut.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/fit/repeats.h"
#include "plan/fit/replay.h"

namespace capplan::plan {

/// One figure: measured, predicted for a single run, and predicted / measured - 1 (of shares the difference).
struct Compare {
  double measured = 0;
  core::Estimate predicted;
  double error = 0;
  bool inside = false;  ///< measured within the predicted interval
};

/// Times in seconds.
struct ComparedTimes {
  Compare mean, p50, p95, p99;
};

struct ComparedClass {
  std::string name;  ///< "all" for every request
  std::int64_t count = 0;
  ComparedTimes latency;   ///< from the scheduled start: what a user sees
  ComparedTimes duration;  ///< from when a client took the request
};

/// What a server or PgBouncer counted itself, beside what a replay says of that part.
struct ComparedPart {
  std::string name;  ///< "execution of search", "wait for PgBouncer's servers"
  Compare mean;      ///< seconds
};

struct ComparedCapture {
  std::string name;
  std::vector<ComparedClass> classes;  ///< with 20 requests or more; "all" last
  Compare throughput;                  ///< per second
  Compare pool_wait;                   ///< mean wait for a free client, seconds
  std::optional<Compare> cpu;          ///< busy share of the server's cores; `error` is the difference
  std::optional<Compare> writes;       ///< mean duration of the classes that commit a change, seconds
  std::vector<ComparedPart> parts;     ///< as far as [measured] names snapshots; see component_checks.h
  bool saturated = false;              ///< predicted: the server or the clients are full, errors mean little
  std::vector<std::string> warnings;   ///< what is outside of the calibration
};

/// Medians of absolute errors with one effect of contention left out of the model, all else fitted anew.
struct EffectWorth {
  std::string name;  ///< of the effect, as contention_effects has it
  std::string meaning;
  std::optional<double> p50, p95, p99, throughput, cpu;
};

struct CaptureValidation {
  std::vector<ComparedCapture> captures;
  /// Medians of absolute errors over the classes ("all" left out) of all captures that are not saturated.
  std::optional<double> p50, p95, p99, throughput, cpu, inside;
  std::vector<EffectWorth> effects;  ///< if they were asked for
  std::vector<Repeats> repeats;      ///< what captures that repeat each other differ by
};

/// Fills in the medians.
void summarise(CaptureValidation& validation);

/// Reads captures. Throws core::InputError with the problems of all of them.
std::vector<MeasuredCapture> measure_all(const std::vector<std::string>& manifests, bool lenient = false);

/// Replays captures with a calibration, as calibrate wrote it. Throws core::InputError for a class that the calibration
/// lacks; std::runtime_error soon after `cancel` turns true.
CaptureValidation validate_captures(const models::Table& calibration, const std::vector<MeasuredCapture>& captures,
                                    const std::atomic<bool>* cancel = nullptr);

/// A figure of one run of the capture's length: `pooled` over all runs, with an interval by how single runs scatter,
/// and by `spread`, the standard deviation of ln that a calibration's fit left.
Compare compared(double measured, const std::vector<double>& of_runs, double pooled, double spread);

/// Predicts each capture that is not full from all others. With `effects`, once more without each effect of contention:
/// each fitted anew from where the whole fit ended. Throws std::runtime_error soon after `cancel` turns true.
CaptureValidation leave_one_capture_out(const std::vector<MeasuredCapture>& captures, bool effects = false,
                                        const std::atomic<bool>* cancel = nullptr);

}  // namespace capplan::plan
