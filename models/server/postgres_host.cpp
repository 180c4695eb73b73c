#include "models/server/postgres_host.h"

#include <algorithm>
#include <cmath>

namespace capplan::models {

using core::Nanos;

namespace {
/// How long a refusal of the operating system travels: a round trip in one data centre, an assumption.
constexpr Nanos refusal_time = 100 * core::microsecond;
}  // namespace

PostgresHost::PostgresHost(Build& build, const Section& section, const std::string& path, const HostMeters& meters,
                           std::uint32_t first_number)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      meters_(meters),
      disk_(build.simulator, static_cast<int>(section.params.record("disk").count("concurrency"))),
      wal_(build.simulator, section.params.record("disk").distribution("fsync"), build.stream(path, "fsync")),
      first_number_(first_number),
      max_connections_(static_cast<std::uint32_t>(section.params.count("max_connections"))),
      reserved_(static_cast<std::uint32_t>(section.params.count("superuser_reserved_connections"))),
      commit_waits_(static_cast<int>(section.params.record("disk").count("commit_waits"))),
      commit_cpu_(section.params.record("disk").duration("commit_cpu")),
      speed_(section.params.number("speed")),
      cold_after_(static_cast<double>(section.params.duration("cold_after"))),
      idle_cold_(section.params.number("idle_cold")),
      idle_cold_after_(static_cast<double>(section.params.duration("idle_cold_after"))),
      connect_time_(section.params.duration("connect_time")),
      connect_cpu_(section.params.duration("connect_cpu")),
      statement_timeout_(section.params.has("statement_timeout") ? section.params.duration("statement_timeout") : 0),
      slow_after_(meters.slow_statements != nullptr ? section.params.duration("log_min_duration_statement") : 0) {
  const Params& p = section.params;
  const auto cores = static_cast<int>(p.count("cores"));
  if (p.has("cpu_quota")) {
    throttled_.emplace(simulator_, cores, p.number("cpu_quota"),
                       p.has("cfs_period") ? p.duration("cfs_period") : 100 * core::millisecond);
    throttled_->busy = meters_.cpu;
    throttled_->throttled = meters_.throttled;
  } else if (p.text("scheduler") == "linux") {
    const core::TimeSlices slices{p.duration("base_slice"), p.duration("tick"), p.flag("delay_dequeue"),
                                  p.flag("place_lag")};
    sliced_.emplace(simulator_, cores, slices, build.stream(path, "scheduler"));
    sliced_->busy = meters_.cpu;
  } else {
    ideal_.emplace(simulator_, cores);
    ideal_->busy = meters_.cpu;
  }
  if (p.has("memory_limit")) memory_.emplace(p, *meters_.memory);
  disk_.busy = meters_.disk;
  wal_.busy = meters_.wal_flush;
  wal_.batches = meters_.wal_flushes;
  backends_.resize(max_connections_);
  for (std::uint32_t i = max_connections_; i-- > 0;) free_.push_back(i);
}

/// Numbers of dead connections whose owners do not know yet are not used again, so there may be more than slots.
std::uint32_t PostgresHost::take_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(backends_.size()));
    backends_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  meters_.connections->set(simulator_.now(), ++taken_);
  if (memory_) hold(memory_->of_backend());
  Backend& backend = backends_[number];
  backend.state = Backend::State::login;
  backend.dead = backend.abandoned = false;
  return number;
}

void PostgresHost::free_slot(std::uint32_t backend) {
  free_number(backend);
  meters_.connections->set(simulator_.now(), --taken_);
  if (memory_) memory_->release(simulator_.now(), memory_->of_backend());
}

void PostgresHost::free_number(std::uint32_t backend) {
  backends_[backend].state = Backend::State::free;
  if (!backends_[backend].pending) free_.push_back(backend);
}

