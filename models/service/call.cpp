#include "models/service/call.h"

#include "models/catalog.h"
#include "models/draws.h"
#include "models/service/call_figures.h"

namespace capplan::models {

ExternalCall::ExternalCall(Build& build, const Section& section, Pool* pool)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      pool_(pool),
      time_(section.params.distribution("time")),
      error_time_(section.params.has("error_time") ? section.params.distribution("error_time") : time_),
      error_rate_(section.params.number("error_rate")),
      timeout_(section.params.has("timeout") ? section.params.duration("timeout") : core::never),
      deadline_(section.params.has("deadline") ? section.params.duration("deadline") : core::never),
      time_stream_(build.stream(section.path(), "time")),
      error_stream_(build.stream(section.path(), "error")),
      calls_(build.meters.rate(call_calls_figure, section.subject())),
      ended_(build.meters.rate(call_ended_figure, section.subject())),
      errors_(build.meters.ratio(call_error_figure, section.subject(), ended_)),
      latency_(build.meters.histogram(call_latency_figure, section.subject())),
      breaker_(make_breaker(build, section, calls_)),
      retries_(make_retries(build, section, calls_)) {
  const Params& p = section.params;
  if (!p.has("concurrency")) return;
  SemaphoreRules rules{.permits = static_cast<std::uint32_t>(p.count("concurrency")),
                       .timeout_error = ClientError::semaphore_timeout};
  if (p.has("max_waiting")) rules.max_waiting = static_cast<std::size_t>(p.count("max_waiting"));
  if (p.has("max_wait")) rules.max_wait = p.duration("max_wait");
  const std::int64_t instances = p.count("instances");
  core::Level& busy =
      build.meters.level(call_utilization_figure, section.subject(), double(rules.permits) * double(instances));
  core::Level& waiting = build.meters.level(call_waiting_figure, section.subject());
  core::Histogram& wait = build.meters.histogram(call_wait_figure, section.subject());
  for (std::int64_t i = 0; i < instances; ++i) {
    semaphores_.push_back(std::make_unique<Semaphore>(simulator_, rules));
    semaphores_.back()->busy = &busy;
    semaphores_.back()->waiting = &waiting;
    semaphores_.back()->wait = &wait;
  }
}

std::uint32_t ExternalCall::start(std::uint32_t request, std::uint64_t turn, std::uint64_t draws, const Reply& reply) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  Call& call = slots_[number] = {};
  call.reply = reply;
  call.request = request;
  call.draws = draws;
  call.turn = turn;
  call.begun = simulator_.now();
  if (!semaphores_.empty()) call.instance = static_cast<std::uint32_t>(turn % semaphores_.size());
  calls_.add();
  if (retries_) retries_->request();
  if (deadline_ != core::never) call.deadline = simulator_.schedule_timer(deadline_, *this, too_late, number);
  begin_try(number);
  return number;
}

/// First the breaker, then a permit of the process, then a connection: Resilience4j's order,
/// Retry(CircuitBreaker(Bulkhead(call))), and the client's within. So a wait in vain counts as a failure.
void ExternalCall::begin_try(std::uint32_t number) {
  Call& call = slots_[number];
  ++call.tries;
  if (breaker_ && !breaker_->allows(call.permission)) return over(number, ClientError::breaker_open);
  call.at = Call::At::line;
  call.mark = simulator_.now();
  if (semaphores_.empty()) return connect(number);
  switch (semaphores_[call.instance]->enter({this, permitted, number}, call.ticket)) {
    case Semaphore::Entry::in:
      return connect(number);
    case Semaphore::Entry::waits:
      return;
    case Semaphore::Entry::refused:
      return try_ended(number, ClientError::semaphore_full);
  }
}

void ExternalCall::connect(std::uint32_t number) {
  if (pool_ == nullptr) return send(number);
  Call& call = slots_[number];
  call.at = Call::At::pool;
  call.mark = simulator_.now();
  pool_->acquire(call.turn, {this, connected, number});
}

void ExternalCall::on_reply(std::uint32_t kind, std::uint32_t number, Outcome outcome) {
  Call& call = slots_[number];
  const bool refused = outcome.error != ClientError::none;
  if (call.given_up) {  // in the pool's line, where its turn has come
    free_.push_back(number);
    if (!refused) pool_->release(outcome.value, {});
    return;
  }
  accounts_.add(call.request, kind == permitted ? Stage::call_wait : Stage::pool_wait, simulator_.now() - call.mark);
  if (kind == permitted) return refused ? try_ended(number, outcome.error) : connect(number);
  call.lease = outcome.value;
  if (!refused) return send(number);
  leave_semaphore(call);
  try_ended(number, outcome.error);
}

