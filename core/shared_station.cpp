#include "core/shared_station.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace capplan::core {

namespace {
/// A job with less left than this, in nanoseconds of demand, is done: below what a rounded event time can tell apart.
constexpr double rounding = 0.5;
}  // namespace

SharedStation::SharedStation(Simulator& simulator, int cores, std::vector<double> speed)
    : simulator_(simulator), cores_(cores), speed_(std::move(speed)) {
  if (cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  for (const double s : speed_)
    if (!(s > 0)) throw std::invalid_argument("speed: must be above 0");
}

double SharedStation::rate() const {
  const std::size_t n = heap_.size();
  const double share = n <= static_cast<std::size_t>(cores_) ? 1.0 : cores_ / static_cast<double>(n);
  return speed_.empty() ? share : share * speed_[std::min(n, speed_.size()) - 1];
}

void SharedStation::advance() {
  const Nanos now = simulator_.now();
  if (heap_.empty())
    virtual_now_ = 0;  // keeps the numbers small, and so exact
  else if (now != updated_)
    virtual_now_ += static_cast<double>(now - updated_) * rate();
  updated_ = now;
}

/// Sees to an event at the time the first job will be done. An event that is already due earlier stays: it will find
/// nothing done and arm again, which is cheaper than taking it back.
void SharedStation::arm() {
  if (heap_.empty()) return;
  const double left = std::max(0.0, heap_.front().finish - virtual_now_);
  const Nanos at = simulator_.now() + static_cast<Nanos>(std::ceil(left / rate()));
  if (at >= armed_) return;
  armed_ = at;
  simulator_.schedule(at - simulator_.now(), *this, ++epoch_, 0);
}

void SharedStation::count() {
  const auto n = static_cast<double>(heap_.size());
  if (jobs != nullptr) jobs->set(simulator_.now(), n);
  if (busy != nullptr) busy->set(simulator_.now(), std::min(n, static_cast<double>(cores_)));
}

void SharedStation::submit(Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index) {
  advance();
  heap_.push_back({virtual_now_ + static_cast<double>(demand), sequence_++, &to, kind, index});
  std::push_heap(heap_.begin(), heap_.end(), later);
  count();
  arm();
}

bool SharedStation::cancel(const Handler& to, std::uint32_t kind, std::uint32_t index) {
  const auto job = std::find_if(heap_.begin(), heap_.end(), [&](const Job& candidate) {
    return candidate.to == &to && candidate.kind == kind && candidate.index == index;
  });
  if (job == heap_.end()) return false;
  advance();
  heap_.erase(job);
  std::make_heap(heap_.begin(), heap_.end(), later);
  count();
  arm();
  return true;
}

void SharedStation::on_event(std::uint32_t epoch, std::uint32_t) {
  if (epoch != epoch_) return;
  armed_ = never;
  advance();
  while (!heap_.empty() && heap_.front().finish <= virtual_now_ + rounding) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Job done = heap_.back();
    heap_.pop_back();
    count();
    done.to->on_event(done.kind, done.index);
  }
  arm();
}

}  // namespace capplan::core