void PostgresHost::refuse(Kind why, Nanos after, Reply reply) {
  meters_.refusals->add();
  if (free_refusals_.empty()) {
    free_refusals_.push_back(static_cast<std::uint32_t>(refused_.size()));
    refused_.emplace_back();
  }
  const std::uint32_t place = free_refusals_.back();
  free_refusals_.pop_back();
  refused_[place] = reply;
  simulator_.schedule(after, *this, why, place);
}

/// The refusal has travelled.
void PostgresHost::refused(std::uint32_t why, std::uint32_t place) {
  free_refusals_.push_back(place);
  const Reply reply = refused_[place];
  const ClientError error = why == refusal       ? ClientError::too_many_clients
                            : why == unreachable ? ClientError::connection_refused
                                                 : ClientError::in_recovery;
  reply({error, 0, true});
}

/// A login takes its slot at once and learns at its end whether what is left is reserved, as InitProcess and
/// InitPostgres do. A refusal takes the round trips of a login too.
void PostgresHost::connect(Login login, Reply reply) {
  if (recovering_) return refuse(in_recovery, connect_time_, reply);
  if (!up_) return refuse(unreachable, refusal_time, reply);
  if (taken_ == max_connections_) return refuse(refusal, connect_time_, reply);
  const std::uint32_t number = take_slot();
  Backend& backend = backends_[number];
  backend.reply = reply;
  backend.statement = {.request = no_request};
  backend.statement_cache = login.statement_cache;
  backend.prepared.clear();
  limit(backend, login);
  backend.pending = true;
  simulator_.schedule(connect_time_, *this, login_begun, number);
}

void PostgresHost::logged_in(std::uint32_t number) {
  Backend& backend = backends_[number];
  const Reply reply = backend.reply;
  if (max_connections_ - taken_ < reserved_) {
    meters_.refusals->add();
    free_slot(number);
    reply({ClientError::reserved_slots, 0, true});
  } else {
    meters_.connects->add();
    backend.state = Backend::State::idle;
    reply({ClientError::none, first_number_ + number});
  }
}

bool PostgresHost::alive(std::uint32_t connection) const { return !backends_[connection - first_number_].dead; }

void PostgresHost::execute(std::uint32_t connection, const Statement& statement, Reply reply) {
  const std::uint32_t number = connection - first_number_;
  Backend& backend = backends_[number];
  backend.statement = statement;
  backend.reply = reply;
  if (backend.dead) {
    backend.pending = true;
    simulator_.schedule(0, *this, found_dead, number);
    return;
  }
  backend.state = Backend::State::running;
  backend.begun = simulator_.now();
  backend.cut = false;
  meters_.statements->add();
  meters_.active->add(simulator_.now(), 1);
  if (memory_ && statement.sorts > 0) hold(memory_->of_sorts(statement.sorts));
  if (statement.discards) backend.prepared.clear();
  backend.parsed = statement.parse > 0 && !backend.prepared.use(statement.text, backend.statement_cache);
  if (statement.cpu <= 0 && statement.cold <= 0 && statement.io <= 0 && !statement.flush && !backend.parsed) {
    // Not within the call: a queue of such statements would be a recursion as deep.
    backend.mark = simulator_.now();
    backend.waits = 0;
    backend.pending = true;
    simulator_.schedule(0, *this, flushed, number);
    return;
  }
  if (backend.patience > 0) backend.timer = simulator_.schedule_timer(backend.patience, *this, timed_out, number);
  compute(number);
}

void PostgresHost::compute(std::uint32_t number) {
  Backend& backend = backends_[number];
  double demand = static_cast<double>(backend.statement.cpu);
  if (backend.parsed) demand += static_cast<double>(backend.statement.parse);
  if (backend.statement.cold > 0) {
    const double rest = backend.rested < 0 ? 1e18 : static_cast<double>(simulator_.now() - backend.rested);
    double share = -std::expm1(-rest / cold_after_);
    if (sliced_ && idle_cold_ > 0)
      share += idle_cold_ * -std::expm1(-static_cast<double>(sliced_->idle_time(number)) / idle_cold_after_);
    demand += static_cast<double>(backend.statement.cold) * share;
  }
  if (demand <= 0) return read(number);
  use_core(number, static_cast<Nanos>(demand / speed_), cpu_done);
}

