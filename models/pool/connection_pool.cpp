#include "models/pool/connection_pool.h"

#include <algorithm>
#include <utility>

#include "models/pool/pool_events.h"
#include "models/pool/pool_figures.h"

namespace capplan::models {

namespace {
/// Waiters and returners on their way: there are that many within a wake-up only where many connections end together.
constexpr std::size_t most_at_once = 64;

/// Of the meter of connections in use: none where there is no limit to be a share of.
double capacity(const PoolRules& rules) {
  if (rules.tuner || rules.autoscale) return 1;
  return rules.max == unlimited_connections ? 0 : double(rules.max) * rules.instances;
}
}  // namespace

ConnectionPool::ConnectionPool(Build& build, Endpoint& to, PoolRules rules)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      to_(to),
      rules_(std::move(rules)),
      jitter_stream_(build.stream(rules_.path, "connect_jitter")),
      reuse_stream_(build.stream(rules_.path, "reuse")),
      lifetime_stream_(build.stream(rules_.path, "lifetime")),
      keepalive_stream_(build.stream(rules_.path, "keepalive")),
      round_stream_(build.stream(rules_.path, "round")),
      acquired_(build.meters.rate(pool_acquired, {rules_.group, rules_.name})),
      timeouts_(build.meters.rate(pool_timeouts, {rules_.group, rules_.name})),
      connect_errors_(build.meters.rate(pool_connect_errors, {rules_.group, rules_.name})),
      wait_(build.meters.histogram(pool_wait, {rules_.group, rules_.name})),
      in_use_(build.meters.level(capacity(rules_) > 0 ? pool_utilization : pool_in_use, {rules_.group, rules_.name},
                                 capacity(rules_))),
      waiting_(build.meters.level(pool_waiting, {rules_.group, rules_.name})),
      open_(build.meters.level(pool_connections, {rules_.group, rules_.name})) {
  if (!rules_.fixed_size) opened_ = &build.meters.rate(pool_opened, {rules_.group, rules_.name});
  if (rules_.tuner || rules_.autoscale) {
    size_ = &build.meters.level(pool_size, {rules_.group, rules_.name});
    running_ = &build.meters.level(pool_instances, {rules_.group, rules_.name});
    scaling_ = std::make_unique<PoolScaling>(build.simulator, *this, rules_.tuner, rules_.autoscale);
  }
  for (std::vector<std::uint32_t>* places : {&free_woken_, &free_going_on_}) places->reserve(most_at_once);
  woken_.reserve(most_at_once);
  going_on_.reserve(most_at_once);
  const int instances = rules_.autoscale ? std::max(rules_.autoscale->max, rules_.instances) : rules_.instances;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(instances); ++i) {
    instances_.push_back({.waiters = core::WaitQueue<Waiter>(simulator_, rules_.timeout, *this,
                                                             i << pool_event_bits | pool_wait_expired)});
    instances_.back().max = rules_.max;
    instances_.back().draining = i >= static_cast<std::uint32_t>(rules_.instances);
    if (!instances_.back().draining) active_.push_back(i);
  }
}

void ConnectionPool::start() {
  for (const std::uint32_t i : active_) start_ahead(instances_[i]);
  if (scaling_) scaling_->start();
  count_use();
}

void ConnectionPool::set_state(std::uint32_t slot, State state) {
  Connection& connection = connections_[slot];
  const auto held = [](State s) { return s == State::leased || s == State::resetting || s == State::checking; };
  const auto alive = [](State s) { return s != State::closed && s != State::opening && s != State::pausing; };
  const int change = int(held(state)) - int(held(connection.state));
  if (alive(connection.state) != alive(state)) open_.add(simulator_.now(), alive(state) ? 1 : -1);
  connection.state = state;
  held_ += change;
  if (change != 0 || scaling_) count_use();
}

/// Where the size changes, utilization is a share of what there is at the moment; what outlasts a cut counts as there.
void ConnectionPool::count_use() {
  const core::Nanos now = simulator_.now();
  if (!scaling_) return in_use_.set(now, held_);
  double size = 0;
  for (const Instance& instance : instances_)
    size += instance.draining ? instance.open : std::max(instance.max, instance.open);
  in_use_.set(now, held_ / std::max(1.0, size));
  size_->set(now, instances_.front().max);
  running_->set(now, static_cast<double>(active_.size()));
}

