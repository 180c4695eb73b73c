#pragma once
// What a capture was like, in the few figures with errors that a later capture is held against: the load, the mix, each
// class's durations, how uneven arrivals and keys are, and what was running. A calibration keeps one of each of its
// captures, so that drift needs no old logs. Limits: errors hold for correlation over up to a twentieth of the capture
// (batched.h).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/spec/value.h"
#include "plan/capture/manifest.h"
#include "plan/fit/batched.h"

namespace capplan::plan {

struct RequestLog;

/// The form of [[calibration.baseline]]; raised when older files can no longer be compared.
inline constexpr std::int64_t baseline_version = 1;

/// One class: how often, and how long from when a client took the request.
struct ClassBaseline {
  std::string name;
  std::int64_t count = 0;  ///< completed
  double mean = 0;         ///< seconds
  LogLevel p50, p95;       ///< ln seconds
};

/// ln of the index of dispersion of arrivals in windows of `scale` seconds.
struct DispersionBaseline {
  double scale = 0;
  LogLevel level;
};

struct CaptureBaseline {
  CaptureManifest load;  ///< to replay it: mix and rate as measured, not as offered
  std::vector<ClassBaseline> classes;
  double design = 1;  ///< variance of the mix over that of independent draws, at least 1
  LogLevel rate;      ///< ln of requests per second
  std::vector<DispersionBaseline> dispersion;
  LogLevel think;                         ///< ln of the median seconds; of a closed load whose clients rest
  LogLevel zipf;                          ///< ln of the exponent, where there are keys
  std::optional<double> cpu_per_request;  ///< seconds
};

CaptureBaseline baseline_of(const CaptureManifest& manifest, const RequestLog& log,
                            std::span<const std::uint64_t> keys = {});

/// One [[calibration.baseline]] as TOML.
std::string to_toml(const CaptureBaseline& baseline);

/// All of a calibration. Throws core::InputError where it has none, or newer ones, saying what cannot be compared.
std::vector<CaptureBaseline> baselines_of(const models::Table& calibration, const std::string& file);

}  // namespace capplan::plan
