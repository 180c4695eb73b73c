// How connections come: ahead of the first request, by an acquirer for itself, or by a background thread for whoever
// waits. Sources: asyncpg pool.py (Pool._initialize: the first alone); pg-pool index.js (connect, newClient); sqlx
// pool/inner.rs (connect, try_min_connections); HikariCP pool/HikariPool.java (PoolEntryCreator, addBagItem, fillPool).

#include <algorithm>

#include "models/pool/connection_pool.h"
#include "models/pool/pool_events.h"

namespace capplan::models {

namespace {

/// What the next try may find otherwise: SQLSTATE 53300, as sqlx has it.
bool passes(ClientError error) {
  return error == ClientError::too_many_clients || error == ClientError::reserved_slots;
}

core::Nanos next_pause(core::Nanos last, const PoolRules& rules) {
  return std::min(rules.retry_most, last > 0 ? 2 * last : rules.retry_first);
}

}  // namespace

void ConnectionPool::start_ahead(Instance& instance) {
  const bool background = rules_.opener == PoolRules::Opener::background;
  instance.starting = rules_.ahead == PoolRules::Ahead::first_alone && rules_.open_ahead > 0;
  plan(instance, std::min(background ? std::min(1, rules_.keep_idle) : rules_.open_ahead, instance.max));
  if (background && rules_.keep_idle == 0) arm_maintenance(instance, rules_.first_maintenance);
}

/// Connections for nobody in particular; whoever comes meanwhile counts on them.
void ConnectionPool::plan(Instance& instance, int count) {
  if (count <= 0) return;
  instance.planned += count;
  instance.unclaimed += static_cast<std::size_t>(count);
  do open_planned(instance);
  while (rules_.ahead == PoolRules::Ahead::together && instance.planned > 0);
}

void ConnectionPool::open_planned(Instance& instance) {
  --instance.planned;
  const std::uint32_t slot = new_slot(instance);
  connections_[slot].planned = true;
  open(slot, nullptr);
}

/// The next of those planned; after a failure none: whoever needs one opens it.
void ConnectionPool::go_on_ahead(Instance& instance, bool opened) {
  if (!opened) {
    instance.unclaimed -= static_cast<std::size_t>(instance.planned);
    instance.planned = 0;
  }
  if (instance.planned == 0) return started(instance);
  do open_planned(instance);
  while (rules_.ahead == PoolRules::Ahead::first_alone && instance.planned > 0);
}

/// What makes the pool returns when all are there, and the application begins: who came before is served in order.
void ConnectionPool::started(Instance& instance) {
  if (!instance.starting || instance.unclaimed > 0) return;
  instance.starting = false;
  while (!instance.waiters.empty() && (!instance.idle.empty() || instance.open < instance.max))
    if (const Waiter waiter = pop_waiter(instance); !serve(instance, waiter)) return enqueue(instance, waiter);
}

std::uint32_t ConnectionPool::new_slot(Instance& instance) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(connections_.size()));
    connections_.emplace_back();
    free_slots_.reserve(connections_.capacity());  // now, and not when more of them are free than ever
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  connections_[slot] = {};
  connections_[slot].instance = number_of(instance);
  ++instance.open;
  return slot;
}

void ConnectionPool::open(std::uint32_t slot, const Waiter* waiter) {
  Connection& connection = connections_[slot];
  connection.opening = openings_++;
  connection.wanted = waiter != nullptr;
  if (waiter != nullptr) connection.waiter = *waiter;
  set_state(slot, State::opening);
  if (waiter != nullptr) arm_deadline(slot);
  connect(slot);
}

void ConnectionPool::connect(std::uint32_t slot) {
  connections_[slot].retry = {};
  set_state(slot, State::opening);
  if (rules_.connect_jitter == 0) return reach(slot);
  const double share = jitter_stream_.at(connects_++).uniform();
  event(static_cast<core::Nanos>(static_cast<double>(rules_.connect_jitter) * share), pool_connect, slot);
}

void ConnectionPool::reach(std::uint32_t slot) {
  if (connections_[slot].abandoned) return opened(slot, {ClientError::pool_timeout});  // nobody knows of it yet
  to_.connect(rules_.login, {this, pool_connected, slot});
}

void ConnectionPool::arm_deadline(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  core::Nanos left = core::never;
  if (rules_.timeout_covers_opening && rules_.timeout != core::never)
    left = std::max<core::Nanos>(0, connection.waiter.since + rules_.timeout - simulator_.now());
  if (connection.state == State::opening) left = std::min(left, rules_.open_timeout);
  if (left != core::never) connection.deadline = simulator_.schedule_timer(left, *this, pool_late, slot);
}

