#include "core/shared_station.h"

#include <algorithm>
#include <stdexcept>

namespace capplan::core {

namespace {
/// A job with less left than this, in nanoseconds of demand, is done: below what a rounded event time can tell apart.
constexpr double rounding = 0.5;
/// What arithmetic may add to a time that is a whole number: 100 / (2 / 3) is a little more than 150.
constexpr double noise = 1e-3;

/// Without a call of the library's ceil, which every event would pay for.
Nanos rounded_up(double x) {
  const auto whole = static_cast<Nanos>(x);
  return whole + (x > static_cast<double>(whole) ? 1 : 0);
}
}  // namespace

SharedStation::SharedStation(Simulator& simulator, int cores, std::vector<double> speed)
    : simulator_(simulator), cores_(cores), speed_(std::move(speed)) {
  if (cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  for (const double s : speed_)
    if (!(s > 0)) throw std::invalid_argument("speed: must be above 0");
}

void SharedStation::advance() {
  const Nanos now = simulator_.now();
  if (heap_.empty())
    virtual_now_ = 0;  // keeps the numbers small, and so exact
  else if (now != updated_)
    virtual_now_ += static_cast<double>(now - updated_) * rate_;
  updated_ = now;
}

/// Sees to an event at the time the first job will be done, or before: one that is due earlier will find nothing done
/// and arm again, which is cheaper than taking it back. So an event is asked for only when it is earlier than all that
/// are due; the events due form a stack, and there are never many more of them than jobs.
void SharedStation::arm() {
  if (heap_.empty()) return;
  const double left = heap_.front().finish - virtual_now_;
  const Nanos wait = left <= rounding ? 0 : std::max<Nanos>(1, rounded_up(std::min(left / rate_ - noise, 4e18)));
  const Nanos at = simulator_.now() + wait;
  if (!due_.empty() && at >= due_.back()) return;
  due_.push_back(at);
  simulator_.schedule(at - simulator_.now(), *this, 0, 0);
}

/// After every change of the number of jobs.
void SharedStation::changed() {
  const std::size_t n = heap_.size();
  if (n > 0) {
    rate_ = n <= static_cast<std::size_t>(cores_) ? 1.0 : cores_ / static_cast<double>(n);
    if (!speed_.empty()) rate_ *= speed_[std::min(n, speed_.size()) - 1];
  }
  const auto present = static_cast<double>(n);
  if (jobs != nullptr) jobs->set(simulator_.now(), present);
  if (busy != nullptr) busy->set(simulator_.now(), std::min(present, static_cast<double>(cores_)));
}

void SharedStation::submit(Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index) {
  advance();
  heap_.push_back({virtual_now_ + static_cast<double>(demand), sequence_++, &to, kind, index});
  std::push_heap(heap_.begin(), heap_.end(), SharedJob::Later());
  changed();
  arm();
}

bool SharedStation::cancel(const Handler& to, std::uint32_t kind, std::uint32_t index) {
  const auto job = find_job(heap_, to, kind, index);
  if (job == heap_.end()) return false;
  advance();
  take_out(heap_, job);
  changed();
  arm();
  return true;
}

void SharedStation::clear() {
  heap_.clear();
  changed();
}

void SharedStation::on_event(std::uint32_t, std::uint32_t) {
  due_.pop_back();
  advance();
  while (!heap_.empty() && heap_.front().finish <= virtual_now_ + rounding) {
    std::pop_heap(heap_.begin(), heap_.end(), SharedJob::Later());
    const SharedJob done = heap_.back();
    heap_.pop_back();
    changed();
    done.to->on_event(done.kind, done.index);
  }
  arm();
}

}  // namespace capplan::core
