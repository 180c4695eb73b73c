#include "core/throttled_station.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace capplan::core {

namespace {
/// Less than this, in nanoseconds, is nothing: below what a rounded event time can tell apart.
constexpr double rounding = 0.5;
/// What arithmetic may add to a time that is a whole number.
constexpr double noise = 1e-3;
}  // namespace

ThrottledStation::ThrottledStation(Simulator& simulator, int cores, double quota, Nanos period)
    : simulator_(simulator), cores_(cores), quota_(quota * static_cast<double>(period)), period_(period) {
  if (cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  if (!(quota >= 0)) throw std::invalid_argument("quota: must be 0 or more");
  if (period < 1) throw std::invalid_argument("period: must be 1 ns or more");
}

double ThrottledStation::used_cores() const {
  return throttled_ ? 0 : std::min(static_cast<double>(heap_.size()), cores_);
}

double ThrottledStation::rate() const {
  return throttled_ ? 0 : std::min(1.0, cores_ / static_cast<double>(heap_.size()));
}

/// To the present, through a time in which nothing changed but what was used.
void ThrottledStation::advance() {
  const Nanos now = simulator_.now();
  if (heap_.empty()) {
    virtual_now_ = 0;  // keeps the numbers small, and so exact
  } else {
    const auto span = static_cast<double>(now - updated_);
    virtual_now_ += span * rate();
    left_ -= span * used_cores();
  }
  updated_ = now;
}

/// A period that has begun since the last look brings a full quota.
void ThrottledStation::refill() {
  if (quota_ <= 0 || simulator_.now() < period_end_) return;
  period_end_ = simulator_.now() / period_ * period_ + period_;
  left_ = quota_;
  set_throttled(false);
  if (periods != nullptr && !heap_.empty()) periods->add();
}

void ThrottledStation::set_throttled(bool to) {
  if (to == throttled_) return;
  throttled_ = to;
  if (throttled != nullptr) throttled->add(simulator_.now(), to ? 1 : -1);
  if (to && cut_periods != nullptr) cut_periods->add();
}

/// After every change of the jobs or the quota.
void ThrottledStation::changed() {
  if (quota_ > 0 && !heap_.empty() && left_ <= rounding * cores_) set_throttled(true);
  if (busy != nullptr && used_cores() != counted_) busy->add(simulator_.now(), used_cores() - counted_);
  counted_ = used_cores();
  arm();
}

/// One event is due: the first job's end, the quota's, or the period's, whichever comes first.
void ThrottledStation::arm() {
  simulator_.cancel(timer_);
  timer_ = {};
  if (heap_.empty()) return;
  double wait = 4e18;
  if (!throttled_) {
    wait = std::max(0.0, heap_.front().finish - virtual_now_) / rate();
    if (quota_ > 0) wait = std::min(wait, left_ / used_cores());
  }
  if (quota_ > 0) wait = std::min(wait, static_cast<double>(period_end_ - simulator_.now()));
  timer_ = simulator_.schedule_timer(static_cast<Nanos>(std::ceil(std::max(0.0, wait - noise))), *this, 0, 0);
}

void ThrottledStation::submit(Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index) {
  advance();
  heap_.push_back({virtual_now_ + static_cast<double>(demand), sequence_++, &to, kind, index});
  std::push_heap(heap_.begin(), heap_.end(), SharedJob::Later());
  refill();
  changed();
}

bool ThrottledStation::cancel(const Handler& to, std::uint32_t kind, std::uint32_t index) {
  const auto job = find_job(heap_, to, kind, index);
  if (job == heap_.end()) return false;
  advance();
  take_out(heap_, job);
  if (heap_.empty()) set_throttled(false);
  refill();
  changed();
  return true;
}

void ThrottledStation::clear() {
  advance();
  heap_.clear();
  set_throttled(false);
  changed();
}

void ThrottledStation::on_event(std::uint32_t, std::uint32_t) {
  timer_ = {};
  advance();
  refill();
  while (!heap_.empty() && heap_.front().finish <= virtual_now_ + rounding) {
    std::pop_heap(heap_.begin(), heap_.end(), SharedJob::Later());
    const SharedJob done = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) set_throttled(false);
    changed();
    done.to->on_event(done.kind, done.index);
  }
  changed();
}

}  // namespace capplan::core
