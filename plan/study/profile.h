#pragma once
// What a result says beside its figures, for charts: the spectrum of latencies, where requests spend their time at the
// median and in the tail, and how the run went over time. All of it is put together from every replication, without the
// warm-up where it is not over time. These are shapes to look at, to four digits and without intervals: what is judged
// and quoted are the figures.

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/meters.h"

namespace capplan::plan {

struct Replication;
struct Stretch;

/// The shares at which a spectrum is read, in nines.
inline constexpr std::array<double, 16> spectrum_shares = {0,   0.1, 0.2,  0.3,  0.4,   0.5,   0.6,    0.7,
                                                           0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999};

/// Latencies of a class of requests at the first of the spectrum's shares, as many as the sample carries.
struct Spectrum {
  std::string request;
  std::vector<double> latency_s;
  friend bool operator==(const Spectrum&, const Spectrum&) = default;
};

/// Mean time by stage of the requests of a class that take about as long as a percentile, or of all of them.
struct Breakdown {
  std::string request;
  std::string near;                                      ///< "mean", "p50", "p95", "p99"
  std::vector<std::pair<std::string, double>> stages_s;  ///< those that take any time
  friend bool operator==(const Breakdown&, const Breakdown&) = default;
};

/// A quantity window by window; not a number where a window has none.
struct Series {
  std::vector<std::string> path;  ///< as of a figure
  std::vector<double> values;
  friend bool operator==(const Series& a, const Series& b);
};

struct Profile {
  std::vector<Spectrum> spectra;
  std::vector<Breakdown> breakdowns;
  std::vector<double> ends_s;  ///< of the windows
  std::vector<Series> series;

  bool empty() const { return spectra.empty() && breakdowns.empty() && series.empty(); }
  friend bool operator==(const Profile&, const Profile&) = default;
};

/// Whether a meter's windows are asked for: it is shown over time, as latencies of requests are.
bool is_over_time(const core::Meter& meter);

/// Of replications of one scenario; `kept` is what is left of them after the warm-up.
Profile profile(std::span<const Replication> replications, const std::vector<Stretch>& kept);

}  // namespace capplan::plan
