#include "core/simulator.h"

namespace capplan::core {

namespace {
/// Events between two looks at a wish to cancel: some milliseconds.
constexpr std::uint64_t cancel_every = 65'536;
}  // namespace

Timer Simulator::schedule_timer(Nanos delay, Handler& to, std::uint32_t kind, std::uint32_t index) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  Slot& slot = slots_[number];
  slot.to = &to;
  slot.kind = kind;
  slot.index = index;
  schedule(delay, *this, slot.generation, number);
  return {number, slot.generation};
}

void Simulator::free_slot(std::uint32_t number) {
  ++slots_[number].generation;
  slots_[number].to = nullptr;
  free_.push_back(number);
}

void Simulator::cancel(Timer timer) {
  if (timer.slot >= slots_.size() || slots_[timer.slot].generation != timer.generation) return;
  free_slot(timer.slot);
  if (++cancelled_ > queue_.size() / 2 + 64) {
    queue_.remove_if(
        [this](const Event& event) { return event.to == this && slots_[event.index].generation != event.kind; });
    cancelled_ = 0;
  }
}

void Simulator::on_event(std::uint32_t generation, std::uint32_t number) {
  const Slot slot = slots_[number];
  if (slot.generation != generation) {  // cancelled
    --cancelled_;
    --events_;
    return;
  }
  free_slot(number);
  slot.to->on_event(slot.kind, slot.index);
}

bool Simulator::run(Nanos until, const std::atomic<bool>* cancel) {
  stopped_ = false;
  while (!queue_.empty() && !stopped_) {
    const Event event = queue_.top();
    if (event.time > until) break;
    queue_.pop();
    now_ = event.time;
    ++events_;
    event.to->on_event(event.kind, event.index);
    if (events_ % cancel_every == 0 && cancel != nullptr && cancel->load(std::memory_order_relaxed)) stopped_ = true;
  }
  if (!stopped_ && until != never && until > now_) now_ = until;
  return !stopped_;
}

}  // namespace capplan::core
