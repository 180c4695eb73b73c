// Properties of any system, tried on random small ones with tight limits: pools that time out, a PgBouncer that refuses
// and evicts, a server with too few slots, caches that answer at once, users who never think. Time goes on, no request
// is lost or counted twice, and the stages of those that are answered add up to their latencies.

#include <random>

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

class Chance {
 public:
  explicit Chance(unsigned seed) : twister_(seed) {}
  int upto(int most) { return static_cast<int>(twister_() % static_cast<unsigned>(most + 1)); }
  bool coin() { return upto(1) == 1; }
  template <class... Words>
  std::string one_of(Words... words) {
    const std::string all[] = {words...};
    return all[upto(static_cast<int>(sizeof...(words)) - 1)];
  }

 private:
  std::mt19937 twister_;
};

constexpr int users = 30;

/// What is a kind's own, tight.
Keys rules_of(const std::string& kind, Chance& chance) {
  const int max = 1 + chance.upto(9);
  if (kind == "fixed")
    return {{"size", max},
            {"timeout", chance.one_of("1us", "5ms", "1s")},
            {"reuse", chance.one_of("newest", "oldest", "random")}};
  if (kind == "asyncpg")
    return {{"max_size", max},
            {"min_size", chance.upto(5)},
            {"max_queries", chance.upto(20)},
            {"timeout", chance.one_of("1us", "5ms", "1s")},
            {"reset_query", chance.coin()},
            {"max_inactive_connection_lifetime", chance.one_of("0", "50ms")},
            {"wakeup", chance.one_of("0", "1ms")}};
  if (kind == "sqlalchemy")
    return {{"pool_size", chance.upto(5)},
            {"max_overflow", chance.upto(6) - 1},
            {"pool_timeout", chance.one_of("1us", "5ms", "1s")},
            {"pool_recycle", chance.one_of("100ms", "10s")},
            {"pre_ping", chance.coin()},
            {"use_lifo", chance.coin()},
            {"reset_on_return", chance.one_of("rollback", "none")},
            {"wakeup", chance.one_of("0", "1ms")}};
  if (kind == "pg-pool")
    return {{"max", max},
            {"min", chance.upto(3)},
            {"idleTimeoutMillis", chance.one_of("0", "50ms")},
            {"connectionTimeoutMillis", chance.one_of("0", "1ms", "50ms")},
            {"maxUses", 1 + chance.upto(20)},
            {"maxLifetimeSeconds", chance.one_of("0", "300ms")}};
  if (kind == "sqlx")
    return {{"max_connections", max},
            {"min_connections", chance.upto(5)},
            {"acquire_timeout", chance.one_of("1us", "5ms", "1s")},
            {"idle_timeout", chance.one_of("0", "50ms")},
            {"max_lifetime", chance.one_of("0", "300ms")},
            {"test_before_acquire", chance.coin()}};
  return {{"maximumPoolSize", max},
          {"minimumIdle", chance.upto(5)},
          {"connectionTimeout", chance.one_of("250ms", "1s")},
          {"idleTimeout", chance.one_of("0", "50ms")},
          {"maxLifetime", chance.one_of("0", "300ms")},
          {"keepaliveTime", chance.one_of("0", "70ms")},
          {"aliveBypassWindowMs", chance.one_of("0", "10ms")},
          {"wakeup", chance.one_of("0", "1ms")}};
}