/// A load balancer deals requests to the instances in turn, and a request stays where it is. What invokes functions on
/// demand takes one that is warm, the first as long as it will do, and starts another where none is.
ConnectionPool::Instance& ConnectionPool::dispatched(std::uint64_t turn) {
  Instance* with_room = nullptr;
  if (rules_.reuses_warm)
    for (const std::uint32_t i : active_) {
      Instance& instance = instances_[i];
      if (!instance.waiters.empty()) continue;
      if (instance.idle.size() > instance.woken) return instance;
      if (with_room == nullptr && instance.open + instance.planned < instance.max) with_room = &instance;
    }
  return with_room != nullptr ? *with_room : instances_[active_[turn % active_.size()]];
}

void ConnectionPool::acquire(std::uint64_t turn, Reply reply) {
  Instance& instance = dispatched(turn);
  const Waiter waiter{reply, simulator_.now()};
  if (!serve(instance, waiter)) enqueue(instance, waiter);
}

/// Takes an idle connection, or opens one where the acquirer may.
bool ConnectionPool::serve(Instance& instance, const Waiter& waiter) {
  if (instance.starting) return false;
  while (!instance.idle.empty()) {
    const std::uint32_t slot = take_idle(instance);
    if (slot == empty_place && instance.open >= instance.max) continue;  // the pool has become smaller
    slot == empty_place ? open(new_slot(instance), &waiter) : hand_out(slot, waiter);
    return true;
  }
  if (rules_.opener == PoolRules::Opener::background || instance.open + instance.planned >= instance.max ||
      instance.waiters.size() < instance.unclaimed)
    return false;
  open(new_slot(instance), &waiter);
  return true;
}

/// At the tail. Who queues again keeps the deadline that it came with.
void ConnectionPool::enqueue(Instance& instance, const Waiter& waiter) {
  const auto ticket = instance.waiters.push(waiter);
  waiting_.add(simulator_.now(), 1);
  if (rules_.timeout != core::never && waiter.since != simulator_.now())
    instance.waiters.at(ticket).own =
        simulator_.schedule_timer(waiter.since + rules_.timeout - simulator_.now(), *this,
                                  number_of(instance) << pool_event_bits | pool_own_wait_expired, ticket);
  order_for_waiters(instance);
}

ConnectionPool::Waiter ConnectionPool::pop_waiter(Instance& instance) {
  Waiter waiter = instance.waiters.pop();
  waiting_.add(simulator_.now(), -1);
  simulator_.cancel(waiter.own);
  waiter.own = {};
  return waiter;
}

std::uint32_t ConnectionPool::take_idle(Instance& instance) {
  auto next = instance.idle.end() - 1;
  if (rules_.reuse == PoolRules::Reuse::oldest) next = instance.idle.begin();
  if (rules_.reuse == PoolRules::Reuse::random)
    next = instance.idle.begin() + static_cast<std::ptrdiff_t>(reuse_stream_.below(instance.idle.size()));
  if (rules_.reuse == PoolRules::Reuse::first_opened)
    next = std::min_element(instance.idle.begin(), instance.idle.end(), [&](std::uint32_t a, std::uint32_t b) {
      return connections_[a].opening < connections_[b].opening;
    });
  const std::uint32_t slot = *next;
  instance.idle.erase(next);
  return slot;
}

/// A connection that is free goes to a waiter: as it is, after a sign of life, or opened anew.
void ConnectionPool::hand_out(std::uint32_t slot, const Waiter& waiter) {
  Connection& connection = connections_[slot];
  const core::Nanos now = simulator_.now();
  const bool old = rules_.retire == PoolRules::Retire::at_checkout && rules_.max_lifetime != core::never &&
                   now - connection.opened > rules_.max_lifetime;
  const bool dead = rules_.notices_closed && !to_.alive(connection.number);
  if (old || dead || connection.opened <= instance_of(slot).distrusted) {
    vacate(slot);
    return open(new_slot(instance_of(slot)), &waiter);
  }
  if (rules_.check_after == core::never || now - connection.idle_since < rules_.check_after) return grant(slot, waiter);
  set_state(slot, State::checking);
  connection.waiter = waiter;
  connection.wanted = true;
  arm_deadline(slot);
  execute(slot, {.request = no_request, .cpu = rules_.check_cpu}, {this, pool_checked, slot});
}

