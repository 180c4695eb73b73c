// The steps of a request, one by one: a connection from its pool where the step is a statement, the statement or what
// else the step is, and what follows it. A transaction's BEGIN and COMMIT go the same way.

#include <utility>

#include "models/draws.h"
#include "models/walk.h"

namespace capplan::models {

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
  if (request.lender != nullptr || (!held && steps[request.step].kind != Step::Kind::query)) return run_step(number);
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
  request.lender->execute(request.lease, statement, {this, answered, number});
}

// The answer is there: the connection goes back, unless the request holds it to its end.
void Walk::statement_done(std::uint32_t number, Outcome outcome) {
  Request& request = requests_[number];
  if (outcome.closed)  // there is nothing to roll back, nor to wait for
    std::exchange(request.lender, nullptr)->release(request.lease, {});
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
  request.repeat = 0;
  ++request.step;
  move_on(number);
}

void Walk::move_on(std::uint32_t number) {
  Request& request = requests_[number];
  const bool per_request = classes[request.request_class].per_request;
  const bool over = request.step == steps_of(request).size() && request.block == Block::none;
  request.lender != nullptr && (over || !per_request) ? give_back(number) : next_step(number);
}

// Who gives a connection back goes on when the library lets him.
void Walk::give_back(std::uint32_t number) {
  Request& request = requests_[number];
  request.mark = simulator_.now();
  request.at = At::elsewhere;
  std::exchange(request.lender, nullptr)->release(request.lease, {this, given_back, number});
}

}  // namespace capplan::models
