// The checkpoints and the precision test; source and limits in stopping.h. Checkpoints double every second step, from 5
// and from 7.07 (rounded down), and do not depend on the bounds of a rule: two rules share them, and with them the
// replications that a later, stricter run can take over.

#include "core/stopping.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace capplan::core {
namespace {

constexpr std::int64_t base = 5;

/// The first of 5, 7, 10, 14, ... beyond `done`.
std::int64_t next_step(std::int64_t done) {
  for (std::int64_t even = base;; even *= 2) {
    if (even > done) return even;
    // even x sqrt 2, a checkpoint of its own; never near an integer, hence safe to floor
    const auto odd = static_cast<std::int64_t>(std::floor(static_cast<double>(even) * 1.4142135623730951));
    if (odd > done) return odd;
  }
}

}  // namespace

void StoppingRule::check() const {
  if (min < 1) throw std::invalid_argument("min: must be 1 or more");
  if (max < min) throw std::invalid_argument("max: must be at least min");
  if (!(relative_half_width > 0 && std::isfinite(relative_half_width))) {
    throw std::invalid_argument("relative_half_width: must be finite and above 0");
  }
}

int StoppingRule::next_target(int done) const {
  check();
  if (done < 0) throw std::invalid_argument("done: must be 0 or more");
  if (done >= max) return done;
  if (done < min) return min;
  return static_cast<int>(std::min<std::int64_t>(next_step(done), max));
}

bool StoppingRule::precise(const Estimate& estimate) const {
  return estimate.known && estimate.half_width() <= relative_half_width * std::abs(estimate.value);
}

bool StoppingRule::finished(int done, std::span<const Estimate> estimates) const {
  check();
  if (done >= max) return true;
  if (done < min) return false;
  return std::all_of(estimates.begin(), estimates.end(), [this](const Estimate& e) { return precise(e); });
}

}  // namespace capplan::core
