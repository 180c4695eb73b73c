#include "plan/study/connection_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/pool/rules.h"

namespace capplan::plan {

namespace {

using models::Section;

/// What one pool or bouncer may ask of what stands behind it.
struct Share {
  std::string path;
  std::int64_t most = 0;
  std::int64_t at_start = 0;  ///< opened before the first request
};

std::int64_t sum(const std::vector<Share>& shares, std::int64_t Share::*of) {
  std::int64_t total = 0;
  for (const Share& share : shares) total += share.*of;
  return total;
}

bool unlimited(std::int64_t connections) { return connections >= models::unlimited_connections; }

std::string number(std::int64_t connections) {
  return unlimited(connections) ? "any number of" : fmt::format("{}", connections);
}

/// "pool.codebase 200, pool.workflow 100": the greatest first.
std::string listed(std::vector<Share> shares, std::int64_t Share::*of) {
  std::stable_sort(shares.begin(), shares.end(), [of](const Share& a, const Share& b) { return a.*of > b.*of; });
  std::string text;
  for (const Share& share : shares)
    if (share.*of > 0)
      text += (text.empty() ? "" : ", ") + share.path + " " +
              (unlimited(share.*of) ? "without limit" : fmt::format("{}", share.*of));
  return text;
}

std::int64_t count(const Section& section, const char* name) {
  return section.params.has(name) ? section.params.count(name) : 0;
}

/// Server connections that a bouncer's process may open for one pair of database and user; 0: no limit.
std::int64_t pool_size(const Section& bouncer) {
  const std::int64_t size = count(bouncer, "default_pool_size");
  const bool reserve = size > 0 && bouncer.params.duration("reserve_pool_timeout") > 0;
  return size + (reserve ? count(bouncer, "reserve_pool_size") : 0);
}

std::int64_t processes_of(const Section& bouncer) { return std::max<std::int64_t>(1, count(bouncer, "processes")); }

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
  explicit Limits(const std::vector<Section>& sections) : sections_(sections) {
    for (const Section& section : sections)
      if (section.spec->section == "pool") pools_.emplace_back(&section, models::pool_rules(section));
  }

  std::vector<Warning> check() {
    for (const Section& section : sections_)
      if (section.spec->section == "bouncer") of_bouncer(section);
    for (const Section& section : sections_)
      if (section.spec->section == "server") of_server(section);
    return std::move(warnings_);
  }

 private:
  using Pool = std::pair<const Section*, models::PoolRules>;
  using Login = std::pair<std::string, std::string>;  // database, user

  template <class... T>
  void add(WarningCode code, fmt::format_string<T...> text, T&&... values) {
    warnings_.push_back({code, fmt::format(text, std::forward<T>(values)...)});
  }

  std::vector<Share> clients_of(const std::string& path) const {
    std::vector<Share> shares;
    for (const auto& [section, rules] : pools_)
      if (section->params.text("to") == path)
        shares.push_back({section->path(), rules.most_connections(), rules.opened_at_start()});
    return shares;
  }

  /// Client connections that each pair of database and user may open to a bouncer.
  std::map<Login, std::int64_t> logins_of(const std::string& path) const {
    std::map<Login, std::int64_t> logins;
    for (const auto& [section, rules] : pools_)
      if (section->params.text("to") == path)
        logins[{section->params.text("database"), section->params.text("user")}] += rules.most_connections();
    return logins;
  }

