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
  request_class.ended->add();
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

void Walk::record_unfinished() {
  for (const Request& request : requests_)
    if (request.live && !request.abandoned)
      classes[request.request_class].latency->record(simulator_.now() - request.arrived);
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
    case given_back:
      accounts_.add(index, Stage::release, simulator_.now() - request.mark);
      return request.failure == ClientError::none ? next_step(index) : fail(index, request.failure);
    default:
      break;  // leased
  }
  accounts_.add(index, Stage::pool_wait, simulator_.now() - request.mark);
  if (outcome.error != ClientError::none) return fail(index, outcome.error);
  request.lease = outcome.value;
  request.lender = &pool_of(request);
  if (request.abandoned && request.stops) return fail(index, ClientError::request_timeout);
  run_step(index);
}

}  // namespace capplan::models
