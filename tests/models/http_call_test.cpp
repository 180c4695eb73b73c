// External calls over the connections of an HTTP client: the pool's size against its closed forms; who waits, times
// out, tries again and closes what, at hand-worked times. Opening a connection takes 20 ms where nothing else is said.

#include "core/queueing.h"
#include "tests/models/replications.h"

using namespace capplan;
using namespace capplan::models;

namespace {

Raw calling() { return List{Raw(table({{"call", "call.c"}}))}; }

Section load(const char* rate) {
  return section("workload", "open", "w", {{"rate", rate}, {"mix", table({{"r", 1}})}});
}

Section client(const Keys& keys) { return section("http_pool", "httpx", "h", keys); }

Section call(Keys keys) {
  keys.emplace_back("http_pool", "h");
  return section("call", "", "c", keys);
}

/// Requests that call once each, at these times.
core::Recording called_at(const std::vector<core::Nanos>& times, const Keys& pool, const Keys& keys,
                          const Keys& request_keys = {}) {
  return run({client(pool), call(keys), request("r", calling(), request_keys), requests_at(times)}, 1 * s);
}

double pool_total(const core::Recording& seen, const char* what) { return total(seen, {"http_pools", "h", what}); }
double failed_with(const core::Recording& seen, const char* error) {
  return total(seen, {"requests", "r", "errors", error});
}
core::Histogram latency(const core::Recording& seen) { return histogram(seen, {"requests", "r", "latency_s"}); }

}  // namespace

TEST_CASE("calls over the connections of a client are M/M/c, with its pool timeout M/M/c+D") {
  const Keys kept = {{"max_connections", 4},
                     {"max_keepalive_connections", 4},
                     {"keepalive_expiry", "1h"},
                     {"connect_time", "0"},
                     {"pool_timeout", "0"}};
  const Raw time = exponential("10ms");
  const core::MarkovQueue queue{320, 100, 4};
  const Replications endless({client(kept), call({{"time", time}}), request("r", calling()), load("320/s")});
  endless.check_mean({"http_pools", "h", "wait_s"}, core::mmc(queue).mean_wait);
  endless.check_mean({"calls", "c", "latency_s"}, core::mmc(queue).mean_response);
  endless.check_rate({"http_pools", "h", "waiting"}, core::mmc(queue).mean_waiting);
  endless.check_rate({"http_pools", "h", "utilization"}, 3.2);
  endless.check_rate({"requests", "r", "stages_s", "call"}, 320 * 0.01);
  endless.check_rate({"requests", "r", "stages_s", "pool_wait"}, 320 * core::mmc(queue).mean_wait);

  const core::MarkovQueue heavy{480, 100, 4};
  const Replications hasty({client(changed(kept, {{"pool_timeout", "5ms"}})), call({{"time", time}}),
                            request("r", calling()), load("480/s")});
  hasty.check_rate({"requests", "r", "errors", "PoolTimeout"}, 480 * core::mmc_timeout(heavy, 0.005).loss);
  const core::QueueFigures limited = core::mmc_timeout(heavy, 0.005);  // its wait is that of those served
  hasty.check_mean({"http_pools", "h", "wait_s"}, (1 - limited.loss) * limited.mean_wait + limited.loss * 0.005);
}

TEST_CASE("a wait in vain for a connection is a try that failed, and is tried again") {
  // One connection, open at 120 ms, is in use until 130 ms. The call of 101 ms times out at 106, tries again at 116 and
  // times out at 121: that was it. That of 127 ms is served 130..140; that of 128 times out at 133, and finds the
  // connection idle at 143.
  const core::Recording seen = called_at(
      {100 * ms, 101 * ms, 127 * ms, 128 * ms}, {{"max_connections", 1}, {"pool_timeout", "5ms"}},
      {{"time", "10ms"}, {"retries", table({{"max", 1}, {"backoff", "10ms"}, {"on", List{Raw("timeout")}}})}});
  CHECK(pool_total(seen, "opened_per_s") == 1);
  CHECK(pool_total(seen, "timeouts_per_s") == 3);
  CHECK(pool_total(seen, "utilization") == Approx(0.030));
  CHECK(total(seen, {"calls", "c", "retries_ratio"}) == 2);
  CHECK(failed_with(seen, "PoolTimeout") == 1);
  CHECK(latency(seen).count() == 3);
  CHECK(latency(seen).max() == 30 * ms);
  CHECK(latency(seen).mean() == Approx((0.030 + 0.013 + 0.025) / 3));
  CHECK(total(seen, {"requests", "r", "stages_s", "pool_wait"}) == Approx(0.020 + 0.003 + 0.005));
  CHECK(total(seen, {"requests", "r", "stages_s", "backoff"}) == Approx(0.010));
}

