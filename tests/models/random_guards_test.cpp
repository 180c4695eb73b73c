// Properties of any service, tried on random ones whose every mechanism is at its limit: clients who give up, retries,
// breakers, bulkheads, shedding, semaphores, HTTP clients, deadlines, batches, jobs, containers and servers that are
// killed, caches that fail. No request is lost or counted twice, stages add up to latencies, and when the load ends
// everything that was held is free.

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

Raw random_retries(Chance& chance) {
  Keys keys = {{"max", chance.upto(3)},
               {"backoff", chance.one_of("0", "5ms", "50ms")},
               {"jitter", chance.one_of("0%", "50%", "100%")}};
  if (chance.coin()) keys.emplace_back("budget", chance.one_of("10%", "50%"));
  if (chance.coin()) keys.emplace_back("on", List{Raw(chance.one_of("timeout", "refused", "error"))});
  return table(keys);
}
Raw random_breaker(Chance& chance) {
  return table({{"error_rate", chance.one_of("30%", "70%")},
                {"window", "500ms"},
                {"min_calls", 1 + chance.upto(20)},
                {"open", "200ms"},
                {"half_open_calls", 1 + chance.upto(3)}});
}

/// Rows join no batch within a transaction: its statement needs a second connection of the same pool, and all of them
/// may be held by others who wait so.
Raw random_steps(Chance& chance, bool job, bool transaction) {
  List steps = {Raw(table({{"query", "q"}, {"times", 1 + chance.upto(1)}}))};
  for (int i = chance.upto(3); i > 0; --i) switch (chance.upto(job ? 3 : 4)) {
      case 0:
        steps.push_back(Raw(table({{"query", "w"}, {"rows", 1 + chance.upto(20)}})));
        break;
      case 1:
        steps.push_back(Raw(table({{"call", "c"}, {"times", 1 + chance.upto(2)}, {"parallel", chance.coin()}})));
        break;
      case 2:
        steps.push_back(Raw(table({{"cpu", exponential("2ms")}})));
        break;
      case 3:
        if (!transaction) steps.push_back(Raw(table({{"batch", "b"}, {"rows", 1 + chance.upto(10)}})));
        break;
      default:
        steps.push_back(Raw(table({{"enqueue", "j"}, {"times", 1 + chance.upto(2)}})));
    }
  return steps;
}

/// The guard of a request, or of a job.
Keys random_guard(Chance& chance, bool job) {
  Keys keys;
  if (chance.coin()) keys.emplace_back("timeout", chance.one_of("3ms", "20ms", "200ms"));
  if (chance.coin()) keys.emplace_back("after_timeout", chance.one_of("stops", "goes-on"));
  if (chance.coin()) keys.emplace_back("retries", random_retries(chance));
  if (chance.coin()) keys.emplace_back("breaker", random_breaker(chance));
  if (chance.coin()) keys.emplace_back("max_in_flight", 1 + chance.upto(30));
  keys.emplace_back("container", "k");
  const bool transaction = chance.coin();
  keys.emplace_back("transaction", transaction);
  keys.emplace_back("steps", random_steps(chance, job, transaction));
  if (job) {
    keys.emplace_back("workers", "k");
    return keys;
  }
  if (chance.coin()) keys.emplace_back("web", "k");
  if (chance.coin()) {
    keys.emplace_back("workers", "k");
  } else if (chance.coin()) {
    Keys bulkhead = {{"max_concurrent", 1 + chance.upto(9)}};
    if (chance.coin()) bulkhead.emplace_back("max_waiting", chance.upto(9));
    if (chance.coin()) bulkhead.emplace_back("max_wait", "10ms");
    if (chance.coin()) bulkhead.emplace_back("codel_target", "2ms");
    keys.emplace_back("bulkhead", table(bulkhead));
  }
  return keys;
}