/// A backend takes the core that the scheduler gives it, a share or slice at a time.
void PostgresHost::use_core(std::uint32_t number, Nanos demand, Kind then) {
  Backend& backend = backends_[number];
  backend.mark = simulator_.now();
  backend.demand = std::max<Nanos>(1, demand);
  backend.awaits = then;
  if (sliced_)
    sliced_->submit(number, backend.demand, *this, then, number);
  else if (throttled_)
    throttled_->submit(backend.demand, *this, then, number);
  else
    ideal_->submit(backend.demand, *this, then, number);
}

void PostgresHost::read(std::uint32_t number) {
  Backend& backend = backends_[number];
  if (backend.statement.io <= 0) return flush(number);
  backend.mark = simulator_.now();
  backend.awaits = io_done;
  disk_.submit(backend.statement.io, {this, io_done, 0, number});
}

void PostgresHost::flush(std::uint32_t number) {
  Backend& backend = backends_[number];
  if (!backend.statement.flush) return answer(number);
  backend.waits = commit_waits_;
  backend.awaits = flushed;
  meters_.commits->add();
  backend.mark = simulator_.now();
  wal_.submit(*this, flushed, number);
}

void PostgresHost::on_event(std::uint32_t kind, std::uint32_t index) {
  if (kind == refusal || kind == unreachable || kind == in_recovery) return refused(kind, index);
  if (kind == out_of_memory) return kill();
  if (kind == recovered) return come_back();
  if (kind == timed_out) return cut_short(index);
  Backend& backend = backends_[index];
  const Nanos now = simulator_.now();
  const std::uint32_t request = backend.statement.request;
  if (backend.pending) {
    backend.pending = false;
    if (backend.state == Backend::State::free) return free_.push_back(index);  // it went with the host meanwhile
  }
  switch (kind) {
    case login_begun:
      backend.rested = -1;
      if (connect_cpu_ > 0)
        use_core(index, static_cast<Nanos>(static_cast<double>(connect_cpu_) / speed_), login_done);
      else
        on_event(login_done, index);
      break;
    case login_done:
      logged_in(index);
      break;
    case cpu_done:
      accounts_.add(request, Stage::cpu, backend.demand);
      accounts_.add(request, Stage::cpu_wait, std::max<Nanos>(0, now - backend.mark - backend.demand));
      read(index);
      break;
    case commit_computed:
      accounts_.add(request, Stage::cpu, backend.demand);
      accounts_.add(request, Stage::cpu_wait, std::max<Nanos>(0, now - backend.mark - backend.demand));
      if (--backend.waits <= 0) {
        answer(index);
      } else {
        backend.mark = now;
        wal_.submit(*this, flushed, index);
      }
      break;
    case io_done:
      accounts_.add(request, Stage::io, now - backend.mark);
      if (backend.cut)
        answer(index);
      else
        flush(index);
      break;
    case flushed:
      accounts_.add(request, Stage::commit, now - backend.mark);
      if (commit_cpu_ > 0 && backend.waits > 0) {
        if (sliced_)
          sliced_->forget_claim(index);  // whom the disk wakes has none: captures show it waiting like a newcomer
        use_core(index, static_cast<Nanos>(static_cast<double>(commit_cpu_) / speed_), commit_computed);
      } else if (backend.waits > 1) {
        --backend.waits;
        backend.mark = now;
        wal_.submit(*this, flushed, index);
      } else {
        answer(index);
      }
      break;
    case found_dead: {
      const Reply reply = backend.reply;
      free_number(index);
      reply({ClientError::server_closed, 0, true});
      break;
    }
    default:
      break;
  }
}

}  // namespace capplan::models
