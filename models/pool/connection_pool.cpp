#include "models/pool/connection_pool.h"

namespace capplan::models {

namespace {
enum Kind : std::uint32_t { wait_expired, open_expired, inactive, arrives, returns };  // events
enum Answer : std::uint32_t { connected, executed, reset_done };                       // replies
}  // namespace

ConnectionPool::ConnectionPool(Build& build, Endpoint& to, PoolRules rules)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      to_(to),
      rules_(std::move(rules)),
      acquired_(build.meters.rate({"pools", rules_.name, "acquired_per_s"})),
      timeouts_(build.meters.rate({"pools", rules_.name, "timeouts_per_s"})),
      connect_errors_(build.meters.rate({"pools", rules_.name, "connect_errors_per_s"})),
      wait_(build.meters.histogram({"pools", rules_.name, "wait_s"})),
      in_use_(build.meters.level({"pools", rules_.name, "utilization"}, double(rules_.max) * rules_.instances)),
      waiting_(build.meters.level({"pools", rules_.name, "waiting"})),
      open_(build.meters.level({"pools", rules_.name, "connections"})) {
  const auto max = static_cast<std::uint32_t>(rules_.max);
  connections_.resize(static_cast<std::size_t>(rules_.instances) * max);
  inactivity_armed_.resize(static_cast<std::size_t>(rules_.instances), false);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(rules_.instances); ++i) {
    instances_.push_back({{}, {}, core::WaitQueue<Waiter>(simulator_, rules_.timeout, *this, i << 3 | wait_expired)});
    for (std::uint32_t slot = max; slot-- > 0;) {
      connections_[i * max + slot].instance = i;
      instances_[i].closed.push_back(i * max + slot);
    }
  }
}

void ConnectionPool::start() {
  for (Instance& instance : instances_)
    for (int n = 0; n < rules_.open_ahead; ++n) {
      const std::uint32_t slot = instance.closed.back();
      instance.closed.pop_back();
      open(slot, nullptr);
    }
}

void ConnectionPool::set_state(Connection& connection, State state) {
  const auto held = [](State s) { return s == State::leased || s == State::resetting; };
  const auto alive = [](State s) { return s != State::closed && s != State::opening; };
  const core::Nanos now = simulator_.now();
  if (held(connection.state) != held(state)) in_use_.add(now, held(state) ? 1 : -1);
  if (alive(connection.state) != alive(state)) open_.add(now, alive(state) ? 1 : -1);
  connection.state = state;
}

/// A load balancer deals requests to the instances in turn; a request stays where it is.
void ConnectionPool::acquire(std::uint64_t turn, Reply reply) {
  Instance& instance = instances_[turn % instances_.size()];
  const Waiter waiter{reply, simulator_.now()};
  if (!instance.idle.empty()) {
    const auto next = rules_.reuse_oldest ? instance.idle.begin() : instance.idle.end() - 1;
    const std::uint32_t slot = *next;
    instance.idle.erase(next);
    grant(slot, waiter);
  } else if (!instance.closed.empty() && instance.waiters.size() >= instance.unclaimed) {
    const std::uint32_t slot = instance.closed.back();
    instance.closed.pop_back();
    open(slot, &waiter);
  } else {
    instance.waiters.push(waiter);
    waiting_.add(simulator_.now(), 1);
  }
}

void ConnectionPool::open(std::uint32_t slot, const Waiter* waiter) {
  Connection& connection = connections_[slot];
  set_state(connection, State::opening);
  connection.broken = false;
  connection.queries = 0;
  connection.opened_for_waiter = waiter != nullptr;
  if (waiter == nullptr) {
    ++instances_[connection.instance].unclaimed;
  } else {
    connection.waiter = *waiter;
    if (rules_.timeout != core::never) {
      const core::Nanos left = waiter->since + rules_.timeout - simulator_.now();
      connection.open_timeout = simulator_.schedule_timer(left, *this, open_expired, slot);
    }
  }
  to_.connect(rules_.login, {this, connected, slot});
}

void ConnectionPool::opened(std::uint32_t slot, Outcome outcome) {
  Connection& connection = connections_[slot];
  const bool wanted = connection.opened_for_waiter;
  const Waiter waiter = connection.waiter;
  if (wanted)
    simulator_.cancel(connection.open_timeout);
  else
    --instances_[connection.instance].unclaimed;
  connection.open_timeout = {};
  if (outcome.error != ClientError::none) {
    connect_errors_.add();
    set_state(connection, State::closed);
    Instance& instance = instances_[connection.instance];
    instance.closed.push_back(slot);
    if (wanted) waiter.reply({outcome.error});
    serve_next(instance);
    return;
  }
  connection.number = outcome.value;
  if (wanted) {
    grant(slot, waiter);
  } else {
    set_state(connection, State::leased);
    give_back(slot);
  }
}

