#pragma once
// A first-in first-out queue of waiters who leave after a fixed patience. Since all are equally patient, the first in
// is the first to leave: one timer for the head serves them all, and a waiter that is served costs no event.

#include <cstdint>
#include <vector>

#include "core/simulator.h"

namespace capplan::core {

template <class Waiter>
class WaitQueue {
 public:
  using Ticket = std::uint32_t;

  /// `owner` is told `kind` when the head's patience may have ended, and must then call expire().
  WaitQueue(Simulator& simulator, Nanos patience, Handler& owner, std::uint32_t kind)
      : simulator_(simulator), patience_(patience), owner_(owner), kind_(kind) {}

  bool empty() const { return head_ == none; }
  std::size_t size() const { return size_; }
  const Waiter& front() const { return nodes_[head_].waiter; }
  /// The waiter of a ticket that is still in the queue.
  Waiter& at(Ticket ticket) { return nodes_[ticket].waiter; }
  /// When the head came.
  Nanos front_since() const { return nodes_[head_].since; }
  /// When the waiter of a ticket that is still in the queue came.
  Nanos since(Ticket ticket) const { return nodes_[ticket].since; }

  /// Appends a waiter; the ticket takes it back.
  Ticket push(const Waiter& waiter) {
    if (free_ == none) {
      free_ = static_cast<Ticket>(nodes_.size());
      nodes_.push_back({Waiter{}, 0, none, none});
    }
    const Ticket ticket = free_;
    free_ = nodes_[ticket].next;
    nodes_[ticket] = {waiter, simulator_.now(), tail_, none};
    (tail_ == none ? head_ : nodes_[tail_].next) = ticket;
    tail_ = ticket;
    ++size_;
    arm();
    return ticket;
  }

  /// Takes the head out.
  Waiter pop() {
    const Waiter waiter = nodes_[head_].waiter;
    erase(head_);
    return waiter;
  }

  /// Takes out the waiter of a ticket that is still in the queue.
  void erase(Ticket ticket) {
    Node& node = nodes_[ticket];
    (node.previous == none ? head_ : nodes_[node.previous].next) = node.next;
    (node.next == none ? tail_ : nodes_[node.next].previous) = node.previous;
    node.next = free_;
    free_ = ticket;
    --size_;
  }

  /// Takes out all whose patience has ended, in order, and passes each to `leave`.
  template <class Leave>
  void expire(Leave leave) {
    while (!empty() && simulator_.now() - front_since() >= patience_) leave(pop());
    armed_ = false;
    if (!empty()) arm();
  }

 private:
  static constexpr Ticket none = 0xffffffff;
  struct Node {
    Waiter waiter;
    Nanos since;
    Ticket previous;
    Ticket next;
  };

  void arm() {
    if (armed_ || patience_ == never) return;
    armed_ = true;
    simulator_.schedule(front_since() + patience_ - simulator_.now(), owner_, kind_, 0);
  }

  Simulator& simulator_;
  Nanos patience_;
  Handler& owner_;
  std::uint32_t kind_;
  std::vector<Node> nodes_;
  Ticket head_ = none, tail_ = none, free_ = none;
  std::size_t size_ = 0;
  bool armed_ = false;
};

}  // namespace capplan::core
