// Source of the sizes: the load profiles of the dual-server MCP tuning guide, "Production Recommendations by Load
// Profile": concurrent users 1-10, 10-25, 25-50 and 50-200, with least and most connections for each of two services. A
// profile stands for the upper end of its users. Limit: sizes are of one instance; the guide's services run one each.

#include "plan/scenario/profiles.h"

#include <algorithm>

namespace capplan::plan {

namespace {

using models::Value;

struct Profile {
  const char* name;
  std::int64_t users;
  std::int64_t codebase_min, codebase_max;
  std::int64_t workflow_min, workflow_max;
};

constexpr Profile profiles[] = {
    {"light", 10, 5, 20, 3, 10},
    {"medium", 25, 10, 50, 5, 25},
    {"heavy", 50, 20, 100, 10, 50},
    {"enterprise", 200, 50, 200, 25, 100},
};

bool knows(const models::Spec& spec, const std::string& name) {
  return std::any_of(spec.params.begin(), spec.params.end(), [&](const models::Param& p) { return p.name == name; });
}

struct Filler {
  const models::Spec& spec;
  WrittenSection& section;
  Value profile;

  void fill(const std::string& name, std::int64_t number) const {
    if (!knows(spec, name) || find(section.values, name)) return;
    section.values.emplace_back(
        name, Value{number, profile.where, profile.key_where, false, "profile " + *profile.as<std::string>()});
  }

  void fill_pool(std::int64_t least, std::int64_t most) const {
    const std::optional<PoolSizes> sizes = pool_sizes(spec);
    if (!sizes) return;
    fill(sizes->least, least);
    fill(sizes->most, sizes->most_is_on_top ? most - least : most);
  }
};

}  // namespace

std::optional<PoolSizes> pool_sizes(const models::Spec& spec) {
  static const PoolSizes all[] = {
      {"pool_size", "max_overflow", true},    {"min_size", "max_size"},           {"min", "max"},
      {"min_connections", "max_connections"}, {"minimumIdle", "maximumPoolSize"}, {"", "size"}};
  for (const PoolSizes& sizes : all)
    if (knows(spec, sizes.most) && (sizes.least.empty() || knows(spec, sizes.least))) return sizes;
  return std::nullopt;
}

void take_in_profile(const models::Spec& spec, WrittenSection& section) {
  const Value* written = find(section.values, "profile");
  const auto* name = written ? written->as<std::string>() : nullptr;
  if (!name) return;
  const Filler filler{spec, section, *written};
  const std::string word = *name;
  for (const Profile& profile : profiles) {
    if (section.section == "workload" && word == profile.name && !find(section.values, "stages"))
      filler.fill("users", profile.users);
    if (section.section != "pool") continue;
    if (word == std::string("codebase-") + profile.name) filler.fill_pool(profile.codebase_min, profile.codebase_max);
    if (word == std::string("workflow-") + profile.name) filler.fill_pool(profile.workflow_min, profile.workflow_max);
  }
}

}  // namespace capplan::plan
