#include "plan/study/unjudged.h"

#include <fmt/format.h>

#include "core/units.h"
#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

namespace {

/// Share of the requests inside at the end that is worth a word.
constexpr double tolerated = 0.01;

/// Share of the requests that came and had not ended when their run did.
double left_inside(std::span<const Replication> replications) {
  double came = 0, ended = 0;
  for (const Replication& replication : replications) {
    const core::Recording& recording = replication.recording;
    for (std::size_t m = 0; m < recording.meters.size(); ++m) {
      const auto& path = recording.meters[m].path;
      if (path.size() != 3 || path[0] != "requests") continue;
      double sum = 0;
      for (const double window : recording.scalars[m]) sum += window;
      if (path[2] == "offered_per_s") came += sum;
      if (path[2] == "completed_per_s" || path[2] == "error_ratio") ended += sum;
    }
  }
  return came > 0 ? (came - ended) / came : 0;
}

/// ": there is none without memory_limit"
std::string why_absent(const Slo& slo) {
  const core::FigureSpec* spec = spec_of(figure_path(slo.target, slo.metric));
  return spec && !spec->absent.empty() ? fmt::format(": there is none {}", spec->absent) : "";
}

}  // namespace

void add_unjudged(const Scenario& scenario, const std::vector<Slo>& not_modelled,
                  std::span<const Replication> replications, const Steadiness& steady, std::vector<Warning>& warnings) {
  if (steady.moving && replications.size() == 1)
    warnings.push_back(
        {"W40", "the load changes over time, and a single run of it carries no interval: --replications 5"});
  const double inside = steady.moving ? left_inside(replications) : 0;
  if (inside > tolerated)
    warnings.push_back({"W41", core::format_ratio(inside) +
                                   " of the requests were still inside when the runs ended, and are in no latency: "
                                   "lengthen scenario.duration until the load has passed"});
  for (const Slo& slo : not_modelled)
    warnings.push_back({"W42", fmt::format("{}{}\"{}\" is not judged, since {} of {} is not modelled{}",
                                           slo.preset.empty() ? "" : "preset " + slo.preset + ": ",
                                           slo.text.starts_with(slo.target) ? "" : slo.target + ": ", slo.text,
                                           slo.metric, slo.target, why_absent(slo))});
  for (const std::string& beyond : scenario.beyond) warnings.push_back({"W42", beyond + ": not judged"});
}

}  // namespace capplan::plan
