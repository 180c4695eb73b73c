#include "models/server/replicas.h"

#include <algorithm>

#include "core/error.h"
#include "models/idle.h"

namespace capplan::models {

namespace {

/// The server that the section's hosts are replicas of. Throws where that cannot be said.
PostgresHost& primary_of(const Build& build, const Section& section) {
  const Params& p = section.params;
  const std::string key = section.path() + ".replica_of";
  if (p.has("replica_of")) {
    const auto found = build.hosts().find(p.text("replica_of"));
    if (found != build.hosts().end()) return *found->second;
    throw core::InputError(find(p.values(), "replica_of")->where, key, "must name a server without replicas");
  }
  if (build.hosts().size() == 1) return *build.hosts().begin()->second;
  throw core::InputError(
      section.where, key,
      build.hosts().empty() ? "there is no server without replicas" : "is required where there are several servers");
}

}  // namespace

Replicas::Replicas(Build& build, const Section& section)
    : simulator_(build.simulator),
      lag_(section.params.has("replication_lag") ? section.params.duration("replication_lag") : 0),
      down_after_(section.params.duration("down_after")),
      promote_after_(section.params.has("promote_after") ? section.params.duration("promote_after") : core::never),
      stream_(build.stream(section.path(), "balance")),
      writes_(build.simulator, lag_),
      address_(*this),
      reads_(build.meters.rate(reads_figure, section.subject())),
      stale_(build.meters.ratio(stale_read_figure, section.subject(), reads_)) {
  const std::string& balance = section.params.text("balance");
  balance_ = balance == "roundrobin"  ? Balance::roundrobin
             : balance == "leastconn" ? Balance::leastconn
                                      : Balance::random;
  PostgresHost& primary = primary_of(build, section);
  hosts_.push_back(&primary);
  primary.writes.push_back(&writes_);
  const auto replicas = static_cast<int>(section.params.count("replicas"));
  const HostMeters all = host_meters(build, section, replicas);
  for (int i = 1; i <= replicas; ++i) {
    const std::string name = section.name + "." + std::to_string(i);
    const std::string path = section.path() + "." + std::to_string(i);
    own_.push_back(std::make_unique<PostgresHost>(build, section, path, host_meters(build, section, name, all),
                                                  static_cast<std::uint32_t>(i) * PostgresHost::numbers));
    hosts_.push_back(own_.back().get());
    members_.push_back(static_cast<std::uint32_t>(i));
    build.add_fallible(path, *own_.back());
  }
  build.add_fallible(section.path(), *this);
  if (promote_after_ == core::never) return;
  if (primary.watcher != nullptr)
    throw core::InputError(section.where, section.path() + ".promote_after",
                           "replicas of that server can be promoted already: write it once");
  primary.watcher = this;
  for (const auto& [path, host] : build.hosts())
    if (host == &primary) build.add_endpoint(path, address_);
}

/// A host that went away is dealt connections until that is noticed.
bool Replicas::dealt(std::uint32_t host) const {
  return hosts_[host]->up() || simulator_.now() - hosts_[host]->down_since() < down_after_;
}

std::uint32_t Replicas::next_host() {
  const auto count = static_cast<std::uint32_t>(members_.size());
  const std::uint32_t first = balance_ == Balance::random ? static_cast<std::uint32_t>(stream_.below(count)) : next_;
  std::uint32_t best = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t member = (first + i) % count;
    if (!dealt(members_[member])) continue;
    if (best == count || hosts_[members_[member]]->taken() < hosts_[members_[best]]->taken()) best = member;
    if (balance_ != Balance::leastconn) break;
  }
  if (best == count) best = first;  // all are gone: whoever it is refuses
  next_ = (best + 1) % count;
  return members_[best];
}

void Replicas::connect(Login login, Reply reply) { hosts_[next_host()]->connect(login, reply); }

void Replicas::execute(std::uint32_t connection, const Statement& statement, Reply reply) {
  if (statement.key != 0 && !statement.flush) {
    reads_.add();
    if (connection / PostgresHost::numbers != primary_ && writes_.has(statement.key)) stale_.add();
  }
  host_of(connection).execute(connection, statement, reply);
}

void Replicas::disconnect(std::uint32_t connection) { host_of(connection).disconnect(connection); }

bool Replicas::alive(std::uint32_t connection) const { return host_of(connection).alive(connection); }

void Replicas::go_down() {
  for (const auto& host : own_)
    if (host->up() || host->recovering()) host->go_down();
}

void Replicas::come_back() {
  for (const auto& host : own_)
    if (!host->up()) host->come_back();
}

void Replicas::on_event(std::uint32_t kind, std::uint32_t) {
  if (kind == went_down) simulator_.schedule(promote_after_, *this, promotes, 0);
  if (kind == promotes && primary_ == 0 && !hosts_[0]->up()) promote();
  // The one that was the primary comes back as a replica of its successor.
  if (kind == came_back && primary_ != 0 && std::find(members_.begin(), members_.end(), 0U) == members_.end())
    members_.push_back(0);
}

/// The first replica that is there; the balancer gives it reads no more, unless it is the only one.
void Replicas::promote() {
  const auto next =
      std::find_if(members_.begin(), members_.end(), [&](std::uint32_t host) { return hosts_[host]->up(); });
  if (next == members_.end()) return;
  primary_ = *next;
  hosts_[0]->writes.clear();
  hosts_[primary_]->writes.push_back(&writes_);
  if (members_.size() > 1) members_.erase(next);
  next_ = 0;
}

std::vector<Param> replica_params() {
  return {
      {.name = "replicas",
       .type = Type::count,
       .help = "equal hosts behind one address, which replay the changes of replica_of; absent: one host "
               "alone",
       .lo = 1,
       .hi = 1000,
       .costs = true},
      {.name = "replica_of",
       .type = Type::reference,
       .help = "the server whose changes they replay; absent: the only one that is no replica itself",
       .choices = {"server"}},
      {.name = "replication_lag",
       .type = Type::duration,
       .help = "from a commit until replicas show it; absent: none. Reads of a key written since count as "
               "stale",
       .source = "PostgreSQL pg_stat_replication.replay_lag",
       .lo = 0,
       .hi = 86'400},
      {.name = "balance",
       .type = Type::choice,
       .fallback = "roundrobin",
       .help = "which replica gets a new connection: round-robin, the one with the fewest, random",
       .source = "HAProxy configuration manual, balance",
       .choices = {"roundrobin", "leastconn", "random"},
       .idle = idle::without_choice},
      {.name = "down_after",
       .type = Type::duration,
       .fallback = "6s",
       .help = "until a failed replica gets no more connections; until then they are refused",
       .source = "HAProxy configuration manual: inter 2s, fall 3",
       .lo = 0,
       .hi = 86'400,
       .idle = idle::without_failure},
      {.name = "promote_after",
       .type = Type::duration,
       .help = "until a replica takes the place of a failed primary; absent: never",
       .source = "Patroni documentation, dynamic configuration settings: ttl 30",
       .lo = 0,
       .hi = 86'400},
  };
}

void check_replicas(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  if (params.has("replicas")) return;
  for (const char* name : {"replica_of", "promote_after", "replication_lag"})
    if (params.has(name))
      problems.push_back({find(params.values(), name)->where, path + "." + name, "is of replicas, and there are none",
                          "write replicas = 1, or more"});
}

}  // namespace capplan::models
