#include "models/walk.h"

#include <utility>

#include "models/draws.h"

namespace capplan::models {

namespace {

/// The key, 1 to `count`, that has a rank after `shifts` others came in at the top: the coldest becomes the hottest.
std::uint64_t key_of_rank(std::uint64_t rank, std::uint64_t shifts, std::uint64_t count) {
  return (rank - 1 + count - shifts % count) % count + 1;
}

}  // namespace

// A request arrives, from a workload; a job, from a step of a request.
void Walk::arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) {
  const std::uint32_t number = take_slot();
  Request& request = requests_[number];
  request.from = &from;
  request.user = arrival.user;
  request.request_class = arrival.request_class;
  request.name = combine(workload_key, arrival.number);
  enter(number);
}

void Walk::enter(std::uint32_t number) {
  Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  request.draws = request.name;
  request.turn = arrivals_++;
  request.arrived = simulator_.now();
  if (request_class.transaction) request.block = Block::begin;
  if (request_class.keys) request.key = request_class.keys->sample(request_class.key_stream.at(request.draws));
  if (request_class.key_shift > 0)
    request.key = key_of_rank(request.key,
                              static_cast<std::uint64_t>(request_class.key_shift * core::to_seconds(simulator_.now())),
                              request_class.key_count);
  if (request_class.key_trace) {
    const auto& keys = request_class.key_trace->keys;
    request.key = keys[request_class.keys_taken++ % keys.size()];
  }
  request_class.offered->add();
  in_flight.add(simulator_.now(), 1);
  if (request_class.guard == nullptr) return check_key(number);
  if (request_class.guard->retries) request_class.guard->retries->request();
  begin_attempt(number);
}

// One that was sent before gets the answer of then.
void Walk::check_key(std::uint32_t number) {
  Request& request = requests_[number];
  Idempotency* idempotency = classes[request.request_class].idempotency.get();
  if (idempotency == nullptr) return ask_caches(number);
  request.at = At::caches;
  if (request.sent_under.value == 0)
    request.sent_under = idempotency->key(request.name);
  else
    request.sent_under.repeats = true;
  idempotency->ask(number, request.sent_under, request.draws, {this, key_checked, number});
}

// The caches are asked in order; the first that has the key answers for all.
void Walk::ask_caches(std::uint32_t number) {
  Request& request = requests_[number];
  Tiers* caches = classes[request.request_class].caches.get();
  if (caches == nullptr) return begin_steps(number);
  request.at = At::caches;
  caches->ask(number, request.key, request.draws, {this, caches_answered, number});
}

void Walk::caches_answer(std::uint32_t number, Outcome outcome) {
  if (outcome.error != ClientError::none) return fail(number, outcome.error);
  if (outcome.value == absent) {
    requests_[number].computing = true;
    return begin_steps(number);
  }
  if (outcome.value == answered_stale) refresh(number);
  computed(number);
}

// An attempt that nobody waits for, and that passes no guard, computes anew what this one was answered stale. Its class
// is known to have no jobs: those compute it themselves.
void Walk::refresh(std::uint32_t number) {
  const std::uint32_t background = take_slot();
  const Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  Request& other = requests_[background];
  other.request_class = request.request_class;
  other.name = other.draws = combine(request.draws, 0x72656672657368);
  other.turn = arrivals_++;
  other.key = request.key;
  other.abandoned = other.refreshes = true;
  other.computing = true;
  if (request_class.transaction) other.block = Block::begin;
  in_flight.add(simulator_.now(), 1);
  request_class.caches->stand_in(number, background);
  if (request_class.guard != nullptr && request_class.guard->container != nullptr)
    if (const ClientError error = enter_container(background); error != ClientError::none)
      return fail(background, error);
  begin_steps(background);
}

// A miss takes the steps one by one, each statement with a connection from its pool.
void Walk::begin_steps(std::uint32_t number) {
  Request& request = requests_[number];
  request.stepping = simulator_.now();
  if (Adaptive* adaptive = classes[request.request_class].adaptive.get()) request.way = adaptive->choose();
  next_step(number);
}

const std::vector<Step>& Walk::steps_of(const Request& request) const {
  const RequestClass& request_class = classes[request.request_class];
  return request.way == Adaptive::plain ? request_class.steps : request_class.other_steps[request.way];
}

Pool& Walk::pool_of(const Request& request) {
  Pool* held = classes[request.request_class].pool;
  return held != nullptr ? *held : *queries[steps_of(request)[request.step].target].pool;
}

void Walk::next_step(std::uint32_t number) {
  Request& request = requests_[number];
  if (request.abandoned && request.stops) return fail(number, ClientError::request_timeout);
  if (request.repeat == 0 && request.step_caches != nullptr) {  // what they lacked is there now
    request.at = At::caches;
    return std::exchange(request.step_caches, nullptr)->settle(number, {this, step_stored, number});
  }
  const std::vector<Step>& steps = steps_of(request);
  if (request.step == steps.size()) {
    if (request.block == Block::none) return computed(number);
    request.block = Block::commit;
  } else if (steps[request.step].caches && request.repeat == 0 && request.block != Block::begin) {
    request.at = At::caches;
    return steps[request.step].caches->ask(number, request.key, request.draws, {this, step_caches_answered, number});
  }
  begin_step(number);
}

