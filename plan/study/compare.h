#pragma once
// What changes from A to B, and what only seems to. Differences are taken replication by replication where both have
// run on the same random numbers, and p-values are adjusted for how many figures are looked at. A difference is claimed
// where it is significant and larger than a margin of practical importance; equivalence where its whole interval lies
// within the margin (two one-sided tests); anything else cannot be told. Sources: Student 1908, Welch 1947, Holm 1979,
// Benjamini and Hochberg 1995, Schuirmann 1987 (equivalence); Law, "Simulation Modeling and Analysis" ch. 11 (common
// random numbers); Haybittle 1971 for the looks on the way. What that is worth was measured:
// docs/decisions/005-compare.md.

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
  same,         ///< the whole interval of the difference lies within the margin
  cannot_tell,  ///< none of these: more replications may tell
  changed,      ///< by more than its margin, and neither way is better
  only_a,       ///< B has no such component
  only_b,       ///< A has no such component
};

/// "better", "worse", "no practical difference", "cannot tell", "changed", "only in A", "only in B".
std::string to_string(Change change);

/// One figure of both. Differences are B less A.
struct FigureChange {
  std::vector<std::string> path;
  core::Estimate a;
  core::Estimate b;
  core::Estimate difference;
  core::Estimate relative;  ///< the difference as a share of A's value; not known where that is zero
  double margin = 0;        ///< a difference up to this has no practical importance, in the figure's unit
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

/// What a comparison comes to.
enum class Claim {
  misses,       ///< B misses an SLO that A does not miss
  worse,        ///< some figures are worse and none is better
  better,       ///< some figures are better and none is worse
  mixed,        ///< some are better and some are worse
  same,         ///< every figure of the headline's family lies within its margin
  cannot_tell,  ///< no figure is told to differ, and some are open
};

/// "misses", "worse", "better", "mixed", "same", "cannot_tell".
std::string to_string(Claim claim);

/// The claim as data: the text is rendered from it, and it never contradicts a row.
struct Headline {
  Claim claim = Claim::cannot_tell;
  std::vector<std::vector<std::string>> rows;  ///< the figures that it rests on; none: one side has no steady state
};

struct Comparison {
  Compared a;
  Compared b;
  bool paired = false;   ///< replication by replication; else as independent samples
  double margin = 0.01;  ///< of practical importance, as a share of A's value (ratios: a tenth of it, in points)
  Headline headline;
  std::vector<SettingDifference> settings;
  std::vector<FigureChange> figures;  ///< those that the headline rests on, adjusted together (Holm)
  std::vector<FigureChange> others;   ///< every other figure of either, adjusted by itself (Benjamini and Hochberg)

  bool steady() const;  ///< both have a steady state
};

/// An SLO of either side, and what became of it on both; null where one does not state it.
struct SloPair {
  const SloResult* a = nullptr;
  const SloResult* b = nullptr;
  const SloResult& either() const { return b ? *b : *a; }
};
std::vector<SloPair> slo_pairs(const Comparison& comparison);

/// Level of the verdicts, after adjustment.
inline constexpr double change_level = 0.05;

/// Compares two results. The headline's family: the figures of SLOs of either, and of every request class p50, p95,
/// p99, throughput and errors. Every other figure of either is compared besides. What only one has is zero in the other
/// where that has the component too. `margin` is the relative part of all margins: above 0, at most 1.
Comparison compare(Compared a, Compared b, double margin = 0.01);

/// Judges every row and the headline by the values that are there: for a comparison that was read.
void judge(Comparison& comparison);

/// A scenario to be compared, before it has run.
struct Candidate {
  std::string label;
  Scenario scenario;
};

/// Runs both on the same random numbers and compares them: until every SLO of either is decided, and p50, p95, p99,
/// throughput and errors over all requests are told to differ, or not to, or (where a precision was asked for) are as
/// precise. Nothing if cancelled. Throws core::InputError.
std::optional<Comparison> compare(const Candidate& a, const Candidate& b, const RunOptions& options,
                                  const RunHooks& hooks = {});

}  // namespace capplan::plan
