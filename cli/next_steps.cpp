#include "cli/next_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/simulation_flags.h"

namespace capplan::cli {

namespace {

/// "pool.app.size=5,10,20": the first setting that costs, preferring the pool's own size to its instances, around its
/// value.
std::string axis_around(const plan::Scenario& scenario) {
  std::string best;
  for (const models::Section& section : scenario.sections)
    for (const models::Param& param : section.spec->params) {
      if (!param.costs || param.type != models::Type::count || !section.params.has(param.name)) continue;
      const std::int64_t value = section.params.count(param.name);
      const auto axis = [&] {
        const std::int64_t least = std::max<std::int64_t>(value / 2, 1);
        return fmt::format("{}.{}={},{},{}", section.path(), param.name, least, std::max(value, least + 1),
                           std::max(value, least + 1) * 2);
      };
      const bool is_pool_size = section.spec->section == "pool" && param.name != "instances";
      if (is_pool_size) return axis();
      if (best.empty()) best = axis();
    }
  return best;
}

/// "workload.api.rate=600/s": half as much again.
std::string greater_load(const plan::Scenario& scenario) {
  for (const models::Section& section : scenario.sections) {
    if (section.spec->section != "workload") continue;
    for (const models::Param& param : section.spec->params) {
      if (param.type == models::Type::rate && section.params.has(param.name))
        return fmt::format("{}.{}={:.4g}/s", section.path(), param.name, 1.5 * section.params.number(param.name));
      if (param.name == "users" && section.params.has(param.name))
        return fmt::format("{}.users={}", section.path(), section.params.count(param.name) * 3 / 2 + 1);
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> next_steps(const plan::Scenario& scenario) {
  const std::string file = shell_word(scenario.source);
  std::vector<std::string> steps;
  if (const std::string axis = axis_around(scenario); !scenario.axes.empty())
    steps.push_back("capplan sweep " + file);
  else if (!axis.empty())
    steps.push_back(fmt::format("capplan sweep {} --vary {}", file, shell_word(axis)));
  if (const std::string load = greater_load(scenario); !load.empty())
    steps.push_back(fmt::format("capplan run {} --set {}", file, shell_word(load)));
  if (steps.size() < 2) steps.push_back(fmt::format("capplan check {} --format json", file));
  return steps;
}

}  // namespace capplan::cli
