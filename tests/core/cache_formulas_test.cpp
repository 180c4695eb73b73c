// Cache formulas against worked values, against each other, and against a direct simulation of the exact form.

#include "core/cache_formulas.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <numeric>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

Approx four(double value) { return Approx(value).margin(6e-5).epsilon(0); }
Approx six(double value) { return Approx(value).margin(6e-7).epsilon(0); }
Approx nine(double value) { return Approx(value).margin(6e-10).epsilon(0); }
Approx about(double value, double relative = 1e-10) { return Approx(value).epsilon(relative).margin(1e-300); }

const std::vector<double> three_keys{0.5, 0.3, 0.2};

}  // namespace

TEST_CASE("Zipf popularity falls as a power of the rank and adds up to one") {
  const std::vector<double> zipf = zipf_popularity(1000, 0.8);
  CHECK(std::accumulate(zipf.begin(), zipf.end(), 0.0) == about(1, 1e-12));
  CHECK(zipf[9] / zipf[99] == about(std::pow(10, 0.8)));
  CHECK(zipf_popularity(4, 0) == std::vector<double>(4, 0.25));
}

TEST_CASE("Characteristic times and hit ratios agree with worked values under Zipf popularity") {
  const std::vector<double> flat = zipf_popularity(1000, 0.8);
  CHECK(lru_hit_ratio(flat, 100).characteristic_time == four(133.8647));
  CHECK(lru_hit_ratio(flat, 100).hit_ratio == six(.377790));
  CHECK(fifo_hit_ratio(flat, 100).hit_ratio == six(.333680));
  CHECK(static_hit_ratio(flat, 100) == six(.525827));

  const std::vector<double> steep = zipf_popularity(1000, 1);
  CHECK(lru_hit_ratio(steep, 100).characteristic_time == four(180.9289));
  CHECK(lru_hit_ratio(steep, 100).hit_ratio == six(.576525));
  CHECK(fifo_hit_ratio(steep, 100).hit_ratio == six(.520249));
  CHECK(static_hit_ratio(steep, 100) == six(.692993));

  CHECK(lru_hit_ratio(zipf_popularity(10000, 1), 1000).hit_ratio == six(.675602));
  CHECK(lru_hit_ratio(zipf_popularity(10000, 0.8), 500).hit_ratio == six(.331186));
}

TEST_CASE("Exact LRU agrees with worked values, and Che's approximation with its own") {
  CHECK(lru_hit_ratio_exact(three_keys, 1) == about(.38));
  CHECK(lru_hit_ratio_exact(three_keys, 2) == nine(.719285714));
  CHECK(lru_hit_ratio(three_keys, 1).hit_ratio == six(.370909));
  CHECK(lru_hit_ratio(three_keys, 2).hit_ratio == six(.715412));
  const std::vector<double> eight = zipf_popularity(8, 1);
  CHECK(lru_hit_ratio_exact(eight, 3) == nine(.535615336));
  CHECK(lru_hit_ratio(eight, 3).hit_ratio == six(.531673));
}

TEST_CASE("Exact LRU agrees with a simulated list") {
  const std::vector<double> popularity = zipf_popularity(10, 0.9);
  const int requests = 200000;
  std::mt19937_64 random(7);
  std::list<int> list;  // most recent first
  int hits = 0;
  for (int i = 0; i < requests; ++i) {
    double u = static_cast<double>(random() >> 11) * 0x1p-53;
    int key = 0;
    while (key < 9 && u >= popularity[static_cast<std::size_t>(key)]) u -= popularity[static_cast<std::size_t>(key++)];
    const auto found = std::find(list.begin(), list.end(), key);
    if (found != list.end()) {
      ++hits;
      list.erase(found);
    } else if (list.size() == 4) {
      list.pop_back();
    }
    list.push_front(key);
  }
  const double exact = lru_hit_ratio_exact(popularity, 4);
  // Hits of one list are correlated over a cache's turnover: four standard errors of independent ones, doubled.
  const double tolerance = 8 * std::sqrt(exact * (1 - exact) / requests);
  CHECK(static_cast<double>(hits) / requests == Approx(exact).margin(tolerance).epsilon(0));
}