std::vector<Section> random_system(Chance& chance) {
  std::vector<Section> sections = {
      server({{"cores", 1 + chance.upto(3)},
              {"max_connections", 3 + chance.upto(20)},
              {"connect_time", chance.one_of("0", "1ms")},
              {"connect_cpu", chance.one_of("0", "2ms")},
              {"disk", table({{"concurrency", 1 + chance.upto(3)}, {"fsync", chance.one_of("0", "2ms")}})}})};
  const bool bouncer = chance.coin();
  if (bouncer)
    sections.push_back(section("bouncer", "pgbouncer", "b",
                               {{"server", "s"},
                                {"pool_mode", chance.one_of("session", "transaction", "statement")},
                                {"max_client_conn", 1 + chance.upto(40)},
                                {"default_pool_size", 1 + chance.upto(10)},
                                {"min_pool_size", chance.upto(5)},
                                {"reserve_pool_size", chance.upto(3)},
                                {"reserve_pool_timeout", "100ms"},
                                {"max_db_connections", chance.upto(8)},
                                {"max_user_connections", chance.upto(8)},
                                {"query_wait_timeout", chance.one_of("0", "200ms", "2s")},
                                {"server_login_retry", chance.one_of("0", "1s")},
                                {"server_idle_timeout", chance.one_of("0", "100ms")},
                                {"server_lifetime", chance.one_of("0", "500ms")},
                                {"server_round_robin", chance.coin()},
                                {"query_cpu", chance.one_of("0", "20us", "1ms")}}));
  for (const std::string name : {"p1", "p2"}) {
    Keys keys = {{"to", bouncer ? "bouncer.b" : "server.s"},
                 {"instances", 1 + chance.upto(2)},
                 {"round_trip", chance.one_of("0", "333us")},
                 {"database", chance.one_of("one", "two")},
                 {"user", chance.one_of("ann", "bob")}};
    const std::string kind = chance.one_of("fixed", "asyncpg", "sqlalchemy", "pg-pool", "sqlx", "hikaricp");
    for (const auto& [key, value] : rules_of(kind, chance)) keys.emplace_back(key, value);
    if (chance.upto(3) == 0)
      keys.emplace_back("tuner", table({{"every", "300ms"}, {"min", 1}, {"max", 1 + chance.upto(9)}}));
    if (chance.upto(3) == 0)
      keys.emplace_back("autoscale", table({{"metric", chance.one_of("utilization", "waiting")},
                                            {"every", "400ms"},
                                            {"max", 1 + chance.upto(4)},
                                            {"delay", "100ms"},
                                            {"cooldown", "1s"}}));
    sections.push_back(section("pool", kind, name, keys));
    sections.push_back(query("q" + name, {{"pool", name}, {"cpu", exponential("2ms")}, {"commit", chance.coin()}}));
  }
  sections.push_back(
      section("cache", "lru", "c",
              {{"max_entries", 1 + chance.upto(50)}, {"ttl", "500ms"}, {"latency", chance.one_of("0", "20us")}}));
  sections.push_back(request("r1", steps({{"qp1", 1 + chance.upto(3)}, {"qp1", 1}}),
                             {{"transaction", chance.coin()},
                              {"transaction_cpu", chance.one_of("0", "20us")},
                              {"caches", List{Raw("c")}},
                              {"keys", table({{"count", 100}})}}));
  sections.push_back(request("r2", steps({{"qp1", 1}, {"qp2", 2}})));
  sections.push_back(section("workload", "closed", "users",
                             {{"users", users}, {"think", chance.one_of("0", "20ms")}, {"mix", table({{"r1", 1}})}}));
  sections.push_back(section("workload", "open", "w",
                             {{"rate", chance.one_of("20/s", "200/s")}, {"mix", table({{"r1", 1}, {"r2", 1}})}}));
  return sections;
}

}  // namespace

TEST_CASE("in any system time goes on, no request is lost, and stages add up to latencies") {
  int lively = 0, troubled = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    const std::vector<Section> sections = random_system(chance);
    const core::Recording seen = run(sections, 5 * s, seed);
    double inside = 0, answered = 0, failed = 0;
    for (const std::string name : {"r1", "r2"}) {
      const auto figure = [&](const char* what) { return total(seen, {"requests", name, what}); };
      inside += figure("offered_per_s") - figure("completed_per_s") - figure("error_ratio");
      answered += figure("completed_per_s");
      failed += figure("error_ratio");
      const core::Histogram latency = histogram(seen, {"requests", name, "latency_s"});
      CHECK(static_cast<double>(latency.count()) == figure("completed_per_s"));
      CHECK(all_stages(seen, name) ==
            Approx(latency.mean() * static_cast<double>(latency.count())).epsilon(1e-9).margin(1e-9));
    }
    CHECK(inside >= 0);
    CHECK(std::abs(inside - seen.in_flight.back()) <= users + 10);  // an average over the last 5 ms
    CHECK(seen.ends.back() == 5 * s);
    CHECK(run(sections, 5 * s, seed).events == seen.events);
    lively += answered > 100;
    troubled += failed > 100;
  }
  CHECK(lively > 30);  // the dice are not loaded one way
  CHECK(troubled > 10);
}

