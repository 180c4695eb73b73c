#pragma once
// Closed forms for caches under independent references: each request picks key i with probability p_i, whatever came
// before. Sources: Che, Tung & Wang 2002 (LRU), Fricker, Robert & Roberts 2012 and Martina et al. 2014 (FIFO, RANDOM),
// King 1971 (exact LRU), renewal arguments for TTL caches and stampedes. Valid for equal-sized entries and the steady
// state; Che is within a percent or so, closer the larger the cache. `popularity` holds a weight per key (finite, 0 or
// more, not all 0), normalised inside. A value outside its domain throws std::invalid_argument naming the parameter.

#include <cstddef>
#include <span>
#include <vector>

namespace capplan::core {

/// Probabilities proportional to 1 / rank^exponent for ranks 1..count (1 or more); exponent finite, 0 is uniform.
std::vector<double> zipf_popularity(std::size_t count, double exponent);

/// Hit ratio by the characteristic-time approximation.
struct CacheFigures {
  double hit_ratio = 0;            ///< share of requests answered from the cache, 0 to 1
  double characteristic_time = 0;  ///< in requests: how long an untouched entry stays; infinite where all keys fit
};

/// LRU with room for `capacity` entries (0 or more; a mean size may be fractional).
CacheFigures lru_hit_ratio(std::span<const double> popularity, double capacity);
/// FIFO, and RANDOM whose hit ratio is the same, with room for `capacity` entries (0 or more).
CacheFigures fifo_hit_ratio(std::span<const double> popularity, double capacity);
/// Exact hit ratio of LRU, for at most 20 keys of non-zero weight (throws for more: cost is 2^keys x keys).
double lru_hit_ratio_exact(std::span<const double> popularity, std::size_t capacity);
/// The `capacity` most popular keys kept for good: what no policy surpasses under independent references.
double static_hit_ratio(std::span<const double> popularity, std::size_t capacity);

/// When the lifetime of an entry starts anew.
enum class TtlClock {
  from_fill,      ///< fixed: counted from the fill, whatever hits follow
  from_last_use,  ///< sliding: every hit starts it again
};

/// Hit ratio of one key with Poisson requests at `rate` (>= 0) and lifetime `ttl` (>= 0), unlimited room, instant fill.
double ttl_hit_ratio(TtlClock clock, double rate, double ttl);
/// The same over a catalogue that is asked for at `total_rate` in all.
double ttl_hit_ratio(TtlClock clock, std::span<const double> popularity, double total_rate, double ttl);

/// What one key costs its origin when fills take time: Poisson requests, lifetime counted from the first fill's end.
struct Stampede {
  double cycle = 0;             ///< mean time from one expiry to the next: wait for a request, fill, lifetime
  double requests_in_fill = 0;  ///< mean number of further requests that arrive while the first one fills
  double loads_per_expiry = 0;  ///< origin loads per cycle: 1 coalesced, 1 + requests_in_fill otherwise
  double load_rate = 0;         ///< origin loads per unit of time
  double hit_ratio = 0;         ///< share of requests answered at once, 0 to 1
  double delayed_ratio = 0;     ///< share of requests that wait for someone else's fill; 0 without coalescing
  double mean_delay = 0;        ///< mean time that a request spends on a fill, hits counted as zero
};

/// `rate` above 0, `fill_time` and `ttl` 0 or more. Coalesced: requests for a key that is being filled share that fill;
/// otherwise each loads on its own, taking `fill_time` too.
Stampede stampede(double rate, double fill_time, double ttl, bool coalesced);

}  // namespace capplan::core
