#include "models/walk.h"

#include <cmath>

namespace capplan::models {

namespace {

/// Two numbers as one that names a place in a random stream.
std::uint64_t combine(std::uint64_t a, std::uint64_t b) { return core::mix(a + b * 0x9e3779b97f4a7c15ULL); }

}  // namespace

// A request arrives, from a workload.
void Walk::arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(requests_.size()));
    requests_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  accounts_.open(number);
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
  ask_caches(number);
}

// The caches are asked in order; the first that has the key answers for all.
void Walk::ask_caches(std::uint32_t number) {
  const Request& request = requests_[number];
  const auto& caches = classes[request.request_class].caches;
  if (request.tier == caches.size()) return next_statement(number);
  const core::Nanos latency = caches[request.tier]->latency();
  accounts_.add(number, Stage::cache, latency);
  if (latency > 0)
    simulator_.schedule(latency, *this, cache_answered, number);
  else
    cache_answer(number);
}

void Walk::cache_answer(std::uint32_t number) {
  Request& request = requests_[number];
  Cache& cache = *classes[request.request_class].caches[request.tier];
  if (!cache.down && cache.lookup(request.key)) return complete(number);
  ++request.tier;
  ask_caches(number);
}

// A miss takes the statements one by one, each with a connection from its pool.
Pool& Walk::pool_of(const Request& request) {
  const auto& steps = classes[request.request_class].steps;
  return *queries[steps[std::min<std::size_t>(request.step, steps.size() - 1)].query].pool;
}

void Walk::next_statement(std::uint32_t number) {
  Request& request = requests_[number];
  if (request.step == classes[request.request_class].steps.size()) {
    if (request.block == Block::none) return complete(number);
    request.block = Block::commit;
  }
  if (request.has_lease) return execute(number);
  request.mark = simulator_.now();
  pool_of(request).acquire(request.turn, {this, leased, number});
}

// On the connection, through the bouncer if there is one, to the server.
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
    QueryClass& query = queries[request_class.steps[request.step].query];
    const std::uint64_t draws = combine(request.draws, request.statements++);
    statement.key = key;
    statement.cpu = core::to_nanos(query.cpu.sample(query.cpu_stream.at(draws)));
    if (query.cold) statement.cold = core::to_nanos(query.cold->sample(query.cold_stream.at(draws)));
    if (query.io) statement.io = core::to_nanos(query.io->sample(query.io_stream.at(draws)));
    if (query.search) {
      const double longer = std::exp(query.search->demand.dispersion * query.search->stream.at(draws).normal());
      statement.cpu += core::to_nanos(query.search->demand.cpu * longer);
      statement.io += core::to_nanos(query.search->demand.disk * longer);
    }
    if (query.texts) {
      statement.parse = query.texts->parse;
      const std::uint64_t text = query.texts->stream.at(draws).below(query.texts->count);
      statement.text = query.texts->first + static_cast<std::uint32_t>(text);
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
    if (outcome.parsed) queries[step.query].texts->parsed->add();
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

// The end: times are recorded, caches filled, the user may think.
void Walk::complete(std::uint32_t number) {
  const Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  request_class.completed->add();
  const core::Nanos latency = simulator_.now() - request.arrived;
  const StageTimes& times = accounts_.of(number);
  request_class.latency->record(latency);
  request_class.breakdown->record(latency, times);
  for (std::size_t stage = 0; stage < times.size(); ++stage)
    if (times[stage] != 0) request_class.stages[stage]->add(core::to_seconds(times[stage]));
  for (std::uint32_t tier = request.tier; tier-- > 0;) {
    Cache& cache = *request_class.caches[tier];
    if (!cache.down) cache.store(request.key);
  }
  leave(number, false);
}

void Walk::fail(std::uint32_t number, ClientError error) {
  RequestClass& request_class = classes[requests_[number].request_class];
  request_class.failed->add();
  request_class.errors[static_cast<std::size_t>(error)]->add();
  leave(number, true);
}

void Walk::leave(std::uint32_t number, bool failed) {
  in_flight.add(simulator_.now(), -1);
  Workload& from = *requests_[number].from;
  const std::uint32_t user = requests_[number].user;
  free_.push_back(number);
  from.finished(user, failed);
}

void Walk::on_event(std::uint32_t, std::uint32_t index) { cache_answer(index); }

void Walk::on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) {
  if (kind == answered) return statement_done(index, outcome);
  Request& request = requests_[index];
  accounts_.add(index, Stage::pool_wait, simulator_.now() - request.mark);
  if (outcome.error != ClientError::none) return fail(index, outcome.error);
  request.lease = outcome.value;
  request.has_lease = true;
  execute(index);
}

}  // namespace capplan::models