/// Caches in front of a request or a job, and of some of its steps.
void add_caches(Chance& chance, bool job, Keys& keys) {
  const auto some = [&] {
    List names;
    for (const char* name : {"near", "far", "edge"})
      if (chance.coin()) names.push_back(Raw(name));
    return names;
  };
  keys.emplace_back("keys", table({{"zipf", 0.8}, {"count", 5 + chance.upto(30)}}));
  keys.emplace_back("caches", some());
  if (chance.upto(4) == 0) keys.emplace_back("invalidates", some());
  List steps =
      *std::find_if(keys.begin(), keys.end(), [](const auto& key) { return key.first == "steps"; })->second.as<List>();
  for (Value& step : steps)
    if (chance.upto(3) == 0) {
      Table with_caches = *step.as<Table>();
      with_caches.emplace_back("caches", Raw(some()));
      step = Raw(with_caches);
    }
  keys = changed(keys, {{"steps", steps}});
  if (job) return;
  keys.emplace_back("coalesce", chance.coin());
  if (chance.coin())
    keys.emplace_back("idempotency",
                      table({{"cache", chance.one_of("near", "far")}, {"repeats", "10%"}, {"repeat_after", "20ms"}}));
}

std::vector<Section> random_caches(Chance& chance) {
  Keys near = {{"max_entries", 1 + chance.upto(30)}, {"ttl", "60ms"}}, edge = {{"proxy_cache_valid", "1s"}};
  if (chance.coin()) near.emplace_back("stale_while_revalidate", "200ms");
  if (chance.coin()) near.emplace_back("instances", 2);
  if (chance.coin()) near.emplace_back("fill_latency", "1ms");
  edge.emplace_back("proxy_cache_lock", chance.coin());
  edge.emplace_back("proxy_cache_background_update", chance.coin());
  return {
      section("cache", chance.one_of("lru", "sieve", "2q"), "near", near),
      section("cache", "redis", "far", {{"ttl", "150ms"}}), section("cache", "proxy_cache", "edge", edge),
      section("failure", "", "f",
              {{"target", chance.one_of("cache.near", "cache.far", "cache.edge")}, {"at", "1s"}, {"for", "300ms"}})};
}

/// What a service may have besides its guards.
enum class With { nothing, caches, limits };

/// Calls over an HTTP client's few connections, deadlines, workers that prefetch, a server whose memory does not hold.
std::vector<Section> random_limits(Chance& chance, Keys& call, Keys& request, Keys& workers, Keys& server,
                                   Keys& query) {
  call.emplace_back("http_pool", "h");
  if (chance.coin()) call.emplace_back("deadline", chance.one_of("5ms", "30ms", "100ms"));
  if (chance.coin()) request.emplace_back("deadline", chance.one_of("10ms", "50ms", "300ms"));
  const int nodes = 1 + chance.upto(2);
  workers = {{"concurrency", nodes * (1 + chance.upto(2))},
             {"nodes", nodes},
             {"worker_prefetch_multiplier", chance.upto(3)},
             {"acks_late", chance.coin()}};
  if (chance.coin()) workers.emplace_back("max_queue", chance.upto(20));
  if (chance.coin()) {
    server = changed(
        server,
        {{"memory_limit", "512MB"}, {"shared_buffers", "256MB"}, {"work_mem", "32MB"}, {"recovery_time", "100ms"}});
    query.emplace_back("sorts", chance.upto(3));
  }
  if (chance.coin())
    return {section("http_pool", "node-agent", "h",
                    {{"maxSockets", 1 + chance.upto(4)}, {"keepAlive", chance.coin()}, {"connect_time", "3ms"}})};
  return {section("http_pool", "httpx", "h",
                  {{"max_connections", 1 + chance.upto(4)},
                   {"max_keepalive_connections", chance.upto(3)},
                   {"pool_timeout", chance.one_of("0", "4ms", "40ms")},
                   {"connect_timeout", chance.one_of("0", "4ms")},
                   {"connect_time", exponential("3ms")},
                   {"keepalive_expiry", "20ms"}})};
}

