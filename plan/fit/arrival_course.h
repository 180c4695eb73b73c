#pragma once
// How a load goes on while it is captured: its rate in equal windows, whether it grows or wanders, how uneven it is at
// several time scales, and whether the mix of classes stays the same.
// Sources: Cox and Lewis 1966 (index of dispersion of counts, trends); Student's t of a least-squares slope; the test
// for wandering is a ratio of variances, of the windows and of what their tenths lead to expect (Fisher and Snedecor);
// that of the mix is Pearson's chi-square over windows, divided by the same within windows (Rao and Scott 1981).
// Limits: a wandering slower than the capture shows as a trend or not at all.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "core/time.h"
#include "plan/fit/batched.h"

namespace capplan::plan {

/// Counts per window, and what they say. p-values are 1 where nothing can be said.
struct RateCourse {
  double window = 0;               ///< seconds
  std::vector<double> per_second;  ///< in each of the windows; none below ten windows of five arrivals
  core::Estimate growth;           ///< of the line through them, from first to last, over their mean; 95 %
  double trend_p = 1;              ///< of that growth if there were none
  double wander_p = 1;             ///< of such scatter about the line if windows differed no more than their tenths say
};

/// Variance over mean of counts in windows of one length; 1 for Poisson.
struct ScaleDispersion {
  double scale = 0;  ///< seconds
  std::size_t windows = 0;
  LogLevel level;
  core::Estimate dispersion;  ///< 95 %
};

/// Whether the classes' shares stay the same from window to window.
struct MixCourse {
  int windows = 0;    ///< 0: too few requests
  double design = 1;  ///< variance of counts within windows over that of independent draws, at least 1
  double wander = 1;  ///< the same between windows; well above `design` where the mix drifts
  double p = 1;
  std::string most;                ///< class whose share moves most
  double least = 0, greatest = 0;  ///< its shares in the windows, 0..1
};

/// Counts in `windows` equal parts of [0, span).
std::vector<double> counts_in(std::span<const core::Nanos> at, core::Nanos span, std::size_t windows);

/// `at` ascends from 0.
RateCourse rate_course(std::span<const core::Nanos> at, core::Nanos span);

/// At 10 ms, 100 ms, 1 s, 10 s and 1 min, where there are ten windows or more and five arrivals in the mean one.
std::vector<ScaleDispersion> dispersion_by_scale(std::span<const core::Nanos> at, core::Nanos span);

/// `klass` belongs to the arrivals in their order.
MixCourse mix_course(std::span<const std::uint16_t> klass, const std::vector<std::string>& names);

}  // namespace capplan::plan
