#include "plan/study/rests_on.h"

#include "plan/scenario/links.h"

namespace capplan::plan {

namespace {

using models::Role;
using models::SectionId;

void add_passed(const Scenario& scenario, SectionId at, std::set<SectionId>& passed) {
  if (at == models::no_section || !passed.insert(at).second) return;
  const models::Node& node = models::node_at(scenario.topology, at);
  if (node.role == Role::request || node.role == Role::job)
    for (const SectionId id : models::path_of(scenario.topology, at)) passed.insert(id);
  for (const SectionId id : {node.pool, node.http_pool, node.bouncer, node.server, node.index})
    if (id != models::no_section) passed.insert(id);
  for (const auto* steps : {&node.steps, &node.adaptive_steps})
    for (const SectionId step : *steps) add_passed(scenario, step, passed);
}

std::string target_of(const Scenario& scenario, SectionId id) {
  const models::Section& section = scenario.at(id);
  return section.spec->section == "request" ? section.name : section.path();
}

}  // namespace

std::set<SectionId> passed_by(const Scenario& scenario, SectionId request) {
  std::set<SectionId> passed;
  add_passed(scenario, request, passed);
  return passed;
}

std::vector<SectionId> those_passing(const Scenario& scenario, SectionId section) {
  std::vector<SectionId> requests;
  for (const Role role : {Role::request, Role::job})
    for (const SectionId id : models::all_of(scenario.topology, role))
      if (passed_by(scenario, id).contains(section)) requests.push_back(id);
  return requests;
}

std::set<std::string> targets_resting_on(const Scenario& scenario, SectionId section) {
  std::set<std::string> targets = {target_of(scenario, section)};
  for (const SectionId request : those_passing(scenario, section)) {
    targets.insert("all");
    for (const SectionId passed : passed_by(scenario, request)) targets.insert(target_of(scenario, passed));
  }
  return targets;
}

SectionId section_of_target(const Scenario& scenario, const std::string& target) {
  const std::string path = without_number(target);
  return models::section_of(scenario.sections, path.find('.') == std::string::npos ? "request." + path : path);
}

}  // namespace capplan::plan