TEST_CASE("Keeping the most popular keys beats LRU, and LRU beats FIFO") {
  for (const double exponent : {0.6, 0.8, 1.0, 1.2}) {
    const std::vector<double> popularity = zipf_popularity(2000, exponent);
    double before = 0;
    for (const std::size_t capacity : {1u, 10u, 100u, 1000u, 1999u}) {
      CAPTURE(exponent, capacity);
      const double lru = lru_hit_ratio(popularity, static_cast<double>(capacity)).hit_ratio;
      CHECK(static_hit_ratio(popularity, capacity) > lru);
      CHECK(lru > fifo_hit_ratio(popularity, static_cast<double>(capacity)).hit_ratio);
      CHECK(lru > before);
      before = lru;
    }
  }
}

TEST_CASE("With uniform popularity every policy hits in proportion to its room") {
  const std::vector<double> uniform = zipf_popularity(16, 0);
  CHECK(lru_hit_ratio(uniform, 4).hit_ratio == about(0.25));
  CHECK(fifo_hit_ratio(uniform, 4).hit_ratio == about(0.25));
  CHECK(lru_hit_ratio_exact(uniform, 4) == about(0.25));
  CHECK(static_hit_ratio(uniform, 4) == about(0.25));
}

TEST_CASE("An empty cache misses, one with room for all hits") {
  CHECK(lru_hit_ratio(three_keys, 0).hit_ratio == 0);
  CHECK(lru_hit_ratio_exact(three_keys, 0) == 0);
  CHECK(static_hit_ratio(three_keys, 0) == 0);
  for (const std::size_t capacity : {3u, 30u}) {
    CHECK(lru_hit_ratio(three_keys, static_cast<double>(capacity)).hit_ratio == 1);
    CHECK(std::isinf(fifo_hit_ratio(three_keys, static_cast<double>(capacity)).characteristic_time));
    CHECK(lru_hit_ratio_exact(three_keys, capacity) == 1);
    CHECK(static_hit_ratio(three_keys, capacity) == 1);
  }
  // room for all but a sliver
  const double nearly = lru_hit_ratio(three_keys, 3 - 1e-9).hit_ratio;
  CHECK(nearly < 1);
  CHECK(nearly > 0.999999);
}

TEST_CASE("Weights need not be normalised, and keys without requests change nothing") {
  const std::vector<double> raw{20, 0, 50, 30, 0};
  CHECK(lru_hit_ratio_exact(raw, 2) == about(lru_hit_ratio_exact(three_keys, 2)));
  CHECK(lru_hit_ratio(raw, 2).hit_ratio == about(lru_hit_ratio(three_keys, 2).hit_ratio));
  CHECK(static_hit_ratio(raw, 2) == about(0.8));
  CHECK(lru_hit_ratio(raw, 3).hit_ratio == 1);
}

TEST_CASE("Caches with a time to live agree with worked values") {
  struct Row {
    double rate, ttl, fixed, sliding;
  };
  for (const Row row : {Row{.1, 30, .75, .950213}, Row{1, 60, .983607, 1.0}, Row{.01, 60, .375, .451188}}) {
    CHECK(ttl_hit_ratio(TtlClock::from_fill, row.rate, row.ttl) == six(row.fixed));
    CHECK(ttl_hit_ratio(TtlClock::from_last_use, row.rate, row.ttl) == six(row.sliding));
  }
  const double forever = std::numeric_limits<double>::infinity();
  CHECK(ttl_hit_ratio(TtlClock::from_fill, 1, forever) == 1);
  CHECK(ttl_hit_ratio(TtlClock::from_fill, 0, forever) == 0);
  CHECK(ttl_hit_ratio(TtlClock::from_fill, 1, 0) == 0);
  CHECK(ttl_hit_ratio(TtlClock::from_last_use, 1, 0) == 0);
}

