// Each eviction policy against a plain implementation of its paper on random streams, hit by hit; FIFO and RANDOM
// against the closed form; room in bytes, copies, and answers served stale, by hand.

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "core/cache_formulas.h"
#include "core/zipf.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

struct CacheBench : Bench {
  CacheBench(const std::string& kind, const Keys& keys) {
    const Section described = section("cache", kind, "c", keys);
    cache = described.spec->make_cache(build, described);
  }
  std::unique_ptr<Cache> cache;

  bool ask(std::uint64_t key) {
    const bool hit = cache->lookup(key) == Found::hit;
    if (!hit) cache->store(key);
    return hit;
  }
};

using Row = std::deque<std::uint64_t>;  // oldest first

bool has(const Row& row, std::uint64_t key) { return std::find(row.begin(), row.end(), key) != row.end(); }
void take(Row& row, std::uint64_t key) { std::erase(row, key); }

/// A policy as its paper tells it, with a search for everything.
struct Plain {
  explicit Plain(std::size_t room_) : room(room_) {}
  virtual ~Plain() = default;
  virtual bool ask(std::uint64_t key) = 0;
  virtual void erase(std::uint64_t key) = 0;
  std::size_t room;
};

struct PlainFifo : Plain {
  using Plain::Plain;
  bool ask(std::uint64_t key) override {
    if (has(row, key)) return true;
    if (row.size() == room) row.pop_front();
    row.push_back(key);
    return false;
  }
  void erase(std::uint64_t key) override { take(row, key); }
  Row row;
};

struct PlainLru : PlainFifo {
  using PlainFifo::PlainFifo;
  bool ask(std::uint64_t key) override {
    if (!has(row, key)) return PlainFifo::ask(key);
    take(row, key);
    row.push_back(key);
    return true;
  }
};

/// A ring with a hand, as CLOCK is drawn: a new key takes the place of the one that left.
struct PlainClock : Plain {
  using Plain::Plain;
  bool ask(std::uint64_t key) override {
    const auto at = std::find_if(ring.begin(), ring.end(), [&](const Frame& f) { return f.key == key; });
    if (at != ring.end()) return at->used = true;
    if (ring.size() < room) {  // before the hand: the last place that it will come to
      ring.insert(ring.begin() + static_cast<std::ptrdiff_t>(hand), {key, false});
      hand = (hand + 1) % ring.size();
      return false;
    }
    while (ring[hand].used) {
      ring[hand].used = false;
      hand = (hand + 1) % ring.size();
    }
    ring[hand] = {key, false};
    hand = (hand + 1) % ring.size();
    return false;
  }
  void erase(std::uint64_t key) override {
    const auto at = std::find_if(ring.begin(), ring.end(), [&](const Frame& f) { return f.key == key; });
    if (at == ring.end()) return;
    const auto place = static_cast<std::size_t>(at - ring.begin());
    ring.erase(at);
    if (place < hand) --hand;
    if (hand >= ring.size()) hand = 0;
  }
  struct Frame {
    std::uint64_t key;
    bool used;
  };
  std::vector<Frame> ring;
  std::size_t hand = 0;
};

/// SIEVE with positions counted from the oldest.
struct PlainSieve : Plain {
  using Plain::Plain;
  bool ask(std::uint64_t key) override {
    const auto at = std::find_if(row.begin(), row.end(), [&](const auto& e) { return e.first == key; });
    if (at != row.end()) return at->second = true;
    if (row.size() == room) {
      std::size_t i = hand < row.size() ? hand : 0;
      while (row[i].second) {
        row[i].second = false;
        i = (i + 1) % row.size();
      }
      row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
      hand = i < row.size() ? i : none;  // the next newer one; past the newest: at the oldest again
    }
    row.emplace_back(key, false);
    return false;
  }
  void erase(std::uint64_t key) override {
    const auto at = std::find_if(row.begin(), row.end(), [&](const auto& e) { return e.first == key; });
    if (at == row.end()) return;
    const auto place = static_cast<std::size_t>(at - row.begin());
    row.erase(at);
    if (hand == none) return;
    if (place < hand) --hand;
    if (hand >= row.size()) hand = none;
  }
  static constexpr std::size_t none = ~std::size_t{0};
  std::deque<std::pair<std::uint64_t, bool>> row;
  std::size_t hand = none;
};

