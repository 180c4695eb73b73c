#include "models/walk.h"

#include <cmath>
#include <utility>

namespace capplan::models {

namespace {

/// Two numbers as one that names a place in a random stream.
std::uint64_t combine(std::uint64_t a, std::uint64_t b) { return core::mix(a + b * 0x9e3779b97f4a7c15ULL); }

}  // namespace

std::uint32_t Walk::take_number() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(requests_.size()));
    requests_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  accounts_.open(number);
  return number;
}

// A request arrives, from a workload.
void Walk::arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) {
  const std::uint32_t number = take_number();
  RequestClass& request_class = classes[arrival.request_class];
  Request& request = requests_[number] = {};
  request.from = &from;
  request.user = arrival.user;
  request.request_class = arrival.request_class;
  request.draws = combine(workload_key, arrival.number);
  request.turn = arrivals_++;
  request.arrived = simulator_.now();
  if (request_class.transaction) request.block = Block::begin;
  if (request_class.keys) request.key = request_class.keys->sample(request_class.key_stream.at(request.draws));
  if (request_class.key_trace) {
    const auto& keys = request_class.key_trace->keys;
    request.key = keys[request_class.keys_taken++ % keys.size()];
  }
  request_class.offered->add();
  in_flight.add(simulator_.now(), 1);
  admit(number);
}

// One that was sent before gets the answer of then.
void Walk::admit(std::uint32_t number) {
  const Request& request = requests_[number];
  Idempotency* idempotency = classes[request.request_class].idempotency.get();
  if (idempotency == nullptr) return ask_caches(number);
  idempotency->ask(number, request.draws, {this, admitted, number});
}

// The caches are asked in order; the first that has the key answers for all.
void Walk::ask_caches(std::uint32_t number) {
  const Request& request = requests_[number];
  Tiers* caches = classes[request.request_class].caches.get();
  if (caches == nullptr) return next_statement(number);
  caches->ask(number, request.key, request.draws, {this, caches_answered, number});
}

void Walk::caches_answer(std::uint32_t number, Outcome outcome) {
  if (outcome.error != ClientError::none) return fail(number, outcome.error);
  if (outcome.value == absent) {
    requests_[number].computing = true;
    return next_statement(number);
  }
  if (outcome.value == answered_stale) refresh(number);
  computed(number);
}

// A request that nobody waits for computes anew what this one was answered stale.
void Walk::refresh(std::uint32_t number) {
  const std::uint32_t background = take_number();
  const Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  Request& other = requests_[background] = {};
  other.request_class = request.request_class;
  other.draws = combine(request.draws, 0x72656672657368);
  other.turn = arrivals_++;
  other.key = request.key;
  other.computing = true;
  if (request_class.transaction) other.block = Block::begin;
  request_class.caches->stand_in(number, background);
  next_statement(background);
}

// A miss takes the statements one by one, each with a connection from its pool.
Pool& Walk::pool_of(const Request& request) {
  const auto& steps = classes[request.request_class].steps;
  return *queries[steps[std::min<std::size_t>(request.step, steps.size() - 1)].query].pool;
}

void Walk::next_statement(std::uint32_t number) {
  Request& request = requests_[number];
  const auto& steps = classes[request.request_class].steps;
  if (request.repeat == 0 && request.step_caches != nullptr)  // what they lacked is there now
    return std::exchange(request.step_caches, nullptr)->settle(number, {this, step_stored, number});
  if (request.step == steps.size()) {
    if (request.block == Block::none) return computed(number);
    request.block = Block::commit;
  } else if (steps[request.step].caches && request.repeat == 0 && request.block != Block::begin) {
    return steps[request.step].caches->ask(number, request.key, request.draws, {this, step_caches_answered, number});
  }
  start_statement(number);
}

void Walk::start_statement(std::uint32_t number) {
  Request& request = requests_[number];
  if (request.has_lease) return execute(number);
  request.mark = simulator_.now();
  pool_of(request).acquire(request.turn, {this, leased, number});
}

