#include "plan/study/connection_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/pool/rules.h"
#include "plan/scenario/connection_counts.h"

namespace capplan::plan {

namespace {

using models::Section;
using models::SectionId;
using Share = ConnectionShare;

bool unlimited(std::int64_t connections) { return connections >= models::unlimited_connections; }

std::string number(std::int64_t connections) {
  return unlimited(connections) ? "any number of" : fmt::format("{}", connections);
}

/// Of connections that are dealt to processes by a hash or by chance, those of the fullest: three standard deviations
/// above an equal share, which one process in 700 exceeds.
std::int64_t fullest(std::int64_t connections, std::int64_t processes) {
  if (processes == 1 || unlimited(connections)) return connections;
  const double share = 1 / static_cast<double>(processes), mean = static_cast<double>(connections) * share;
  return std::min(connections, static_cast<std::int64_t>(std::ceil(mean + 3 * std::sqrt(mean * (1 - share)))));
}

/// "", or that each process has this limit to itself, and what the fullest gets.
std::string by_process(std::int64_t connections, std::int64_t processes) {
  if (processes == 1) return {};
  return fmt::format(" for each of {} processes, and the kernel's hash may deal {} to one of them", processes,
                     number(fullest(connections, processes)));
}

class Limits {
 public:
  Limits(const Scenario& scenario, const Result* measured) : scenario_(scenario), measured_(measured) {}

  std::vector<Warning> check() {
    for (const SectionId id : models::all_of(scenario_.topology, models::Role::bouncer)) of_bouncer(id);
    for (const SectionId id : models::all_of(scenario_.topology, models::Role::server)) of_server(id);
    return std::move(warnings_);
  }

 private:
  template <class... T>
  void add(WarningCode code, fmt::format_string<T...> text, T&&... values) {
    warnings_.push_back({code, fmt::format(text, std::forward<T>(values)...)});
  }

  /// "pool.codebase 200, pool.workflow 100": the greatest first.
  std::string listed(std::vector<Share> shares, std::int64_t Share::*of) const {
    std::stable_sort(shares.begin(), shares.end(), [of](const Share& a, const Share& b) { return a.*of > b.*of; });
    std::string text;
    for (const Share& share : shares)
      if (share.*of > 0)
        text += (text.empty() ? "" : ", ") + scenario_.at(share.id).path() + " " +
                (unlimited(share.*of) ? "without limit" : fmt::format("{}", share.*of));
    return text;
  }

  void of_bouncer(SectionId id) {
    const Section& bouncer = scenario_.at(id);
    const std::string path = bouncer.path();
    const std::vector<Share> clients = shares_at(scenario_, id);
    const std::int64_t most = sum(clients, &Share::most), start = sum(clients, &Share::at_start);
    const std::int64_t room = count_of(bouncer, "max_client_conn"), processes = processes_of(bouncer);
    const std::int64_t most_of_one = fullest(most, processes), start_of_one = fullest(start, processes);
    if (start_of_one > room)
      add("W32",
          "{}: its pools open {} client connections at the start ({}), max_client_conn is {}{}: instances fail "
          "before their first request. Raise max_client_conn to {}, or open fewer ahead",
          path, start, listed(clients, &Share::at_start), room, by_process(start, processes), start_of_one);
    if (most_of_one > room)
      add("W30",
          "{}: its pools may open {} client connections ({}), max_client_conn is {}{}: those beyond are refused. {}",
          path, number(most), listed(clients, &Share::most), room, by_process(most, processes),
          unlimited(most) ? std::string("Limit the pools")
                          : fmt::format("Raise max_client_conn to {}, or make the pools smaller", most_of_one));
    const std::map<LoginName, Share> logins = logins_of(scenario_, id);
    of_clients(bouncer, logins, "max_db_client_connections", "database", &LoginName::first);
    of_clients(bouncer, logins, "max_user_client_connections", "user", &LoginName::second);
    of_group(bouncer, logins, "max_db_connections", "database", &LoginName::first);
    of_group(bouncer, logins, "max_user_connections", "user", &LoginName::second);
    of_sessions(id, logins);
  }

  /// Clients of a bouncer in session mode that keep their server connections from others.
  void of_sessions(SectionId id, const std::map<LoginName, Share>& logins) {
    const Section& bouncer = scenario_.at(id);
    const std::int64_t size = bouncer_pool_size(bouncer), processes = processes_of(bouncer);
    if (size == 0 || bouncer.params.text("pool_mode") != "session") return;
    for (const auto& [login, clients] : logins) {
      const std::int64_t kept = fullest(clients.kept, processes);
      if (kept <= size || fullest(opened(id, login), processes) <= size) continue;
      add("W34",
          "{}: in session mode each of {} client connections of {}/{} keeps a server connection until it is "
          "closed, and there are {}{}: the others wait for query_wait_timeout. Set pool_mode = \"transaction\", or {}",
          bouncer.path(), number(clients.kept), login.first, login.second, size, by_process(clients.kept, processes),
          unlimited(kept) ? "limit the pools" : fmt::format("default_pool_size to {}", kept));
    }
  }

