// `when` is a target and one of its metrics, joined by a dot, then a condition as in [slo]. A preset's alert on each
// pool becomes one alert a pool. A burn rate is of a [budget.NAME], over a long window and a short one, an hour and a
// twelfth of the long one unless they are written.

#include "plan/scenario/alerts.h"

#include <fmt/format.h>

#include "plan/scenario/figure_specs.h"
#include "plan/scenario/links.h"
#include "plan/scenario/slo.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

using models::Section;
using models::Value;
using Problems = std::vector<core::Problem>;

/// "over 1h and 5min": spans of whole minutes, which are what windows are written in.
std::string windows_text(const BurnRate& burn) {
  const auto span = [](core::Nanos length) {
    const auto seconds = static_cast<double>(length) / 1e9;
    if (seconds >= 2 * 86'400) return fmt::format("{:.3g}d", seconds / 86'400);
    if (seconds >= 3600) return fmt::format("{:.3g}h", seconds / 3600);
    return seconds >= 60 ? fmt::format("{:.3g}min", seconds / 60) : fmt::format("{:.3g}s", seconds);
  };
  return fmt::format(" over {} and {}", span(burn.long_window), span(burn.short_window));
}

/// Gives an alert on a burn rate what it is of; `long_window` and `short_window` where they are not 0.
void give_budget(const Scenario& scenario, Alert& alert, core::Nanos long_window, core::Nanos short_window) {
  const Section* budget = scenario.find(alert.condition.target);
  if (alert.condition.metric != "burn_rate" || budget == nullptr || !budget->params.has("objective")) return;
  const models::Params& p = budget->params;
  BurnRate burn;
  burn.request = p.has("request") ? p.text("request").substr(8) : "all";
  burn.objective = p.number("objective");
  burn.latency = p.has("latency") ? p.duration("latency") : 0;
  burn.long_window = long_window > 0 ? long_window : 3600 * core::second;
  burn.short_window = short_window > 0 ? short_window : burn.long_window / 12;
  alert.condition.text += windows_text(burn);
  alert.burn = std::move(burn);
}

/// The windows that are written, which must fit the condition.
void check_windows(const Section& section, const Alert& alert, Problems& problems) {
  const models::Params& p = section.params;
  for (const char* name : {"long_window", "short_window"})
    if (p.has(name) && alert.condition.metric != "burn_rate")
      problems.push_back({find(p.values(), name)->where,
                          section.path() + "." + name,
                          "is of a burn rate, as in when = \"budget.NAME.burn_rate > 14.4\"",
                          {}});
  if (alert.burn && alert.burn->short_window > alert.burn->long_window)
    problems.push_back({find(p.values(), "short_window")->where,
                        section.path() + ".short_window",
                        "must not be above long_window",
                        {}});
}

void add_preset(Scenario& scenario, const Section& section, const std::vector<WrittenSection>& written,
                Problems& problems) {
  const models::Params& p = section.params;
  const Value& name = *find(p.values(), "preset");
  const Preset* preset = find_preset(p.text("preset"));
  if (!preset) return;  // the spec has refused it
  const auto beyond = [&](const std::string& what) {
    scenario.beyond.push_back(fmt::format("the alerts of {} ask for {}", preset->name, what));
  };
  for (const PresetAlert& alert : preset->alerts) {
    const std::vector<std::string> targets = targets_on(alert.when.on, written);
    if (targets.empty()) beyond(fmt::format("{} of a {}, and there is none", alert.when.condition, alert.when.on));
    for (const std::string& target : targets) {
      Value when = name;
      when.data = target + "." + alert.when.condition;
      std::optional<Slo> condition = read_alert_condition(when, section.path() + ".preset", written, problems);
      if (!condition) continue;
      condition->preset = preset->name;
      const std::string own = targets.size() > 1 ? fmt::format(".{}", target.substr(target.find('.') + 1)) : "";
      scenario.alerts.push_back({section.name + "." + alert.name + own, std::move(*condition), alert.hold,
                                 p.duration("every"), alert.severity});
      give_budget(scenario, scenario.alerts.back(), alert.long_window, alert.short_window);
    }
  }
  for (const char* what : preset->beyond) beyond(what);
}

/// A count that is limited by a share of a setting: connections of max_connections.
void give_limit(const Scenario& scenario, Slo& slo) {
  const std::optional<Quantity> quantity = find_quantity(section_of_target(slo.target), slo.metric);
  if (!quantity || quantity->spec->share_of.empty() || slo.limit > 1) return;
  const std::string setting(quantity->spec->share_of);
  const Section* section = scenario.find(slo.target);
  if (section == nullptr) section = scenario.find(without_number(slo.target));
  if (section && section->params.has(setting)) slo.over = static_cast<double>(section->params.count(setting));
}

}  // namespace

void read_alerts(Scenario& scenario, const std::vector<WrittenSection>& written, Problems& problems) {
  const std::vector<Section> sections = scenario.sections;
  for (const Section& section : sections) {
    if (section.spec->section != "alert") continue;
    const models::Params& p = section.params;
    if (p.has("preset")) {
      add_preset(scenario, section, written, problems);
    } else if (p.has("when") && p.has("for") && p.has("every") && p.has("severity")) {
      const Value& when = *find(p.values(), "when");
      std::optional<Slo> condition = read_alert_condition(when, section.path() + ".when", written, problems);
      if (!condition) continue;
      Alert alert{section.name, std::move(*condition), p.duration("for"), p.duration("every"), p.text("severity")};
      give_budget(scenario, alert, p.has("long_window") ? p.duration("long_window") : 0,
                  p.has("short_window") ? p.duration("short_window") : 0);
      check_windows(section, alert, problems);
      scenario.alerts.push_back(std::move(alert));
    }
  }
  for (Slo& slo : scenario.slos) give_limit(scenario, slo);
  for (Alert& alert : scenario.alerts) give_limit(scenario, alert.condition);
}

}  // namespace capplan::plan