void ExternalCall::leave_semaphore(const Call& call) {
  if (!semaphores_.empty()) semaphores_[call.instance]->leave();
}

void ExternalCall::send(std::uint32_t number) {
  Call& call = slots_[number];
  const std::uint64_t draws = attempt_draws(call.draws, call.tries - 1);
  call.at = Call::At::other_side;
  call.mark = simulator_.now();
  const bool fails = error_rate_ > 0 && error_stream_.at(draws).uniform() < error_rate_;
  call.result = fails ? ClientError::call_failed : ClientError::none;
  core::Nanos time = core::to_nanos((fails ? error_time_ : time_).sample(time_stream_.at(draws)));
  if (time > timeout_) {
    time = timeout_;
    call.result = ClientError::call_timeout;
  }
  simulator_.schedule(time, *this, ends, number);
}

void ExternalCall::on_event(std::uint32_t kind, std::uint32_t number) {
  Call& call = slots_[number];
  if (kind == too_late) return late(number);
  if (call.given_up) return free_.push_back(number);
  if (kind == pause_over) return begin_try(number);
  accounts_.add(call.request, Stage::call, simulator_.now() - call.mark);
  const ClientError result = call.result;
  if (pool_ != nullptr)
    result == ClientError::call_timeout ? pool_->discard(call.lease) : pool_->release(call.lease, {});
  leave_semaphore(slots_[number]);
  try_ended(number, result);
}

void ExternalCall::try_ended(std::uint32_t number, ClientError result) {
  if (breaker_) breaker_->ended(slots_[number].permission, result != ClientError::none);
  over(number, result);
}

/// A try is over: either another is to come, or the call is answered.
void ExternalCall::over(std::uint32_t number, ClientError error) {
  Call& call = slots_[number];
  if (error == ClientError::none) {
    ended_.add();
    latency_.record(simulator_.now() - call.begun);
    return answer(number, error);
  }
  if (retries_)
    if (const auto pause = retries_->next(call.tries, error, call.draws, time_left(call))) {
      call.at = Call::At::pause;
      accounts_.add(call.request, Stage::backoff, *pause);
      simulator_.schedule(*pause, *this, pause_over, number);
      return;
    }
  ended_.add();
  errors_.add();
  answer(number, error);
}

void ExternalCall::answer(std::uint32_t number, ClientError error) {
  const Reply reply = slots_[number].reply;
  simulator_.cancel(slots_[number].deadline);
  free_.push_back(number);
  reply({error});
}

core::Nanos ExternalCall::time_left(const Call& call) const {
  return deadline_ == core::never ? core::never : call.begun + deadline_ - simulator_.now();
}

/// The deadline: no pause ends after it, so that a try is under way, and has failed.
void ExternalCall::late(std::uint32_t number) {
  const Call& call = slots_[number];
  const Reply reply = call.reply;
  const Stage stage = call.at == Call::At::line   ? Stage::call_wait
                      : call.at == Call::At::pool ? Stage::pool_wait
                                                  : Stage::call;
  accounts_.add(call.request, stage, simulator_.now() - call.mark);
  if (breaker_) breaker_->ended(call.permission, true);
  ended_.add();
  errors_.add();
  let_go(number);
  reply({ClientError::deadline_exceeded});
}

void ExternalCall::give_up(std::uint32_t number) {
  Call& call = slots_[number];
  if (breaker_ && call.at != Call::At::pause) breaker_->withdrawn(call.permission);
  simulator_.cancel(call.deadline);
  let_go(number);
}

/// Whatever it holds is free, or will be when it comes.
void ExternalCall::let_go(std::uint32_t number) {
  Call& call = slots_[number];
  if (call.at == Call::At::line) {
    semaphores_[call.instance]->cancel(call.ticket);
    free_.push_back(number);
    return;
  }
  call.given_up = true;  // its event is still to come, or the pool's answer, and frees it
  if (call.at == Call::At::pause) return;
  if (call.at == Call::At::other_side && pool_ != nullptr) pool_->discard(call.lease);
  leave_semaphore(slots_[number]);
}

}  // namespace capplan::models
