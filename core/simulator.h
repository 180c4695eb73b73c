#pragma once
// The clock and its events. An event is a small plain value: when, in which order, whom to tell, and two numbers for
// the told. Events of one instant happen in the order they were asked for. Nothing here allocates once the queue has
// grown to what is in flight.

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/event_queue.h"
#include "core/time.h"

namespace capplan::core {

/// Names an event that can be cancelled; the default names none.
struct Timer {
  std::uint32_t slot = 0xffffffff;
  std::uint32_t generation = 0;
};

/// The simulated clock. Two simulators share nothing.
class Simulator : private Handler {
 public:
  Nanos now() const { return now_; }

  /// Tells `to` after `delay` >= 0.
  void schedule(Nanos delay, Handler& to, std::uint32_t kind, std::uint32_t index) {
    queue_.push({now_ + delay, sequence_++, &to, kind, index});
  }

  /// The same, but can be cancelled. Costs one indirection more than schedule().
  Timer schedule_timer(Nanos delay, Handler& to, std::uint32_t kind, std::uint32_t index);

  /// Takes the event back if it has not happened yet; else does nothing. Cancelled events are swept out of the queue
  /// when they are more than half of it, so that memory follows what is in flight.
  void cancel(Timer timer);

  /// Runs until `until` (events at that instant included), until no event is left, or until stop(). Then now() is
  /// `until`, or the last event's time. Returns false if it was stopped.
  /// If `cancel` is given it is looked at now and then (each 65536 events), and stops the run when it is true.
  bool run(Nanos until = never, const std::atomic<bool>* cancel = nullptr);

  /// Ends run() after the event being handled.
  void stop() { stopped_ = true; }

  /// Events handled so far, cancelled ones not counted.
  std::uint64_t events() const { return events_; }
  /// Events waiting in the queue, cancelled ones included.
  std::size_t pending() const { return queue_.size(); }

 private:
  struct Slot {
    Handler* to = nullptr;
    std::uint32_t kind = 0;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
  };

  void on_event(std::uint32_t generation, std::uint32_t slot) override;
  void free_slot(std::uint32_t slot);

  EventQueue queue_;
  Nanos now_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;
  bool stopped_ = false;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t cancelled_ = 0;
};

}  // namespace capplan::core