/// The sign of life came, or did not.
void ConnectionPool::checked(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const bool wanted = connection.wanted;
  const Waiter waiter = connection.waiter;
  connection.wanted = false;
  simulator_.cancel(connection.deadline);
  connection.deadline = {};
  if (!connection.broken) return wanted ? grant(slot, waiter) : give_back(slot);
  Instance& instance = instance_of(slot);
  if (rules_.distrust_older) instance.distrusted = simulator_.now();
  if (!wanted) return close(slot);
  vacate(slot);
  if (!rules_.rejoin) return open(new_slot(instance), &waiter);
  fill(instance);
  if (!serve(instance, waiter)) enqueue(instance, waiter);
}

void ConnectionPool::grant(std::uint32_t slot, const Waiter& waiter) {
  connections_[slot].committed = connections_[slot].begun = false;
  set_state(slot, State::leased);
  acquired_.add();
  wait_.record(simulator_.now() - waiter.since);
  waiter.reply({ClientError::none, slot});
}

void ConnectionPool::execute(std::uint32_t lease, const Statement& statement, Reply reply) {
  Connection& connection = connections_[lease];
  connection.reply = reply;
  connection.statement = statement;
  connection.committed = connection.committed || statement.opens_block;
  if (rules_.begins && connection.state == State::leased && !connection.committed) {
    connection.statement.opens_block = true;
    if (!connection.begun) {
      connection.begun = connection.beginning = true;
      connection.first = connection.statement;
      connection.statement = {.request = statement.request, .cpu = rules_.begin_cpu, .opens_block = true};
    }
  }
  run(lease);
}

/// On the wire.
void ConnectionPool::run(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  ++connection.statements;
  if (rules_.round_trip > 0) return event(rules_.round_trip / 2, pool_arrives, slot);
  const Statement statement = connection.statement;
  to_.execute(connection.number, statement, {this, pool_executed, slot});
}

void ConnectionPool::answered(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (connection.outcome.closed) connection.broken = true;
  if (std::exchange(connection.beginning, false) && connection.outcome.error == ClientError::none) {
    connection.statement = connection.first;
    return run(slot);
  }
  const Reply reply = connection.reply;
  reply(connection.outcome);
}

void ConnectionPool::on_event(std::uint32_t kind, std::uint32_t index) {
  const std::uint32_t number = kind >> pool_event_bits;
  switch (kind & pool_event_mask) {
    case pool_wait_expired:
      return waits_expired(instances_[number]);
    case pool_own_wait_expired:
      return own_wait_expired(instances_[number], index);
    case pool_woken:
      return woken(index, number);
    case pool_late:
      return late(index);
    case pool_connect:
      return reach(index);
    case pool_retry:
      return connect(index);
    case pool_add:
      return add(instances_[index]);
    case pool_lifetime_over:
      return lifetime_over(index);
    case pool_keepalive:
      return probe(index);
    case pool_inactive:
      return close_inactive(instances_[index]);
    case pool_maintenance:
      return maintain(instances_[index]);
    case pool_arrives: {
      const Connection& connection = connections_[index];
      accounts_.add(connection.statement.request, Stage::network, rules_.round_trip);
      const Statement statement = connection.statement;
      return to_.execute(connection.number, statement, {this, pool_executed, index});
    }
    case pool_returns:
      return answered(index);
    case pool_goes_on: {
      const Reply done = going_on_[index];
      free_going_on_.push_back(index);
      return done({});
    }
    default:
      break;
  }
}

void ConnectionPool::on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) {
  switch (kind) {
    case pool_connected:
      return opened(index, outcome);
    case pool_executed:
      connections_[index].outcome = outcome;
      if (rules_.round_trip > 0) return event(rules_.round_trip - rules_.round_trip / 2, pool_returns, index);
      return answered(index);
    case pool_checked:
      return checked(index);
    case pool_probed:
      return probed(index);
    case pool_reset_done:
      return lease_over(index, connections_[index].broken);
    default:
      break;
  }
}

}  // namespace capplan::models
