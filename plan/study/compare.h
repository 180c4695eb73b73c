#pragma once
// What changes from A to B, and what only seems to. Differences are taken replication by replication where both have
// run on the same random numbers, and p-values are adjusted for how many figures are looked at. Sources: Student 1908,
// Welch 1947, Holm 1979, Benjamini and Hochberg 1995; Law, "Simulation Modeling and Analysis" ch. 11 (common random
// numbers); Haybittle 1971 for the looks on the way. What that is worth was measured: docs/decisions/005-compare.md.

#include <optional>
#include <string>
#include <vector>

#include "plan/scenario/settings.h"
#include "plan/study/run_options.h"

namespace capplan::plan {

/// What became of one figure.
enum class Change {
  better,
  worse,
  none_shown,   ///< no difference is shown, and one as large as the precision asked for would have been
  cannot_tell,  ///< the sample does not carry the figure, or not so narrowly
  changed,      ///< by more than its margin, and neither way is better
  only_a,       ///< B has no such component
  only_b,       ///< A has no such component
};

/// "better", "worse", "no difference shown", "cannot tell", "changed", "only in A", "only in B".
std::string to_string(Change change);

/// One figure of both. Differences are B less A.
struct FigureChange {
  std::vector<std::string> path;
  core::Estimate a;
  core::Estimate b;
  core::Estimate difference;
  core::Estimate relative;  ///< the difference as a share of A's value; not known where that is zero
  double p = 1;             ///< of the difference alone, two-sided
  double adjusted_p = 1;    ///< after Holm, or Benjamini and Hochberg, over all figures of the family
  bool tested = false;      ///< false: not carried, or the same in every replication
  Change change = Change::cannot_tell;
};

/// One of the two that are compared.
struct Compared {
  std::string label;  ///< how it was named: a file, and the settings given for it alone
  Result result;
};

struct Comparison {
  Compared a;
  Compared b;
  bool paired = false;      ///< replication by replication; else as independent samples
  double precision = 0.05;  ///< half width of a difference, as a share of A's value, that was asked for
  std::vector<SettingDifference> settings;
  std::vector<FigureChange> figures;  ///< those that the answer rests on
  std::vector<FigureChange> others;   ///< every other figure of either, adjusted by itself (Benjamini and Hochberg)

  bool steady() const;  ///< both have a steady state
};

/// Level of the verdicts, after Holm's adjustment.
inline constexpr double change_level = 0.05;

/// Compares two results: mean, percentiles, throughput and errors of every request class that both have, and how busy
/// the resources are that both have; then every other figure. What only one has is zero in the other where that has the
/// component too.
Comparison compare(Compared a, Compared b, double precision);

/// A scenario to be compared, before it has run.
struct Candidate {
  std::string label;
  Scenario scenario;
};

/// Runs both on the same random numbers, until the differences of mean, p95 and p99 over all requests are as precise as
/// asked or beyond doubt, and compares them. Nothing if cancelled. Throws core::InputError.
std::optional<Comparison> compare(const Candidate& a, const Candidate& b, const RunOptions& options,
                                  const RunHooks& hooks = {});

}  // namespace capplan::plan
