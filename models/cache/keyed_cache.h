#pragma once
// The cache that every eviction policy shares: entries found by key, a time to live from the moment of filling, room in
// entries or bytes. A policy says who leaves. It is a struct, known at compile time, with
//   Policy(double room, core::Stream)      room in entries or bytes
//   void announce(Entries&, key)           called before the room for a new key is made
//   void insert(Entries&, slot, weight)    called when the new key has its slot; weight in units of the room
//   void touch(Entries&, slot)             called when an entry is used, or filled anew
//   std::uint32_t evict(Entries&)          called when one must go: the slot, no longer known to the policy
//   void remove(Entries&, slot)            called when an entry goes for another reason
//   void clear()
// An expired entry keeps its place until it is asked for or evicted.

#include <limits>

#include "models/cache/cache_settings.h"
#include "models/cache/entries.h"

namespace capplan::models {

template <class Policy>
class KeyedCache final : public Cache {
 public:
  KeyedCache(Build& build, const Section& section, std::shared_ptr<CacheMeters> meters, Policy policy)
      : simulator_(build.simulator),
        meters_(std::move(meters)),
        ttl_(section.params.has("ttl") ? section.params.duration("ttl") : core::never),
        stale_(section.params.has("stale_while_revalidate") ? section.params.duration("stale_while_revalidate") : 0),
        policy_(std::move(policy)) {
    const Params& p = section.params;
    if (p.has("max_entries")) most_ = static_cast<std::uint32_t>(p.count("max_entries"));
    if (!p.has("max_bytes")) return;
    most_bytes_ = static_cast<std::uint64_t>(p.bytes("max_bytes"));
    sizes_.emplace(entry_sizes(build, section));
  }

  Found lookup(std::uint64_t key) override {
    meters_->asked();
    const std::uint32_t slot = entries_.find(key);
    if (slot == no_slot) return Found::miss;
    Found found = Found::hit;
    if (!lives_.empty() && simulator_.now() >= lives_[slot].expires) {
      Life& life = lives_[slot];
      if (stale_ == 0 || simulator_.now() >= life.expires + stale_) {
        drop(slot);
        return Found::miss;
      }
      found = life.computed ? Found::stale : Found::refresh;
      life.computed = true;
      meters_->served_stale();
    }
    meters_->hit();
    policy_.touch(entries_, slot);
    return found;
  }

  void store(std::uint64_t key, core::Nanos ttl) override {
    std::uint32_t slot = entries_.find(key);
    if (slot == no_slot) {
      slot = sizes_ ? put_weighed(key) : put(key);
      if (slot == no_slot) return;
    } else {
      policy_.touch(entries_, slot);
    }
    live(slot, ttl == own_ttl ? ttl_ : ttl);
  }

  void erase(std::uint64_t key) override {
    if (const std::uint32_t slot = entries_.find(key); slot != no_slot) drop(slot);
  }

  void abandon(std::uint64_t key) override {
    if (const std::uint32_t slot = entries_.find(key); slot != no_slot && !lives_.empty())
      lives_[slot].computed = false;
  }

  void clear() override {
    meters_->held(simulator_.now(), -static_cast<double>(entries_.size()));
    if (sizes_) meters_->bytes(simulator_.now(), -static_cast<double>(bytes_));
    bytes_ = 0;
    entries_.clear();
    policy_.clear();
  }

 private:
  struct Life {
    core::Nanos expires;
    bool computed;  // anew, in the background
  };

  /// Where all weigh the same: at most one must go.
  std::uint32_t put(std::uint64_t key) {
    policy_.announce(entries_, key);
    const bool full = entries_.size() >= most_;
    if (full) {
      meters_->evicted();
      entries_.remove(policy_.evict(entries_));
    }
    const std::uint32_t slot = entries_.add(key);
    policy_.insert(entries_, slot, 1);
    meters_->held(simulator_.now(), full ? 0 : 1);
    return slot;
  }

  std::uint32_t put_weighed(std::uint64_t key) {
    const std::uint64_t weight = sizes_->of(key);
    if (weight > most_bytes_) return no_slot;
    policy_.announce(entries_, key);
    while (bytes_ + weight > most_bytes_ || entries_.size() >= most_) {
      meters_->evicted();
      forget(policy_.evict(entries_));
    }
    const std::uint32_t slot = entries_.add(key);
    if (weights_.size() < entries_.slots()) weights_.resize(entries_.slots());
    weights_[slot] = weight;
    bytes_ += weight;
    policy_.insert(entries_, slot, static_cast<double>(weight));
    meters_->held(simulator_.now(), 1);
    meters_->bytes(simulator_.now(), static_cast<double>(weight));
    return slot;
  }

  void live(std::uint32_t slot, core::Nanos ttl) {
    if (ttl == core::never && lives_.empty()) return;
    if (lives_.size() < entries_.slots()) lives_.resize(entries_.slots(), {core::never, false});
    lives_[slot] = {ttl == core::never ? core::never : simulator_.now() + ttl, false};
  }

  void drop(std::uint32_t slot) {
    policy_.remove(entries_, slot);
    forget(slot);
  }
  void forget(std::uint32_t slot) {
    entries_.remove(slot);
    meters_->held(simulator_.now(), -1);
    if (!sizes_) return;
    bytes_ -= weights_[slot];
    meters_->bytes(simulator_.now(), -static_cast<double>(weights_[slot]));
  }

  core::Simulator& simulator_;
  std::shared_ptr<CacheMeters> meters_;
  core::Nanos ttl_, stale_;
  std::uint32_t most_ = std::numeric_limits<std::uint32_t>::max() - 1;
  std::uint64_t most_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<EntrySizes> sizes_;  // where bytes limit it
  Entries entries_;
  std::vector<std::uint64_t> weights_;  // by slot, where they are weighed
  std::vector<Life> lives_;             // by slot, once an entry has a time to live
  Policy policy_;
};

/// The copies that a section's `copies_key` counts, each with a policy of its own.
template <class Policy>
std::unique_ptr<Cache> make_keyed(Build& build, const Section& section, const char* copies_key) {
  const Params& p = section.params;
  const bool weighed = p.has("max_bytes");
  const auto meters = std::make_shared<CacheMeters>(build, section, p.has("stale_while_revalidate"), weighed);
  const auto room = static_cast<double>(weighed ? p.bytes("max_bytes") : p.count("max_entries"));
  std::vector<std::unique_ptr<Cache>> copies;
  for (std::int64_t i = 0, n = p.has(copies_key) ? p.count(copies_key) : 1; i < n; ++i)
    copies.push_back(std::make_unique<KeyedCache<Policy>>(
        build, section, meters, Policy(room, build.stream(section.path(), "policy " + std::to_string(i)))));
  std::unique_ptr<Cache> cache = of_copies(std::move(copies));
  set_times(*cache, section);
  return cache;
}

/// What one policy's section says; the parameters are those of all.
struct PolicyText {
  const char* kind;
  const char* help;
  const char* source;
  const char* validity;
};
Spec policy_spec(const PolicyText& text, std::unique_ptr<Cache> (*make)(Build&, const Section&));

/// The factory of a policy's in-process cache.
template <class Policy>
std::unique_ptr<Cache> make_in_process(Build& build, const Section& section) {
  return make_keyed<Policy>(build, section, "instances");
}

/// What weighed caches need to be told.
void check_sizes(const Params& params, const std::string& path, std::vector<core::Problem>& problems);

}  // namespace capplan::models
