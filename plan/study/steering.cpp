#include "plan/study/steering.h"

#include <algorithm>

#include "core/interval.h"

namespace capplan::plan {

namespace {

/// How much wider than the 95 % interval of so many replications the 99.9 % one is.
double widening(int replications) {
  const double degrees = std::max(1, replications - 1);
  return core::student_t_quantile(0.9995, degrees) / core::student_t_quantile(0.975, degrees);
}

bool is_decided(const SloResult& slo, double widening, bool drawn) {
  if (slo.none) return true;                          // what was never seen is met, and what was seen is missed
  if (slo.never || !slo.rising.empty()) return true;  // more replications change neither
  const core::Estimate& e = slo.estimate;
  if (!e.known) return slo.judgement != Judgement::undecided;
  const double below = drawn ? e.sampling : e.value - e.lo;
  const double above = drawn ? e.sampling : e.hi - e.value;
  return e.value - widening * below > slo.limit || e.value + widening * above < slo.limit;
}

}  // namespace

bool all_decided(const Result& result) {
  const double wider = widening(result.replications);
  return std::all_of(result.slos.begin(), result.slos.end(),
                     [&](const SloResult& slo) { return is_decided(slo, wider, result.draws > 0); });
}

bool is_precise(const Result& result, const core::StoppingRule& rule) {
  for (const char* name : {"p50", "p95", "p99"})
    if (!rule.precise(result.at({"requests", "all", "latency_s", name}))) return false;
  const core::Estimate errors = result.at({"requests", "all", "error_ratio"});
  const double narrow = core::usual_margin(core::Unit::ratio).absolute;
  return rule.precise(result.at({"requests", "all", "completed_per_s"})) &&
         (!errors.known || errors.half_width() <= narrow || rule.precise(errors));
}

bool is_answered(const Result& result, const RunOptions& options, bool precise) {
  if (result.slos.empty()) return precise;
  return all_decided(result) && (precise || !options.precision_asked);
}

}  // namespace capplan::plan
