// The topics of describe that help to write a scenario where it has no parameters: the conditions of [slo], the ranges
// of [sweep], distributions and presets. All of it comes from what reads them.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "models/spec/distribution_value.h"
#include "plan/report/figures_text.h"
#include "plan/report/topics.h"
#include "plan/scenario/axes.h"
#include "plan/scenario/sections.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

Topic slo_topic();
Topic sweep_topic();
Topic distributions_topic();
Topic presets_topic();

namespace {

/// How a limit is written.
const char* limit_text(core::Unit unit) {
  switch (unit) {
    case core::Unit::ratio:
      return "a share, as 0.1%";
    case core::Unit::per_second:
      return "a rate, as 50/s";
    case core::Unit::count:
      return "a number, as 5";
    case core::Unit::bytes:
      return "an amount, as 512MB";
    case core::Unit::seconds:
      return "a duration, as 100ms";
  }
  return "";
}

}  // namespace

Topic slo_topic() {
  Report report{.headline = "Conditions: [slo] and [alert]",
                .setting =
                    "A condition is METRIC < VALUE or METRIC > VALUE; `<=` and `>=` count as `<` and `>`, since a "
                    "measured figure is never exactly on its limit.",
                .titled = true};
  Grid targets({{"target", true}, {"metrics", true}});
  for (const std::string& section : section_words()) {
    const std::vector<std::string> own = metric_words(section);
    if (own.empty()) continue;
    targets.add({{section == "request" ? "NAME of a request, or all" : section + ".NAME"},
                 {fmt::format("{}", fmt::join(own, ", "))}});
  }
  report.blocks.push_back({"What can be judged", std::move(targets), {}});
  Grid limits({{"unit", true}, {"limit", true}});
  for (const core::Unit unit :
       {core::Unit::seconds, core::Unit::per_second, core::Unit::ratio, core::Unit::count, core::Unit::bytes})
    limits.add({{unit_word(unit)}, {limit_text(unit)}});
  report.blocks.push_back({"How limits are written", std::move(limits), {}});
  report.blocks.push_back(
      {.title = "Example",
       .sentences = {"A percentile of a latency is over all attempts: a request that fails counts as one that is never "
                     "answered, and so does one that is still inside, for longer than the limit, when the run ends. "
                     "Where more fail than the percentile leaves, it is shown as never. Of those that completed alone: "
                     "\"p95 < 100ms over completed\". A mean is of these, and is undecided where more than 1% fail.",
                     "A condition that rests on a stock which still rises (warning W07) is undecided.",
                     "burn_rate, of a budget, is for an alert alone. A condition of an alert has its target in front. "
                     "Presets hold the conditions of published guides: capplan describe presets."},
       .code = {"[slo]", "search = [\"p95 < 100ms\", \"errors < 0.1%\"]", "\"pool.app\" = [\"utilization < 70%\"]",
                "preset = \"ai-handoff\"", "[alert.pool_hot]", "when = \"pool.app.utilization > 70%\"",
                "for = \"5min\""}});
  return {"slo", "conditions that [slo] and [alert] can state, by target", std::move(report)};
}

Topic sweep_topic() {
  Report report{.headline = "Grids: [sweep] and --vary",
                .setting =
                    "Each key is an axis, and every combination of their values is a point. --vary KEY=VALUES adds "
                    "an axis, or replaces the one with the same key.",
                .titled = true};
  Grid grid({{"written", true}, {"values", true}});
  grid.add({{"[20, 50, 100]"}, {"these; with --vary 20,50,100"}});
  grid.add({{"\"50/s..400/s:8\""}, {"eight, evenly spaced, both bounds included"}});
  grid.add({{"\"1MB..1GB:5:log\""}, {"five, evenly spaced in ratio; bounds above 0"}});
  report.blocks.push_back(
      {"Values of an axis",
       std::move(grid),
       {"Both bounds have one unit, or units of one kind as in 512MB..4GB; values between them are rounded to read "
        "well. "
        "Where the parameter is a count they are whole numbers.",
        fmt::format("An axis has at most {} values, a grid at most {} axes.", most_axis_values, most_axes)}});
  report.blocks.push_back(
      {.title = "Example",
       .sentences = {"A key is SECTION.NAME.PARAMETER, and further into a value by its fields; `capplan check SCENARIO "
                     "--keys` lists them."},
       .code = {"[sweep]", "\"pool.app.max_size\" = [20, 50, 100]", "\"workload.api.rate\" = \"50/s..400/s:8\"",
                "\"query.search.cpu.lognormal.mean\" = [\"1ms\", \"2ms\"]"}});
  return {"sweep", "how the axes of [sweep] and --vary are written", std::move(report)};
}

Topic distributions_topic() {
  Report report{.headline = "Distributions of times",
                .setting =
                    "A time that varies is a table of one family. A duration alone, as \"2ms\", is the same every "
                    "time. cv is the standard deviation over the mean.",
                .titled = true};
  Grid grid({{"family", true}, {"example", true}, {"what it is, and its limits", true}});
  for (const models::DistributionFamily& family : models::distribution_families())
    grid.add({{family.name}, {family.example}, {family.help}});
  report.blocks.push_back({"Families", std::move(grid), {}});
  report.blocks.push_back(
      {.title = "Example", .code = {"[query.search]", "cpu = { lognormal = { mean = \"2ms\", cv = 0.8 } }"}});
  return {"distributions", "families of distributions, with their parameters", std::move(report)};
}

Topic presets_topic() {
  Report report{.headline = "Presets: conditions and alerts of published guides",
                .setting =
                    "preset = \"NAME\" in [slo] takes a guide's conditions, in [alert.NAME] its alerts. Each is for "
                    "everything of its sort: all requests, each pool, each query with an index (search). What is "
                    "not simulated is left out of the verdict, with warning W42.",
                .titled = true};
  for (const Preset& preset : presets()) {
    Grid grid({{"in", true}, {"on", true}, {"condition", true}, {"held for", true}, {"severity", true}});
    for (const PresetCondition& c : preset.conditions) grid.add({{"[slo]"}, {c.on}, {c.condition}, {"-"}, {"-"}});
    for (const PresetAlert& alert : preset.alerts) {
      std::string held = alert.hold > 0 ? core::exact_duration(alert.hold) : "-";
      if (alert.long_window > 0)
        held = fmt::format("over {} and {}", core::exact_duration(alert.long_window),
                           core::exact_duration(alert.short_window));
      grid.add(
          {{fmt::format("[alert] {}", alert.name)}, {alert.when.on}, {alert.when.condition}, {held}, {alert.severity}});
    }
    Block block{preset.name, std::move(grid), {fmt::format("Source: {}.", preset.source)}};
    for (const char* beyond : preset.beyond) block.sentences.push_back(fmt::format("Not simulated: {}.", beyond));
    report.blocks.push_back(std::move(block));
  }
  return {"presets", "conditions and alerts of published guides, with their limits", std::move(report)};
}

}  // namespace capplan::plan