void ConnectionPool::grant(std::uint32_t slot, const Waiter& waiter) {
  Connection& connection = connections_[slot];
  set_state(connection, State::leased);
  acquired_.add();
  wait_.record(simulator_.now() - waiter.since);
  waiter.reply({ClientError::none, slot});
}

void ConnectionPool::execute(std::uint32_t lease, const Statement& statement, Reply reply) {
  Connection& connection = connections_[lease];
  connection.reply = reply;
  ++connection.queries;
  if (rules_.round_trip > 0) {
    connection.statement = statement;
    simulator_.schedule(rules_.round_trip / 2, *this, arrives, lease);
  } else {
    to_.execute(connection.number, statement, {this, executed, lease});
  }
}

void ConnectionPool::answered(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (connection.outcome.closed) connection.broken = true;
  connection.reply(connection.outcome);
}

void ConnectionPool::release(std::uint32_t lease) {
  Connection& connection = connections_[lease];
  if (connection.broken || (rules_.max_queries > 0 && connection.queries >= rules_.max_queries)) {
    close(lease);
  } else if (rules_.reset_after_use) {
    set_state(connection, State::resetting);
    execute(lease, {.request = no_request, .cpu = rules_.reset_cpu}, {this, reset_done, lease});
  } else {
    give_back(lease);
  }
}

/// A connection that is free again goes to the first waiter, or to the top of the idle ones.
void ConnectionPool::give_back(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  Instance& instance = instances_[connection.instance];
  if (!instance.waiters.empty()) {
    waiting_.add(simulator_.now(), -1);
    grant(slot, instance.waiters.pop());
    return;
  }
  set_state(connection, State::idle);
  connection.idle_since = simulator_.now();
  instance.idle.push_back(slot);
  arm_inactivity(connection.instance);
}

void ConnectionPool::close(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (!connection.broken) to_.disconnect(connection.number);
  set_state(connection, State::closed);
  Instance& instance = instances_[connection.instance];
  instance.closed.push_back(slot);
  serve_next(instance);
}

/// A slot without connection and somebody waiting: the waiter opens one.
void ConnectionPool::serve_next(Instance& instance) {
  if (instance.waiters.empty() || instance.closed.empty()) return;
  waiting_.add(simulator_.now(), -1);
  const Waiter waiter = instance.waiters.pop();
  const std::uint32_t slot = instance.closed.back();
  instance.closed.pop_back();
  open(slot, &waiter);
}

void ConnectionPool::arm_inactivity(std::uint32_t instance) {
  if (rules_.max_inactive == core::never || inactivity_armed_[instance]) return;
  inactivity_armed_[instance] = true;
  const core::Nanos since = connections_[instances_[instance].idle.front()].idle_since;
  simulator_.schedule(since + rules_.max_inactive - simulator_.now(), *this, inactive, instance);
}

/// The longest idle lie at the bottom of the stack.
void ConnectionPool::close_inactive(std::uint32_t instance) {
  inactivity_armed_[instance] = false;
  std::vector<std::uint32_t>& idle = instances_[instance].idle;
  while (!idle.empty() && simulator_.now() - connections_[idle.front()].idle_since >= rules_.max_inactive) {
    const std::uint32_t slot = idle.front();
    idle.erase(idle.begin());
    close(slot);
  }
  if (!idle.empty()) arm_inactivity(instance);
}

void ConnectionPool::on_event(std::uint32_t kind, std::uint32_t index) {
  switch (kind & 7) {
    case wait_expired:
      instances_[kind >> 3].waiters.expire([this](const Waiter& waiter) {
        waiting_.add(simulator_.now(), -1);
        timeouts_.add();
        waiter.reply({rules_.timeout_error});
      });
      break;
    case open_expired: {
      Connection& connection = connections_[index];
      connection.opened_for_waiter = false;  // whoever waits next gets it when it is open
      ++instances_[connection.instance].unclaimed;
      timeouts_.add();
      connection.waiter.reply({rules_.timeout_error});
      break;
    }
    case inactive:
      close_inactive(index);
      break;
    case arrives: {
      Connection& connection = connections_[index];
      accounts_.add(connection.statement.request, Stage::network, rules_.round_trip);
      to_.execute(connection.number, connection.statement, {this, executed, index});
      break;
    }
    case returns:
      answered(index);
      break;
    default:
      break;
  }
}

void ConnectionPool::on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) {
  Connection& connection = connections_[index];
  switch (kind) {
    case connected:
      opened(index, outcome);
      break;
    case executed:
      connection.outcome = outcome;
      if (rules_.round_trip > 0)
        simulator_.schedule(rules_.round_trip - rules_.round_trip / 2, *this, returns, index);
      else
        answered(index);
      break;
    case reset_done:
      if (connection.broken)
        close(index);
      else
        give_back(index);
      break;
    default:
      break;
  }
}

}  // namespace capplan::models