void Walk::begin_step(std::uint32_t number) {
  Request& request = requests_[number];
  const std::vector<Step>& steps = steps_of(request);
  const bool held = classes[request.request_class].per_request;
  if (request.has_lease || (!held && steps[request.step].kind != Step::Kind::query)) return run_step(number);
  request.mark = simulator_.now();
  request.at = At::lease;
  pool_of(request).acquire(request.turn, {this, leased, number});
}

void Walk::run_step(std::uint32_t number) {
  Request& request = requests_[number];
  if (request.block == Block::begin || request.block == Block::commit) return execute(number);
  RequestClass& request_class = classes[request.request_class];
  const Step& step = steps_of(request)[request.step];
  switch (step.kind) {
    case Step::Kind::query:
      return execute(number);
    case Step::Kind::call: {
      if (step.parallel) return call_together(number, step);
      request.at = At::call;
      const std::uint64_t draws = combine(request.draws, request.statements++);
      const std::uint32_t ticket = calls[step.target]->start(number, request.turn, draws, {this, called, number});
      requests_[number].ticket = ticket;
      return;
    }
    case Step::Kind::cpu:
      request.at = At::cpu;
      request.mark = simulator_.now();
      request.demand =
          core::to_nanos(step.cpu->sample(request_class.cpu_stream->at(combine(request.draws, request.statements++))));
      return request_class.guard->container->compute(request.instance, request.demand, *this, cpu_done, number);
    case Step::Kind::batch:
      request.at = At::elsewhere;
      request.mark = simulator_.now();
      return batches[step.target]->add(step.rows, request.turn, combine(request.draws, request.statements++),
                                       {this, batched, number});
    case Step::Kind::enqueue:
      for (std::uint32_t i = 0; i < step.times; ++i) {
        const std::uint64_t name = combine(requests_[number].draws, requests_[number].statements++);
        const std::uint32_t job = take_slot();
        requests_[job].request_class = step.target;
        requests_[job].name = name;
        enter(job);
      }
      requests_[number].repeat = step.times - 1;
      return step_done(number, ClientError::none);
  }
}

// Calls all at once. They are not given up with their request, as a thread pool's are not; their times overlap, so that
// what is booked is the time until the last.
void Walk::call_together(std::uint32_t number, const Step& step) {
  Request& request = requests_[number];
  request.at = At::elsewhere;
  request.mark = simulator_.now();
  request.pending = step.times;
  request.pending_error = ClientError::none;
  request.repeat = step.times - 1;
  const std::uint64_t turn = request.turn, draws = request.draws;
  const std::uint32_t first = request.statements;
  request.statements += step.times;
  for (std::uint32_t i = 0; i < step.times; ++i)
    calls[step.target]->start(no_request, turn, combine(draws, first + i), {this, called_together, number});
}

// A statement: on the connection, through the bouncer if there is one, to the server.
void Walk::execute(std::uint32_t number) {
  Request& request = requests_[number];
  const RequestClass& request_class = classes[request.request_class];
  Statement statement{.request = number};
  const std::uint64_t key = request_class.keys || request_class.key_trace ? request.key + 1 : 0;
  if (request.block == Block::begin || request.block == Block::commit) {
    statement.cpu = request_class.transaction_cpu;
    statement.flush = request.block == Block::commit && request.wrote;
    statement.opens_block = request.block == Block::begin;
    if (statement.flush) statement.key = key;
  } else {
    const Step& step = steps_of(request)[request.step];
    QueryClass& query = queries[step.target];
    const std::uint64_t draws = combine(request.draws, request.statements++);
    statement = query.statement(number, draws, step.rows_of(request.repeat));
    statement.key = key;
    statement.flush = query.commit && request.block == Block::none;
    statement.opens_block = request.block == Block::open;
    request.wrote = request.wrote || query.commit;
  }
  request.mark = simulator_.now();
  request.at = At::elsewhere;
  pool_of(request).execute(request.lease, statement, {this, answered, number});
}

// The answer is there: the connection goes back, unless the request holds it to its end.
void Walk::statement_done(std::uint32_t number, Outcome outcome) {
  Request& request = requests_[number];
  if (outcome.closed) {  // there is nothing to roll back
    request.has_lease = false;
    pool_of(request).release(request.lease);
  }
  if (outcome.error != ClientError::none) return fail(number, outcome.error);
  if (request.block == Block::begin) {
    request.block = Block::open;
    return move_on(number);
  }
  if (request.block == Block::commit) {
    request.block = Block::none;
    return request.failure == ClientError::none ? move_on(number) : fail(number, request.failure);
  }
  QueryClass& query = queries[steps_of(request)[request.step].target];
  query.executed->add();
  if (outcome.parsed) query.texts->parsed->add();
  query.latency->record(simulator_.now() - request.mark);
  step_done(number, ClientError::none);
}

