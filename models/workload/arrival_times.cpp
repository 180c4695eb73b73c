#include "models/workload/arrival_times.h"

#include <cmath>

#include "models/workload/shape.h"

namespace capplan::models {

namespace {

/// Beyond this no run goes: 10^9 seconds.
constexpr double far_away = 1e9;

core::Distribution gap_of(double mean, double cv) {
  if (cv == 0) return core::Distribution::deterministic(mean);
  return cv == 1 ? core::Distribution::exponential(mean) : core::Distribution::gamma(mean, cv);
}

}  // namespace

ArrivalTimes::ArrivalTimes(Build& build, const Section& section)
    : gaps_(build.stream(section.path(), "arrivals")), bursts_(build.stream(section.path(), "bursts")) {
  const Params& p = section.params;
  const auto* bursts = find(p.values(), "arrivals")->as<Table>();
  const bool moving = bursts || changes_over_time(section);
  if (moving) curve_ = rate_curve(p);
  gap_ = gap_of(moving ? 1 : 1 / grown_rate(p), bursts ? 1 : p.number("arrivals"));
  if (bursts) read_bursts(Params(*bursts).record("mmpp"));
}

/// Starts in a state drawn by the share of time that each has; how long one has lasted says nothing of its end.
void ArrivalTimes::read_bursts(const Params& mmpp) {
  double mean = 0, time = 0;
  for (std::size_t i = 0; i < mmpp.list("rates").size(); ++i) {
    states_.push_back(
        {*mmpp.list("rates")[i].as<double>(), core::to_seconds(*mmpp.list("stays")[i].as<std::int64_t>())});
    time += states_.back().mean_stay;
    mean += states_.back().factor * states_.back().mean_stay;
  }
  for (State& state : states_) state.factor *= time / mean;
  double u = bursts_.uniform() * time;
  std::size_t first = 0;
  while (first + 1 < states_.size() && u >= states_[first].mean_stay) u -= states_[first++].mean_stay;
  enter(first, 0);
}

void ArrivalTimes::enter(std::size_t state, double at) {
  state_ = state;
  left_at_ = at + states_[state].mean_stay * bursts_.exponential();
}

core::Nanos ArrivalTimes::next(core::Nanos now) {
  double needed = gap_.sample(gaps_);
  if (!curve_) return now + core::to_nanos(needed);
  for (; !states_.empty(); enter((state_ + 1) % states_.size(), at_)) {
    const double factor = states_[state_].factor;
    const double available = (curve_->integral(left_at_) - area_) * factor;
    if (needed < available) {
      needed /= factor;
      break;
    }
    const bool over = !(available > 0) && !(curve_->inverse(area_ * (1 + 1e-12) + 1e-9) < far_away);
    if (left_at_ > far_away || over) return core::never;
    needed -= available;
    at_ = left_at_;
    area_ = curve_->integral(at_);
  }
  area_ += needed;
  at_ = curve_->inverse(area_);
  if (!(at_ < far_away)) return core::never;
  return std::max(now, core::to_nanos(at_));
}

}  // namespace capplan::models
