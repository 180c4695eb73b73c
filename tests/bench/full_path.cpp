// Requests through the whole service: Poisson arrivals, asyncpg's pool, PgBouncer in transaction mode, PostgreSQL with
// eight shared cores, a WAL flush at the end of each statement. 2,000 requests a second of 2.4 ms keep the cores 60 %
// busy. Variants leave the bouncer out, or put a cache in front. A round is a minute of simulated time.
// Goals: 4 million events a second on full_path/bouncer; no allocation per event in the steady state on any.

#include <benchmark/benchmark.h>

#include "models/system.h"
#include "plan/format/document.h"
#include "plan/scenario/scenario.h"
#include "tests/support/count_allocations.h"

namespace capplan::bench {

namespace {

const std::string server_and_bouncer = R"(
[server.primary]
kind = "postgres"
cores = 8
max_connections = 200
[bouncer.main]
kind = "pgbouncer"
server = "primary"
pool_mode = "transaction"
max_client_conn = 1000
default_pool_size = 20
[query.write]
pool = "app"
cpu = { lognormal = { mean = "2.4ms", cv = 0.8 } }
commit = true
[workload.api]
kind = "open"
rate = "2000/s"
mix = { save = 1 }
)";

std::string pool(const std::string& to) {
  return "[pool.app]\nkind = \"asyncpg\"\nmin_size = 50\nmax_size = 50\nto = \"" + to + "\"\n";
}

const std::string plain_request = "[request.save]\nsteps = [{ query = \"write\" }]\n";

const std::string cached_request = R"(
[cache.memory]
kind = "lru"
max_entries = 10_000
[request.save]
steps = [{ query = "write" }]
caches = ["memory"]
keys = { zipf = 0.9, count = 1_000_000 }
)";

plan::Scenario scenario(const std::string& text) {
  return plan::resolve(
      {"full_path.toml", plan::parse_toml("[scenario]\nduration = \"1min\"\n" + text, "full_path.toml")});
}

constexpr core::Nanos minute = 60 * core::second;

/// Counts allocations from a place well in the run's first window, which is nearly all of it, to near the window's end.
struct Probe : core::Handler {
  void watch(core::Simulator& simulator_) {
    simulator = &simulator_;
    simulator->schedule(minute * 3 / 4, *this, 1, 0);
    simulator->schedule(minute * 17 / 18, *this, 0, 0);
  }
  void on_event(std::uint32_t on, std::uint32_t) override {
    test::allocation_count.on = on != 0;
    events = simulator->events() - events;
  }
  core::Simulator* simulator = nullptr;
  std::uint64_t events = 0;
};

double allocations_per_event(const plan::Scenario& scenario) {
  models::System system(scenario.sections, {1, 0, minute, minute * 19 / 20});
  Probe probe;
  probe.watch(system.simulator());
  test::allocation_count = {};
  system.run();
  return static_cast<double>(test::allocation_count.calls) / static_cast<double>(probe.events);
}

double requests_of(const core::Recording& recording) {
  for (std::size_t i = 0; i < recording.meters.size(); ++i) {
    if (recording.meters[i].path != std::vector<std::string>{"requests", "save", "completed_per_s"}) continue;
    double sum = 0;
    for (const double window : recording.scalars[i]) sum += window;
    return sum;
  }
  return 0;
}

void full_path(benchmark::State& state, const std::string& text) {
  const plan::Scenario service = scenario(text);
  double events = 0, requests = 0;
  std::uint64_t replication = 0;
  for (auto _ : state) {
    models::System system(service.sections, {1, replication++, minute});
    const core::Recording recording = system.run();
    events += static_cast<double>(recording.events);
    requests += requests_of(recording);
  }
  state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["requests"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
  state.counters["events_per_request"] = events / requests;
  state.counters["allocations_per_event"] = allocations_per_event(service);
}

void bouncer(benchmark::State& state) { full_path(state, server_and_bouncer + pool("bouncer.main") + plain_request); }
void direct(benchmark::State& state) { full_path(state, server_and_bouncer + pool("server.primary") + plain_request); }
void cached(benchmark::State& state) { full_path(state, server_and_bouncer + pool("bouncer.main") + cached_request); }

BENCHMARK(bouncer)->Name("full_path/bouncer")->Unit(benchmark::kMillisecond);
BENCHMARK(direct)->Name("full_path/direct")->Unit(benchmark::kMillisecond);
BENCHMARK(cached)->Name("full_path/lru_cache")->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace capplan::bench
