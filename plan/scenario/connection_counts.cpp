#include "plan/scenario/connection_counts.h"

#include <algorithm>

#include "models/pool/rules.h"

namespace capplan::plan {

using models::Section;
using models::SectionId;

std::int64_t sum(const std::vector<ConnectionShare>& shares, std::int64_t ConnectionShare::*of) {
  std::int64_t total = 0;
  for (const ConnectionShare& share : shares) total += share.*of;
  return total;
}

std::int64_t count_of(const Section& section, const char* name) {
  return section.params.has(name) ? section.params.count(name) : 0;
}

std::int64_t bouncer_pool_size(const Section& bouncer) {
  const std::int64_t size = count_of(bouncer, "default_pool_size");
  const bool reserve = size > 0 && bouncer.params.duration("reserve_pool_timeout") > 0;
  return size + (reserve ? count_of(bouncer, "reserve_pool_size") : 0);
}

std::int64_t processes_of(const Section& bouncer) { return std::max<std::int64_t>(1, count_of(bouncer, "processes")); }

std::map<LoginName, ConnectionShare> logins_of(const Scenario& scenario, SectionId bouncer) {
  std::map<LoginName, ConnectionShare> logins;
  for (const ConnectionShare& share : shares_at(scenario, bouncer)) {
    const models::Params& pool = scenario.at(share.id).params;
    ConnectionShare& login = logins[{pool.text("database"), pool.text("user")}];
    login.most += share.most;
    login.kept += share.kept;
    login.at_start += share.at_start;
  }
  return logins;
}

namespace {

ConnectionShare share_of_bouncer(const Scenario& scenario, SectionId id) {
  const Section& bouncer = scenario.at(id);
  const std::int64_t size = bouncer_pool_size(bouncer), processes = processes_of(bouncer);
  std::map<std::string, std::int64_t> by_database;
  std::map<std::string, std::int64_t> by_user;
  std::int64_t total = 0;
  const auto logins = logins_of(scenario, id);
  for (const auto& [login, clients] : logins) {
    const std::int64_t want = size > 0 ? size * processes : clients.most;
    by_database[login.first] += want;
    by_user[login.second] += want;
    total += want;
  }
  const auto within = [&](const std::map<std::string, std::int64_t>& groups, const char* limit) {
    std::int64_t most = 0;
    for (const auto& [name, want] : groups)
      most += count_of(bouncer, limit) > 0 ? std::min(want, count_of(bouncer, limit) * processes) : want;
    return most;
  };
  total = std::min({total, within(by_database, "max_db_connections"), within(by_user, "max_user_connections")});
  const std::int64_t ahead = count_of(bouncer, "min_pool_size") * processes * static_cast<std::int64_t>(logins.size());
  return {id, total, total, std::min(ahead, total)};
}

}  // namespace

ConnectionShare share_of(const Scenario& scenario, SectionId client) {
  const Section& section = scenario.at(client);
  if (models::role_of(section) == models::Role::bouncer) return share_of_bouncer(scenario, client);
  const models::PoolRules rules = models::pool_rules(section);
  return {client, rules.most_connections(), rules.most_kept(), rules.opened_at_start()};
}

std::vector<ConnectionShare> shares_at(const Scenario& scenario, SectionId endpoint) {
  std::vector<ConnectionShare> shares;
  for (const SectionId client : models::clients_of(scenario.topology, endpoint))
    shares.push_back(share_of(scenario, client));
  return shares;
}

}  // namespace capplan::plan
