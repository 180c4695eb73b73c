#include "models/cache/cache_settings.h"

namespace capplan::models {

namespace {

/// Stands for its copies.
class Copies : public Cache {
 public:
  explicit Copies(std::vector<std::unique_ptr<Cache>> all) { copies = std::move(all); }
  Found lookup(std::uint64_t key) override { return copies.front()->lookup(key); }
  void store(std::uint64_t key, core::Nanos ttl) override {
    for (auto& one : copies) one->store(key, ttl);
  }
  void erase(std::uint64_t key) override {
    for (auto& one : copies) one->erase(key);
  }
  void clear() override {
    for (auto& one : copies) one->clear();
  }
};

}  // namespace

CacheMeters::CacheMeters(Build& build, const std::string& name, bool serves_stale, bool weighed)
    : lookups_(build.meters.rate({"caches", name, "lookups_per_s"})),
      hits_(build.meters.ratio({"caches", name, "hit_ratio"}, lookups_)),
      evictions_(build.meters.rate({"caches", name, "evictions_per_s"})),
      entries_(build.meters.level({"caches", name, "entries"})) {
  if (serves_stale) stale_ = &build.meters.ratio({"caches", name, "stale_ratio"}, lookups_);
  if (weighed) bytes_ = &build.meters.level({"caches", name, "bytes"});
}

std::vector<Param> room_params(const std::string& max_entries, const std::string& entries, const std::string& bytes) {
  return {{.name = "max_entries",
           .type = Type::count,
           .fallback = max_entries,
           .help = entries + "; without a default where max_bytes is given",
           .unless = "max_bytes",
           .lo = 1,
           .hi = 200'000'000,
           .costs = true},
          {.name = "max_bytes",
           .type = Type::bytes,
           .help = bytes + "; absent: they all weigh the same",
           .lo = 1,
           .hi = 1e14,
           .costs = true}};
}

std::vector<Param> life_params(const std::string& ttl) {
  return {{.name = "ttl",
           .type = Type::duration,
           .fallback = ttl,
           .help = "time to live, from when the entry was filled; absent: for ever",
           .lo = 0.000'001,
           .hi = 1e8},
          {.name = "stale_while_revalidate",
           .type = Type::duration,
           .help = "for so long after its time to live an entry is still served, while one request in the background "
                   "computes it anew; absent: an expired entry is a miss",
           .source = "RFC 5861",
           .lo = 0.000'001,
           .hi = 1e8}};
}

std::vector<Param> time_params(const std::string& latency, const std::string& latency_help) {
  return {{.name = "latency", .type = Type::duration, .fallback = latency, .help = latency_help, .lo = 0, .hi = 10},
          {.name = "fill_latency",
           .type = Type::duration,
           .help = "what storing or removing an entry takes; the request waits for it; absent: nothing",
           .lo = 0,
           .hi = 10}};
}

std::vector<Param> size_params(bool required, const std::string& overhead_help) {
  return {{.name = "value_size",
           .type = Type::bytes,
           .help = "mean size of a value",
           .required = required,
           .lo = 1,
           .hi = 1e10},
          {.name = "value_size_cv",
           .type = Type::number,
           .help = "standard deviation over mean of the sizes, lognormal over keys; absent: all of one size",
           .lo = 0,
           .hi = 20},
          {.name = "overhead", .type = Type::bytes, .help = overhead_help, .lo = 0, .hi = 1e6}};
}

EntrySizes entry_sizes(Build& build, const Section& section) {
  const Params& p = section.params;
  return {p.has("value_size") ? static_cast<double>(p.bytes("value_size")) : 0,
          p.has("value_size_cv") ? p.number("value_size_cv") : 0,
          p.has("overhead") ? static_cast<double>(p.bytes("overhead")) : 0, build.stream(section.path(), "sizes")};
}

void set_times(Cache& cache, const Section& section) {
  const Params& p = section.params;
  cache.times.latency = p.duration("latency");
  cache.serves_stale = cache.serves_stale || p.has("stale_while_revalidate");
  if (p.has("fill_latency")) cache.times.fill_latency = p.duration("fill_latency");
}

std::unique_ptr<Cache> of_copies(std::vector<std::unique_ptr<Cache>> copies) {
  if (copies.size() == 1) return std::move(copies.front());
  return std::make_unique<Copies>(std::move(copies));
}

}  // namespace capplan::models
