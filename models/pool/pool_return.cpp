// How a lease ends: a reset, rollback or commit with the connection still held, whether the caller waits for it, and
// who has the connection then. Sources: asyncpg pool.py (Pool.release: the holder's release is a task, shielded, so
// that two rounds of the loop lie between put_nowait and its caller; PoolConnectionHolder.release), CPython
// Lib/asyncio/queues.py (Queue.get, put_nowait: the getter's turn is in the next round); SQLAlchemy pool/base.py
// (_finalize_fairy), util/queue.py (Queue.put: notify, and the thread goes on); HikariCP pool/ProxyConnection.java
// (close), util/ConcurrentBag.java (requite); psycopg_pool/pool.py (putconn, _return_connection); sqlx
// pool/connection.rs (Drop: a spawned task); node-postgres pg-pool index.js (_release, _pulseQueue).

#include <utility>

#include "models/pool/connection_pool.h"
#include "models/pool/pool_events.h"

namespace capplan::models {

bool ConnectionPool::release_takes_time() const {
  return rules_.order == PoolRules::Order::event_loop ||
         (rules_.reset != PoolRules::Reset::none && rules_.resets_in_caller);
}

void ConnectionPool::release(std::uint32_t lease, Reply done) {
  Connection& connection = connections_[lease];
  connection.done = done;
  ++connection.uses;
  if (worn(connection)) return lease_over(lease, true);
  const bool resets = rules_.reset == PoolRules::Reset::always ||
                      (rules_.reset == PoolRules::Reset::unless_committed && !connection.committed);
  if (!resets) return lease_over(lease, false);
  const bool waits = rules_.resets_in_caller;
  if (!waits) connection.done = {};
  set_state(lease, State::resetting);
  execute(lease, {.request = no_request, .cpu = rules_.reset_cpu}, {this, pool_reset_done, lease});
  if (!waits && done.to != nullptr) done({});
}

/// The connection is free, or closed; and who had it goes on.
void ConnectionPool::lease_over(std::uint32_t slot, bool closes) {
  const Reply done = std::exchange(connections_[slot].done, {});
  connections_[slot].idle_since = simulator_.now();
  const core::Nanos turn = closes ? close_used(slot) : offer(slot);
  if (done.to == nullptr) return;
  if (turn != core::never && rules_.order == PoolRules::Order::event_loop) return go_on_later(done, turn);
  done({});
}

/// A connection that nobody had goes to the first waiter, or becomes idle.
void ConnectionPool::give_back(std::uint32_t slot) {
  connections_[slot].idle_since = simulator_.now();
  offer(slot);
}

/// Returns when the waiter that is woken for it comes to look for it; never where none is.
core::Nanos ConnectionPool::offer(std::uint32_t slot) {
  Instance& instance = instance_of(slot);
  const bool handed = !instance.waiters.empty() && !instance.starting && rules_.order == PoolRules::Order::handed;
  if (instance.open > instance.max || (instance.draining && instance.waiters.empty()) ||
      (instance.waiters.empty() && surplus(instance))) {
    close(slot);
    return core::never;
  }
  if (handed) {
    hand_out(slot, pop_waiter(instance));
    return core::never;
  }
  set_state(slot, State::idle);
  connections_[slot].settled = instance.open <= rules_.keep_idle;
  instance.idle.push_back(slot);
  arm_inactivity(instance);
  return instance.starting ? core::never : wake(instance);
}

/// One that was in use is closed. Its place stays, where the library has places.
core::Nanos ConnectionPool::close_used(std::uint32_t slot) {
  Instance& instance = instance_of(slot);
  const bool stays = rules_.holders && !instance.draining && instance.open <= instance.max && !surplus(instance);
  if (!stays) {
    close(slot);
    return core::never;
  }
  vacate(slot);
  return put_empty(instance);
}

/// An empty place, the last to have been used: whoever takes it opens a connection. Returns as offer() does.
core::Nanos ConnectionPool::put_empty(Instance& instance) {
  if (instance.draining || surplus(instance)) return core::never;
  instance.idle.push_back(empty_place);
  return wake(instance);
}

/// An event loop comes back to who gave a connection back two rounds after the woken waiter's turn.
void ConnectionPool::go_on_later(const Reply& done, core::Nanos after) {
  if (free_going_on_.empty()) {
    free_going_on_.push_back(static_cast<std::uint32_t>(going_on_.size()));
    going_on_.emplace_back();
  }
  const std::uint32_t place = free_going_on_.back();
  free_going_on_.pop_back();
  going_on_[place] = done;
  after += round();
  after += round();
  event(after, pool_goes_on, place);
}

}  // namespace capplan::models
