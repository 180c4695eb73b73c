// Redis as a cache: keys with a time to live, a limit of memory and a policy for who leaves when it is reached, one
// thread for all commands. Sources: Redis 7.4 src/evict.c (performEvictions), src/expire.c (activeExpireCycle),
// src/server.c (processCommand: refused when over the limit and nothing can be evicted), src/db.c (expireIfNeeded: a
// read of an expired key deletes it), redis.conf. Limits: keys are strings of one length; samples are drawn evenly over
// keys, where Redis takes runs of neighbouring buckets; the thread's time for evicting and expiring is not counted; no
// persistence, no replicas, one database; fragmentation is not counted, as Redis does not count it either.

#include <cmath>

#include "models/cache/cache_settings.h"
#include "models/cache/entries.h"
#include "models/cache/redis_memory.h"
#include "models/cache/redis_policy.h"
#include "models/cache/redis_settings.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Unit;

constexpr core::FigureSpec utilization_figure{.name = "utilization",
                                              .unit = Unit::ratio,
                                              .help = "share of time in which its one thread is busy",
                                              .better = Better::down,
                                              .aggregation = Aggregation::level,
                                              .heading = "use"};
constexpr core::FigureSpec wait_figure{.name = "wait_s",
                                       .unit = Unit::seconds,
                                       .help = "from a command to its turn on the thread",
                                       .better = Better::down,
                                       .aggregation = Aggregation::histogram,
                                       .heading = "wait"};
constexpr core::FigureSpec expired_figure{.name = "expired_per_s",
                                          .unit = Unit::per_second,
                                          .help = "entries removed at the end of their time to live",
                                          .heading = "expired/s"};
constexpr core::FigureSpec refused_writes_figure{.name = "refused_writes_per_s",
                                                 .unit = Unit::per_second,
                                                 .help = "writes refused for want of memory",
                                                 .better = Better::down,
                                                 .heading = "refused writes/s"};

constexpr double used_at_start = 876e3;  // used_memory_startup of Redis 7 on 64 bits

class Redis : public Cache, private core::Handler {
 public:
  Redis(Build& build, const Section& section)
      : simulator_(build.simulator),
        sizes_(entry_sizes(build, section)),
        chance_(build.stream(section.path(), "samples")),
        meters_(build, section, false, true),
        expired_(build.meters.rate(expired_figure, section.subject())),
        refused_(build.meters.rate(refused_writes_figure, section.subject())),
        thread_(build.simulator, 1),
        settings_(read_redis_settings(section.params)) {
    allocator_.lg_quantum = settings_.lg_quantum;
    set_times(*this, section);
    thread_.busy = &build.meters.level(utilization_figure, section.subject(), 1);
    thread_.wait = &build.meters.histogram(wait_figure, section.subject());
    times.thread = &thread_;
    times.command = section.params.duration("command_time");
    meters_.bytes(simulator_.now(), used_at_start);
  }

  Found lookup(std::uint64_t key) override {
    meters_.asked();
    const std::uint32_t slot = entries_.find(key);
    if (slot == no_slot) return Found::miss;
    if (simulator_.now() >= items_[slot].expires) {
      expired_.add();
      drop(slot);
      return Found::miss;
    }
    meters_.hit();
    use(items_[slot]);
    return Found::hit;
  }

  /// SET, with EX where it has a time to live. Room is made before the command, as for every command.
  void store(std::uint64_t key, core::Nanos ttl) override {
    if (!make_room()) return refused_.add();
    if (ttl == own_ttl) ttl = settings_.ttl;
    const bool expires = ttl != core::never;
    const std::uint32_t old = entries_.find(key);
    LfuCounter counter{LfuCounter::first, minute()};
    if (old != no_slot) {
      counter = items_[old].counter;  // db.c: an overwritten value hands its counter on
      drop(old);
    }
    const std::uint32_t slot = entries_.add(key);
    if (items_.size() < entries_.slots()) items_.resize(entries_.slots());
    Item& item = items_[slot];
    item.bytes = static_cast<std::uint32_t>(
        allocator_.key(settings_.key_length, static_cast<std::uint64_t>(sizes_.value(key) + 0.5), expires));
    item.expires = expires ? simulator_.now() + ttl : core::never;
    item.clock = clock();
    item.counter = counter;
    item.place = static_cast<std::uint32_t>(all_.size());
    all_.push_back(slot);
    item.place_expiring = static_cast<std::uint32_t>(expiring_.size());
    if (expires) {
      expiring_.push_back(slot);
      if (!ticking_) simulator_.schedule(settings_.tick, *this, 0, 0);
      ticking_ = true;
    }
    count(item.bytes, +1);
    expand();
  }

  void erase(std::uint64_t key) override {
    if (const std::uint32_t slot = entries_.find(key); slot != no_slot) drop(slot);
  }

  void clear() override {
    while (!all_.empty()) drop(all_.back());
    pool_.clear();
    resize({}, {});
  }

 private:
  using Rank = RedisSettings::Rank;

  struct Item {
    core::Nanos expires = core::never;
    std::int64_t clock = 0;  // seconds: when it was last used, as LRU sees it
    std::uint32_t bytes = 0;
    std::uint32_t place = 0, place_expiring = 0;  // in all_, in expiring_
    LfuCounter counter{};
  };

  std::int64_t clock() const { return simulator_.now() / core::second; }
  std::int32_t minute() const { return static_cast<std::int32_t>(simulator_.now() / (60 * core::second)); }

  void use(Item& item) {
    item.clock = clock();
    if (settings_.rank == Rank::lfu) item.counter.use(minute(), settings_.decay_minutes, settings_.log_factor, chance_);
  }

