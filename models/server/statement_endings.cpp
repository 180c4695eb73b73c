// How a statement ends on a PostgreSQL host: with its answer, cut short by a time limit, unheard, or with the host.

#include <algorithm>

#include "models/server/postgres_host.h"

namespace capplan::models {

using core::Nanos;

void PostgresHost::answer(std::uint32_t number) {
  Backend& backend = backends_[number];
  meters_.active->add(simulator_.now(), -1);
  if (memory_ && backend.statement.sorts > 0)
    memory_->release(simulator_.now(), memory_->of_sorts(backend.statement.sorts));
  simulator_.cancel(backend.timer);
  backend.timer = {};
  backend.rested = simulator_.now();
  if (meters_.slow_statements != nullptr && !backend.cut && backend.rested - backend.begun >= slow_after_)
    meters_.slow_statements->add();
  if (backend.statement.flush && backend.statement.key != 0 && !backend.cut)
    for (RecentWrites* replica : writes) replica->note(backend.statement.key);
  if (backend.abandoned) return free_slot(number);
  backend.state = Backend::State::idle;
  backend.reply({.error = backend.cut ? backend.impatience : ClientError::none, .parsed = backend.parsed});
}

/// A session has the server's limit unless it asks for another; the driver may have one of its own.
void PostgresHost::limit(Backend& backend, const Login& login) const {
  backend.patience = login.statement_timeout == Login::as_the_server ? statement_timeout_ : login.statement_timeout;
  backend.impatience = ClientError::statement_timeout;
  if (login.command_timeout > 0 && (backend.patience == 0 || login.command_timeout < backend.patience)) {
    backend.patience = login.command_timeout;
    backend.impatience = ClientError::command_timeout;
  }
}

/// "canceling statement": at once where it computes. What has begun to commit is not interrupted.
void PostgresHost::cut_short(std::uint32_t number) {
  Backend& backend = backends_[number];
  backend.timer = {};
  if (backend.awaits != cpu_done && backend.awaits != io_done) return;
  backend.cut = true;
  if (backend.awaits == io_done) return;
  if (ideal_) ideal_->cancel(*this, cpu_done, number);
  if (throttled_) throttled_->cancel(*this, cpu_done, number);
  if (sliced_) sliced_->cancel(number);
  const Nanos spent = simulator_.now() - backend.mark;
  accounts_.add(backend.statement.request, Stage::cpu, std::min(spent, backend.demand));
  accounts_.add(backend.statement.request, Stage::cpu_wait, std::max<Nanos>(0, spent - backend.demand));
  answer(number);
}

void PostgresHost::disconnect(std::uint32_t connection) {
  Backend& backend = backends_[connection - first_number_];
  if (backend.dead)
    free_number(connection - first_number_);
  else if (backend.state == Backend::State::running)
    abandon(backend);
  else
    free_slot(connection - first_number_);
}

/// Its statement runs on for nobody: the request that asked may be over, and its number another's.
void PostgresHost::abandon(Backend& backend) {
  backend.abandoned = true;
  backend.statement.request = no_request;
}

void PostgresHost::go_down() {
  end_recovery();
  if (up_) end_all();
}

/// Whatever runs ends here, and whoever waits for an answer is told. Idle connections are found dead later.
void PostgresHost::end_all() {
  up_ = false;
  down_since_ = simulator_.now();
  if (ideal_) ideal_->clear();
  if (sliced_) sliced_->clear();
  if (throttled_) throttled_->clear();
  disk_.clear();
  wal_.clear();
  std::vector<Reply> cut;
  for (std::uint32_t number = 0; number < backends_.size(); ++number) {
    Backend& backend = backends_[number];
    if (backend.state == Backend::State::free || backend.dead) continue;
    backend.dead = true;
    simulator_.cancel(backend.timer);
    backend.timer = {};
    if (backend.state == Backend::State::idle) continue;
    if (backend.state == Backend::State::running) meters_.active->add(simulator_.now(), -1);
    if (!backend.abandoned) cut.push_back(backend.reply);
    free_number(number);
  }
  taken_ = 0;
  meters_.connections->set(simulator_.now(), 0);
  if (memory_) memory_->clear(simulator_.now());
  if (watcher != nullptr) watcher->on_event(0, watched_as);
  for (const Reply& reply : cut) reply({ClientError::server_closed, 0, true});
}

/// The kernel looks for whom to kill as soon as this instant's work is done.
void PostgresHost::hold(std::int64_t bytes) {
  if (!memory_->hold(simulator_.now(), bytes) || killing_) return;
  killing_ = true;
  simulator_.schedule(0, *this, out_of_memory, 0);
}

/// "server process (PID …) was terminated by signal 9: Killed": shared memory may be damaged, so all others end.
void PostgresHost::kill() {
  killing_ = false;
  if (!up_) return;
  meters_.oom_kills->add();
  recovering_ = true;
  meters_.recovering->set(simulator_.now(), 1);
  recovery_ = simulator_.schedule_timer(memory_->recovery_time(), *this, recovered, 0);
  end_all();
}

void PostgresHost::end_recovery() {
  if (!recovering_) return;
  recovering_ = false;
  meters_.recovering->set(simulator_.now(), 0);
  simulator_.cancel(recovery_);
  recovery_ = {};
}

void PostgresHost::come_back() {
  end_recovery();
  up_ = true;
  if (watcher != nullptr) watcher->on_event(1, watched_as);
}

}  // namespace capplan::models