std::vector<Section> random_service(Chance& chance, With with) {
  const int pool = 1 + chance.upto(9);
  Keys call = {{"time", exponential("8ms")},
               {"error_rate", chance.one_of("0%", "5%", "60%")},
               {"instances", 1 + chance.upto(1)}};
  if (chance.coin()) call.emplace_back("concurrency", 1 + chance.upto(5));
  if (chance.coin()) call.emplace_back("max_wait", "15ms");
  if (chance.coin()) call.emplace_back("max_waiting", chance.upto(6));
  if (chance.coin()) call.emplace_back("timeout", "10ms");
  if (chance.coin()) call.emplace_back("retries", random_retries(chance));
  if (chance.coin()) call.emplace_back("breaker", random_breaker(chance));
  Keys container = {{"cores", 1 + chance.upto(3)}, {"instances", 1 + chance.upto(2)}, {"restart_time", "100ms"}};
  if (chance.coin()) container.emplace_back("cpu_quota", chance.one_of("a", "b") == "a" ? 0.5 : 1.5);
  if (chance.coin()) {
    container.emplace_back("memory_limit", "500MB");
    container.emplace_back("memory_per_request", "20MB");
  }
  Keys job = random_guard(chance, true), request_keys = random_guard(chance, false);
  std::vector<Section> more;
  if (with == With::caches) {
    more = random_caches(chance);
    add_caches(chance, true, job);
    add_caches(chance, false, request_keys);
  }
  Keys host = {{"cores", 1 + chance.upto(3)}}, statement = {{"pool", "p"}, {"cpu", exponential("2ms")}};
  const std::string round_trip = chance.one_of("0", "333us");
  const int rows = 1 + chance.upto(30);
  const std::string batch_wait = chance.one_of("0", "10ms");
  Keys workers = {{"concurrency", 1 + chance.upto(5)}};
  const int web_connections = 10 + chance.upto(100);
  if (with == With::limits) more = random_limits(chance, call, request_keys, workers, host, statement);
  std::vector<Section> sections = {
      server(host),
      section("pool", "fixed", "p", {{"to", "server.s"}, {"size", pool}, {"round_trip", round_trip}}),
      query("q", statement),
      query(
          "w",
          {{"pool", "p"}, {"cpu", exponential("1ms")}, {"cpu_per_row", "100us"}, {"batch_size", 7}, {"commit", true}}),
      section("call", "", "c", call),
      section("batch", "", "b", {{"query", "w"}, {"max_size", rows}, {"max_wait", batch_wait}}),
      section("workers", "", "k", workers),
      section("container", "", "k", container),
      section("web", "", "k", {{"worker_connections", web_connections}, {"proxy_read_timeout", "100ms"}}),
      section("job", "", "j", job),
      section("request", "", "r", request_keys)};
  sections.insert(sections.end(), more.begin(), more.end());
  return sections;
}

double last(const core::Recording& seen, const std::vector<std::string>& path) {
  return seen.scalars[meter(seen, path)].back();
}
bool has(const core::Recording& seen, const std::vector<std::string>& path) {
  return std::any_of(seen.meters.begin(), seen.meters.end(), [&](const auto& m) { return m.path == path; });
}

}  // namespace