  void count(std::uint64_t bytes, int entries) {
    const double change = static_cast<double>(bytes) * entries;
    used_ += static_cast<std::uint64_t>(static_cast<std::int64_t>(bytes) * entries);
    meters_.held(simulator_.now(), entries);
    meters_.bytes(simulator_.now(), change);
  }

  void resize(DictSize keys, DictSize expires) {
    const auto change =
        static_cast<double>(keys.bytes() + expires.bytes()) - static_cast<double>(keys_.bytes() + expires_.bytes());
    used_ += keys.bytes() + expires.bytes() - keys_.bytes() - expires_.bytes();
    keys_ = keys;
    expires_ = expires;
    meters_.bytes(simulator_.now(), change);
  }
  /// The dictionaries grow with what they hold.
  void expand() {
    DictSize keys = keys_, expires = expires_;
    const std::uint64_t left = settings_.max_memory > used_ ? settings_.max_memory - used_ : 0;
    keys.add(all_.size(), left);
    expires.add(expiring_.size(), left);
    if (keys.buckets != keys_.buckets || expires.buckets != expires_.buckets) resize(keys, expires);
  }

  void take_out(std::vector<std::uint32_t>& list, std::uint32_t Item::*place, std::uint32_t slot) {
    const std::uint32_t last = list.back();
    list[items_[slot].*place] = last;
    items_[last].*place = items_[slot].*place;
    list.pop_back();
  }
  void drop(std::uint32_t slot) {
    take_out(all_, &Item::place, slot);
    if (items_[slot].expires != core::never) take_out(expiring_, &Item::place_expiring, slot);
    entries_.remove(slot);
    count(items_[slot].bytes, -1);
  }

  std::uint64_t idle(const Item& item) const {
    switch (settings_.rank) {
      case Rank::lru:
        return static_cast<std::uint64_t>(clock() - item.clock);
      case Rank::lfu:
        return 255U - item.counter.at(minute(), settings_.decay_minutes);
      default:
        return ~static_cast<std::uint64_t>(item.expires);  // the one that expires first
    }
  }

  std::uint32_t victim() {
    const std::vector<std::uint32_t>& from = settings_.volatile_only ? expiring_ : all_;
    if (settings_.rank == Rank::none || from.empty()) return no_slot;
    if (settings_.rank == Rank::random) return from[chance_.below(from.size())];
    for (;;) {
      for (int i = 0; i < settings_.samples; ++i) {
        const std::uint32_t slot = from[chance_.below(from.size())];
        pool_.offer(entries_[slot].key, idle(items_[slot]));
      }
      for (std::uint64_t key = 0; pool_.take(key);) {
        const std::uint32_t slot = entries_.find(key);
        if (slot != no_slot && (!settings_.volatile_only || items_[slot].expires != core::never)) return slot;
      }
    }
  }

  /// Whether memory is within its limit, after evicting what must go.
  bool make_room() {
    while (static_cast<double>(used_) + used_at_start > static_cast<double>(settings_.max_memory)) {
      const std::uint32_t slot = victim();
      if (slot == no_slot) return false;
      meters_.evicted();
      drop(slot);
    }
    return true;
  }

  // The active expire cycle: 20 keys at a time, again while more than a tenth of them had expired, a quarter of the
  // tick at most (at a microsecond a key).
  void on_event(std::uint32_t, std::uint32_t) override {
    constexpr std::uint32_t a_loop = 20;
    for (core::Nanos spent = 0; spent < settings_.tick / 4 && !expiring_.empty(); spent += a_loop * core::microsecond) {
      const auto looked = static_cast<std::uint32_t>(std::min<std::size_t>(a_loop, expiring_.size()));
      std::uint32_t gone = 0;
      for (std::uint32_t i = 0; i < looked; ++i) {
        if (cursor_ >= expiring_.size()) cursor_ = 0;
        const std::uint32_t slot = expiring_[cursor_];
        if (simulator_.now() < items_[slot].expires) {
          ++cursor_;
          continue;
        }
        ++gone;
        expired_.add();
        drop(slot);  // another takes its place
        if (expiring_.empty()) break;
      }
      if (gone * 10 <= looked) break;
    }
    ticking_ = !expiring_.empty();
    if (ticking_) simulator_.schedule(settings_.tick, *this, 0, 0);
  }

  core::Simulator& simulator_;
  EntrySizes sizes_;
  core::Stream chance_;
  CacheMeters meters_;
  core::Counter& expired_;
  core::Counter& refused_;
  core::FifoStation thread_;
  RedisSettings settings_;
  std::uint64_t used_ = 0;
  Jemalloc allocator_;
  DictSize keys_, expires_;
  Entries entries_;
  std::vector<Item> items_;                    // by slot
  std::vector<std::uint32_t> all_, expiring_;  // slots
  std::size_t cursor_ = 0;
  bool ticking_ = false;
  EvictionPool pool_;
};

std::unique_ptr<Cache> make(Build& build, const Section& section) { return std::make_unique<Redis>(build, section); }

}  // namespace

Spec redis_cache() {
  Spec spec{
      .section = "cache",
      .kind = "redis",
      .help = "Redis: a memory limit, sampled eviction, TTLs, one thread",
      .source = "Redis 7.4 src/evict.c, src/expire.c, src/server.c, redis.conf",
      .validity =
          "keys are strings; a refused write leaves the request as it is; samples are even over keys; evicting and "
          "expiring take none of the thread's time; no persistence, no replicas",
      .params = redis_params(),
      .figures = cache_figures(),
      .make_cache = make};
  spec.figures.insert(spec.figures.end(), {&utilization_figure, &wait_figure, &expired_figure, &refused_writes_figure});
  return spec;
}

}  // namespace capplan::models