void Walk::step_done(std::uint32_t number, ClientError error) {
  if (error != ClientError::none) return fail(number, error);
  Request& request = requests_[number];
  if (request.repeat + 1 < steps_of(request)[request.step].runs()) {
    ++request.repeat;
    return move_on(number);
  }
  if (request.has_lease && !classes[request.request_class].per_request) {  // while it is known whose it is
    request.has_lease = false;
    pool_of(request).release(request.lease);
  }
  Request& same = requests_[number];
  same.repeat = 0;
  ++same.step;
  move_on(number);
}

void Walk::move_on(std::uint32_t number) {
  Request& request = requests_[number];
  const bool per_request = classes[request.request_class].per_request;
  const bool over = request.step == steps_of(request).size() && request.block == Block::none;
  if (request.has_lease && (over || !per_request)) {
    request.has_lease = false;
    pool_of(request).release(request.lease);
  }
  next_step(number);
}

// The answer is there: it is stored where it was missed, and under the request's idempotency key.
void Walk::computed(std::uint32_t number) {
  Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  if (request_class.adaptive && request.stepping >= 0)
    request_class.adaptive->took(simulator_.now() - std::exchange(request.stepping, -1));
  const Reply reply{this, stored, number};
  request.at = At::caches;
  if (std::exchange(request.computing, false)) return request_class.caches->settle(number, reply);
  if (std::exchange(request.guarded, false)) return request_class.idempotency->done(number, reply);
  complete(number);
}

// The end: times are recorded, the user may think.
void Walk::complete(std::uint32_t number) {
  const Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  if (request.refreshes) request_class.refreshed->add();
  if (request.abandoned) {
    end_attempt(number);
    return drop(number);
  }
  request_class.completed->add();
  const core::Nanos latency = simulator_.now() - request.arrived;
  const StageTimes& times = accounts_.of(number);
  request_class.latency->record(latency);
  request_class.breakdown->record(latency, times);
  for (std::size_t stage = 0; stage < times.size(); ++stage)
    if (times[stage] != 0) request_class.stages[stage]->add(core::to_seconds(times[stage]));
  if (request_class.guard != nullptr) {
    if (request_class.guard->breaker) request_class.guard->breaker->ended(request.permission, false);
    end_attempt(number);
  }
  leave(number, false);
}

void Walk::leave(std::uint32_t number, bool failed) {
  in_flight.add(simulator_.now(), -1);
  requests_[number].live = false;
  Workload* from = requests_[number].from;
  const std::uint32_t user = requests_[number].user;
  free_.push_back(number);
  if (from != nullptr) from->finished(user, failed);
}

void Walk::on_event(std::uint32_t kind, std::uint32_t index) {
  switch (kind) {
    case timed_out: {
      requests_[index].timer = {};
      const ClientError error = timeout_error(requests_[index]);
      const std::uint32_t client = part_from_client(index);
      abandon(index);
      return client_failed(client, error);
    }
    case try_again:
      return begin_again(index);
    default: {  // cpu_done
      Request& request = requests_[index];
      request.at = At::elsewhere;
      accounts_.add(index, Stage::service_cpu, request.demand);
      accounts_.add(index, Stage::service_wait,
                    std::max<core::Nanos>(0, simulator_.now() - request.mark - request.demand));
      return step_done(index, ClientError::none);
    }
  }
}

void Walk::on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) {
  Request& request = requests_[index];
  request.at = At::elsewhere;  // what it waited for is there: nothing of it is left to give up
  switch (kind) {
    case answered:
      return statement_done(index, outcome);
    case called:
      return step_done(index, outcome.error);
    case called_together:
      if (outcome.error != ClientError::none) request.pending_error = outcome.error;
      if (--request.pending > 0) return;
      accounts_.add(index, Stage::call, simulator_.now() - request.mark);
      return step_done(index, request.pending_error);
    case batched:
      accounts_.add(index, Stage::batch, simulator_.now() - request.mark);
      return step_done(index, outcome.error);
    case admitted:
      accounts_.add(index, Stage::queue, simulator_.now() - request.mark);
      return outcome.error == ClientError::none ? let_in(index, outcome.value) : fail(index, outcome.error);
    case key_checked:
      if (outcome.error != ClientError::none) return fail(index, outcome.error);
      request.guarded = outcome.value == absent;
      return request.guarded ? ask_caches(index) : complete(index);
    case caches_answered:
      return caches_answer(index, outcome);
    case step_caches_answered:
      if (outcome.value != absent) {
        ++request.step;
        return move_on(index);
      }
      request.step_caches = steps_of(request)[request.step].caches.get();
      if (request.abandoned && request.stops) return fail(index, ClientError::request_timeout);
      return begin_step(index);
    case step_stored:
      return next_step(index);
    case stored:
      return computed(index);
    default:
      break;  // leased
  }
  accounts_.add(index, Stage::pool_wait, simulator_.now() - request.mark);
  if (outcome.error != ClientError::none) return fail(index, outcome.error);
  request.lease = outcome.value;
  request.has_lease = true;
  if (request.abandoned && request.stops) return fail(index, ClientError::request_timeout);
  run_step(index);
}

}  // namespace capplan::models
