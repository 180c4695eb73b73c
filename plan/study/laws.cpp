#include "plan/study/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "core/interval.h"
#include "plan/study/law_checks.h"

namespace capplan::plan {

namespace {

/// Beyond this share an identity does not hold: sums of doubles in two orders differ by far less.
constexpr double exactly = 1e-6;
/// Of all laws of an answer together.
constexpr double level = 1e-6;
/// From here on an approximation is far off.
constexpr double far_off = 1.0 / 3;
/// Fewest replications whose scatter says anything at that level.
constexpr std::size_t fewest = 3;

const Law registry[] = {
    {"response time", "R = sum of V_k R_k", "Denning & Buzen 1978", "none: counted at each request's end",
     LawKind::identity, stages_add_up},
    {"forced flow", "X_k = V_k X", "Denning & Buzen 1978", "none: each completion has one latency", LawKind::identity,
     completions_have_latencies},
    {"Little", "L = X W", "Little 1961", "as many come as go; nobody who waits gives up", LawKind::operational,
     waiting_lines},
    {"utilization", "U = X S", "Denning & Buzen 1978", "the stated demand is all that the resource does",
     LawKind::operational, busy_resources},
    {"interactive response time", "R = N / X - Z", "Denning & Buzen 1978", "a fixed number of users who think",
     LawKind::operational, interactive},
    {"bottleneck bound", "X <= min(m / D, N / (D + Z))", "Denning & Buzen 1978", "demands do not depend on load",
     LawKind::bound, asymptotic},
    {"balanced job bounds", "N / (D + Z + (N - 1) D) <= X", "Zahorjan, Sevcik, Eager & Galler 1982",
     "a closed load, one core", LawKind::bound, balanced_jobs},
    {"MVA", "exact mean value analysis; with several cores M/M/c//N", "Reiser & Lavenberg 1980, Palm 1943",
     "a closed load; cores shared ideally; no pool in the way", LawKind::closed, mean_value_analysis},
    {"M/M/c", "Erlang's delay formula", "Erlang 1917",
     "Poisson arrivals, exponential service, a line in order of arrival", LawKind::closed, erlang_delay},
    {"M/G/1", "W = lambda E[S^2] / (2 (1 - rho))", "Pollaczek 1930, Khinchine 1932",
     "Poisson arrivals, one server, a line in order of arrival", LawKind::closed, pollaczek_khinchine},
    {"M/G/c, shared cores", "as many inside as in M/M/c", "Kleinrock 1976; Coffman, Muntz & Trotter 1970",
     "Poisson arrivals, cores shared ideally, no pool in the way", LawKind::closed, shared_cores},
    {"Allen-Cunneen", "W = W(M/M/c) (ca^2 + cs^2) / 2", "Allen 1978",
     "independent gaps and services, a line in order of arrival", LawKind::approximation, allen_cunneen},
};

LawRow row_of(const Law& law, const LawCheck& check) {
  LawRow row{law.name, check.at, check.figure, {}, 0, 0, LawVerdict::holds, check.why};
  if (check.least.empty()) row.verdict = LawVerdict::not_applicable;
  return row;
}

double at(const std::vector<double>& values, std::size_t i) { return values.size() == 1 ? values[0] : values[i]; }

[[noreturn]] void broken(const Law& law, const LawCheck& check, double simulated, double expected) {
  throw std::logic_error(
      fmt::format("the simulation breaks the {} law, {}, at {}: it has {:.9g} where the law has {:.9g}. This is a "
                  "fault of capplan: "
                  "please report the scenario",
                  law.name, law.formula, check.at, simulated, expected));
}

void check_identity(const Law& law, const LawCheck& check) {
  for (std::size_t i = 0; i < check.simulated.size(); ++i) {
    const double expected = at(check.least, i), apart = std::abs(check.simulated[i] - expected);
    if (!(apart <= exactly * std::max({std::abs(expected), std::abs(check.simulated[i]), 1e-9})))
      broken(law, check, check.simulated[i], expected);
  }
}

/// Whether the replications' mean lies beyond a limit by more than chance.
bool beyond(const std::vector<double>& excess, std::size_t together) {
  if (excess.size() < fewest) return false;
  const core::Estimate mean =
      core::mean_interval(excess, 1 - 2 * level / static_cast<double>(std::max<std::size_t>(together, 1)));
  return mean.known && mean.lo > 0;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::string to_string(LawKind kind) {
  switch (kind) {
    case LawKind::identity:
      return "identity";
    case LawKind::operational:
      return "operational";
    case LawKind::closed:
      return "closed";
    case LawKind::bound:
      return "bound";
    case LawKind::approximation:
      break;
  }
  return "approximation";
}

std::string to_string(LawVerdict verdict) {
  switch (verdict) {
    case LawVerdict::holds:
      return "holds";
    case LawVerdict::disagrees:
      return "disagrees";
    case LawVerdict::far:
      return "far";
    case LawVerdict::not_applicable:
      break;
  }
  return "not-applicable";
}

std::span<const Law> laws() { return registry; }

LawRow judged(const Law& law, const LawCheck& check, std::size_t together) {
  LawRow row = row_of(law, check);
  if (row.verdict == LawVerdict::not_applicable || check.simulated.empty()) return row;
  const std::vector<double>& most = check.most.empty() ? check.least : check.most;
  row.simulated = core::mean_interval(check.simulated);
  if (!row.simulated.known)
    row.simulated = {mean_of(check.simulated), mean_of(check.simulated), mean_of(check.simulated), true};
  row.least = mean_of(check.least);
  row.most = mean_of(most);
  if (law.kind == LawKind::identity) {
    check_identity(law, check);
  } else if (law.kind == LawKind::approximation) {
    const double apart = std::abs(row.simulated.value - row.least);
    const bool sure = row.simulated.lo > row.least || row.simulated.hi < row.least;
    if (sure && apart > far_off * std::max(row.least, row.simulated.value)) row.verdict = LawVerdict::far;
    if (row.verdict != LawVerdict::far) row.note.clear();
  } else {
    std::vector<double> above, below;
    for (std::size_t i = 0; i < check.simulated.size(); ++i) {
      above.push_back(check.simulated[i] - at(most, i) - check.edge);
      below.push_back(at(check.least, i) - check.simulated[i] - check.edge);
    }
    if (beyond(above, together) || beyond(below, together)) row.verdict = LawVerdict::disagrees;
  }
  return row;
}

std::vector<LawRow> held_against_laws(const LawInput& input, bool steady) {
  std::vector<std::pair<const Law*, LawCheck>> checks;
  for (const Law& law : registry)
    if (steady || law.kind == LawKind::identity)
      for (LawCheck& check : law.checks(input)) checks.emplace_back(&law, std::move(check));
  const auto together = static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const auto& each) { return !each.second.least.empty(); }));
  std::vector<LawRow> rows;
  for (const auto& [law, check] : checks) rows.push_back(judged(*law, check, together));
  return rows;
}

std::vector<Warning> law_warnings(const std::vector<LawRow>& rows) {
  std::vector<Warning> warnings;
  for (const LawRow& row : rows)
    if (row.verdict == LawVerdict::disagrees)
      warnings.push_back(
          {"W08", fmt::format("the {} law at {} has {:.4g}{}, the simulation {:.4g} ± {:.2g}", row.law, row.at,
                              row.least, row.most > row.least ? fmt::format(" to {:.4g}", row.most) : "",
                              row.simulated.value, row.simulated.half_width())});
  return warnings;
}

}  // namespace capplan::plan
