// Redis by its own source: the pool of candidates, the logarithmic counter, the size of keys, expiry, refusals, its one
// thread; and its sampled LRU beside the true one.

#include <cmath>

#include "core/cache_formulas.h"
#include "core/zipf.h"
#include "models/cache/redis_memory.h"
#include "models/cache/redis_policy.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

struct RedisBench : Bench {
  explicit RedisBench(const Keys& keys) {
    const Section described = section("cache", "redis", "c", keys);
    cache = described.spec->make_cache(build, described);
  }
  std::unique_ptr<Cache> cache;
  bool ask(std::uint64_t key) {
    const bool hit = cache->lookup(key) == Found::hit;
    if (!hit) cache->store(key);
    return hit;
  }
  double figure(const core::Recording& seen, const std::string& name) { return total(seen, {"caches", "c", name}); }
};

}  // namespace

TEST_CASE("the pool keeps the sixteen that were idle longest, best last") {
  EvictionPool pool;
  for (std::uint64_t key = 1; key <= 40; ++key) pool.offer(key, key * 7 % 41);  // every idle time from 1 to 40, once
  for (std::uint64_t rank = 0; rank < 16; ++rank) {
    std::uint64_t key = 0;
    REQUIRE(pool.take(key));
    CHECK(key * 7 % 41 == 40 - rank);
  }
  std::uint64_t key = 0;
  CHECK_FALSE(pool.take(key));
}

