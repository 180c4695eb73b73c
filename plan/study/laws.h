#pragma once
// Laws of queueing beside the simulation. Each is an entry of one list: what it says, whose it is, what it assumes, and
// whether a scenario meets that. Three kinds:
//   identity        both sides are counted at the same instants, so that every replication meets it to 1e-6 with
//                   nothing left at the edges; a miss is a fault of this program;
//   operational     laws of averages (Denning & Buzen 1978): the sides differ by what is inside at the begin and at the
//                   end of the stretch, which the recording does not keep, so that the mean difference of the
//                   replications is held against chance;
//   closed, bound   forms for a model of queueing, where the scenario is one; the same level;
//   approximation   shown beside; far off it says what the simulation sees and the formula does not.
// Chance is judged at 1e-6 for all laws of an answer together (Bonferroni).

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plan/study/result.h"
#include "plan/study/summary.h"

namespace capplan::plan {

enum class LawKind { identity, operational, closed, bound, approximation };
std::string to_string(LawKind kind);

/// What laws are held against.
struct LawInput {
  const Scenario& scenario;
  const Result& result;              ///< its figures
  const std::vector<Stretch>& kept;  ///< of the replications, after the warm-up
};

/// One check before chance is judged: a value of each replication and what the law says of it.
struct LawCheck {
  std::string at;
  std::vector<std::string> figure;
  std::vector<double> simulated;  ///< one a replication
  std::vector<double> least{};    ///< what the law says, one a replication, or one for all; empty: not applicable
  std::vector<double> most{};     ///< of a bound; empty: as `least`
  std::string why{};              ///< not applicable, because
  double edge = 0;                ///< what those inside at the begin and at the end may move the two sides apart by
};

struct Law {
  const char* name;
  const char* formula;
  const char* source;
  const char* assumptions;
  LawKind kind;
  std::vector<LawCheck> (*checks)(const LawInput& input);
};

/// All laws, in the order in which they are shown.
std::span<const Law> laws();

/// What became of checks of a law, when `together` checks share the level of an answer. Throws std::logic_error for an
/// identity that does not hold in a replication: a fault of the program, with the law, the place and both numbers.
LawRow judged(const Law& law, const LawCheck& check, std::size_t together);

/// Every law at every place of a scenario. Nothing of a run without a steady state or with a single replication but the
/// identities.
std::vector<LawRow> held_against_laws(const LawInput& input, bool steady);

/// A warning for each row that disagrees.
std::vector<Warning> law_warnings(const std::vector<LawRow>& rows);

}  // namespace capplan::plan
