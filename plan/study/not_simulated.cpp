#include "plan/study/not_simulated.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace capplan::plan {

namespace {

using models::Param;
using models::Placed;
using models::Table;
using models::Value;

/// Where a value was written, and which parameter it is: what sections that inherit it share.
using Origin = std::tuple<std::string, int, int, std::string>;

struct Found {
  IdleSetting setting;
  Origin origin;
};

/// Goes through the parameters of every section, and those of their records.
class Search {
 public:
  explicit Search(const Scenario& scenario) {
    for (std::size_t i = 0; i < scenario.sections.size(); ++i) {
      const Placed at{scenario.sections, scenario.topology, static_cast<models::SectionId>(i)};
      look(at, at.section().spec->params, at.section().params.values(), at.section().path());
    }
  }

  IdleSettings result() && {
    for (Found& found : found_)
      if (!at_work_.contains(found.origin)) settings_.written.push_back(std::move(found.setting));
    return std::move(settings_);
  }

 private:
  void look(const Placed& at, const std::vector<Param>& params, const Table& values, const std::string& path) {
    for (const Param& param : params) {
      const Value* value = models::find(values, param.name);
      if (value == nullptr) continue;
      const std::string key = path + "." + param.name;
      if (const auto* record = value->as<Table>(); record != nullptr && param.type == models::Type::record)
        look(at, param.fields, *record, key);
      if (param.idle != nullptr) count(param, *value, key, param.idle(at));
    }
  }

  void count(const Param& param, const Value& value, const std::string& key, const char* reason) {
    const Origin origin{value.where.file, value.where.line, value.where.column, param.name};
    if (reason == nullptr)
      at_work_.insert(origin);
    else if (value.is_default)
      ++settings_.defaulted;
    else if (!value.origin.empty())
      ++settings_.imported;
    else
      found_.push_back({{key, reason}, origin});
  }

  IdleSettings settings_;
  std::vector<Found> found_;
  std::set<Origin> at_work_;
};

}  // namespace

IdleSettings idle_settings(const Scenario& scenario) { return Search(scenario).result(); }

std::vector<Warning> not_simulated(const Scenario& scenario) {
  const IdleSettings settings = idle_settings(scenario);
  if (settings.written.empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < settings.written.size(); ++i) {
    const auto& [key, reason] = settings.written[i];
    text += (i == 0 ? "" : "; ") + key;
    const bool last = i + 1 == settings.written.size() || settings.written[i + 1].reason != reason;
    if (last) text += " (" + reason + ")";
  }
  if (settings.imported > 0)
    text += fmt::format("; and {} imported setting{}", settings.imported, settings.imported == 1 ? "" : "s");
  return {{"W43", "no effect in this scenario, since nothing simulates it here: " + text}};
}

}  // namespace capplan::plan
