// The line of those who wait for a connection: who is woken for an idle one and finds it taken, and whose patience
// ends, in line or while a connection is opened or checked for them.

#include "models/pool/connection_pool.h"
#include "models/pool/pool_events.h"

namespace capplan::models {

/// Whoever gives up has waited at least that long.
void ConnectionPool::refuse(const Waiter& waiter, ClientError error) {
  timeouts_.add();
  wait_.record(simulator_.now() - waiter.since);
  waiter.reply({error});
}

/// An idle connection is there for the first waiter, who comes to look for it in a moment.
/// Returns when, from now, or never where nobody is woken.
core::Nanos ConnectionPool::wake(Instance& instance) {
  if (instance.waiters.empty() || instance.idle.size() <= instance.woken) return core::never;
  if (free_woken_.empty()) {
    free_woken_.push_back(static_cast<std::uint32_t>(woken_.size()));
    woken_.emplace_back();
  }
  const std::uint32_t place = free_woken_.back();
  free_woken_.pop_back();
  woken_[place] = pop_waiter(instance);
  ++instance.woken;
  const core::Nanos after = rules_.order == PoolRules::Order::event_loop ? round() : rules_.wakeup;
  event(after, number_of(instance) << pool_event_bits | pool_woken, place);
  return after;
}

/// Of an event loop: half to one and a half of the mean, by even chance, as what else there is to do has it.
core::Nanos ConnectionPool::round() {
  if (rules_.wakeup == 0) return 0;
  return core::to_nanos(core::to_seconds(rules_.wakeup) * (0.5 + round_stream_.at(rounds_++).uniform()));
}

void ConnectionPool::woken(std::uint32_t place, std::uint32_t instance) {
  const Waiter waiter = woken_[place];
  free_woken_.push_back(place);
  look_again(instances_[instance], waiter);
}

/// Whoever was awake at the time of the release may have been faster.
void ConnectionPool::look_again(Instance& instance, Waiter waiter) {
  --instance.woken;
  if (rules_.timeout != core::never && simulator_.now() - waiter.since >= rules_.timeout)
    refuse(waiter, rules_.timeout_error);
  else if (!serve(instance, waiter))
    enqueue(instance, waiter);
  wake(instance);
}

/// The patience of the first in line ends, and of who came at the same time.
void ConnectionPool::waits_expired(Instance& instance) {
  instance.waiters.expire([this](Waiter waiter) {
    waiting_.add(simulator_.now(), -1);
    simulator_.cancel(waiter.own);
    refuse(waiter, rules_.timeout_error);
  });
}

/// The patience of one that queued again ends.
void ConnectionPool::own_wait_expired(Instance& instance, std::uint32_t ticket) {
  const Waiter waiter = instance.waiters.at(ticket);
  instance.waiters.erase(ticket);
  waiting_.add(simulator_.now(), -1);
  refuse(waiter, rules_.timeout_error);
}

/// An acquirer's patience ends while its connection is opened or checked.
void ConnectionPool::late(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  Instance& instance = instance_of(slot);
  const Waiter waiter = connection.waiter;
  const bool by_opening = rules_.open_timeout != core::never && connection.state == State::opening;
  const State state = connection.state;
  connection.wanted = false;
  if (state == State::pausing) {
    vacate(slot);
  } else if (state == State::opening && rules_.keep_late) {
    ++instance.unclaimed;  // whoever waits next gets it when it is open
  } else if (state == State::opening) {
    connection.abandoned = true;
    --instance.open;
  }
  const bool left = state == State::opening && !rules_.keep_late;
  if (rules_.holders && left) put_empty(instance);
  refuse(waiter, by_opening ? rules_.open_timeout_error : rules_.timeout_error);
  serve_waiters(instance);
}

}  // namespace capplan::models