  void of_bouncer(const Section& bouncer) {
    const std::string path = bouncer.path();
    const std::vector<Share> clients = clients_of(path);
    const std::int64_t most = sum(clients, &Share::most), start = sum(clients, &Share::at_start);
    const std::int64_t room = count(bouncer, "max_client_conn"), processes = processes_of(bouncer);
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
    of_clients(bouncer, "max_db_client_connections", "database", &Login::first);
    of_clients(bouncer, "max_user_client_connections", "user", &Login::second);
    of_group(bouncer, "max_db_connections", "database", &Login::first);
    of_group(bouncer, "max_user_connections", "user", &Login::second);
    const std::int64_t size = pool_size(bouncer);
    if (bouncer.params.has("pool_mode") && bouncer.params.text("pool_mode") == "session")
      for (const auto& [login, asked] : logins_of(path))
        if (size > 0 && fullest(asked, processes) > size)
          add("W34",
              "{}: in session mode each of {} client connections of {}/{} keeps a server connection until it is "
              "closed, and there are {}{}: the others wait for query_wait_timeout. Set pool_mode = \"transaction\", or "
              "default_pool_size to {}",
              path, number(asked), login.first, login.second, size, by_process(asked, processes),
              number(fullest(asked, processes)));
  }

  /// max_db_client_connections or max_user_client_connections against the clients that share it.
  void of_clients(const Section& bouncer, const char* limit, const char* what, std::string Login::*member) {
    const std::int64_t room = count(bouncer, limit), processes = processes_of(bouncer);
    if (room == 0) return;
    std::map<std::string, std::int64_t> wanted;
    for (const auto& [login, asked] : logins_of(bouncer.path())) wanted[login.*member] += asked;
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
  void of_group(const Section& bouncer, const char* limit, const char* what, std::string Login::*member) {
    const std::int64_t room = count(bouncer, limit), size = pool_size(bouncer), processes = processes_of(bouncer);
    if (room == 0) return;
    std::map<std::string, std::int64_t> wanted, pools;
    for (const auto& [login, asked] : logins_of(bouncer.path())) {
      const std::int64_t of_one = fullest(asked, processes);
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

  /// What a bouncer may ask of its server.
  Share share_of(const Section& bouncer) const {
    const std::int64_t size = pool_size(bouncer), processes = processes_of(bouncer);
    std::map<std::string, std::int64_t> by_database;
    std::map<std::string, std::int64_t> by_user;
    std::int64_t total = 0;
    const auto logins = logins_of(bouncer.path());
    for (const auto& [login, asked] : logins) {
      const std::int64_t want = size > 0 ? size * processes : asked;
      by_database[login.first] += want;
      by_user[login.second] += want;
      total += want;
    }
    const auto within = [&](const std::map<std::string, std::int64_t>& groups, const char* limit) {
      std::int64_t most = 0;
      for (const auto& [name, want] : groups)
        most += count(bouncer, limit) > 0 ? std::min(want, count(bouncer, limit) * processes) : want;
      return most;
    };
    total = std::min({total, within(by_database, "max_db_connections"), within(by_user, "max_user_connections")});
    const std::int64_t kept = count(bouncer, "min_pool_size") * processes * static_cast<std::int64_t>(logins.size());
    return {bouncer.path(), total, std::min(kept, total)};
  }

  void of_server(const Section& server) {
    std::vector<Share> shares = clients_of(server.path());
    for (const Section& bouncer : sections_)
      if (bouncer.spec->section == "bouncer" && bouncer.params.text("server") == server.path())
        shares.push_back(share_of(bouncer));
    const std::int64_t reserved =
        count(server, "superuser_reserved_connections") + count(server, "reserved_connections");
    const std::int64_t slots = count(server, "max_connections"), room = std::max<std::int64_t>(0, slots - reserved);
    const std::int64_t most = sum(shares, &Share::most), start = sum(shares, &Share::at_start);
    const std::int64_t most_of_one = of_one_host(server, most), start_of_one = of_one_host(server, start);
    const std::int64_t replicas = count(server, "replicas");
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
    const std::int64_t hosts = std::max<std::int64_t>(1, count(server, "replicas"));
    if (hosts == 1 || unlimited(connections)) return connections;
    return server.params.text("balance") == "random" ? fullest(connections, hosts) : (connections + hosts - 1) / hosts;
  }

  const std::vector<Section>& sections_;
  std::vector<Pool> pools_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::vector<Warning> connection_warnings(const std::vector<Section>& sections) { return Limits(sections).check(); }

}  // namespace capplan::plan
