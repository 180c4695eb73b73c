// `when` is a target and one of its metrics, joined by a dot, then a condition as in [slo]. A preset's alert on each
// pool becomes one alert a pool.

#include "plan/scenario/alerts.h"

#include <fmt/format.h>

#include "plan/scenario/slo.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

using models::Section;
using models::Value;
using Problems = std::vector<core::Problem>;

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
    }
  }
  for (const char* what : preset->beyond) beyond(what);
}

/// A share of connections is of the server's max_connections.
void give_limit(const Scenario& scenario, Slo& slo) {
  if (slo.metric != "connections") return;
  if (const Section* server = scenario.find(slo.target); server && server->params.has("max_connections"))
    slo.over = static_cast<double>(server->params.count("max_connections"));
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
      if (std::optional<Slo> condition = read_alert_condition(when, section.path() + ".when", written, problems))
        scenario.alerts.push_back(
            {section.name, std::move(*condition), p.duration("for"), p.duration("every"), p.text("severity")});
    }
  }
  for (Slo& slo : scenario.slos) give_limit(scenario, slo);
  for (Alert& alert : scenario.alerts) give_limit(scenario, alert.condition);
}

}  // namespace capplan::plan
