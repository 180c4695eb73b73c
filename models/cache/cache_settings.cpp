#include "models/cache/cache_settings.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec hit_ratio_figure{.name = "hit_ratio",
                                            .unit = Unit::ratio,
                                            .help = "lookups that were answered, of all",
                                            .better = Better::up,
                                            .aggregation = Aggregation::ratio,
                                            .heading = "hits",
                                            .column = Column::always};
constexpr core::FigureSpec lookups_figure{.name = "lookups_per_s",
                                          .unit = Unit::per_second,
                                          .help = "lookups",
                                          .heading = "lookups/s",
                                          .column = Column::always};
constexpr core::FigureSpec evictions_figure{.name = "evictions_per_s",
                                            .unit = Unit::per_second,
                                            .help = "entries that made room for others",
                                            .better = Better::down,
                                            .heading = "evictions/s",
                                            .column = Column::always};
constexpr core::FigureSpec entries_figure{.name = "entries",
                                          .help = "entries held",
                                          .aggregation = Aggregation::level,
                                          .heading = "entries",
                                          .column = Column::always,
                                          .stock = true};
constexpr core::FigureSpec stale_ratio_figure{.name = "stale_ratio",
                                              .unit = Unit::ratio,
                                              .help = "lookups answered with an expired entry, of all",
                                              .better = Better::down,
                                              .aggregation = Aggregation::ratio,
                                              .heading = "stale",
                                              .absent = "where nothing is served stale"};
constexpr core::FigureSpec bytes_figure{.name = "bytes",
                                        .unit = Unit::bytes,
                                        .help = "bytes that the entries take",
                                        .aggregation = Aggregation::level,
                                        .heading = "memory",
                                        .column = Column::always,
                                        .stock = true,
                                        .absent = "without a limit of bytes"};

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

FigureSpecs cache_figures() {
  return {&hit_ratio_figure, &lookups_figure, &evictions_figure, &entries_figure, &stale_ratio_figure, &bytes_figure};
}

CacheMeters::CacheMeters(Build& build, const Section& section, bool serves_stale, bool weighed)
    : lookups_(build.meters.rate(lookups_figure, section.subject())),
      hits_(build.meters.ratio(hit_ratio_figure, section.subject(), lookups_)),
      evictions_(build.meters.rate(evictions_figure, section.subject())),
      entries_(build.meters.level(entries_figure, section.subject())) {
  if (serves_stale) stale_ = &build.meters.ratio(stale_ratio_figure, section.subject(), lookups_);
  if (weighed) bytes_ = &build.meters.level(bytes_figure, section.subject());
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
           .help = "time to live, from when the entry was filled; absent: no limit",
           .lo = 0.000'001,
           .hi = 1e8},
          {.name = "stale_while_revalidate",
           .type = Type::duration,
           .help = "time after its TTL in which an entry is still served, while one request in the background "
                   "computes it again; absent: an expired entry is a miss",
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
