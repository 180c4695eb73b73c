#include "plan/study/headline.h"

#include <algorithm>

#include "plan/scenario/condition.h"
#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

namespace {

bool is(const SloResult* slo, Judgement judgement) { return slo != nullptr && slo->judgement == judgement; }

using Rows = std::vector<std::vector<std::string>>;

/// The rows of the headline's family that changed so.
Rows rows_of(const Comparison& comparison, std::initializer_list<Change> wanted) {
  Rows rows;
  for (const FigureChange& change : comparison.figures)
    if (std::find(wanted.begin(), wanted.end(), change.change) != wanted.end()) rows.push_back(change.path);
  return rows;
}

/// One side has no steady state: no figure of it holds, and only that is claimed.
Claim of_steadiness(bool a_steady, bool b_steady) {
  return a_steady ? Claim::worse : b_steady ? Claim::better : Claim::cannot_tell;
}

}  // namespace

bool newly_missed(const SloPair& pair) { return is(pair.b, Judgement::missed) && !is(pair.a, Judgement::missed); }
bool newly_met(const SloPair& pair) { return is(pair.b, Judgement::met) && is(pair.a, Judgement::missed); }

std::vector<SloPair> slo_pairs(const Comparison& comparison) {
  std::vector<SloPair> pairs;
  const auto same = [](const SloResult& a, const SloResult& b) { return a.target == b.target && a.text == b.text; };
  for (const SloResult& a : comparison.a.result.slos) pairs.push_back({&a, nullptr});
  for (const SloResult& b : comparison.b.result.slos) {
    const auto found =
        std::find_if(pairs.begin(), pairs.end(), [&](const SloPair& p) { return p.a && !p.b && same(*p.a, b); });
    if (found == pairs.end())
      pairs.push_back({nullptr, &b});
    else
      found->b = &b;
  }
  return pairs;
}

Headline headline_of(const Comparison& comparison) {
  const bool a_steady = comparison.a.result.verdict != Verdict::no_steady_state;
  const bool b_steady = comparison.b.result.verdict != Verdict::no_steady_state;
  if (!a_steady || !b_steady) return {of_steadiness(a_steady, b_steady), {}};
  Rows missed, met;
  for (const SloPair& pair : slo_pairs(comparison)) {
    const SloResult& slo = pair.either();
    if (newly_missed(pair)) missed.push_back(figure_path(slo.target, metric_of(slo.text)));
    if (newly_met(pair)) met.push_back(figure_path(slo.target, metric_of(slo.text)));
  }
  if (!missed.empty()) return {Claim::misses, missed};
  const Rows worse = rows_of(comparison, {Change::worse});
  Rows better = rows_of(comparison, {Change::better});
  for (const auto& path : met)
    if (std::find(better.begin(), better.end(), path) == better.end()) better.push_back(path);
  if (!worse.empty() && !better.empty()) return {Claim::mixed, rows_of(comparison, {Change::worse, Change::better})};
  if (!worse.empty()) return {Claim::worse, worse};
  if (!better.empty()) return {Claim::better, better};
  if (const Rows changed = rows_of(comparison, {Change::changed}); !changed.empty()) return {Claim::mixed, changed};
  const Rows open = rows_of(comparison, {Change::cannot_tell, Change::only_a, Change::only_b});
  if (open.empty() && !comparison.figures.empty()) return {Claim::same, rows_of(comparison, {Change::same})};
  return {Claim::cannot_tell, open};
}

std::string to_string(Claim claim) {
  switch (claim) {
    case Claim::misses:
      return "misses";
    case Claim::worse:
      return "worse";
    case Claim::better:
      return "better";
    case Claim::mixed:
      return "mixed";
    case Claim::same:
      return "same";
    default:
      return "cannot_tell";
  }
}

}  // namespace capplan::plan