TEST_CASE("the counter of LFU grows as redis.conf tabulates") {
  core::Stream chance(1, 0, "test", "lfu");
  struct Row {
    int hits;
    double factor, tabulated;
  };
  for (const Row& row : {Row{100, 10, 10}, Row{1000, 10, 18}, Row{100'000, 10, 142}, Row{1'000'000, 10, 255},
                         Row{1000, 1, 49}, Row{1000, 100, 11}, Row{100, 0, 104}}) {
    double sum = 0;
    const int counters = row.hits > 10'000 ? 12 : 200;
    for (int i = 0; i < counters; ++i) {
      LfuCounter counter;
      for (int hit = 0; hit < row.hits; ++hit) counter.use(0, 1, row.factor, chance);
      sum += counter.count;
    }
    INFO(row.hits << " hits at factor " << row.factor);
    CHECK(sum / counters == Approx(row.tabulated).epsilon(0.1).margin(1.5));
    // m steps above 5 take 1 + factor x 0, ..., 1 + factor x (m - 1) hits on average: m + factor m (m - 1) / 2 in all.
    const double half = row.factor / 2, linear = 1 - half;
    const double m = half > 0 ? (std::sqrt(linear * linear + 4 * half * row.hits) - linear) / (2 * half) : row.hits;
    CHECK(sum / counters == Approx(std::min(255.0, 5 + m)).epsilon(0.04).margin(0.4));
  }
}

TEST_CASE("a counter loses one a decay time, when it is looked at") {
  const LfuCounter counter{100, 10};
  CHECK(counter.at(10, 1) == 100);
  CHECK(counter.at(17, 1) == 93);
  CHECK(counter.at(17, 3) == 98);
  CHECK(counter.at(500, 1) == 0);
  CHECK(counter.at(500, 0) == 100);
}

TEST_CASE("a key takes what the allocator gives for it") {
  CHECK(Jemalloc{}.key(20, 32, false) == 24 + 24 + 56);  // embedded
  CHECK(Jemalloc{}.key(20, 32, true) == 24 + 24 + 56 + 24);
  CHECK(Jemalloc{}.key(20, 1024, false) == 24 + 24 + 16 + 1280);  // 1030 bytes fall in the class of 1280
  CHECK(Jemalloc{}.size(64) == 64);
  CHECK(Jemalloc{}.size(65) == 80);
  CHECK(Jemalloc{}.size(129) == 160);
  CHECK(Jemalloc{}.size(5000) == 5120);
  CHECK(Jemalloc{4}.key(16, 200, false) == 32 + 32 + 16 + 224);  // as Debian's redis-server counts
  DictSize dict;
  dict.add(1, 1 << 20);
  CHECK(dict.buckets == 4);
  dict.add(5, 1 << 20);
  CHECK(dict.buckets == 8);
  dict.add(9, 10);  // no memory for sixteen
  CHECK(dict.buckets == 8);
  dict.add(13, 10);  // more than 1.618 keys a bucket
  CHECK(dict.buckets == 16);
}

TEST_CASE("memory stays within maxmemory but for the last key, and is made of its keys") {
  RedisBench bench({{"maxmemory", "2MB"}, {"value_size", "1000B"}, {"key_size", "20B"}});
  for (std::uint64_t key = 1; key <= 5000; ++key)
    bench.at(static_cast<core::Nanos>(key) * ms, [&, key] { bench.cache->store(key); });
  bench.at(6 * s, [] {});
  bench.simulator.run();
  const core::Recording seen = bench.read();
  const double room = 2.0 * 1024 * 1024 - 876e3, each = 24 + 24 + 16 + 1024 + 8 * 1.6;
  CHECK(bench.figure(seen, "entries") / 6 < room / each);
  CHECK(bench.figure(seen, "entries") / 5 > 0.85 * room / each);
  CHECK(bench.figure(seen, "bytes") / 6 <= 2.0 * 1024 * 1024 + 1100);
  CHECK(bench.figure(seen, "evictions_per_s") > 3500);
  CHECK(bench.figure(seen, "refused_writes_per_s") == 0);
}

TEST_CASE("without a policy writes are refused once memory is full, and reads go on") {
  RedisBench bench({{"maxmemory", "1MB"}, {"maxmemory_policy", "noeviction"}});
  for (std::uint64_t key = 1; key <= 2000; ++key) bench.cache->store(key);
  CHECK(bench.cache->lookup(1) == Found::hit);
  CHECK(bench.cache->lookup(2000) == Found::miss);
  const core::Recording seen = bench.read();
  CHECK(bench.figure(seen, "refused_writes_per_s") > 1500);
  CHECK(bench.figure(seen, "evictions_per_s") == 0);
}

TEST_CASE("volatile policies leave keys without a time to live alone") {
  for (const char* policy : {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"}) {
    RedisBench bench({{"maxmemory", "1500kB"}, {"maxmemory_policy", policy}});
    for (std::uint64_t key = 1; key <= 100; ++key) bench.cache->store(key);
    for (std::uint64_t key = 101; key <= 5000; ++key) bench.cache->store(key, 100 * s);
    int kept = 0;
    for (std::uint64_t key = 1; key <= 100; ++key) kept += bench.cache->lookup(key) == Found::hit;
    INFO(policy);
    CHECK(kept == 100);
    CHECK(bench.figure(bench.read(), "evictions_per_s") > 1000);
  }
}

TEST_CASE("volatile-ttl evicts what expires first, roughly") {
  RedisBench bench({{"maxmemory", "1500kB"}, {"maxmemory_policy", "volatile-ttl"}});
  for (std::uint64_t key = 1; key <= 900; ++key) bench.cache->store(key, (1000 - static_cast<core::Nanos>(key)) * s);
  int early = 0, late = 0;
  for (std::uint64_t key = 1; key <= 900; ++key) (key <= 450 ? late : early) += bench.cache->lookup(key) == Found::hit;
  CHECK(late > 1.5 * early);
}

TEST_CASE("the active cycle takes out what nobody asks for, down to a tenth") {
  RedisBench bench({{"maxmemory", "100MB"}, {"ttl", "1s"}});
  bench.at(0, [&] {
    for (std::uint64_t key = 1; key <= 5000; ++key) bench.cache->store(key);
    for (std::uint64_t key = 5001; key <= 6000; ++key) bench.cache->store(key, 100 * s);
  });
  double gone = 0;
  bench.at(1200 * ms, [&] { gone = bench.figure(bench.read(), "expired_per_s"); });
  bench.simulator.run(2 * s);
  CHECK(gone <= 5000);
  CHECK(gone >= 5000 - 0.2 * 6000);  // at most about a tenth of what is left, give or take the sample of 20
  CHECK(bench.cache->lookup(5500) == Found::hit);
  CHECK(bench.cache->lookup(1) == Found::miss);
}

TEST_CASE("sampled LRU is close to LRU, closer with more samples") {
  const auto hit_ratio = [](int samples) {
    RedisBench bench({{"maxmemory", "2000kB"}, {"maxmemory_samples", samples}, {"value_size", "1000B"}});
    const core::Zipf law(5000, 0.9);
    core::Stream stream(1, 0, "test", "keys");
    int hits = 0, asked = 0;
    double entries = 0;
    for (int i = 0; i < 120'000; ++i)
      bench.at(i * 10 * ms, [&, i, key = law.sample(stream)] {  // 100 a second: the clock of seconds tells them apart
        const bool hit = bench.ask(key);
        if (i < 20'000) return;
        ++asked;
        hits += hit;
      });
    bench.simulator.run();
    entries = bench.figure(bench.read(), "entries") / 1200;
    const double lru = core::lru_hit_ratio(core::zipf_popularity(5000, 0.9), entries).hit_ratio;
    return std::pair(hits / static_cast<double>(asked), lru);
  };
  const auto [one, lru] = hit_ratio(1);
  const auto [five, same] = hit_ratio(5);
  const auto [ten, again] = hit_ratio(10);
  CHECK(ten == Approx(again).margin(0.01));
  CHECK(five == Approx(same).margin(0.02));
  CHECK(one < five + 0.005);
  CHECK(five < ten + 0.005);
}

TEST_CASE("its thread is one queue: M/D/1") {
  const core::Recording seen =
      run({server({{"cores", 64}}), section("pool", "fixed", "p", {{"to", "server.s"}}),
           section("cache", "redis", "c", {{"command_time", "100us"}, {"latency", "0"}, {"fill_latency", "0"}}),
           query("q", {{"pool", "p"}, {"cpu", "1ms"}}),
           request("r", steps({{"q", 1}}), {{"caches", List{Raw("c")}}, {"keys", table({{"count", 1}})}, {"warm", 1}}),
           section("workload", "open", "w", {{"rate", "7000/s"}, {"mix", table({{"r", 1}})}})},
          60 * s);
  CHECK(total(seen, {"caches", "c", "utilization"}) / 60 == Approx(0.7).epsilon(0.01));
  // Pollaczek-Khinchine: r / (1 - r) / 2 x service; 420,000 requests, correlated over some tens each.
  const double wait = 0.7 / 0.3 / 2 * 100e-6;
  CHECK(histogram(seen, {"requests", "r", "latency_s"}).mean() == Approx(wait + 100e-6).epsilon(0.04));
  CHECK(histogram(seen, {"caches", "c", "wait_s"}).mean() == Approx(wait).epsilon(0.06));
}
