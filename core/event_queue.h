#pragma once
// The event list: a 4-ary implicit heap ordered by (time, sequence). Measured against a binary heap, a calendar queue
// and a ladder queue: the fastest with the few events that open models have pending, not with hundreds and more. Why it
// is used all the same: docs/decisions/002-event-queue.md. The others stand in tests/bench for the next look.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.h"

namespace capplan::core {

/// Whoever can be told of an event. `kind` and `index` are what the event was scheduled with.
class Handler {
 public:
  /// Called once for each event, at its time.
  virtual void on_event(std::uint32_t kind, std::uint32_t index) = 0;

 protected:
  ~Handler() = default;
};

struct Event {
  Nanos time;
  std::uint64_t sequence;
  Handler* to;
  std::uint32_t kind;
  std::uint32_t index;
};

/// Earlier first; of one instant, the one asked for first.
inline bool before(const Event& a, const Event& b) {
  return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
}

/// A priority queue of events. Push and pop cost O(log n); the storage only grows.
class EventQueue {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const Event& top() const { return heap_.front(); }

  void push(const Event& event) {
    heap_.push_back(event);
    sift_up(heap_.size() - 1, event);
  }

  /// Removes the first event. Requires a non-empty queue.
  void pop() {
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sift_down(0, last);
  }

  /// Removes every event that `drop` is true for, and restores the order of the rest.
  template <class Predicate>
  void remove_if(Predicate drop) {
    std::erase_if(heap_, drop);
    for (std::size_t i = heap_.size() / 4 + 1; i-- > 0;)
      if (i < heap_.size()) sift_down(i, Event(heap_[i]));
  }

 private:
  void sift_up(std::size_t hole, const Event& event) {
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 4;
      if (!before(event, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = event;
  }

  void sift_down(std::size_t hole, const Event& event) {
    const std::size_t size = heap_.size();
    for (;;) {
      const std::size_t first = 4 * hole + 1;
      if (first >= size) break;
      std::size_t least = first;
      const std::size_t end = first + 4 < size ? first + 4 : size;
      for (std::size_t child = first + 1; child < end; ++child)
        if (before(heap_[child], heap_[least])) least = child;
      if (!before(heap_[least], event)) break;
      heap_[hole] = heap_[least];
      hole = least;
    }
    heap_[hole] = event;
  }

  std::vector<Event> heap_;
};

}  // namespace capplan::core