TEST_CASE("an opening that takes too long fails the call too") {
  const core::Recording seen = called_at({100 * ms}, {{"connect_timeout", "15ms"}}, {{"time", "10ms"}});
  CHECK(failed_with(seen, "ConnectTimeout") == 1);
}

TEST_CASE("waits in vain for a connection open the breaker, which then asks for none") {
  const core::Recording seen =
      called_at({100 * ms, 101 * ms, 102 * ms, 110 * ms, 111 * ms}, {{"max_connections", 1}, {"pool_timeout", "5ms"}},
                {{"time", "100ms"}, {"breaker", table({{"min_calls", 2}, {"open", "10s"}})}});
  CHECK(pool_total(seen, "timeouts_per_s") == 2);
  CHECK(failed_with(seen, "PoolTimeout") == 2);
  CHECK(failed_with(seen, "CallNotPermittedException (circuit breaker open)") == 2);
  CHECK(latency(seen).count() == 1);
}

TEST_CASE("the semaphore comes before the connection, and its permit is free after a wait in vain") {
  // Two permits, one connection: the call of 102 ms has the permit of that of 101 ms at 106, and waits until 111.
  const core::Recording seen =
      called_at({100 * ms, 101 * ms, 102 * ms}, {{"max_connections", 1}, {"pool_timeout", "5ms"}},
                {{"time", "100ms"}, {"concurrency", 2}});
  CHECK(failed_with(seen, "PoolTimeout") == 2);
  CHECK(histogram(seen, {"calls", "c", "wait_s"}).max() == 4 * ms);
  CHECK(total(seen, {"calls", "c", "utilization"}) == Approx(0.120 + 0.005 + 0.005));
}

TEST_CASE("a call that times out closes its connection, one that is answered with an error keeps it") {
  const std::vector<core::Nanos> times = {100 * ms, 200 * ms, 300 * ms};
  CHECK(pool_total(called_at(times, {}, {{"time", "10ms"}, {"error_rate", 1.0}}), "opened_per_s") == 1);
  const core::Recording seen = called_at(times, {}, {{"time", "10ms"}, {"timeout", "5ms"}});
  CHECK(pool_total(seen, "opened_per_s") == 3);
  CHECK(pool_total(seen, "connections") == Approx(3 * 0.005));
  CHECK(failed_with(seen, "call timeout") == 3);
}

TEST_CASE("a call that is given up closes its connection, or gives it back as soon as it has one") {
  const Keys patience = {{"timeout", "15ms"}};
  // Sent at 120 ms if it were not given up at 115: the connection is there for the next one.
  const core::Recording early = called_at({100 * ms, 200 * ms}, {}, {{"time", "10ms"}}, patience);
  CHECK(pool_total(early, "opened_per_s") == 1);
  CHECK(latency(early).max() == 10 * ms);
  CHECK(pool_total(early, "utilization") == Approx(0.010));
  // Sent at 100 and 200 ms, given up 15 ms later.
  const core::Recording late = called_at({100 * ms, 200 * ms}, {{"connect_time", "0"}}, {{"time", "50ms"}}, patience);
  CHECK(pool_total(late, "opened_per_s") == 2);
  CHECK(pool_total(late, "utilization") == Approx(0.030));
  CHECK(failed_with(late, "timeout") == 2);
  // With a semaphore: its permit is free at 115 ms, before the connection is.
  const core::Recording permit =
      called_at({100 * ms, 110 * ms}, {{"connect_time", "30ms"}}, {{"time", "1ms"}, {"concurrency", 1}}, patience);
  CHECK(total(permit, {"calls", "c", "utilization"}) == Approx(0.015 + 0.010));
}

TEST_CASE("a client without limit that keeps its connections changes nothing but their opening") {
  const std::vector<core::Nanos> times = {100 * ms, 200 * ms};
  const core::Recording plain = run(
      {section("call", "", "c", {{"time", exponential("10ms")}}), request("r", calling()), requests_at(times)}, 1 * s);
  const core::Recording pooled = called_at(times, {{"connect_time", "0"}}, {{"time", exponential("10ms")}});
  CHECK(latency(plain).mean() == latency(pooled).mean());  // the same random numbers
  CHECK(latency(plain).max() == latency(pooled).max());
}
