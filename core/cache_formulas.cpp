// Closed forms for caches; sources in cache_formulas.h. The characteristic time is the root of "expected entries =
// room", which grows with time: bracketed by doubling, solved with TOMS 748. King's sum over orderings is folded into
// one over subsets: 2^keys terms in place of keys! of them. Limits: equal-sized entries, independent references.

#include "core/cache_formulas.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>

#include <boost/math/tools/roots.hpp>

namespace capplan::core {
namespace {

constexpr std::size_t exact_limit = 20;

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

/// The non-zero weights, normalised: keys that nobody asks for take no room and matter to no formula.
std::vector<double> normalised(std::span<const double> popularity) {
  std::vector<double> shares;
  shares.reserve(popularity.size());
  double sum = 0;
  for (const double weight : popularity) {
    require(weight >= 0 && std::isfinite(weight), "popularity: each weight must be finite, 0 or more");
    if (weight > 0) shares.push_back(weight);
    sum += weight;
  }
  require(sum > 0 && std::isfinite(sum), "popularity: weights must add up to a finite number above 0");
  for (double& share : shares) share /= sum;
  return shares;
}

double in_lru(double x) { return -std::expm1(-x); }
double in_fifo(double x) { return 1 / (1 + 1 / x); }  // this form survives x = 0 and x = infinity

/// `present(p T)` is the probability that a key of share p is in a cache of characteristic time T.
template <class Present>
CacheFigures characteristic(std::span<const double> popularity, double capacity, Present present) {
  const std::vector<double> shares = normalised(popularity);
  require(capacity >= 0, "capacity: must be 0 or more");
  if (capacity == 0) return {0, 0};
  if (capacity >= static_cast<double>(shares.size())) return {1, std::numeric_limits<double>::infinity()};

  const auto surplus = [&](double time) {
    double entries = 0;
    for (const double share : shares) entries += present(share * time);
    return entries - capacity;
  };
  double low = capacity;  // presence is at most p T, hence at T = capacity the cache is not yet full
  double at_low = surplus(low);
  double high = 2 * low;
  double at_high = surplus(high);
  while (at_high < 0 && std::isfinite(high)) {
    low = high;
    at_low = at_high;
    high *= 2;
    at_high = surplus(high);
  }
  double time = high;
  if (at_low >= 0) {
    time = low;
  } else if (at_high > 0) {
    std::uintmax_t steps = 100;
    const auto [below, above] = boost::math::tools::toms748_solve(surplus, low, high, at_low, at_high,
                                                                  boost::math::tools::eps_tolerance<double>(48), steps);
    time = below + (above - below) / 2;
  }
  double hits = 0;
  for (const double share : shares) hits += share * present(share * time);
  return {std::min(hits, 1.0), time};
}

}  // namespace

std::vector<double> zipf_popularity(std::size_t count, double exponent) {
  require(count >= 1, "count: must be 1 or more");
  require(std::isfinite(exponent), "exponent: must be finite");
  std::vector<double> shares(count);
  for (std::size_t i = 0; i < count; ++i) shares[i] = std::pow(static_cast<double>(i + 1), -exponent);
  // From the rarest on, so that the many small terms are not lost against the sum.
  double sum = 0;
  for (std::size_t i = count; i > 0; --i) sum += shares[i - 1];
  require(sum > 0 && std::isfinite(sum), "exponent: out of range for this count");
  for (double& share : shares) share /= sum;
  return shares;
}

CacheFigures lru_hit_ratio(std::span<const double> popularity, double capacity) {
  return characteristic(popularity, capacity, in_lru);
}

CacheFigures fifo_hit_ratio(std::span<const double> popularity, double capacity) {
  return characteristic(popularity, capacity, in_fifo);
}

double lru_hit_ratio_exact(std::span<const double> popularity, std::size_t capacity) {
  const std::vector<double> shares = normalised(popularity);
  require(shares.size() <= exact_limit, "popularity: the exact form takes at most 20 keys");
  if (capacity >= shares.size()) return 1;
  const std::size_t sets = std::size_t{1} << shares.size();
  std::vector<double> weight(sets, 0.0);  // total share of the keys in a set
  for (std::size_t set = 1; set < sets; ++set) {
    const auto lowest = static_cast<std::size_t>(std::countr_zero(set));
    weight[set] = weight[set & (set - 1)] + shares[lowest];
  }
  // on_top[set]: the |set| most recently used keys are exactly these. The oldest of them, i, was drawn from what the
  // others left over, hence p_i / (weight of the complement of the others).
  std::vector<double> on_top(sets, 0.0);
  on_top[0] = 1;
  double hits = 0;
  for (std::size_t set = 1; set < sets; ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) > capacity) continue;
    for (std::size_t rest = set; rest != 0; rest &= rest - 1) {
      const auto oldest = static_cast<std::size_t>(std::countr_zero(rest));
      const std::size_t others = set ^ (std::size_t{1} << oldest);
      on_top[set] += on_top[others] * shares[oldest] / weight[(sets - 1) ^ others];
    }
    if (static_cast<std::size_t>(std::popcount(set)) == capacity) hits += on_top[set] * weight[set];
  }
  return hits;
}

double static_hit_ratio(std::span<const double> popularity, std::size_t capacity) {
  std::vector<double> shares = normalised(popularity);
  if (capacity >= shares.size()) return 1;
  const auto kept = shares.begin() + static_cast<std::ptrdiff_t>(capacity);
  std::partial_sort(shares.begin(), kept, shares.end(), std::greater<>());
  double hits = 0;
  for (auto share = kept; share != shares.begin(); --share) hits += *(share - 1);
  return hits;
}

double ttl_hit_ratio(TtlClock clock, double rate, double ttl) {
  require(rate >= 0 && std::isfinite(rate), "rate: must be finite, 0 or more");
  require(ttl >= 0, "ttl: must be 0 or more");
  if (rate == 0) return 0;
  // A fixed lifetime holds rate x ttl hits for each miss; a sliding one is missed when a gap exceeds it.
  return clock == TtlClock::from_fill ? in_fifo(rate * ttl) : in_lru(rate * ttl);
}

double ttl_hit_ratio(TtlClock clock, std::span<const double> popularity, double total_rate, double ttl) {
  require(total_rate >= 0 && std::isfinite(total_rate), "total_rate: must be finite, 0 or more");
  double hits = 0;
  for (const double share : normalised(popularity)) hits += share * ttl_hit_ratio(clock, share * total_rate, ttl);
  return std::min(hits, 1.0);
}

Stampede stampede(double rate, double fill_time, double ttl, bool coalesced) {
  require(rate > 0 && std::isfinite(rate), "rate: must be finite and above 0");
  require(fill_time >= 0 && std::isfinite(fill_time), "fill_time: must be finite, 0 or more");
  require(ttl >= 0 && std::isfinite(ttl), "ttl: must be finite, 0 or more");
  Stampede figures;
  figures.cycle = 1 / rate + fill_time + ttl;
  figures.requests_in_fill = rate * fill_time;
  figures.loads_per_expiry = coalesced ? 1.0 : 1 + figures.requests_in_fill;
  figures.load_rate = figures.loads_per_expiry / figures.cycle;
  const double requests = rate * figures.cycle;
  figures.hit_ratio = rate * ttl / requests;
  figures.delayed_ratio = coalesced ? figures.requests_in_fill / requests : 0.0;
  // Those who join a fill find it half done on average.
  const double joiners_delay = coalesced ? fill_time / 2 : fill_time;
  figures.mean_delay = (fill_time + figures.requests_in_fill * joiners_delay) / requests;
  return figures;
}

}  // namespace capplan::core