// On the connection, through the bouncer if there is one, to the server.
void Walk::execute(std::uint32_t number) {
  Request& request = requests_[number];
  const RequestClass& request_class = classes[request.request_class];
  Statement statement{.request = number};
  if (request.block == Block::begin || request.block == Block::commit) {
    statement.cpu = request_class.transaction_cpu;
    statement.flush = request.block == Block::commit && request.wrote;
    statement.opens_block = request.block == Block::begin;
  } else {
    QueryClass& query = queries[request_class.steps[request.step].query];
    const std::uint64_t draws = combine(request.draws, request.statements++);
    statement.cpu = core::to_nanos(query.cpu.sample(query.cpu_stream.at(draws)));
    if (query.cold) statement.cold = core::to_nanos(query.cold->sample(query.cold_stream.at(draws)));
    if (query.io) statement.io = core::to_nanos(query.io->sample(query.io_stream.at(draws)));
    if (query.search) {
      const double longer = std::exp(query.search->demand.dispersion * query.search->stream.at(draws).normal());
      statement.cpu += core::to_nanos(query.search->demand.cpu * longer);
      statement.io += core::to_nanos(query.search->demand.disk * longer);
    }
    statement.flush = query.commit && request.block == Block::none;
    statement.opens_block = request.block == Block::open;
    request.wrote = request.wrote || query.commit;
  }
  request.mark = simulator_.now();
  pool_of(request).execute(request.lease, statement, {this, answered, number});
}

// The answer is there: the connection goes back, unless the request holds it to its end.
void Walk::statement_done(std::uint32_t number, Outcome outcome) {
  Request& request = requests_[number];
  const RequestClass& request_class = classes[request.request_class];
  Pool& pool = pool_of(request);
  const std::uint32_t lease = request.lease;
  if (outcome.error != ClientError::none) {
    request.has_lease = false;
    pool.release(lease);
    return fail(number, outcome.error);
  }
  if (request.block == Block::begin) {
    request.block = Block::open;
  } else if (request.block == Block::commit) {
    request.block = Block::none;
  } else {
    const RequestClass::Step& step = request_class.steps[request.step];
    queries[step.query].executed->add();
    queries[step.query].latency->record(simulator_.now() - request.mark);
    if (++request.repeat == step.times) {
      request.repeat = 0;
      ++request.step;
    }
  }
  const bool over = request.step == request_class.steps.size() && request.block == Block::none;
  if (over || !request_class.per_request) {
    request.has_lease = false;
    pool.release(lease);
  }
  next_statement(number);
}

// The answer is there: it is stored where it was missed, and under the request's idempotency key.
void Walk::computed(std::uint32_t number) {
  Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  const Reply reply{this, stored, number};
  if (std::exchange(request.computing, false)) return request_class.caches->settle(number, reply);
  if (std::exchange(request.guarded, false)) return request_class.idempotency->done(number, reply);
  complete(number);
}

// The end: times are recorded, the user may think.
void Walk::complete(std::uint32_t number) {
  const Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  if (request.from == nullptr) {
    request_class.refreshed->add();
    return leave(number, false);
  }
  request_class.completed->add();
  const core::Nanos latency = simulator_.now() - request.arrived;
  const StageTimes& times = accounts_.of(number);
  request_class.latency->record(latency);
  request_class.breakdown->record(latency, times);
  for (std::size_t stage = 0; stage < times.size(); ++stage)
    if (times[stage] != 0) request_class.stages[stage]->add(core::to_seconds(times[stage]));
  leave(number, false);
}

void Walk::fail(std::uint32_t number, ClientError error) {
  const Request request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  if (request.step_caches != nullptr) request.step_caches->abandon(number, error);
  if (request.computing) request_class.caches->abandon(number, error);
  if (request.guarded) request_class.idempotency->failed(number);
  if (request.from != nullptr) {
    request_class.failed->add();
    request_class.errors[static_cast<std::size_t>(error)]->add();
  }
  leave(number, true);
}

void Walk::leave(std::uint32_t number, bool failed) {
  Workload* from = requests_[number].from;
  const std::uint32_t user = requests_[number].user;
  free_.push_back(number);
  if (from == nullptr) return;
  in_flight.add(simulator_.now(), -1);
  from->finished(user, failed);
}

void Walk::on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) {
  Request& request = requests_[index];
  switch (kind) {
    case answered:
      return statement_done(index, outcome);
    case admitted:
      if (outcome.error != ClientError::none) return fail(index, outcome.error);
      request.guarded = outcome.value == absent;
      return request.guarded ? ask_caches(index) : complete(index);
    case caches_answered:
      return caches_answer(index, outcome);
    case step_caches_answered:
      if (outcome.value == absent) {
        request.step_caches = classes[request.request_class].steps[request.step].caches.get();
        return start_statement(index);
      }
      ++request.step;
      return next_statement(index);
    case step_stored:
      return next_statement(index);
    case stored:
      return computed(index);
    default:
      break;
  }
  accounts_.add(index, Stage::pool_wait, simulator_.now() - request.mark);
  if (outcome.error != ClientError::none) return fail(index, outcome.error);
  request.lease = outcome.value;
  request.has_lease = true;
  execute(index);
}

}  // namespace capplan::models