struct PlainLfu : Plain {
  using Plain::Plain;
  bool ask(std::uint64_t key) override {
    ++now;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Entry& e) { return e.key == key; });
    if (at != all.end()) {
      ++at->uses;
      at->last = now;
      return true;
    }
    if (all.size() == room)
      all.erase(std::min_element(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.uses, a.last) < std::pair(b.uses, b.last);
      }));
    all.push_back({key, 1, now});
    return false;
  }
  void erase(std::uint64_t key) override {
    std::erase_if(all, [&](const Entry& e) { return e.key == key; });
  }
  struct Entry {
    std::uint64_t key;
    int uses, last;
  };
  std::vector<Entry> all;
  int now = 0;
};

/// Johnson & Shasha, figure 2: A1in a quarter of the room, A1out half of it.
struct PlainTwoQ : Plain {
  using Plain::Plain;
  bool ask(std::uint64_t key) override {
    if (has(am, key)) {
      take(am, key);
      am.push_back(key);
      return true;
    }
    if (has(a1in, key)) return true;
    const bool remembered = has(a1out, key);
    take(a1out, key);
    if (am.size() + a1in.size() == room) {
      if (!a1in.empty() && (am.empty() || 4 * a1in.size() > room)) {
        a1out.push_back(a1in.front());
        a1in.pop_front();
        while (a1out.size() > room / 2) a1out.pop_front();
      } else {
        am.pop_front();
      }
    }
    (remembered ? am : a1in).push_back(key);
    return false;
  }
  void erase(std::uint64_t key) override {
    take(am, key);
    take(a1in, key);
  }
  Row am, a1in, a1out;
};

/// Yang et al., algorithm 1.
struct PlainS3Fifo : Plain {
  explicit PlainS3Fifo(std::size_t room_) : Plain(room_), small_room(std::max(1.0, static_cast<double>(room_) / 10)) {}
  bool ask(std::uint64_t key) override {
    for (Queue* queue : {&small, &main})
      for (auto& [each, uses] : *queue)
        if (each == key) {
          uses = std::min(uses + 1, 3);
          return true;
        }
    const bool remembered = has(ghosts, key);
    take(ghosts, key);
    while (small.size() + main.size() >= room) evict();
    (remembered ? main : small).emplace_back(key, 0);
    return false;
  }
  void evict() {
    if (!small.empty() && (main.empty() || static_cast<double>(small.size()) >= small_room)) {
      const auto oldest = small.front();
      small.pop_front();
      if (oldest.second > 1) {
        main.push_back(oldest);
      } else {
        ghosts.push_back(oldest.first);
        while (ghosts.size() > static_cast<std::size_t>(static_cast<double>(room) - small_room)) ghosts.pop_front();
      }
    } else {
      auto oldest = main.front();
      main.pop_front();
      if (oldest.second > 0) main.emplace_back(oldest.first, oldest.second - 1);
    }
  }
  void erase(std::uint64_t key) override {
    for (Queue* queue : {&small, &main}) std::erase_if(*queue, [&](const auto& e) { return e.first == key; });
  }
  using Queue = std::deque<std::pair<std::uint64_t, int>>;
  double small_room;
  Queue small, main;
  Row ghosts;
};

std::unique_ptr<Plain> plain(const std::string& kind, std::size_t room) {
  if (kind == "lru") return std::make_unique<PlainLru>(room);
  if (kind == "fifo") return std::make_unique<PlainFifo>(room);
  if (kind == "clock") return std::make_unique<PlainClock>(room);
  if (kind == "sieve") return std::make_unique<PlainSieve>(room);
  if (kind == "lfu") return std::make_unique<PlainLfu>(room);
  if (kind == "2q") return std::make_unique<PlainTwoQ>(room);
  return std::make_unique<PlainS3Fifo>(room);
}

}  // namespace

