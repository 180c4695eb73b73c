// Whole systems against closed forms: what a scenario with these sections must answer. Each figure of ten replications
// must have the closed form in its interval of 99.9 %. Times are in units of a 10 ms statement.

#include "core/closed_network.h"
#include "core/queueing.h"
#include "tests/models/replications.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// One statement of exponential demand: a server of `cores`, a pool of `size`, more pool keys, requests of one query.
std::vector<Section> service(int cores, int size, const Keys& pool_keys, const Raw& cpu) {
  Keys keys = {{"to", "server.s"}, {"size", size}};
  keys.insert(keys.end(), pool_keys.begin(), pool_keys.end());
  return {server({{"cores", cores}, {"max_connections", size + 3}}), section("pool", "fixed", "p", keys),
          query("q", {{"pool", "p"}, {"cpu", cpu}}), request("r", steps({{"q", 1}}))};
}
Section open_load(const char* rate) {
  return section("workload", "open", "w", {{"rate", rate}, {"mix", table({{"r", 1}})}});
}
Section closed_load(int users, const Raw& think) {
  return section("workload", "closed", "w", {{"users", users}, {"think", think}, {"mix", table({{"r", 1}})}});
}

const std::vector<std::string> latency = {"requests", "r", "latency_s"};
const std::vector<std::string> completed = {"requests", "r", "completed_per_s"};
const std::vector<std::string> pool_wait = {"pools", "p", "wait_s"};

std::vector<Section> with(std::vector<Section> sections, const Section& more) {
  sections.push_back(more);
  return sections;
}

}  // namespace

TEST_CASE("a pool in front of cores enough is M/M/c") {
  const core::MarkovQueue queue{320, 100, 4};
  const Replications seen(with(service(4, 4, {}, exponential("10ms")), open_load("320/s")));
  seen.check_mean(pool_wait, core::mmc(queue).mean_wait);
  seen.check_mean(latency, core::mmc(queue).mean_response);
  seen.check_quantile(latency, 0.5, core::response_quantile(queue, 0.5));
  seen.check_quantile(latency, 0.95, core::response_quantile(queue, 0.95));
  seen.check_rate({"pools", "p", "waiting"}, core::mmc(queue).mean_waiting);
  seen.check_rate({"pools", "p", "utilization"}, 3.2);
  seen.check_rate({"servers", "s", "cpu"}, 3.2);
}

TEST_CASE("a pool with a timeout is M/M/c+D, overloaded or not") {
  for (const double rate : {900.0, 1200.0}) {
    const core::QueueFigures expected = core::mmc_timeout({rate, 100, 10}, 0.005);
    const Replications seen(with(service(10, 10, {{"timeout", "5ms"}}, exponential("10ms")),
                                 open_load((std::to_string(static_cast<int>(rate)) + "/s").c_str())));
    seen.check_rate(completed, expected.throughput);
    // Of those served the closed form, and of who gave up the timeout.
    seen.check_mean(pool_wait, (1 - expected.loss) * expected.mean_wait + expected.loss * 0.005);
    seen.check_rate({"requests", "r", "errors", "pool_timeout"}, rate * expected.loss);
  }
}