TEST_CASE("A catalogue with a time to live equal to the characteristic time hits as LRU and FIFO do") {
  const std::vector<double> popularity = zipf_popularity(500, 0.9);
  const CacheFigures lru = lru_hit_ratio(popularity, 60);
  const CacheFigures fifo = fifo_hit_ratio(popularity, 60);
  const double rate = 40;
  CHECK(ttl_hit_ratio(TtlClock::from_last_use, popularity, rate, lru.characteristic_time / rate) ==
        about(lru.hit_ratio, 1e-9));
  CHECK(ttl_hit_ratio(TtlClock::from_fill, popularity, rate, fifo.characteristic_time / rate) ==
        about(fifo.hit_ratio, 1e-9));
}

TEST_CASE("A stampede loads once per expiry when coalesced, once per request otherwise") {
  // 50 requests/s, 0.2 s to fill, 60 s to live: a cycle of 0.02 + 0.2 + 60 s, 10 more requests during the fill
  const Stampede alone = stampede(50, 0.2, 60, false);
  const Stampede shared = stampede(50, 0.2, 60, true);
  CHECK(shared.cycle == about(60.22));
  CHECK(shared.requests_in_fill == about(10));
  CHECK(shared.loads_per_expiry == about(1));
  CHECK(alone.loads_per_expiry == about(11));
  CHECK(shared.load_rate == about(1 / 60.22));
  CHECK(alone.load_rate == about(11 / 60.22));
  CHECK(shared.hit_ratio == about(3000.0 / 3011));
  CHECK(shared.hit_ratio == alone.hit_ratio);
  CHECK(shared.delayed_ratio == about(10.0 / 3011));
  CHECK(alone.delayed_ratio == 0);
  CHECK(alone.mean_delay == about(11 * 0.2 / 3011));
  CHECK(shared.mean_delay == about((0.2 + 10 * 0.1) / 3011));
  // Every request hits, waits, or loads.
  CHECK(shared.hit_ratio + shared.delayed_ratio + shared.load_rate / 50 == about(1));
  CHECK(alone.hit_ratio + alone.load_rate / 50 == about(1));
}

TEST_CASE("A stampede with an instant fill is a cache with a fixed time to live") {
  CHECK(stampede(0.1, 0, 30, false).hit_ratio == about(ttl_hit_ratio(TtlClock::from_fill, 0.1, 30)));
  CHECK(stampede(0.1, 0, 30, true).load_rate == about(0.025));
}

TEST_CASE("A cache's parameter outside its domain is refused by name") {
  const std::vector<double> none;
  CHECK_THROWS_WITH(zipf_popularity(0, 1), ContainsSubstring("count"));
  CHECK_THROWS_WITH(zipf_popularity(10, std::nan("")), ContainsSubstring("exponent"));
  CHECK_THROWS_WITH(lru_hit_ratio(none, 1), ContainsSubstring("popularity"));
  CHECK_THROWS_WITH(lru_hit_ratio(std::vector<double>{1, -1, 1}, 1), ContainsSubstring("popularity"));
  CHECK_THROWS_WITH(lru_hit_ratio(three_keys, -1), ContainsSubstring("capacity"));
  CHECK_THROWS_WITH(fifo_hit_ratio(three_keys, std::nan("")), ContainsSubstring("capacity"));
  CHECK_THROWS_WITH(lru_hit_ratio_exact(zipf_popularity(21, 1), 2), ContainsSubstring("popularity"));
  CHECK_THROWS_WITH(ttl_hit_ratio(TtlClock::from_fill, -1, 1), ContainsSubstring("rate"));
  CHECK_THROWS_WITH(ttl_hit_ratio(TtlClock::from_fill, 1, -1), ContainsSubstring("ttl"));
  CHECK_THROWS_WITH(ttl_hit_ratio(TtlClock::from_fill, three_keys, -1, 1), ContainsSubstring("total_rate"));
  CHECK_THROWS_WITH(stampede(0, 1, 1, true), ContainsSubstring("rate"));
  CHECK_THROWS_WITH(stampede(1, -1, 1, true), ContainsSubstring("fill_time"));
  CHECK_THROWS_WITH(stampede(1, 1, -1, true), ContainsSubstring("ttl"));
}