TEST_CASE("each policy hits exactly where a plain implementation of its paper does") {
  for (const std::string kind : {"lru", "fifo", "clock", "sieve", "lfu", "2q", "s3-fifo"})
    for (unsigned seed = 1; seed <= 40; ++seed) {
      INFO(kind << ", seed " << seed);
      std::mt19937 random(seed);
      const int room = 1 + static_cast<int>(random() % 24);
      CacheBench bench(kind, {{"max_entries", room}});
      const auto reference = plain(kind, static_cast<std::size_t>(room));
      const core::Zipf law(1 + random() % 60, 0.7);
      core::Stream stream(seed, 0, "test", "keys");
      int differences = 0, hits = 0;
      for (int i = 0; i < 3000; ++i) {
        const std::uint64_t key = law.sample(stream);
        if (random() % 50 == 0) {
          bench.cache->erase(key);
          reference->erase(key);
        }
        const bool hit = bench.ask(key);
        hits += hit;
        differences += hit != reference->ask(key);
      }
      CHECK(differences == 0);
      CHECK(hits > 0);
    }
}

TEST_CASE("a cache that is cleared starts anew") {
  for (const std::string kind : {"lru", "fifo", "clock", "sieve", "lfu", "2q", "s3-fifo", "random"}) {
    INFO(kind);
    CacheBench used(kind, {{"max_entries", 7}}), fresh(kind, {{"max_entries", 7}});
    core::Stream stream(1, 0, "test", "keys");
    for (int i = 0; i < 500; ++i) used.ask(stream.below(20));
    used.cache->clear();
    CHECK(used.ask(1) == false);
    CHECK(fresh.ask(1) == false);
    if (kind == "random") continue;  // its draws have gone on
    int differences = 0;
    for (int i = 0; i < 500; ++i) {
      const std::uint64_t key = stream.below(20);
      differences += used.ask(key) != fresh.ask(key);
    }
    CHECK(differences == 0);
  }
}

