// Keys a second through each cache policy, asked and filled through the cache's own interface: Zipf 0.9 over 10^6 keys,
// 10^5 entries. Beside them, in the same run, a hand-written LRU: a table indexed by key and a list, without hashing,
// meters or clock. And the miss-ratio curve of SHARDS over the same keys, as a share of one replay's time. Goals: LRU
// 30 million keys a second, every other policy 10 million; a curve in a twentieth of a replay of LRU.

#include <benchmark/benchmark.h>

#include "core/zipf.h"
#include "models/build.h"
#include "models/cache/cache.h"
#include "models/cache/shards.h"
#include "models/catalog.h"

namespace capplan::bench {

namespace {

constexpr std::uint64_t key_count = 1'000'000;
constexpr std::uint32_t room = 100'000;

const std::vector<std::uint64_t>& keys() {
  static const std::vector<std::uint64_t> drawn = [] {
    const core::Zipf law(key_count, 0.9);
    core::Stream stream(1, 0, "bench", "keys");
    std::vector<std::uint64_t> result(8'000'000);
    for (std::uint64_t& key : result) key = law.sample(stream);
    return result;
  }();
  return drawn;
}

struct Nobody : models::Intake {
  void arrive(models::Workload&, std::uint64_t, const models::Arrival&) override {}
};

void policy(benchmark::State& state, const std::string& kind) {
  core::Simulator simulator;
  core::Meters meters;
  models::Accounts accounts;
  Nobody nobody;
  models::Build build(simulator, meters, accounts, nobody, 1, 0);
  const models::Spec* spec = models::find_spec("cache", kind);
  std::vector<core::Problem> problems;
  models::Table raw;
  models::Value entries;
  entries.data = std::int64_t{room};
  raw.emplace_back("max_entries", entries);
  const models::Section section{spec, "c", resolve(*spec, raw, "cache.c", {}, problems), {}};
  const std::unique_ptr<models::Cache> cache = spec->make_cache(build, section);
  std::uint64_t hits = 0, asked = 0;
  const auto replay = [&] {
    for (const std::uint64_t key : keys()) {
      if (cache->lookup(key) == models::Found::hit)
        ++hits;
      else
        cache->store(key);
    }
  };
  replay();
  hits = 0;
  for (auto _ : state) {
    replay();
    asked += keys().size();
  }
  state.counters["keys"] = benchmark::Counter(static_cast<double>(asked), benchmark::Counter::kIsRate);
  state.counters["hit_ratio"] = static_cast<double>(hits) / static_cast<double>(asked);
}

/// Each key's place in the list, by key; the list through two arrays.
void by_hand(benchmark::State& state) {
  constexpr std::uint32_t none = 0xffffffff;
  struct Node {
    std::uint32_t key, newer, older;
  };
  std::vector<std::uint32_t> node_of(key_count + 1, none);
  std::vector<Node> nodes(room + 1);
  const std::uint32_t head = room;  // of a ring
  nodes[head] = {0, head, head};
  std::uint32_t used = 0;
  std::uint64_t hits = 0, asked = 0;
  const auto replay = [&] {
    for (const std::uint64_t key : keys()) {
      std::uint32_t node = node_of[key];
      if (node != none) {
        ++hits;
        nodes[nodes[node].newer].older = nodes[node].older;
        nodes[nodes[node].older].newer = nodes[node].newer;
      } else if (used < room) {
        node = used++;
      } else {
        node = nodes[head].newer;  // the oldest
        node_of[nodes[node].key] = none;
        nodes[head].newer = nodes[node].newer;
        nodes[nodes[node].newer].older = head;
      }
      node_of[key] = node;
      const std::uint32_t first = nodes[head].older;
      nodes[node] = {static_cast<std::uint32_t>(key), head, first};
      nodes[first].newer = node;
      nodes[head].older = node;
    }
  };
  replay();
  hits = 0;
  for (auto _ : state) {
    replay();
    asked += keys().size();
  }
  state.counters["keys"] = benchmark::Counter(static_cast<double>(asked), benchmark::Counter::kIsRate);
  state.counters["hit_ratio"] = static_cast<double>(hits) / static_cast<double>(asked);
}

void curve(benchmark::State& state) {
  std::uint64_t asked = 0;
  double at_room = 0;
  for (auto _ : state) {
    models::Shards shards(models::shards_keys, asked,
                          2.0 * models::shards_keys / key_count);  // as a curve of known keys begins
    shards.add(keys());
    at_room = shards.hit_ratio(room);
    asked += keys().size();
  }
  state.counters["keys"] = benchmark::Counter(static_cast<double>(asked), benchmark::Counter::kIsRate);
  state.counters["hit_ratio"] = at_room;
}

BENCHMARK(by_hand)->Name("caches/table_and_list")->Unit(benchmark::kMillisecond);
BENCHMARK(curve)->Name("caches/shards")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, lru, "lru")->Name("caches/lru")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, fifo, "fifo")->Name("caches/fifo")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, clock, "clock")->Name("caches/clock")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, sieve, "sieve")->Name("caches/sieve")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, s3_fifo, "s3-fifo")->Name("caches/s3-fifo")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, two_q, "2q")->Name("caches/2q")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, lfu, "lfu")->Name("caches/lfu")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(policy, random, "random")->Name("caches/random")->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace capplan::bench