  /// Client connections of a login that a run had open on average, at the upper end; any number where no run says.
  std::int64_t opened(SectionId bouncer, const LoginName& login) const {
    if (measured_ == nullptr) return models::unlimited_connections;
    double sum = 0;
    for (const SectionId client : models::clients_of(scenario_.topology, bouncer)) {
      const Section& pool = scenario_.at(client);
      if (LoginName(pool.params.text("database"), pool.params.text("user")) != login) continue;
      const core::Estimate open = measured_->at({"pools", pool.name, "connections"});
      if (!open.known) return models::unlimited_connections;
      sum += open.hi;
    }
    return static_cast<std::int64_t>(std::ceil(sum));
  }

  /// max_db_client_connections or max_user_client_connections against the clients that share it.
  void of_clients(const Section& bouncer, const std::map<LoginName, Share>& logins, const char* limit, const char* what,
                  std::string LoginName::*member) {
    const std::int64_t room = count_of(bouncer, limit), processes = processes_of(bouncer);
    if (room == 0) return;
    std::map<std::string, std::int64_t> wanted;
    for (const auto& [login, clients] : logins) wanted[login.*member] += clients.most;
    for (const auto& [name, most] : wanted) {
      const std::int64_t most_of_one = fullest(most, processes);
      if (most_of_one > room)
        add("W30", "{}: pools of {} {} may open {} client connections, {} is {}{}: those beyond are refused. {}",
            bouncer.path(), what, name, number(most), limit, room, by_process(most, processes),
            unlimited(most) ? std::string("Limit the pools")
                            : fmt::format("Raise {} to {}, or make the pools smaller", limit, most_of_one));
    }
  }

  /// max_db_connections or max_user_connections against the pools that share it.
  void of_group(const Section& bouncer, const std::map<LoginName, Share>& logins, const char* limit, const char* what,
                std::string LoginName::*member) {
    const std::int64_t room = count_of(bouncer, limit), size = bouncer_pool_size(bouncer),
                       processes = processes_of(bouncer);
    if (room == 0) return;
    std::map<std::string, std::int64_t> wanted, pools;
    for (const auto& [login, clients] : logins) {
      const std::int64_t of_one = fullest(clients.most, processes);
      wanted[login.*member] += size > 0 ? std::min(size, of_one) : of_one;
      ++pools[login.*member];
    }
    for (const auto& [name, most] : wanted)
      if (most > room)
        add("W33",
            "{}: the {} pool{} of {} {} may want {} server connections{}, {} is {}: {}, and no error says so until "
            "query_wait_timeout. Raise {} to {}, or lower default_pool_size",
            bouncer.path(), pools[name], pools[name] == 1 ? "" : "s", what, name, number(most),
            processes > 1 ? " in each process" : "", limit, room,
            pools[name] == 1 ? "the pool never reaches its size" : "they take idle connections from each other", limit,
            number(most));
  }

  void of_server(SectionId id) {
    const Section& server = scenario_.at(id);
    const std::vector<Share> shares = shares_at(scenario_, id);
    const std::int64_t reserved =
        count_of(server, "superuser_reserved_connections") + count_of(server, "reserved_connections");
    const std::int64_t slots = count_of(server, "max_connections"), room = std::max<std::int64_t>(0, slots - reserved);
    const std::int64_t most = sum(shares, &Share::most), start = sum(shares, &Share::at_start);
    const std::int64_t most_of_one = of_one_host(server, most), start_of_one = of_one_host(server, start);
    const std::int64_t replicas = count_of(server, "replicas");
    const std::string each = replicas > 1 ? fmt::format(" on each of {} replicas", replicas) : "";
    if (start_of_one > room)
      add("W32",
          "{}: {} connections are opened at the start ({}), and there are {} (max_connections {} - {} reserved){}: "
          "instances fail before their first request. Set max_connections = {}, or open fewer ahead",
          server.path(), start, listed(shares, &Share::at_start), room, slots, reserved, each, start_of_one + reserved);
    if (most_of_one > room)
      add("W31",
          "{}: up to {} connections may be asked for ({}), and there are {} (max_connections {} - {} reserved){}: "
          "those beyond are refused. {}",
          server.path(), number(most), listed(shares, &Share::most), room, slots, reserved, each,
          unlimited(most) ? std::string("Limit the pools")
                          : fmt::format("Set max_connections = {}, make the pools smaller, or put a bouncer between",
                                        most_of_one + reserved));
  }

  /// Of connections to an address, those that one host behind it gets: as its balancer deals them.
  static std::int64_t of_one_host(const Section& server, std::int64_t connections) {
    const std::int64_t hosts = std::max<std::int64_t>(1, count_of(server, "replicas"));
    if (hosts == 1 || unlimited(connections)) return connections;
    return server.params.text("balance") == "random" ? fullest(connections, hosts) : (connections + hosts - 1) / hosts;
  }

  const Scenario& scenario_;
  const Result* measured_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::vector<Warning> connection_warnings(const Scenario& scenario, const Result* measured) {
  return Limits(scenario, measured).check();
}

}  // namespace capplan::plan
