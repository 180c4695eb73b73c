#pragma once
// Whether a stock (entries of a cache, connections, memory in use) still rises at the end of a series, against which
// it is watched. The test is on its increments from window to window: their mean over its standard error, by Student's
// t. Under a steady stock, however slowly it wanders, increments cancel and the test is conservative; a random walk,
// the slowest of all, is where it has its level. Neighbouring increments of windows are correlated by the averaging
// (Working 1960), which the standard error allows for (Newey and West 1987). Limits: one that falls is not looked for;
// near-normal increments.

#include <cstddef>
#include <span>

namespace capplan::core {

struct Rise {
  bool rises = false;        ///< by more than the tolerance, sure at the level
  double last_quarter = 0;   ///< rise over the last quarter of the series, as a share of where it began
  double settled_after = 0;  ///< values from the first on until it is level, as its rise slows down; 0: it does not
};

/// `tolerated` is the rise over a quarter of the series, as a share of its mean, that passes for level; `level`, in
/// (0, 1), is how often a steady stock may be taken for a rising one. Fewer than 8 values never rise.
Rise find_rise(std::span<const double> series, double tolerated, double level);

}  // namespace capplan::core