void ConnectionPool::opened(std::uint32_t slot, Outcome outcome) {
  Connection& connection = connections_[slot];
  if (connection.abandoned) {
    if (outcome.error == ClientError::none) to_.disconnect(outcome.value);
    set_state(slot, State::closed);
    free_slots_.push_back(slot);
    return;
  }
  if (outcome.error != ClientError::none) return failed(slot, outcome.error);
  Instance& instance = instance_of(slot);
  connection.number = outcome.value;
  connection.opened = connection.idle_since = simulator_.now();
  if (opened_ != nullptr) opened_->add();
  start_ageing(slot);
  arm_maintenance(instance, std::min(rules_.maintenance, rules_.first_maintenance));
  if (connection.wanted) {
    const Waiter waiter = connection.waiter;
    connection.wanted = false;
    simulator_.cancel(connection.deadline);
    connection.deadline = {};
    return grant(slot, waiter);
  }
  const bool planned = connection.planned;
  --instance.unclaimed;
  if (!planned && rules_.opener == PoolRules::Opener::background) {
    instance.pause = 0;
    event(rules_.open_gap, pool_add, number_of(instance));
  }
  offer(slot);
  if (planned) go_on_ahead(instance, true);
}

/// The acquirer learns it, or tries again; the background thread sleeps and does.
void ConnectionPool::failed(std::uint32_t slot, ClientError error) {
  connect_errors_.add();
  if (retries(slot, error)) return;
  Connection& connection = connections_[slot];
  Instance& instance = instance_of(slot);
  const bool wanted = connection.wanted, planned = connection.planned;
  const Waiter waiter = connection.waiter;
  connection.broken = true;
  vacate(slot);
  if (wanted) {
    if (rules_.holders) put_empty(instance);
    waiter.reply({error});
  } else {
    --instance.unclaimed;
    if (planned) {
      go_on_ahead(instance, false);
    } else if (rules_.opener == PoolRules::Opener::background) {
      instance.pause = next_pause(instance.pause, rules_);
      ++instance.orders;
      event(instance.pause, pool_add, number_of(instance));
    }
  }
  serve_waiters(instance);
}

/// sqlx: what passes is tried again within the deadline, each pause at most a fifth of what is left of it.
bool ConnectionPool::retries(std::uint32_t slot, ClientError error) {
  Connection& connection = connections_[slot];
  if (!connection.wanted || rules_.retry_first == 0 || !passes(error)) return false;
  connection.pause = next_pause(connection.pause, rules_);
  core::Nanos pause = connection.pause;
  if (rules_.retry_share > 0 && rules_.timeout != core::never) {
    const core::Nanos left = connection.waiter.since + rules_.timeout - simulator_.now();
    pause = std::min(pause, static_cast<core::Nanos>(static_cast<double>(left) * rules_.retry_share));
  }
  if (pause <= 0) return false;
  set_state(slot, State::pausing);
  connection.retry = simulator_.schedule_timer(pause, *this, pool_retry, slot);
  return true;
}

/// There is room for a connection and somebody waits who counts on none: the waiter opens one.
void ConnectionPool::serve_waiters(Instance& instance) {
  if (rules_.opener == PoolRules::Opener::background || instance.starting) return;
  while (instance.waiters.size() > instance.unclaimed && instance.open + instance.planned < instance.max &&
         instance.idle.empty()) {
    const Waiter waiter = pop_waiter(instance);
    open(new_slot(instance), &waiter);
  }
}

void ConnectionPool::order_for_waiters(Instance& instance) {
  if (rules_.opener == PoolRules::Opener::background && static_cast<int>(instance.waiters.size()) > instance.orders)
    order(instance, 1);
}

/// The thread's queue holds as many orders as there may be connections.
void ConnectionPool::order(Instance& instance, int count) {
  instance.orders = std::min(instance.orders + count, instance.max);
  if (!instance.adding) add(instance);
}

/// Orders what is missing to keep_idle idle connections.
void ConnectionPool::fill(Instance& instance) {
  if (rules_.opener != PoolRules::Opener::background || instance.draining) return;
  const int missing = rules_.keep_idle - static_cast<int>(instance.idle.size());
  if (missing > 0 && instance.open < instance.max) order(instance, missing);
}

bool ConnectionPool::should_add(const Instance& instance) const {
  return instance.open < instance.max &&
         (static_cast<int>(instance.idle.size()) < rules_.keep_idle || instance.waiters.size() > instance.idle.size());
}

/// One order after the other; whether it is still needed is looked at when its turn comes.
void ConnectionPool::add(Instance& instance) {
  instance.adding = false;
  while (instance.orders > 0) {
    --instance.orders;
    if (!should_add(instance)) {
      instance.pause = 0;
      continue;
    }
    instance.adding = true;
    ++instance.unclaimed;
    return open(new_slot(instance), nullptr);
  }
}

}  // namespace capplan::models
