#include "plan/study/judge.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"
#include "core/skewed_interval.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;

double simulated_seconds(const Result& result) {
  return std::max(1, result.replications) * (result.duration_s - result.warmup_s);
}

/// What never happened has no figure of its own where there are many such, as of errors: it is zero, up to what so many
/// requests without one leave open (Wilson's bound).
std::optional<core::Estimate> never_seen(const Path& path, const Result& result) {
  const core::FigureSpec* spec = spec_of(path);
  if (spec == nullptr || spec->keys == nullptr || spec->unit != core::Unit::ratio) return std::nullopt;
  const core::Estimate ended = result.at({path[0], path[1], "ended_per_s"});
  if (!ended.known) return std::nullopt;
  const auto trials = static_cast<std::uint64_t>(std::llround(ended.value * simulated_seconds(result)));
  return trials > 0 ? core::proportion_interval(0, trials) : core::Estimate{};
}

/// A rate that was never seen is below this, sure at 95 %: of a Poisson process that long without an event.
core::Estimate bounded(core::Estimate estimate, const core::FigureSpec& spec, const Result& result) {
  const double seconds = simulated_seconds(result);
  if (spec.aggregation == core::Aggregation::rate && estimate.known && estimate.hi <= 0 && seconds > 0)
    estimate.hi = -std::log(0.05) / seconds;
  return estimate;
}

/// A row that is not judged yet.
SloResult row_of(const Slo& slo, const core::Estimate& estimate) {
  SloResult row;
  row.target = slo.target;
  row.text = slo.text;
  row.limit = slo.limit;
  row.below = slo.below;
  row.none = slo.none;
  row.estimate = estimate;
  return row;
}

/// By where the interval lies.
void decide(SloResult& row) {
  const core::Estimate& e = row.estimate;
  if (!e.known) return;
  if (row.below ? e.hi < row.limit : e.lo > row.limit) row.judgement = Judgement::met;
  if (row.below ? e.lo >= row.limit : e.hi <= row.limit) row.judgement = Judgement::missed;
}

}  // namespace

std::optional<core::Estimate> measured(const Slo& slo, const Result& result) {
  const Path path = figure_path(slo.target, slo.metric);
  const Figure* figure = result.find(path);
  if (figure == nullptr) return never_seen(path, result);
  if (result.draws > 0) return figure->estimate;
  core::Estimate e = core::with_skewness(figure->estimate, figure->values, verdict_confidence);
  e.lo = std::max(e.lo, std::min(figure->estimate.lo, 0.0));  // no figure is below zero, and no share above one
  const core::FigureSpec* spec = spec_of(path);
  if (spec != nullptr && spec->unit == core::Unit::ratio) e.hi = std::min(e.hi, std::max(figure->estimate.hi, 1.0));
  return e;
}

SloResult judge(const Slo& slo, const Result& result) {
  SloResult judged = row_of(slo, measured(slo, result).value_or(core::Estimate{}));
  core::Estimate& e = judged.estimate;
  if (!e.known) return judged;
  if (slo.none) {
    judged.judgement = e.value > 0 ? Judgement::missed : Judgement::met;
    if (const core::FigureSpec* spec = spec_of(figure_path(slo.target, slo.metric))) e = bounded(e, *spec, result);
    return judged;
  }
  for (double* x : {&e.value, &e.lo, &e.hi, &e.sampling, &e.calibration}) *x /= slo.over;
  decide(judged);
  return judged;
}

SloResult judge(const Slo& slo, const Attempts& attempts) {
  SloResult judged = row_of(slo, attempts.never ? core::Estimate{} : attempts.percentile.estimate);
  judged.over = Over::attempts;
  judged.never = attempts.never;
  const bool any_failed = attempts.failed.estimate.value > 0;
  if (any_failed) judged.failed = attempts.failed.estimate;
  if (judged.estimate.known)
    decide(judged);
  else if (any_failed && attempts.late.estimate.known && attempts.late.estimate.lo > attempts.allowed)
    judged.judgement = slo.below ? Judgement::missed : Judgement::met;
  return judged;
}

core::Estimate least_probability(const Result& result) {
  core::Estimate least;
  for (const SloResult& slo : result.slos)
    if (slo.probability.known && (!least.known || slo.probability.value < least.value)) least = slo.probability;
  return least;
}

Verdict verdict(const std::vector<SloResult>& slos, bool steady) {
  const auto any = [&](Judgement judgement) {
    return std::any_of(slos.begin(), slos.end(), [&](const SloResult& s) { return s.judgement == judgement; });
  };
  if (!steady) return Verdict::no_steady_state;
  if (any(Judgement::missed)) return Verdict::missed;
  return any(Judgement::undecided) ? Verdict::undecided : Verdict::ok;
}

}  // namespace capplan::plan
