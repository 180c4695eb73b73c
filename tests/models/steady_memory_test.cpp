// A run's memory goes with what is in flight, not with the time simulated: in the steady state nothing is allocated,
// and ten times the time needs no more memory. The end of a window does allocate, forty times a run, and is left out.

#include <sys/resource.h>

#include "tests/models/support.h"
#include "tests/support/count_allocations.h"

namespace capplan::models {

namespace {

/// A service with every component on the way, at some 60 % of its cores.
std::vector<Section> service(const Keys& pool, const std::string& pool_kind) {
  return {
      server({{"cores", 4}}),
      section("bouncer", "pgbouncer", "b", {{"server", "s"}, {"pool_mode", "transaction"}, {"max_client_conn", 500}}),
      section("pool", pool_kind, "p", pool),
      section("cache", "lru", "c", {{"max_entries", 1000}, {"ttl", "500ms"}}),
      query("read", {{"pool", "pool.p"}, {"cpu", exponential("1ms")}, {"io", exponential("300us")}}),
      query("write", {{"pool", "pool.p"}, {"cpu", exponential("2ms")}, {"commit", true}}),
      request("load", steps({{"read", 1}}),
              {{"caches", List{Raw("cache.c")}}, {"keys", table({{"zipf", 0.9}, {"count", 100'000}})}}),
      request("save", steps({{"read", 2}, {"write", 1}}), {{"transaction", true}}),
      section("workload", "open", "w", {{"rate", "600/s"}, {"mix", table({{"load", 2}, {"save", 1}})}}),
      section("workload", "closed", "u",
              {{"users", 50}, {"think", exponential("100ms")}, {"mix", table({{"load", 1}})}}),
  };
}

/// A service with every mechanism around its statements, at its limits: timeouts, retries, shedding, throttling.
std::vector<Section> guarded() {
  const Raw retries = table({{"max", 2}, {"backoff", "5ms"}, {"jitter", 0.5}, {"budget", 0.2}});
  const Raw steps =
      List{Raw(table({{"cpu", exponential("1ms")}})), Raw(table({{"call", "c"}, {"times", 3}, {"parallel", true}})),
           Raw(table({{"query", "q"}})), Raw(table({{"batch", "b"}})), Raw(table({{"enqueue", "j"}}))};
  return {server({{"cores", 4}}),
          section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 6}}),
          query("q", {{"pool", "p"}, {"cpu", exponential("3ms")}}),
          query("w", {{"pool", "p"}, {"cpu", "500us"}, {"cpu_per_row", "20us"}, {"commit", true}}),
          section("call", "", "c",
                  {{"time", exponential("4ms")},
                   {"concurrency", 20},
                   {"error_rate", "1%"},
                   {"max_wait", "20ms"},
                   {"retries", retries},
                   {"breaker", table({{"open", "1s"}})}}),
          section("batch", "", "b", {{"query", "w"}, {"max_size", 20}, {"max_wait", "5ms"}}),
          section("workers", "", "k", {{"concurrency", 3}, {"max_queue", 50}}),
          section("container", "", "k", {{"cpu_quota", 1.5}}),
          section("web", "", "k", {{"worker_connections", 200}}),
          section("job", "", "j", {{"workers", "k"}, {"steps", List{Raw(table({{"query", "q"}}))}}}),
          request("load", steps,
                  {{"web", "k"},
                   {"container", "k"},
                   {"timeout", "80ms"},
                   {"retries", retries},
                   {"max_in_flight", 60},
                   {"bulkhead", table({{"max_concurrent", 30}, {"codel_target", "10ms"}})}}),
          section("workload", "open", "w", {{"rate", "600/s"}, {"mix", table({{"load", 1}})}})};
}

std::vector<std::vector<Section>> services() {
  const Raw to = "bouncer.b";
  return {
      service({{"to", to}, {"size", 30}}, "fixed"),
      service({{"to", to}, {"max_size", 40}, {"timeout", "50ms"}, {"instances", 2}}, "asyncpg"),
      // Too small for its load: waiters, timeouts, connections that age.
      service({{"to", to}, {"max_size", 3}, {"min_size", 1}, {"timeout", "20ms"}, {"max_queries", 100}}, "asyncpg"),
      service({{"to", to}, {"pool_size", 10}, {"max_overflow", 20}, {"pre_ping", true}, {"wakeup", "20us"}},
              "sqlalchemy"),
      service({{"to", to}, {"max", 30}, {"maxUses", 100}, {"connectionTimeoutMillis", "50ms"}}, "pg-pool"),
      service({{"to", to}, {"max_connections", 30}, {"max_lifetime", "2s"}}, "sqlx"),
      service({{"to", to}, {"maximumPoolSize", 30}, {"minimumIdle", 5}, {"maxLifetime", "2s"}}, "hikaricp"),
  };
}

/// Looks at the run from within, at even steps. A long warm-up makes the first window, while nothing but the load
/// itself could allocate, as long as one likes.
struct Watch : core::Handler {
  Watch(System& system, core::Nanos from_, core::Nanos until_)
      : simulator(system.simulator()), from(from_), until(until_) {
    simulator.schedule(from, *this, 0, 0);
  }
  void on_event(std::uint32_t, std::uint32_t) override {
    if (simulator.now() == from) test::allocation_count = {true, 0};
    most_pending = std::max(most_pending, simulator.pending());
    if (simulator.now() >= until)
      test::allocation_count.on = false;
    else
      simulator.schedule((until - from) / 1000, *this, 0, 0);
  }
  core::Simulator& simulator;
  core::Nanos from, until;
  std::size_t most_pending = 0;
};

/// A sanitizer keeps what is freed for a while: there it reads 0.
long peak_memory_kb() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#endif
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("In the steady state nothing is allocated until a window closes") {
  // The series of requests inside takes a number at each 25th of a window: its storage doubles with the second, third,
  // fifth, ninth and seventeenth, so that from then on, 68 % of the first window, it takes none.
  const core::Nanos window = 100 * s;
  std::vector<std::vector<Section>> all = services();
  all.push_back(guarded());
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO("service " << i);
    const std::vector<Section>& sections = all[i];
    System system(sections, {.seed = 1, .duration = window + 40 * s, .warmup = window});
    Watch watch(system, window * 69 / 100, window * 99 / 100);
    const core::Recording recording = system.run();
    CHECK(test::allocation_count.calls == 0);
    CHECK(recording.events > 400'000);
  }
}

TEST_CASE("Ten times the simulated time needs no more memory and leaves no more events waiting") {
  for (const std::vector<Section>& sections : services()) {
    std::size_t pending[2] = {0, 0};
    long memory[2] = {0, 0};
    for (const int times : {1, 10}) {
      System system(sections, {.seed = 1, .duration = 40 * s * times});
      Watch watch(system, 5 * s, 39 * s * times);
      test::allocation_count.on = false;
      system.run();
      pending[times / 10] = watch.most_pending;
      memory[times / 10] = peak_memory_kb();
    }
    CHECK(static_cast<double>(pending[1]) <= 2 * static_cast<double>(pending[0]) + 50);  // ten times as many peaks
    CHECK(memory[1] - memory[0] <= 1024);
  }
}

}  // namespace capplan::models
