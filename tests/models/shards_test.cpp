// The curve of SHARDS against stack distances counted one by one, the LRU cache itself, and Che's approximation.

#include <algorithm>
#include <deque>

#include "core/cache_formulas.h"
#include "core/zipf.h"
#include "models/cache/shards.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

std::vector<std::uint64_t> zipf_keys(std::uint64_t count, double exponent, std::size_t length) {
  const core::Zipf law(count, exponent);
  core::Stream stream(1, 0, "test", "keys");
  std::vector<std::uint64_t> keys(length);
  for (std::uint64_t& key : keys) key = law.sample(stream);
  return keys;
}

double lru_hits(const std::vector<std::uint64_t>& keys, int room) {
  Bench bench;
  const Section described = section("cache", "lru", "c", {{"max_entries", room}});
  const auto cache = described.spec->make_cache(bench.build, described);
  double hits = 0;
  for (const std::uint64_t key : keys) {
    if (cache->lookup(key) == Found::hit)
      ++hits;
    else
      cache->store(key);
  }
  return hits / static_cast<double>(keys.size());
}

}  // namespace

TEST_CASE("a curve over few keys is exact") {
  const auto keys = zipf_keys(100, 0.6, 20'000);
  std::deque<std::uint64_t> stack;
  std::vector<double> by_distance(101);
  for (const std::uint64_t key : keys) {
    const auto at = std::find(stack.begin(), stack.end(), key);
    if (at != stack.end()) {
      ++by_distance[static_cast<std::size_t>(at - stack.begin())];
      stack.erase(at);
    }
    stack.push_front(key);
  }
  Shards shards(128);
  shards.add(keys);
  CHECK(shards.distinct() == static_cast<double>(stack.size()));
  double hits = 0;
  for (int room = 1; room <= 100; ++room) {
    hits += by_distance[static_cast<std::size_t>(room) - 1];
    CHECK(shards.hit_ratio(room) == Approx(hits / 20'000));
  }
  CHECK(shards.most_hits() == Approx(hits / 20'000));
  CHECK(shards.hit_ratio(0) == 0);
}

TEST_CASE("a sampled curve lies within a point of the cache itself") {
  for (const double exponent : {0.7, 0.9, 1.1}) {
    const auto keys = zipf_keys(200'000, exponent, 1'500'000);
    std::vector<Shards> samples;  // as many as a curve is drawn from; of one the root mean square at 1000 is 0.011
    for (std::uint64_t salt = 1; salt <= 5; ++salt) samples.emplace_back(shards_keys, core::mix(salt)).add(keys);
    for (const int room : {1000, 10'000, 50'000, 150'000}) {
      double sum = 0;
      for (const Shards& one : samples) sum += one.hit_ratio(room);
      INFO("Zipf " << exponent << ", room " << room);
      CHECK(sum / 5 == Approx(lru_hits(keys, room)).margin(0.01));
    }
  }
}

TEST_CASE("a scan that repeats hits nothing until all of it fits") {
  std::vector<std::uint64_t> keys;
  for (int round = 0; round < 10; ++round)
    for (std::uint64_t key = 0; key < 50'000; ++key) keys.push_back(key * 4096);
  Shards shards(4096);
  shards.add(keys);
  CHECK(shards.distinct() == Approx(50'000).epsilon(0.05));
  CHECK(shards.hit_ratio(40'000) < 0.01);
  CHECK(shards.hit_ratio(60'000) == Approx(0.9).margin(0.01));
}

TEST_CASE("after a warm-up the curve is Che's") {
  const auto keys = zipf_keys(20'000, 0.8, 2'000'000);
  Shards shards(shards_keys);
  shards.add(std::span(keys).first(1'000'000), false);
  shards.add(std::span(keys).last(1'000'000));
  const auto popularity = core::zipf_popularity(20'000, 0.8);
  for (const int room : {500, 2000, 8000})
    CHECK(shards.hit_ratio(room) == Approx(core::lru_hit_ratio(popularity, room).hit_ratio).margin(0.01));
}
