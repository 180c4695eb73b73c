// An in-process cache that evicts the least recently used entry, with a time to live from the moment of filling.
// Source: functools.lru_cache and cachetools.TTLCache for the behaviour. Oracles: Che's approximation, and lT/(1 + lT)
// for the TTL alone (core/cache_formulas.h).

#include <bit>

#include "models/build.h"
#include "models/cache/cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

/// Entries in a doubly linked list by last use, found through chained hashing. Storage grows to `capacity` and stays.
class LruCache : public Cache {
 public:
  LruCache(Build& build, const Section& section)
      : simulator_(build.simulator),
        capacity_(static_cast<std::uint32_t>(section.params.count("max_entries"))),
        ttl_(section.params.has("ttl") ? section.params.duration("ttl") : core::never),
        latency_(section.params.duration("latency")),
        lookups_(build.meters.rate({"caches", section.name, "lookups_per_s"})),
        hits_(build.meters.ratio({"caches", section.name, "hit_ratio"}, lookups_)),
        evictions_(build.meters.rate({"caches", section.name, "evictions_per_s"})),
        entries_(build.meters.level({"caches", section.name, "entries"})),
        buckets_(std::bit_ceil(std::size_t{capacity_}), none) {}

  bool lookup(std::uint64_t key) override {
    lookups_.add();
    const std::uint32_t entry = find(key);
    if (entry == none) return false;
    if (simulator_.now() >= nodes_[entry].expires) {
      erase(entry);
      return false;
    }
    hits_.add();
    detach(entry);
    attach(entry);
    return true;
  }

  void store(std::uint64_t key) override {
    std::uint32_t entry = find(key);
    if (entry == none) {
      if (size_ == capacity_) {
        evictions_.add();
        erase(last_);
      }
      entry = insert(key);
    } else {
      detach(entry);
      attach(entry);
    }
    nodes_[entry].expires = ttl_ == core::never ? core::never : simulator_.now() + ttl_;
  }

  core::Nanos latency() const override { return latency_; }

  void clear() override {
    while (last_ != none) erase(last_);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Node {
    std::uint64_t key;
    core::Nanos expires;
    std::uint32_t newer, older;  // in order of use
    std::uint32_t chain;         // in its bucket, or in the free list
  };

  std::uint32_t& bucket(std::uint64_t key) {
    std::uint64_t h = key * 0x9e3779b97f4a7c15ULL;
    h ^= h >> 32;
    return buckets_[h & (buckets_.size() - 1)];
  }

  std::uint32_t find(std::uint64_t key) {
    std::uint32_t entry = bucket(key);
    while (entry != none && nodes_[entry].key != key) entry = nodes_[entry].chain;
    return entry;
  }

  std::uint32_t insert(std::uint64_t key) {
    if (free_ == none) {
      free_ = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({0, 0, none, none, none});
    }
    const std::uint32_t entry = free_;
    free_ = nodes_[entry].chain;
    nodes_[entry].key = key;
    nodes_[entry].chain = bucket(key);
    bucket(key) = entry;
    attach(entry);
    entries_.set(simulator_.now(), ++size_);
    return entry;
  }

  void erase(std::uint32_t entry) {
    std::uint32_t* link = &bucket(nodes_[entry].key);
    while (*link != entry) link = &nodes_[*link].chain;
    *link = nodes_[entry].chain;
    detach(entry);
    nodes_[entry].chain = free_;
    free_ = entry;
    entries_.set(simulator_.now(), --size_);
  }

  void attach(std::uint32_t entry) {
    nodes_[entry].newer = none;
    nodes_[entry].older = first_;
    (first_ == none ? last_ : nodes_[first_].newer) = entry;
    first_ = entry;
  }

  void detach(std::uint32_t entry) {
    const Node& node = nodes_[entry];
    (node.newer == none ? first_ : nodes_[node.newer].older) = node.older;
    (node.older == none ? last_ : nodes_[node.older].newer) = node.newer;
  }

  core::Simulator& simulator_;
  std::uint32_t capacity_;
  core::Nanos ttl_;
  core::Nanos latency_;
  core::Counter& lookups_;
  core::Counter& hits_;
  core::Counter& evictions_;
  core::Level& entries_;
  std::vector<std::uint32_t> buckets_;
  std::vector<Node> nodes_;
  std::uint32_t first_ = none, last_ = none, free_ = none;
  std::uint32_t size_ = 0;
};

std::unique_ptr<Cache> make(Build& build, const Section& section) {
  return std::make_unique<LruCache>(build, section);
}

}  // namespace

Spec lru_cache() {
  return {.section = "cache",
          .kind = "lru",
          .help = "in-process cache, least recently used leaves, optional time to live",
          .source = "CPython Lib/functools.py (lru_cache); cachetools TTLCache",
          .validity = "concurrent misses of a key all go to the database; all entries weigh the same; an expired entry "
                      "keeps its place until it is asked for or evicted",
          .params =
              {
                  {.name = "max_entries", .type = Type::count, .fallback = "10000", .help = "entries it holds",
                   .lo = 1, .hi = 200'000'000, .costs = true},
                  {.name = "ttl", .type = Type::duration,
                   .help = "time to live, from when the entry was filled; absent: for ever", .lo = 0.000'001,
                   .hi = 1e8},
                  {.name = "latency", .type = Type::duration, .fallback = "20us",
                   .help = "what asking it takes, hit or miss", .lo = 0, .hi = 10},
              },
          .make_cache = make};
}

}  // namespace capplan::models
