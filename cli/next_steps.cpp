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
        const std::int64_t least = std::max<std::int64_t>(value / 2, 1), middle = std::max(value, least + 1);
        std::string values = fmt::format("{},{}", least, middle);
        if (!param.hi || static_cast<double>(middle * 2) <= *param.hi) values += fmt::format(",{}", middle * 2);
        return fmt::format("{}.{}={}", section.path(), param.name, values);
      };
      const bool is_pool_size = models::role_of(section) == models::Role::pool && param.name != "instances";
      if (is_pool_size) return axis();
      if (best.empty()) best = axis();
    }
  return best;
}

/// "workload.api.rate=600/s": half as much again.
std::string greater_load(const plan::Scenario& scenario) {
  for (const models::Section& section : scenario.sections) {
    if (models::role_of(section) != models::Role::workload) continue;
    for (const models::Param& param : section.spec->params) {
      if (!section.params.has(param.name)) continue;
      const auto allowed = [&](double load) { return !param.hi || load <= *param.hi; };
      if (param.type == models::Type::rate) {
        const double rate = 1.5 * section.params.number(param.name);
        return allowed(rate) ? fmt::format("{}.{}={:.4g}/s", section.path(), param.name, rate) : "";
      }
      if (param.name == "users") {
        const std::int64_t users = section.params.count(param.name) * 3 / 2 + 1;
        return allowed(static_cast<double>(users)) ? fmt::format("{}.users={}", section.path(), users) : "";
      }
    }
  }
  return {};
}

/// The flag again for each of its values, as it was typed.
std::string repeated(const std::string& flag, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += " " + flag + " " + shell_word(value);
  return text;
}

}  // namespace

std::vector<std::string> next_steps(const plan::Scenario& scenario, const std::vector<std::string>& set) {
  const std::string file = shell_word(scenario.source) + repeated("--set", set);
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

std::vector<std::string> next_steps(const plan::Sweep& sweep, const std::string& file,
                                    const std::vector<std::string>& set, const std::vector<std::string>& vary,
                                    const std::string& sampling) {
  const std::string scenario = shell_word(file) + repeated("--set", set);
  const auto with = [](const std::string& key, const std::string& value) {
    return " --set " + shell_word(key + "=" + value);
  };
  std::string closer = "capplan run " + scenario;
  const auto named = std::find_if(sweep.smallest.rbegin(), sweep.smallest.rend(),
                                  [](const plan::Smallest& smallest) { return !smallest.label.empty(); });
  const auto done = std::find_if(sweep.points.rbegin(), sweep.points.rend(),
                                 [](const plan::SweepPoint& point) { return point.done; });
  if (named != sweep.smallest.rend()) {
    closer += with(named->key, named->label);
    for (const std::string& other : named->others) {
      const std::size_t equals = other.find(" = ");
      closer += with(other.substr(0, equals), other.substr(equals + 3));
    }
  } else if (done != sweep.points.rend()) {
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) closer += with(sweep.axes[a].key, done->labels[a]);
  }
  const bool undecided = std::any_of(sweep.points.begin(), sweep.points.end(), [](const plan::SweepPoint& point) {
    return point.done && point.result.verdict == plan::Verdict::undecided;
  });
  return {closer, "capplan sweep " + scenario + repeated("--vary", vary) + sampling +
                      (undecided ? " --precision 2%" : " -o sweep.csv")};
}

std::string try_next(const std::vector<std::string>& steps) {
  std::string text = "\ntry next:\n";
  for (const std::string& step : steps) text += "  " + step + "\n";
  return text;
}

}  // namespace capplan::cli
