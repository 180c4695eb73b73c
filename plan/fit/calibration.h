#pragma once
// Captures -> costs: the demand of each query class, the load, and where each number comes from.
// From one capture, a demand is what the client that took the request saw: its duration without the schedule lag. That
// is more than CPU: it holds the loop from client to server and back, and, under load, waiting; so each capture's CPU
// per request stands beside its mean duration. From several captures at unlike loads the parts are told apart
// (contention.h), and demands are what a statement needs of a core.
// Limits: a class's distribution is fitted from the first capture that holds 200 of it, else from all of them together.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "plan/capture/manifest.h"
#include "plan/fit/baseline.h"
#include "plan/fit/contention.h"
#include "plan/fit/fit.h"
#include "plan/fit/index_calibration.h"
#include "plan/fit/workload_fit.h"

namespace capplan::plan {

/// Raised whenever the same captures come to give other numbers; stored as `engine` in the file.
inline constexpr int fit_revision = 1;

struct CalibrateOptions {
  bool lenient = false;                       ///< keep what can be read of damaged logs
  const std::atomic<bool>* cancel = nullptr;  ///< if it turns true, std::runtime_error is thrown soon
};

/// Samples of vector indexes, as the flags of `capplan calibrate` name them.
struct IndexSources {
  std::vector<std::string> samples;  ///< files of measured searches
  std::vector<std::string> plans;    ///< files of plans
  std::vector<std::string> index;    ///< of each of these the index that it used (index_plans_json.h)
  std::string settings;              ///< of the samples' server; empty: as data/index_samples/measure.py sets them
  bool empty() const { return samples.empty() && plans.empty() && index.empty(); }
};

/// One capture, as it was read.
struct CaptureRecord {
  CaptureManifest manifest;
  std::string sha256;     ///< of the log file's bytes, 64 hex digits
  std::int64_t rows = 0;  ///< completed requests
  std::int64_t skipped = 0;
  std::int64_t failed = 0;
  std::int64_t malformed = 0;
  double mean_duration = 0;                               ///< seconds, without schedule lag
  std::vector<std::pair<std::string, std::int64_t>> mix;  ///< completed requests of each class
  std::optional<double> cpu_per_request;                  ///< seconds: server_cpu x cores x duration / completed
};

/// The demand of one query class.
struct ClassCalibration {
  std::string name;
  SampleFit fit;
  std::vector<std::string> captures;  ///< names of the captures whose requests were fitted
};

struct Calibration {
  std::string assumption;                   ///< what the demands are taken for
  std::vector<CaptureRecord> captures;      ///< in the order given
  std::vector<ClassCalibration> classes;    ///< in order of first appearance
  WorkloadFit workload;                     ///< of the first capture
  std::vector<CaptureBaseline> baselines;   ///< of every capture: what drift compares with
  std::optional<ContentionFit> contention;  ///< of several captures: what durations are made of
  std::vector<std::string> warnings;
  std::optional<IndexCalibration> indexes;  ///< where samples of indexes were given; captures may be none then
};

/// Reads the captures and fits every class. Throws core::InputError with the problems of all of them.
Calibration calibrate(const std::vector<std::string>& manifests, const CalibrateOptions& options = {});

/// The same with the laws of vector indexes; of samples alone, without captures.
Calibration calibrate(const std::vector<std::string>& manifests, const IndexSources& indexes,
                      const CalibrateOptions& options = {});

/// The calibration as a TOML file ("capplan.calibration/1") that a scenario names. Same captures, same bytes.
std::string to_toml(const Calibration& calibration);

/// The calibration as a table for a terminal, with its warnings below.
std::string summary_table(const Calibration& calibration);

}  // namespace capplan::plan
