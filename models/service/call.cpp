#include "models/service/call.h"

#include "models/catalog.h"
#include "models/draws.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec calls_figure{.name = "calls_per_s",
                                        .unit = Unit::per_second,
                                        .help = "calls that began",
                                        .better = Better::up,
                                        .heading = "done/s",
                                        .alias = "throughput",
                                        .column = Column::always};
constexpr core::FigureSpec error_figure{.name = "error_ratio",
                                        .unit = Unit::ratio,
                                        .help = "calls that failed after their last try, of all",
                                        .better = Better::down,
                                        .aggregation = Aggregation::ratio,
                                        .heading = "errors",
                                        .alias = "errors",
                                        .column = Column::always};
constexpr core::FigureSpec utilization_figure{.name = "utilization",
                                              .unit = Unit::ratio,
                                              .help = "permits in use, as a share of concurrency",
                                              .better = Better::down,
                                              .aggregation = Aggregation::level,
                                              .heading = "use",
                                              .column = Column::always,
                                              .absent = "without concurrency"};
constexpr core::FigureSpec waiting_figure{.name = "waiting",
                                          .help = "calls that wait for a permit",
                                          .better = Better::down,
                                          .aggregation = Aggregation::level,
                                          .heading = "waiting",
                                          .column = Column::always,
                                          .stock = true,
                                          .absent = "without concurrency"};
constexpr core::FigureSpec wait_figure{.name = "wait_s",
                                       .unit = Unit::seconds,
                                       .help = "from asking for a permit to having it",
                                       .better = Better::down,
                                       .aggregation = Aggregation::histogram,
                                       .heading = "wait",
                                       .column = Column::always,
                                       .statistics = "p95",
                                       .absent = "without concurrency"};
constexpr core::FigureSpec latency_figure{.name = "latency_s",
                                          .unit = Unit::seconds,
                                          .help = "of a whole call: waits, tries and pauses",
                                          .better = Better::down,
                                          .aggregation = Aggregation::histogram,
                                          .alias = "latency",
                                          .column = Column::always,
                                          .statistics = "mean p50 p95 p99"};

}  // namespace

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
      calls_(build.meters.rate(calls_figure, section.subject())),
      errors_(build.meters.ratio(error_figure, section.subject(), calls_)),
      latency_(build.meters.histogram(latency_figure, section.subject())),
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
      build.meters.level(utilization_figure, section.subject(), double(rules.permits) * double(instances));
  core::Level& waiting = build.meters.level(waiting_figure, section.subject());
  core::Histogram& wait = build.meters.histogram(wait_figure, section.subject());
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
    if (!refused) pool_->release(outcome.value);
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
  if (pool_ != nullptr) result == ClientError::call_timeout ? pool_->discard(call.lease) : pool_->release(call.lease);
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

Spec call_section() {
  Spec spec = {
      .section = "call",
      .help = "an external call, such as an embedding: its time, its errors, and the limit on how many run at once",
      .source = "CPython Lib/asyncio/locks.py (Semaphore); httpx Timeout; Resilience4j for breaker and retries",
      .validity =
          "the other side has room for all: its time does not depend on the load; one that is given up costs it "
          "and this side nothing more, but keeps its place in the line for a connection; a permit and a connection "
          "are held for a try and not for the pause after it",
      .params =
          {
              {.name = "time",
               .type = Type::distribution,
               .help = "of a try on the other side, network included",
               .required = true,
               .lo = 1e-9,
               .hi = 86'400},
              {.name = "http_pool",
               .type = Type::reference,
               .help = "the HTTP client whose connection each try takes, once it has a permit: a wait in vain for one "
                       "is a try that failed, a timeout closes it; absent: as many as come, opened at no cost",
               .source = "httpcore httpcore/_async/connection_pool.py (handle_async_request)",
               .choices = {"http_pool"}},
              {.name = "concurrency",
               .type = Type::count,
               .help = "how many each instance has running at once; absent: any number",
               .lo = 1,
               .hi = 1e6,
               .costs = true},
              {.name = "instances",
               .type = Type::count,
               .fallback = "1",
               .help = "processes, each with a semaphore of its own; requests are dealt to them in turn",
               .lo = 1,
               .hi = 1000},
              {.name = "max_waiting",
               .type = Type::count,
               .help = "how many may wait for one; absent: any number",
               .lo = 0,
               .hi = 1e9},
              {.name = "max_wait",
               .type = Type::duration,
               .help = "longest wait for one; absent: no limit",
               .lo = 0.000'001,
               .hi = 86'400},
              {.name = "error_rate",
               .type = Type::ratio,
               .fallback = "0",
               .help = "share of tries that fail",
               .lo = 0,
               .hi = 1},
              {.name = "error_time",
               .type = Type::distribution,
               .help = "of a try that fails; absent: as of one that does not",
               .lo = 0,
               .hi = 86'400},
              {.name = "timeout",
               .type = Type::duration,
               .help = "longest time of a try, its wait not counted; absent: no limit",
               .lo = 0.000'001,
               .hi = 86'400},
              deadline_param(),
              retries_param(),
              breaker_param(),
          },
      .figures = {&calls_figure, &error_figure, &utilization_figure, &waiting_figure, &wait_figure, &latency_figure}};
  for (const FigureSpecs& more : {retry_figures(), breaker_figures()})
    spec.figures.insert(spec.figures.end(), more.begin(), more.end());
  return spec;
}

}  // namespace capplan::models
