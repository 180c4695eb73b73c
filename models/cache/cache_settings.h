#pragma once
// What every cache's section says and measures alike: latency, time to live, sizes of entries, its meters.

#include <memory>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "models/build.h"
#include "models/cache/cache.h"
#include "models/spec/spec.h"

namespace capplan::models {

/// The figures that every cache can have.
FigureSpecs cache_figures();

/// The meters of a cache; its copies share them.
class CacheMeters {
 public:
  CacheMeters(Build& build, const Section& section, bool serves_stale, bool weighed);

  void asked() { lookups_.add(); }
  void hit() { hits_.add(); }
  void served_stale() { stale_->add(); }
  void evicted() { evictions_.add(); }
  /// Entries and, where they are weighed, bytes more or less than before.
  void held(core::Nanos now, double entries) { entries_.set(now, held_ += entries); }
  void bytes(core::Nanos now, double change) { bytes_->add(now, change); }

 private:
  core::Counter& lookups_;
  core::Counter& hits_;
  core::Counter& evictions_;
  core::Level& entries_;
  core::Counter* stale_ = nullptr;
  core::Level* bytes_ = nullptr;
  double held_ = 0;
};

/// What an entry weighs: the same each time for a key, lognormal over keys where they differ, `overhead` included.
class EntrySizes {
 public:
  EntrySizes(double mean, double cv, double overhead, core::Stream stream)
      : sizes_(cv > 0 ? core::Distribution::lognormal(mean, cv) : core::Distribution::deterministic(mean)),
        overhead_(overhead),
        stream_(stream) {}
  /// Bytes of the value alone.
  double value(std::uint64_t key) { return sizes_.sample(stream_.at(key)); }
  std::uint64_t of(std::uint64_t key) { return static_cast<std::uint64_t>(value(key) + overhead_ + 0.5); }

 private:
  core::Distribution sizes_;
  double overhead_;
  core::Stream stream_;
};

/// `max_entries`, by default so many unless there is `max_bytes`; helps begin with what each counts.
std::vector<Param> room_params(const std::string& max_entries, const std::string& entries, const std::string& bytes);
/// `ttl` and, if a cache can serve stale, `stale_while_revalidate`.
std::vector<Param> life_params(const std::string& ttl);
/// `latency` by default `latency`, `fill_latency`.
std::vector<Param> time_params(const std::string& latency, const std::string& latency_help);
/// `value_size`, `value_size_cv` and `overhead`; the first required if `required`.
std::vector<Param> size_params(bool required, const std::string& overhead_help);

EntrySizes entry_sizes(Build& build, const Section& section);

/// Sets what `time_params` said. Copies have no times of their own.
void set_times(Cache& cache, const Section& section);

/// One cache, or where there are several copies one that stands for all: what is stored in or erased from it at large
/// (warming, write-through, invalidation) is in every copy.
std::unique_ptr<Cache> of_copies(std::vector<std::unique_ptr<Cache>> copies);

}  // namespace capplan::models
