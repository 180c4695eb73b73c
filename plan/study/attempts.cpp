#include "plan/study/attempts.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"
#include "core/skewed_interval.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/percentiles.h"

namespace capplan::plan {

namespace {

using core::Estimate;

void add(Spans& sum, const Spans& other) {
  sum.ended->merge(*other.ended);
  sum.never += other.never;
}

/// What each stretch saw of the condition's requests; of "all" those of every class.
std::vector<Spans> spans_of(const Slo& slo, const std::vector<Stretch>& stretches) {
  const std::vector<std::string> path = figure_path(slo.target, slo.metric);
  const core::Nanos limit = core::to_nanos(slo.limit);
  const core::Recording& first = *stretches.front().recording;
  std::vector<Spans> each(stretches.size());
  for (std::size_t m = 0; m < first.meters.size(); ++m) {
    const auto& own = first.meters[m].path;
    if (first.meters[m].kind() != core::Aggregation::histogram || own.size() != 3) continue;
    if (own[0] != path[0] || own[2] != path[2] || (slo.target != "all" && own[1] != path[1])) continue;
    const std::size_t failed = failures_beside(first, m);
    for (std::size_t s = 0; s < stretches.size(); ++s) add(each[s], spans_of(stretches[s], m, failed, limit));
  }
  return each;
}

/// A share over stretches; one that was never seen, or always, is known to what so many attempts leave open.
Figure share(const char* name, const std::vector<Spans>& each, const std::vector<double>& counts) {
  std::vector<double> values;
  double seen = 0, trials = 0;
  for (std::size_t s = 0; s < each.size(); ++s) {
    seen += counts[s];
    trials += each[s].count();
    if (each[s].count() > 0) values.push_back(std::min(1.0, counts[s] / each[s].count()));
  }
  Figure figure{{"attempts", name}, {}, {}, {}};
  const auto whole = [](double x) { return static_cast<std::uint64_t>(std::llround(x)); };
  if (trials > 0 && (seen == 0 || seen == trials))
    figure.estimate = core::proportion_interval(whole(seen), whole(trials));
  else if (values.size() == each.size())
    figure.estimate = core::mean_interval(values);
  figure.estimate.lo = std::max(figure.estimate.lo, 0.0);
  figure.estimate.hi = std::min(figure.estimate.hi, 1.0);
  if (values.size() == each.size()) figure.values = std::move(values);
  return figure;
}

}  // namespace

bool is_latency(const Slo& slo) {
  const std::vector<std::string> path = figure_path(slo.target, slo.metric);
  return path.size() == 4 && path[2] == "latency_s" && find_quantity(section_of_target(slo.target), "errors");
}

double share_of_metric(const std::string& metric) {
  if (metric.size() < 3 || metric[0] != 'p' || metric.find_first_not_of("0123456789", 1) != std::string::npos) return 0;
  return std::stod("0." + metric.substr(1));
}

std::size_t failures_beside(const core::Recording& recording, std::size_t latency) {
  std::vector<std::string> path = recording.meters[latency].path;
  path.back() = "error_ratio";
  const auto found = std::find_if(recording.meters.begin(), recording.meters.end(),
                                  [&](const core::Meter& meter) { return meter.path == path; });
  return static_cast<std::size_t>(found - recording.meters.begin());
}

Spans spans_of(const Stretch& stretch, std::size_t latency, std::size_t failed, core::Nanos limit) {
  const core::Recording& recording = *stretch.recording;
  Spans spans;
  for (std::size_t w = stretch.first; w < stretch.last; ++w) {
    spans.ended->merge(recording.histograms[latency][w]);
    if (failed < recording.meters.size()) spans.never += recording.scalars[failed][w];
  }
  if (stretch.last == recording.ends.size()) spans.never += late_inside(recording, latency, limit);
  return spans;
}

double late_inside(const core::Recording& recording, std::size_t latency, core::Nanos limit) {
  if (latency >= recording.unfinished.size() || recording.unfinished[latency].count == 0) return 0;
  auto inside = std::make_unique<core::Histogram>();
  inside->merge(recording.unfinished[latency]);
  return std::round(inside->share_above(limit) * static_cast<double>(inside->count()));
}

Attempts attempts(const Slo& slo, const std::vector<Stretch>& stretches) {
  const std::vector<Spans> each = spans_of(slo, stretches);
  const double p = share_of_metric(slo.metric);
  Attempts found{{{"attempts", "percentile"}, {}, {}, {}}, {}, {}, 1 - p, false};
  std::vector<double> never, late;
  double all_never = 0, all = 0;
  for (const Spans& spans : each) {
    never.push_back(spans.never);
    late.push_back(spans.never + std::round(spans.ended->share_above(core::to_nanos(slo.limit)) *
                                            static_cast<double>(spans.ended->count())));
    all_never += spans.never;
    all += spans.count();
  }
  found.failed = share("failed", each, never);
  found.late = share("late", each, late);
  found.never = all > 0 && all_never > (1 - p) * all;
  if (p <= 0) return found;
  const std::vector<double> values = percentile_values(each, p);
  if (std::any_of(values.begin(), values.end(), [](double x) { return std::isinf(x); })) return found;
  found.percentile.estimate = core::with_skewness(core::mean_interval(values), values, verdict_confidence);
  found.percentile.estimate.lo = std::max(found.percentile.estimate.lo, 0.0);
  if (found.percentile.estimate.known && values.size() == stretches.size()) found.percentile.values = values;
  return found;
}

}  // namespace capplan::plan