TEST_CASE("every kind of pool with a timeout is M/M/c+D once its connections are open") {
  struct Kind {
    const char* kind;
    Keys keys;
    const char* error;
  };
  // Ten connections, a timeout of half a statement, and nothing that a use costs besides.
  const std::vector<Kind> kinds = {
      {"asyncpg", {{"timeout", "250ms"}, {"reset_query", false}}, "asyncpg TimeoutError"},
      {"sqlalchemy",
       {{"pool_size", 6}, {"max_overflow", 4}, {"pool_timeout", "250ms"}, {"reset_on_return", "none"}},
       "QueuePool limit reached, connection timed out"},
      {"pg-pool",
       {{"connectionTimeoutMillis", "250ms"}, {"idleTimeoutMillis", "0"}},
       "timeout exceeded when trying to connect"},
      {"sqlx",
       {{"acquire_timeout", "250ms"}, {"min_connections", 10}, {"ping_cpu", "0"}},
       "pool timed out while waiting for an open connection"},
      {"hikaricp",
       {{"connectionTimeout", "250ms"}, {"validation_cpu", "0"}},
       "Connection is not available, request timed out"},
  };
  const core::QueueFigures expected = core::mmc_timeout({18, 2, 10}, 0.25);
  for (const Kind& each : kinds) {
    INFO(each.kind);
    Keys pool = {{"to", "server.s"}};
    pool.insert(pool.end(), each.keys.begin(), each.keys.end());
    // Opening takes nothing, so that SQLAlchemy's overflow, which comes and goes, is there when it is needed.
    const Replications seen({server({{"cores", 10}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
                             section("pool", each.kind, "p", pool),
                             query("q", {{"pool", "p"}, {"cpu", exponential("500ms")}}),
                             request("r", steps({{"q", 1}})), open_load("18/s")});
    seen.check_rate(completed, expected.throughput);
    // Of those served the closed form, and of who gave up the timeout.
    seen.check_mean(pool_wait, (1 - expected.loss) * expected.mean_wait + expected.loss * 0.25);
    seen.check_rate({"requests", "r", "errors", each.error}, 18 * expected.loss);
  }
}

TEST_CASE("round trips before and after a use are time on the connection: M/G/c with so much more of it") {
  // sqlx over a network of 2 ms: a ping, the statement and a ping take 6 ms in all besides the statement's own time.
  const core::MarkovQueue queue{20, 1 / 0.036, 1};
  const Replications seen(
      {server({{"cores", 4}}),
       section("pool", "sqlx", "p",
               {{"to", "server.s"}, {"max_connections", 1}, {"ping_cpu", "0"}, {"round_trip", "2ms"}}),
       query("q", {{"pool", "p"}, {"cpu", exponential("30ms")}}), request("r", steps({{"q", 1}})), open_load("20/s")});
  seen.check_rate({"pools", "p", "utilization"}, queue.offered_load());
  // The wait in line by Pollaczek and Khinchine, and the first ping.
  seen.check_mean(pool_wait, core::mg1(20, 0.036, 0.0009 / (0.036 * 0.036)).mean_wait + 0.002);
}

TEST_CASE("cores behind a pool that never fills share fairly, whatever the demands") {
  const Replications one(with(service(1, 500, {}, exponential("10ms")), open_load("70/s")));
  one.check_mean(latency, core::mg1_ps(70, 0.01).mean_response);
  const Raw varied = table({{"lognormal", table({{"mean", "10ms"}, {"cv", 1.5}})}});
  const Replications lognormal(with(service(1, 500, {}, varied), open_load("70/s")));
  lognormal.check_mean(latency, core::mg1_ps(70, 0.01).mean_response);
  const Replications four(with(service(4, 500, {}, varied), open_load("300/s")));
  four.check_mean(latency, core::mmc_ps({300, 100, 4}).mean_response);
  four.check_rate({"servers", "s", "cpu"}, 3);
}

TEST_CASE("PgBouncer in front of cores enough is M/M/c over its pool, and its core is busy rate times query_cpu") {
  const core::MarkovQueue queue{320, 100, 4};
  std::vector<Section> sections = {server({{"cores", 4}}),
                                   section("bouncer", "pgbouncer", "b",
                                           {{"server", "s"},
                                            {"pool_mode", "transaction"},
                                            {"default_pool_size", 4},
                                            {"max_client_conn", 1000},
                                            {"query_cpu", "2us"}}),
                                   section("pool", "fixed", "p", {{"to", "bouncer.b"}, {"size", 500}}),
                                   query("q", {{"pool", "p"}, {"cpu", exponential("10ms")}}),
                                   request("r", steps({{"q", 1}})),
                                   open_load("320/s")};
  const Replications seen(sections);
  seen.check_mean({"bouncers", "b", "wait_s"}, core::mmc(queue).mean_wait);
  seen.check_rate({"bouncers", "b", "utilization"}, 3.2);
  seen.check_rate({"bouncers", "b", "cpu"}, 320 * 2e-6);
}

TEST_CASE("users of one pool are the machine repairman") {
  const core::RepairmanFigures expected = core::machine_repairman({100, 10, 1, 10});
  const Replications seen(with(service(10, 10, {}, exponential("100ms")), closed_load(100, exponential("1s"))));
  seen.check_rate(completed, expected.throughput);
  seen.check_mean(latency, expected.mean_response);
  seen.check_mean(pool_wait, expected.mean_wait);
}

TEST_CASE("users of a core and a disk follow mean value analysis") {
  const double demands[] = {0.005, 0.003};
  for (const double think : {0.0, 0.1}) {
    const core::ClosedFigures expected = core::mva(demands, 10, think);
    const Replications seen({server({{"cores", 1}, {"disk", table({{"concurrency", 1}})}}),
                             section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 10}}),
                             query("q", {{"pool", "p"}, {"cpu", exponential("5ms")}, {"io", exponential("3ms")}}),
                             request("r", steps({{"q", 1}})),
                             closed_load(10, think > 0 ? exponential("100ms") : Raw("0"))});
    seen.check_rate(completed, expected.throughput);
    seen.check_mean(latency, expected.response);
    seen.check_rate({"servers", "s", "cpu"}, expected.utilization[0]);
    seen.check_rate({"servers", "s", "disk"}, expected.utilization[1]);
  }
}