namespace {

/// Some requests within two seconds, and something that goes away meanwhile and comes back.
std::vector<Section> failing_system(Chance& chance) {
  Keys host = {{"cores", 1 + chance.upto(3)},
               {"max_connections", 10 + chance.upto(40)},
               {"connect_time", chance.one_of("0", "1ms", "100ms")},
               {"connect_cpu", chance.one_of("0", "2ms")},
               {"scheduler", chance.one_of("ideal", "linux")}};
  std::vector<Section> sections = {server(host)};
  std::vector<std::string> targets = {"server.s", "cache.c"};
  std::string to = "server.s";
  if (chance.coin()) {
    host.emplace_back("replicas", 1 + chance.upto(2));
    host.emplace_back("balance", chance.one_of("roundrobin", "leastconn", "random"));
    host.emplace_back("down_after", chance.one_of("0", "200ms"));
    if (chance.coin()) host.emplace_back("promote_after", chance.one_of("0", "300ms"));
    sections.push_back(server(host, "r"));
    targets.insert(targets.end(), {"server.r", "server.r.1"});
    if (chance.coin()) to = "server.r";
  }
  if (chance.coin()) {
    const int processes = 1 + chance.upto(2);
    sections.push_back(section("bouncer", "pgbouncer", "b",
                               {{"server", to},
                                {"pool_mode", chance.one_of("session", "transaction")},
                                {"processes", processes},
                                {"max_client_conn", 5 + chance.upto(40)},
                                {"default_pool_size", chance.upto(10)},
                                {"min_pool_size", chance.upto(3)},
                                {"max_db_connections", chance.upto(8)},
                                {"query_wait_timeout", "2s"},
                                {"query_timeout", chance.one_of("0", "500ms")},
                                {"transaction_timeout", chance.one_of("0", "400ms")},
                                {"idle_transaction_timeout", chance.one_of("0", "1s")},
                                {"client_idle_timeout", chance.one_of("0", "300ms")},
                                {"client_login_timeout", chance.one_of("0", "1s")},
                                {"server_connect_timeout", chance.one_of("0", "50ms")},
                                {"server_login_retry", chance.one_of("0", "1s")},
                                {"server_check_delay", chance.one_of("0", "100ms")},
                                {"server_reset_query_always", chance.coin()},
                                {"server_idle_timeout", chance.one_of("0", "300ms")},
                                {"server_round_robin", chance.coin()},
                                {"login_cpu", chance.one_of("0", "5ms")},
                                {"query_cpu", chance.one_of("0", "1ms")}}));
    targets.push_back("bouncer.b");
    if (processes > 1) targets.push_back("bouncer.b.2");
    to = "bouncer.b";
  }
  sections.push_back(section("pool", "fixed", "p",
                             {{"to", to}, {"size", 1 + chance.upto(20)}, {"round_trip", chance.one_of("0", "333us")}}));
  sections.push_back(section("cache", "lru", "c", {{"max_entries", 20}}));
  sections.push_back(query("q", {{"pool", "p"}, {"cpu", exponential("20ms")}, {"parse_cpu", "1ms"}, {"texts", 5}}));
  sections.push_back(
      request("r", steps({{"q", 2}}),
              {{"transaction", chance.coin()}, {"caches", List{Raw("c")}}, {"keys", table({{"count", 50}})}}));
  std::vector<core::Nanos> times;
  for (int i = 0; i < 200; ++i) times.push_back(i * 10 * ms);
  sections.push_back(requests_at(times));
  for (int i = chance.upto(2); i >= 0 && !targets.empty(); --i) {
    const auto target = targets.begin() + chance.upto(static_cast<int>(targets.size()) - 1);
    sections.push_back(section("failure", "", "f" + std::to_string(i),
                               {{"target", *target},
                                {"at", chance.one_of("500ms", "1s", "1.5s")},
                                {"for", chance.one_of("1ms", "100ms", "1s")}}));
    targets.erase(target);
  }
  return sections;
}

}  // namespace

TEST_CASE("whatever goes away and comes back, every request ends, and once") {
  int cut = 0, answered = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    const core::Recording seen = run(failing_system(chance), 60 * s, seed);
    const double completed = total(seen, {"requests", "r", "completed_per_s"});
    CHECK(completed + total(seen, {"requests", "r", "error_ratio"}) == 200);
    CHECK(seen.in_flight.back() == 0);
    for (std::size_t i = 0; i < seen.meters.size(); ++i)
      if (seen.meters[i].kind() == core::Aggregation::level)
        for (const double used : seen.scalars[i]) CHECK(used >= -1e-9);
    double stages = 0;  // of those that completed: no time of whoever had their number before
    for (const core::Meter& each : seen.meters)
      if (each.path.size() == 4 && each.path[1] == "r" && each.path[2] == "stages_s") stages += total(seen, each.path);
    const auto& latency = histogram(seen, {"requests", "r", "latency_s"});
    CHECK(stages == Approx(latency.mean() * static_cast<double>(latency.count())));
    cut += completed < 200;
    answered += completed > 100;
  }
  CHECK(cut > 50);
  CHECK(answered > 50);
}
