#pragma once
// What a calibration file says of its own fit: the captures that it rests on and those left out, how far the fit leaves
// their percentiles, and which costs the captures could tell; of vector indexes how many samples, and what the law
// leaves. Read from [calibration], [[calibration.capture]], [calibration.contention], [query.CLASS.fit] and
// [index_law]. Limits: files are read as they are, without refusing what lacks or is of another kind; older ones say
// less.

#include <optional>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "models/spec/value.h"

namespace capplan::plan {

/// One capture behind a calibration. What its file does not say is 0.
struct EvidenceCapture {
  std::string name;
  std::string load;     ///< "open", "closed"
  double requests = 0;  ///< completed
  double duration_s = 0;
  double connections = 0;  ///< of the server
  double cores = 0;
  std::optional<double> cpu;  ///< how busy they were
  friend bool operator==(const EvidenceCapture&, const EvidenceCapture&) = default;
};

/// One fitted cost, in seconds if is_time() says so of its name.
struct EvidenceCost {
  std::string name;
  core::Estimate value;
  bool identified = true;  ///< false: the captures hardly moved it from what was assumed before
  friend bool operator==(const EvidenceCost&, const EvidenceCost&) = default;
};

/// The distribution of one class's durations, where these were taken for demands.
struct EvidenceClass {
  std::string name;
  double requests = 0;
  std::string family;
  double ks = 0;           ///< largest distance of the distribution functions, fitted and measured
  double ks_critical = 0;  ///< what a sample of the fitted one exceeds once in a hundred
  friend bool operator==(const EvidenceClass&, const EvidenceClass&) = default;
};

/// What a fit leaves, as standard deviations of ln of percentiles over classes and captures.
struct EvidenceSpread {
  double p50 = 0, p95 = 0, p99 = 0;
  friend bool operator==(const EvidenceSpread&, const EvidenceSpread&) = default;
};

/// The law of vector indexes: standard deviations of ln latency, of ln pages, and of recall itself.
struct EvidenceIndexLaw {
  double samples = 0;
  std::vector<std::string> files;
  double latency = 0, pages = 0, recall = 0;
  friend bool operator==(const EvidenceIndexLaw&, const EvidenceIndexLaw&) = default;
};

struct Evidence {
  std::string calibration;  ///< its file, as the scenario names it
  std::string assumption;   ///< what demands were taken for
  std::vector<EvidenceCapture> captures;
  std::vector<std::string> left_out;  ///< "closed8: the server was full"
  std::optional<EvidenceSpread> spread;
  std::vector<EvidenceCost> costs;
  std::vector<EvidenceClass> classes;
  std::optional<EvidenceIndexLaw> index_law;

  /// Nothing was measured: a file written by hand, or none.
  bool empty() const { return captures.empty() && !index_law; }
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Of a calibration as it was read from `file`.
Evidence evidence_of(const models::Table& calibration, const std::string& file);

/// Whether the cost of that name is a time; else it is a plain number.
bool is_time(const std::string& cost);

/// The calibration that a document's [scenario] names, or nothing.
std::string named_calibration(const models::Table& document);

}  // namespace capplan::plan
