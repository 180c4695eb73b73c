#pragma once
// The answer to one scenario: every figure with its interval, what became of the SLOs, and what to be careful about.
// All quantities are in base units: seconds, bytes, per second, ratio.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/estimate.h"
#include "plan/scenario/scenario.h"
#include "plan/study/law_row.h"
#include "plan/study/profile.h"
#include "plan/study/warning_specs.h"

namespace capplan::plan {

/// Bumped, with a changelog line, whenever the same scenario and seed give other numbers than before.
inline constexpr int engine_revision = 5;

/// One figure: its path in the result, such as requests / search / latency_s / p95.
struct Figure {
  std::vector<std::string> path;
  core::Estimate estimate;
  /// Of each replication, or each batch of a single one, in order; empty where one alone did not carry the figure.
  std::vector<double> values{};
  /// Under each draw of the calibration's parameters, with the chance that it shares with a replication taken out;
  /// empty where there were no draws.
  std::vector<double> draws{};
  friend bool operator==(const Figure&, const Figure&) = default;
};

enum class Judgement { met, missed, undecided };

/// What a condition on a latency is over.
enum class Over {
  none,       ///< no latency
  attempts,   ///< all that ended, where one that failed never did
  completed,  ///< those without an error
};

struct SloResult {
  std::string target;  ///< "search"
  std::string text;    ///< "p95 < 100ms"
  double limit = 0;
  bool below = true;
  core::Estimate estimate;
  Judgement judgement = Judgement::undecided;
  core::Estimate probability{};  ///< that the true figure meets it; known where the calibration was drawn from
  bool none = false;             ///< `= 0`: that it was never seen
  Over over = Over::none;
  bool never = false;       ///< so many fail that the percentile is never reached
  core::Estimate failed{};  ///< share of the requests behind it that fail; known where some do
  std::string rising{};     ///< the stock that it rests on and that still rises, as a path: "caches/c/entries"
  friend bool operator==(const SloResult&, const SloResult&) = default;
};

/// A stock that was still rising when the runs ended.
struct RisingStock {
  std::vector<std::string> path;   ///< its figure
  double rise = 0;                 ///< over the last quarter of the run, as a share of where that began
  double of_steady = 0;            ///< share of its steady state that it had come to; 0: nothing tells
  double duration_s = 0;           ///< of a run that would do, or tell more
  std::vector<std::string> rests;  ///< the targets whose figures rest on it, as [slo] names them
  friend bool operator==(const RisingStock&, const RisingStock&) = default;
};

/// Something the reader should know: a code of warning_specs.h, and a sentence with its remedy.
struct Warning {
  Warning() = default;
  Warning(WarningCode raised, std::string sentence) : code(raised.spec->code), text(std::move(sentence)) {}

  bool is(WarningCode which) const { return code == which.spec->code; }

  std::string code;  ///< "W03"; of an older result perhaps one that is no more
  std::string text;
  friend bool operator==(const Warning&, const Warning&) = default;
};

/// What became of an alert over the simulated time.
struct AlertResult {
  std::string name;  ///< "pool_hot"
  std::string when;  ///< "pool.app.utilization > 70%"
  std::string severity;
  double for_s = 0;
  double every_s = 0;       ///< between evaluations, as it was
  core::Estimate fired;     ///< share of the runs in which it fired
  core::Estimate first_s;   ///< since the start, in the runs in which it did
  core::Estimate firing_s;  ///< of each run, all its times together
  friend bool operator==(const AlertResult&, const AlertResult&) = default;
};

/// How an error budget fares.
struct BudgetResult {
  std::string name;
  std::string request;   ///< "search", or "all"
  double objective = 0;  ///< share that must be good
  double latency_s = 0;  ///< what takes longer is bad too; 0: no matter
  double period_s = 0;
  core::Estimate bad;       ///< share that was not good
  core::Estimate burn;      ///< bad over what the objective allows: at 1 the budget lasts its period
  core::Estimate consumed;  ///< of the period's budget, by one run
  friend bool operator==(const BudgetResult&, const BudgetResult&) = default;
};

/// A quantity that a calibration's captures covered, and where this scenario stands. Sums and shares have the bounds of
/// their parts for an interval, what the scenario states has none.
struct CoveredQuantity {
  std::string quantity;  ///< "statements_per_s", "connections", "cores", "share", "rows"
  std::string of;        ///< the class of a share, the index of rows; else empty
  double lo = 0;         ///< the least over the captures
  double hi = 0;         ///< the most
  core::Estimate here;
  bool inside = true;  ///< within, or hardly beyond (envelope.h)
  friend bool operator==(const CoveredQuantity&, const CoveredQuantity&) = default;
};

/// What the costs rest on; empty without a calibration that was fitted to anything.
struct CalibrationCheck {
  Evidence evidence;
  std::vector<CoveredQuantity> covered;
  bool empty() const { return evidence.empty() && covered.empty(); }
  friend bool operator==(const CalibrationCheck&, const CalibrationCheck&) = default;
};

enum class Verdict { ok, missed, undecided, no_steady_state };

struct Result {
  std::string name;
  std::string scenario;  ///< the resolved scenario as canonical JSON
  std::string scenario_hash;
  int revision = engine_revision;
  std::uint64_t seed = 1;
  int replications = 0;
  int draws = 0;          ///< of the calibration's parameters, simulated besides; 0: they are taken as given
  double duration_s = 0;  ///< simulated, of each replication
  double warmup_s = 0;    ///< of it, left out
  double events = 0;      ///< handled, all replications together
  Verdict verdict = Verdict::ok;
  std::vector<Figure> figures;
  std::vector<SloResult> slos;
  std::vector<RisingStock> rising;  ///< of a run that is too short for them
  std::vector<AlertResult> alerts;
  std::vector<BudgetResult> budgets;
  std::vector<Warning> warnings;
  CalibrationCheck calibration;
  Profile profile;             ///< shapes for charts; empty where none was kept
  std::vector<LawRow> laws{};  ///< of queueing, beside the figures (laws.h); empty of an older result

  /// The figure at a path, or null. Looks at one after another: FigureLookup is for who asks for many.
  const Figure* find(const std::vector<std::string>& path) const;
  /// The estimate at a path; not known if there is none.
  core::Estimate at(const std::vector<std::string>& path) const;
  friend bool operator==(const Result&, const Result&) = default;
};

/// Figures by their paths, for many look-ups. They must stay where they are meanwhile. Of equal paths the first counts.
class FigureLookup {
 public:
  explicit FigureLookup(const std::vector<Figure>& figures);
  /// The figure at a path, or null.
  const Figure* find(const std::vector<std::string>& path) const;
  /// The estimate at a path; not known if there is none.
  core::Estimate at(const std::vector<std::string>& path) const;

 private:
  std::vector<const Figure*> by_path_;
};

/// "ok", "missed", "undecided", "no-steady-state".
std::string to_string(Verdict verdict);
std::string to_string(Over over);            ///< "attempts", "completed", "" for none
std::string to_string(Judgement judgement);  ///< "met", "missed", "undecided"

}  // namespace capplan::plan
