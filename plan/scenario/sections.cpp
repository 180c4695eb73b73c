#include "plan/scenario/sections.h"

#include <algorithm>

#include "models/catalog.h"

namespace capplan::plan {

namespace {

/// Those that judge stand before the workloads, which say what comes and not what is there.
std::vector<models::Spec> all_specs() {
  std::vector<models::Spec> specs = models::catalog();
  const auto workloads =
      std::find_if(specs.begin(), specs.end(), [](const models::Spec& spec) { return spec.section == "workload"; });
  specs.insert(workloads, {alert_section(), budget_section()});
  return specs;
}

}  // namespace

const std::vector<models::Spec>& section_specs() {
  static const std::vector<models::Spec> specs = all_specs();
  return specs;
}

const models::Spec* find_spec(const std::string& section, const std::string& kind) {
  return models::find_spec(section_specs(), section, kind);
}

std::vector<std::string> section_words() {
  std::vector<std::string> result;
  for (const models::Spec& spec : section_specs())
    if (std::find(result.begin(), result.end(), spec.section) == result.end()) result.push_back(spec.section);
  return result;
}

std::vector<std::string> kinds(const std::string& section) {
  std::vector<std::string> result;
  for (const models::Spec& spec : section_specs())
    if (spec.section == section) result.push_back(spec.kind);
  return result;
}

}  // namespace capplan::plan
