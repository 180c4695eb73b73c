// The LRU cache: hand traces, the time to live, a plain reference implementation on random traces, and the hit ratios
// of core/cache_formulas.h.

#include <algorithm>
#include <cmath>
#include <random>

#include "core/cache_formulas.h"
#include "core/zipf.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

struct CacheBench : Bench {
  explicit CacheBench(int max_entries, const std::string& ttl = {}) {
    Keys keys = {{"max_entries", max_entries}};
    if (!ttl.empty()) keys.emplace_back("ttl", ttl);
    const Section described = section("cache", "lru", "c", keys);
    cache = described.spec->make_cache(build, described);
  }
  std::unique_ptr<Cache> cache;

  /// Asks, and fills on a miss: what a request does.
  bool ask(std::uint64_t key) {
    const bool hit = cache->lookup(key) == Found::hit;
    if (!hit) cache->store(key);
    return hit;
  }
  /// "hm…": which of the keys hit and which missed.
  std::string trace(const std::vector<std::uint64_t>& keys) {
    std::string result;
    for (const std::uint64_t key : keys) result += ask(key) ? 'h' : 'm';
    return result;
  }
};

/// Entries in a vector, the last used at the back.
struct PlainLru {
  std::size_t capacity;
  core::Nanos ttl;
  std::vector<std::pair<std::uint64_t, core::Nanos>> entries;  // key, expires
  int evictions = 0;

  auto place(std::uint64_t key) {
    return std::find_if(entries.begin(), entries.end(), [key](const auto& entry) { return entry.first == key; });
  }
  bool lookup(std::uint64_t key, core::Nanos now) {
    const auto found = place(key);
    if (found == entries.end()) return false;
    const bool fresh = now < found->second;
    if (fresh)
      std::rotate(found, found + 1, entries.end());
    else
      entries.erase(found);
    return fresh;
  }
  void store(std::uint64_t key, core::Nanos now) {
    const auto found = place(key);
    if (found != entries.end()) {
      entries.erase(found);
    } else if (entries.size() == capacity) {
      entries.erase(entries.begin());
      ++evictions;
    }
    entries.emplace_back(key, now + ttl);
  }
};

}  // namespace

TEST_CASE("the least recently used entry leaves") {
  CacheBench bench(2);
  // 1 2 | 1 touched | 3 puts 2 out | 2 puts 1 out | 3 stayed | 1 puts 2 out
  CHECK(bench.trace({1, 2, 1, 3, 2, 3, 1}) == "mmhmmhm");
  const core::Recording meters = bench.read();
  CHECK(total(meters, {"caches", "c", "lookups_per_s"}) == 7);
  CHECK(total(meters, {"caches", "c", "hit_ratio"}) == 2);
  CHECK(total(meters, {"caches", "c", "evictions_per_s"}) == 3);
}

TEST_CASE("a cache of one entry holds the last") {
  CacheBench bench(1);
  CHECK(bench.trace({5, 5, 6, 5, 5}) == "mhmmh");
}

TEST_CASE("an entry lives for ttl from its filling, whatever hits follow") {
  CacheBench bench(100, "10s");
  std::string seen;
  for (const int second : {0, 9, 10, 19, 20, 31}) bench.at(second * s, [&] { seen += bench.ask(1) ? 'h' : 'm'; });
  bench.simulator.run();
  CHECK(seen == "mhmhmm");  // filled at 0, 10, 20 and 31 s
}

TEST_CASE("storing a key anew starts its time to live again") {
  CacheBench bench(100, "10s");
  bool hit = false;
  bench.at(0, [&] { bench.cache->store(1); });
  bench.at(9 * s, [&] { bench.cache->store(1); });
  bench.at(18 * s, [&] { hit = bench.cache->lookup(1) == Found::hit; });
  bench.simulator.run();
  CHECK(hit);
}

TEST_CASE("the cache does as a plain implementation does on random traces") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    const int capacity = 1 + static_cast<int>(random() % 20);
    const core::Nanos ttl = (1 + random() % 100) * ms;
    CacheBench bench(capacity, std::to_string(ttl / ms) + "ms");
    PlainLru plain{static_cast<std::size_t>(capacity), ttl, {}};
    core::Nanos now = 0, before = 0;
    double held = 0;  // entries x seconds
    int differences = 0;
    for (int i = 0; i < 1000; ++i) {
      now += random() % (3 * ms);
      bench.at(now, [&, key = random() % 40, store = random() % 2 == 0] {
        const core::Nanos time = bench.simulator.now();
        held += static_cast<double>(plain.entries.size()) * core::to_seconds(time - before);
        before = time;
        differences += (bench.cache->lookup(key) == Found::hit) != plain.lookup(key, time);
        if (!store) return;
        bench.cache->store(key);
        plain.store(key, time);
      });
    }
    bench.simulator.run();
    CHECK(differences == 0);
    const core::Recording meters = bench.read();
    CHECK(total(meters, {"caches", "c", "entries"}) == Approx(held));
    CHECK(total(meters, {"caches", "c", "entries"}) <= capacity * core::to_seconds(now));
    CHECK(total(meters, {"caches", "c", "evictions_per_s"}) == plain.evictions);
  }
}

TEST_CASE("the hit ratio is the one of Che's approximation") {
  struct Case {
    int keys;
    double zipf;
    int capacity;
  };
  for (const Case& one : {Case{1000, 0.8, 100}, Case{1000, 1.0, 100}, Case{10'000, 0.8, 500}}) {
    CacheBench bench(one.capacity);
    const core::Zipf law(static_cast<std::uint64_t>(one.keys), one.zipf);
    core::Stream stream(1, 0, "test", "keys");
    for (int i = 0; i < 50'000; ++i) bench.ask(law.sample(stream));
    const int asked = 300'000;
    int hits = 0;
    for (int i = 0; i < asked; ++i) hits += bench.ask(law.sample(stream));
    const auto popularity = core::zipf_popularity(static_cast<std::size_t>(one.keys), one.zipf);
    const double expected = core::lru_hit_ratio(popularity, one.capacity).hit_ratio;
    // Five standard deviations of independent hits, and 0.3 % for the approximation.
    const double sampling = 5 * std::sqrt(expected * (1 - expected) / asked);
    CHECK(hits / static_cast<double>(asked) == Approx(expected).margin(sampling + 0.003 * expected));
  }
}

TEST_CASE("the hit ratio under a time to live is the one of renewal theory") {
  const double rate = 0.1, ttl = 30;
  CacheBench bench(100, "30s");
  core::Stream stream(1, 0, "test", "gaps");
  const int asked = 40'000;
  int hits = 0;
  core::Nanos now = 0;
  for (int i = 0; i < asked; ++i) {
    now += core::to_nanos(stream.exponential() / rate);
    bench.at(now, [&] { hits += bench.ask(1); });
  }
  bench.simulator.run();
  const double expected = core::ttl_hit_ratio(core::TtlClock::from_fill, rate, ttl);
  CHECK(expected == Approx(0.75));
  // A cycle holds 1 + K requests, K Poisson of mean 3; the miss ratio is 1 / (1 + mean K): by the delta method its
  // standard deviation is sqrt(3 / cycles) / 16 with 10,000 cycles.
  CHECK(hits / static_cast<double>(asked) == Approx(expected).margin(5 * std::sqrt(3.0 / 10'000) / 16));
}
