#pragma once
// The answer to one scenario: every figure with its interval, what became of the SLOs, and what to be careful about.
// All quantities are in base units: seconds, bytes, per second, ratio.

#include <cstdint>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/scenario/scenario.h"
#include "plan/study/profile.h"

namespace capplan::plan {

/// Bumped, with a changelog line, whenever the same scenario and seed give other numbers than before.
inline constexpr int engine_revision = 2;

/// One figure: its path in the result, such as requests / search / latency_s / p95.
struct Figure {
  std::vector<std::string> path;
  core::Estimate estimate;
  /// Of each replication, or each batch of a single one, in order; empty where one alone did not carry the figure.
  std::vector<double> values{};
  friend bool operator==(const Figure&, const Figure&) = default;
};

enum class Judgement { met, missed, undecided };

struct SloResult {
  std::string target;   ///< "search"
  std::string text;     ///< "p95 < 100ms"
  double limit = 0;
  bool below = true;
  core::Estimate estimate;
  Judgement judgement = Judgement::undecided;
  friend bool operator==(const SloResult&, const SloResult&) = default;
};

/// Something the reader should know: "W03" and a sentence with its remedy.
struct Warning {
  std::string code;
  std::string text;
  friend bool operator==(const Warning&, const Warning&) = default;
};

enum class Verdict { ok, missed, undecided, no_steady_state };

struct Result {
  std::string name;
  std::string scenario;        ///< the resolved scenario as canonical JSON
  std::string scenario_hash;
  int revision = engine_revision;
  std::uint64_t seed = 1;
  int replications = 0;
  double duration_s = 0;       ///< simulated, of each replication
  double warmup_s = 0;         ///< of it, left out
  double events = 0;           ///< handled, all replications together
  Verdict verdict = Verdict::ok;
  std::vector<Figure> figures;
  std::vector<SloResult> slos;
  std::vector<Warning> warnings;
  Profile profile;             ///< shapes for charts; empty where none was kept

  /// The figure at a path, or null.
  const Figure* find(const std::vector<std::string>& path) const;
  /// The estimate at a path; not known if there is none.
  core::Estimate at(const std::vector<std::string>& path) const;
  friend bool operator==(const Result&, const Result&) = default;
};

/// "ok", "missed", "undecided", "no-steady-state".
std::string to_string(Verdict verdict);
std::string to_string(Judgement judgement);  ///< "met", "missed", "undecided"

}  // namespace capplan::plan