TEST_CASE("FIFO and RANDOM have the hit ratio of Fricker, Robert and Roberts") {
  const auto popularity = core::zipf_popularity(1000, 0.8);
  for (const std::string kind : {"fifo", "random"})
    for (const int room : {50, 200}) {
      CacheBench bench(kind, {{"max_entries", room}});
      const core::Zipf law(1000, 0.8);
      core::Stream stream(1, 0, "test", "keys");
      for (int i = 0; i < 50'000; ++i) bench.ask(law.sample(stream));
      const int asked = 300'000;
      int hits = 0;
      for (int i = 0; i < asked; ++i) hits += bench.ask(law.sample(stream));
      const double expected = core::fifo_hit_ratio(popularity, room).hit_ratio;
      const double sampling = 5 * std::sqrt(expected * (1 - expected) / asked);
      INFO(kind << " of " << room);
      CHECK(hits / static_cast<double>(asked) == Approx(expected).margin(sampling + 0.003 * expected));
    }
}

TEST_CASE("where popularity is fixed, what counts uses beats what does not, and the best keys beat all") {
  const core::Zipf law(10'000, 0.9);
  const auto hit_ratio = [&](const std::string& kind) {
    CacheBench bench(kind, {{"max_entries", 500}});
    core::Stream stream(1, 0, "test", "keys");
    for (int i = 0; i < 100'000; ++i) bench.ask(law.sample(stream));
    int hits = 0;
    for (int i = 0; i < 100'000; ++i) hits += bench.ask(law.sample(stream));
    return hits / 100'000.0;
  };
  const double best = core::static_hit_ratio(core::zipf_popularity(10'000, 0.9), 500) + 5 * std::sqrt(0.25 / 100'000);
  const double fifo = hit_ratio("fifo"), lru = hit_ratio("lru");
  CHECK(fifo < lru);
  for (const std::string kind : {"clock", "2q", "sieve", "s3-fifo", "lfu"}) {
    INFO(kind);
    const double ratio = hit_ratio(kind);
    CHECK(ratio > (kind == "clock" ? fifo : lru));
    CHECK(ratio < best);
  }
}

TEST_CASE("bytes hold as many entries of one size as fit") {
  CacheBench bytes("lru", {{"max_bytes", "1000B"}, {"value_size", "80B"}, {"overhead", "20B"}});
  CacheBench entries("lru", {{"max_entries", 10}});
  core::Stream stream(1, 0, "test", "keys");
  int differences = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t key = stream.below(30);
    differences += bytes.ask(key) != entries.ask(key);
  }
  CHECK(differences == 0);
}

TEST_CASE("bytes are never overstepped, and a key weighs the same each time") {
  for (const std::string kind : {"lru", "s3-fifo", "2q", "random"}) {
    CacheBench bench(kind, {{"max_bytes", "100kB"}, {"value_size", "1kB"}, {"value_size_cv", 1.5}});
    core::Stream stream(1, 0, "test", "keys");
    for (int i = 0; i < 5000; ++i) bench.at(i * ms, [&, key = stream.below(1000)] { bench.ask(key); });
    bench.simulator.run();
    const core::Recording seen = bench.read();
    const double bytes = total(seen, {"caches", "c", "bytes"}), entries = total(seen, {"caches", "c", "entries"});
    INFO(kind);
    CHECK(bytes <= 100 * 1024 * 5.0);
    CHECK(bytes > 80 * 1024 * 5.0);
    CHECK(bytes / entries < 1024 * 1.05);  // small ones fit more easily
    CHECK(bytes / entries > 300);
  }
}

TEST_CASE("what does not fit at all is not stored") {
  CacheBench bench("fifo", {{"max_bytes", "1kB"}, {"value_size", "2kB"}});
  CHECK_FALSE(bench.ask(1));
  CHECK_FALSE(bench.ask(1));
}

TEST_CASE("room in bytes without sizes, and sizes without room, are refused") {
  CHECK_THROWS_WITH(section("cache", "lru", "c", {{"max_bytes", "1MB"}}),
                    Catch::Matchers::ContainsSubstring("cache.c.value_size"));
  CHECK_THROWS_WITH(section("cache", "sieve", "c", {{"value_size", "1kB"}}),
                    Catch::Matchers::ContainsSubstring("cache.c.max_bytes"));
}

TEST_CASE("what has expired is served while one computes it anew") {
  CacheBench bench("lru", {{"ttl", "10s"}, {"stale_while_revalidate", "20s"}});
  std::vector<Found> seen;
  const auto look = [&](int second) { bench.at(second * s, [&] { seen.push_back(bench.cache->lookup(1)); }); };
  bench.at(0, [&] { bench.cache->store(1); });
  look(9);                                             // fresh
  look(10);                                            // stale: this one computes it
  look(11);                                            // and this one does not
  bench.at(12 * s, [&] { bench.cache->abandon(1); });  // it failed
  look(13);                                            // so this one does
  bench.at(14 * s, [&] { bench.cache->store(1); });
  look(23);
  look(24);
  look(44);  // 30 s after its filling it is gone
  look(45);
  bench.simulator.run();
  CHECK(seen == std::vector<Found>{Found::hit, Found::refresh, Found::stale, Found::refresh, Found::hit, Found::refresh,
                                   Found::miss, Found::miss});
  CHECK(total(bench.read(), {"caches", "c", "stale_ratio"}) == 4);
}

TEST_CASE("an entry's own time to live goes before the cache's") {
  CacheBench bench("fifo", {{"ttl", "10s"}});
  bool early = false, late = true;
  bench.at(0, [&] { bench.cache->store(1, 30 * s); });
  bench.at(20 * s, [&] { early = bench.cache->lookup(1) == Found::hit; });
  bench.at(30 * s, [&] { late = bench.cache->lookup(1) == Found::hit; });
  bench.simulator.run();
  CHECK(early);
  CHECK_FALSE(late);
}

TEST_CASE("each instance fills its own cache, and all are invalidated") {
  CacheBench bench("lru", {{"instances", 3}});
  REQUIRE(bench.cache->copies.size() == 3);
  Cache &first = bench.cache->copy(0), &second = bench.cache->copy(1);
  CHECK(&first != &second);
  CHECK(&bench.cache->copy(3) == &first);
  first.store(1);
  CHECK(first.lookup(1) == Found::hit);
  CHECK(second.lookup(1) == Found::miss);
  second.store(1);
  bench.cache->erase(1);
  CHECK(first.lookup(1) == Found::miss);
  CHECK(second.lookup(1) == Found::miss);
  bench.cache->store(2);
  CHECK(second.lookup(2) == Found::hit);
  CHECK(total(bench.read(), {"caches", "c", "lookups_per_s"}) == 5);
}