namespace {

/// What came of many random services.
struct Seen {
  int lively = 0, troubled = 0, again = 0, killed = 0;
  double refreshed = 0, coalesced = 0, replayed = 0, hits = 0;
  double late = 0, unconnected = 0, recovered = 0, reserved = 0;
};

Seen try_services(With with) {
  Seen all;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    std::vector<Section> sections = random_service(chance, with);
    std::vector<core::Nanos> times;
    const core::Nanos gap = chance.coin() ? 2 * ms : 10 * ms;
    for (core::Nanos at = 0; at < 3 * s; at += gap) times.push_back(at);
    sections.push_back(requests_at(times));
    // Three seconds of load, and an hour to come to rest in.
    const core::Recording seen = run(sections, 3600 * s, seed);
    const auto figure = [&](const char* group, const char* name, const char* what) {
      return total(seen, {group, name, what});
    };
    CHECK(figure("requests", "r", "offered_per_s") == static_cast<double>(times.size()));
    for (const auto& [group, name] : {std::pair{"requests", "r"}, std::pair{"jobs", "j"}}) {
      CHECK(figure(group, name, "offered_per_s") ==
            figure(group, name, "completed_per_s") + figure(group, name, "error_ratio"));
      double errors = 0;
      for (std::size_t i = 1; i < client_errors.size(); ++i)
        errors += total(seen, {group, name, "errors", std::string(client_errors[i].name)});
      CHECK(errors == figure(group, name, "error_ratio"));
    }
    const core::Histogram latency = histogram(seen, {"requests", "r", "latency_s"});
    CHECK(all_stages(seen, "r") ==
          Approx(latency.mean() * static_cast<double>(latency.count())).epsilon(1e-9).margin(1e-9));
    CHECK(seen.in_flight.back() == 0);
    CHECK(last(seen, {"pools", "p", "utilization"}) == 0);
    CHECK(last(seen, {"pools", "p", "waiting"}) == 0);
    CHECK(last(seen, {"workers", "k", "utilization"}) == 0);
    CHECK(last(seen, {"workers", "k", "waiting"}) == 0);
    CHECK(last(seen, {"webs", "k", "utilization"}) == 0);
    CHECK(last(seen, {"containers", "k", "cpu"}) == 0);
    for (const char* level : {"utilization", "waiting"})
      for (const auto& [group, name] : {std::pair{"calls", "c"}, std::pair{"http_pools", "h"}})
        if (has(seen, {group, name, level})) CHECK(last(seen, {group, name, level}) == 0);
    if (has(seen, {"workers", "k", "reserved"})) CHECK(last(seen, {"workers", "k", "reserved"}) == 0);
    if (has(seen, {"servers", "s", "recovering"})) CHECK(last(seen, {"servers", "s", "recovering"}) == 0);
    if (has(seen, {"containers", "k", "memory"})) {
      const auto& containers = seen.meters[meter(seen, {"containers", "k", "memory"})];
      const double instances = containers.capacity / (500.0 * 1024 * 1024);
      CHECK(last(seen, {"containers", "k", "memory"}) == Approx(instances * 256 * 1024 * 1024 * 90));
      all.killed += total(seen, {"containers", "k", "oom_kills_per_s"}) > 0;
    }
    if (has(seen, {"requests", "r", "retries_ratio"})) all.again += figure("requests", "r", "retries_ratio") > 50;
    const auto add = [&](double& sum, const std::vector<std::string>& path) {
      if (has(seen, path)) sum += total(seen, path);
    };
    add(all.refreshed, {"requests", "r", "refreshed_per_s"});
    add(all.coalesced, {"requests", "r", "coalesced_ratio"});
    add(all.replayed, {"requests", "r", "idempotency", "replayed_ratio"});
    add(all.hits, {"caches", "near", "hit_ratio"});
    add(all.late, {"requests", "r", "errors", "DEADLINE_EXCEEDED"});
    add(all.unconnected, {"http_pools", "h", "timeouts_per_s"});
    add(all.recovered, {"servers", "s", "oom_kills_per_s"});
    add(all.reserved, {"workers", "k", "reserved"});
    all.lively += figure("requests", "r", "completed_per_s") > 100;
    all.troubled += figure("requests", "r", "error_ratio") > 100;
  }
  return all;
}

}  // namespace

TEST_CASE("in any service no request is lost, stages add up, and in the end nothing is held") {
  const Seen seen = try_services(With::nothing);
  CHECK(seen.lively > 50);  // the dice are not loaded one way
  CHECK(seen.troubled > 50);
  CHECK(seen.again > 10);
  CHECK(seen.killed > 10);
}

TEST_CASE("nor is it in any service with caches, shared answers and idempotency keys") {
  const Seen seen = try_services(With::caches);
  CHECK(seen.lively > 50);
  CHECK(seen.troubled > 30);
  CHECK(seen.again > 5);
  CHECK(seen.killed > 5);
  CHECK(seen.refreshed > 100);
  CHECK(seen.coalesced > 300);
  CHECK(seen.replayed > 100);
  CHECK(seen.hits > 1000);
}

TEST_CASE("nor is it with HTTP clients, deadlines, prefetching workers and a server that is killed") {
  const Seen seen = try_services(With::limits);
  CHECK(seen.lively > 30);
  CHECK(seen.troubled > 50);
  CHECK(seen.late > 1000);
  CHECK(seen.unconnected > 1000);
  CHECK(seen.recovered > 20);
  CHECK(seen.reserved > 1);
}
