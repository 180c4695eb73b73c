// How connections go: worn by statements, uses or age, idle for too long, too many. Sources: asyncpg pool.py
// (PoolConnectionHolder.release); SQLAlchemy pool/impl.py (_do_return_conn), pool/base.py (get_connection); pg-pool
// index.js
// (_release); sqlx pool/inner.rs (spawn_maintenance_tasks); HikariCP pool/HikariPool.java (HouseKeeper,
// MaxLifetimeTask, KeepaliveTask); node lib/_http_agent.js; httpcore _async/connection_pool.py
// (_assign_requests_to_connections).

#include <algorithm>

#include "models/pool/connection_pool.h"
#include "models/pool/pool_events.h"

namespace capplan::models {

namespace {

/// Up to `share` of the span less, by chance.
core::Nanos less(core::Nanos span, double share, core::Stream& stream, std::uint64_t number) {
  if (share <= 0) return span;
  return span - static_cast<core::Nanos>(static_cast<double>(span) * share * stream.at(number).uniform());
}

}  // namespace

bool ConnectionPool::worn(const Connection& connection) const {
  return connection.broken || connection.expired ||
         (rules_.max_statements > 0 && connection.statements >= rules_.max_statements) ||
         (rules_.max_uses > 0 && connection.uses >= rules_.max_uses) ||
         (rules_.retire == PoolRules::Retire::at_return && rules_.max_lifetime != core::never &&
          simulator_.now() - connection.opened > rules_.max_lifetime);
}

bool ConnectionPool::surplus(const Instance& instance) const {
  return rules_.max_idle_of_all ? instance.open > rules_.max_idle
                                : static_cast<int>(instance.idle.size()) >= rules_.max_idle;
}

/// What waits for the room may have it.
void ConnectionPool::close(std::uint32_t slot) {
  Instance& instance = instance_of(slot);
  vacate(slot);
  serve_waiters(instance);
  fill(instance);
}

/// Ends the connection and frees its place, for the caller to fill.
void ConnectionPool::vacate(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (!connection.broken && connection.state != State::pausing) to_.disconnect(connection.number);
  for (core::Timer* timer : {&connection.deadline, &connection.retry, &connection.lifetime, &connection.keepalive}) {
    simulator_.cancel(*timer);
    *timer = {};
  }
  --instance_of(slot).open;
  free_slots_.push_back(slot);
  set_state(slot, State::closed);
}

void ConnectionPool::start_ageing(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (rules_.retire == PoolRules::Retire::by_timer && rules_.max_lifetime != core::never)
    connection.lifetime = simulator_.schedule_timer(
        less(rules_.max_lifetime, rules_.lifetime_spread, lifetime_stream_, connection.opening), *this,
        pool_lifetime_over, slot);
  schedule_keepalive(slot);
}

void ConnectionPool::schedule_keepalive(std::uint32_t slot) {
  if (rules_.keepalive == core::never) return;
  Connection& connection = connections_[slot];
  connection.keepalive =
      simulator_.schedule_timer(less(rules_.keepalive, rules_.keepalive_spread, keepalive_stream_, connection.opening),
                                *this, pool_keepalive, slot);
}

void ConnectionPool::lifetime_over(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  connection.lifetime = {};
  connection.expired = true;  // one in use goes when it is returned
  if (connection.state != State::idle) return;
  Instance& instance = instance_of(slot);
  std::erase(instance.idle, slot);
  close(slot);
  order_for_waiters(instance);
}

void ConnectionPool::probe(std::uint32_t slot) {
  connections_[slot].keepalive = {};
  if (connections_[slot].state != State::idle) return schedule_keepalive(slot);
  std::erase(instance_of(slot).idle, slot);
  set_state(slot, State::probed);
  execute(slot, {.request = no_request, .cpu = rules_.check_cpu}, {this, pool_probed, slot});
}

/// Its rest goes on as if nothing had been.
void ConnectionPool::probed(std::uint32_t slot) {
  if (connections_[slot].broken || connections_[slot].expired) return close(slot);
  schedule_keepalive(slot);
  offer(slot);
}

/// One event for the connection idle longest serves all. Where there is maintenance, that looks after them.
void ConnectionPool::arm_inactivity(Instance& instance) {
  if (rules_.max_inactive == core::never || rules_.maintenance != core::never || instance.armed) return;
  const auto next = std::find_if(instance.idle.begin(), instance.idle.end(), [this](std::uint32_t slot) {
    return slot != empty_place && !connections_[slot].settled;
  });
  if (next == instance.idle.end()) return;
  instance.armed = true;
  event(connections_[*next].idle_since + rules_.max_inactive - simulator_.now(), pool_inactive, number_of(instance));
}

void ConnectionPool::close_inactive(Instance& instance) {
  instance.armed = false;
  for (std::size_t i = 0; i < instance.idle.size();) {
    const std::uint32_t slot = instance.idle[i];
    if (slot == empty_place) {
      ++i;
      continue;
    }
    Connection& connection = connections_[slot];
    if (!connection.settled && simulator_.now() - connection.idle_since < rules_.max_inactive) break;
    if (connection.settled || instance.open <= rules_.keep_idle) {
      connection.settled = true;
      ++i;
      continue;
    }
    instance.idle.erase(instance.idle.begin() + static_cast<std::ptrdiff_t>(i));
    close(slot);
  }
  arm_inactivity(instance);
}

void ConnectionPool::arm_maintenance(Instance& instance, core::Nanos delay) {
  if (instance.maintained || delay == core::never) return;
  instance.maintained = true;
  event(delay, pool_maintenance, number_of(instance));
}

/// Closes what has been idle for too long, or lived, and opens again what is to be kept.
void ConnectionPool::maintain(Instance& instance) {
  const bool background = rules_.opener == PoolRules::Opener::background;
  auto removable = static_cast<int>(instance.idle.size()) - (background ? rules_.keep_idle : 0);
  for (std::size_t i = 0; i < instance.idle.size() && removable > 0;) {
    const std::uint32_t slot = instance.idle[i];
    const Connection& connection = connections_[slot];
    const core::Nanos now = simulator_.now();
    const bool aged = rules_.retire == PoolRules::Retire::at_return && rules_.max_lifetime != core::never &&
                      now - connection.opened > rules_.max_lifetime;
    if (!aged && (rules_.max_inactive == core::never || now - connection.idle_since <= rules_.max_inactive)) {
      ++i;
      continue;
    }
    instance.idle.erase(instance.idle.begin() + static_cast<std::ptrdiff_t>(i));
    --removable;
    close(slot);
  }
  if (!instance.draining) plan(instance, rules_.keep_open - instance.open - instance.planned);
  fill(instance);
  instance.maintained = false;
  arm_maintenance(instance, rules_.maintenance);
}

/// Idle connections beyond what there may be.
void ConnectionPool::trim(Instance& instance) {
  while (!instance.idle.empty() && (instance.open > instance.max || instance.draining)) {
    const std::uint32_t slot = instance.idle.front();
    instance.idle.erase(instance.idle.begin());
    if (slot != empty_place) close(slot);
  }
}

}  // namespace capplan::models
