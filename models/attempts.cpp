// What a client makes of its attempts, around the walk: an attempt begins, is let in or refused, is given up or fails,
// and is made again. Each mechanism is a file in models/service; here is only in which order they are asked:
//   breaker - clock - web server - max_in_flight - container - bulkhead or workers - the walk (walk.cpp).
// An attempt that its client gives up parts from him: he goes on in a slot of his own, and it stays behind until what
// it holds is free. A statement that runs goes on to its end, as on a PostgreSQL that is not told to cancel; a place in
// a pool's line is kept, though for nothing: when its turn comes the connection is given back at the same instant. So
// is a wait for a cache, or for another who computes the same.

#include <algorithm>
#include <utility>

#include "models/draws.h"
#include "models/walk.h"

namespace capplan::models {

std::uint32_t Walk::take_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(requests_.size()));
    requests_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  accounts_.open(number);
  requests_[number] = {};
  requests_[number].live = true;
  return number;
}

void Walk::begin_attempt(std::uint32_t number) {
  Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  Guard& guard = *request_class.guard;
  request.begun = simulator_.now();
  if (guard.breaker && !guard.breaker->allows(request.permission))
    return client_failed(number, ClientError::breaker_open);
  if (!request_class.job) start_clock(number);
  if (guard.web != nullptr) {
    if (!guard.web->enter()) return fail(number, ClientError::worker_connections);
    request.connected = true;
  }
  if (guard.in_flight >= guard.max_in_flight) {
    guard.shed->add();
    return fail(number, ClientError::shed);
  }
  ++guard.in_flight;
  request.inside = true;
  if (guard.container != nullptr)
    if (const ClientError error = enter_container(number); error != ClientError::none) return fail(number, error);
  if (guard.gate == nullptr) return check_key(number);
  Request& same = requests_[number];
  same.mark = simulator_.now();
  same.at = At::queue;
  switch (guard.gate->enter({this, admitted, number}, same.ticket)) {
    case Gate::Entry::in:
      return let_in(number, requests_[number].ticket);
    case Gate::Entry::waits:
      return;
    case Gate::Entry::refused:
      return fail(number, ClientError::queue_full);
  }
}

ClientError Walk::enter_container(std::uint32_t number) {
  const Request& request = requests_[number];
  bool was_killed = false;
  Container& container = *classes[request.request_class].guard->container;
  const std::uint32_t instance = container.enter(request.turn, number, *this, was_killed);
  requests_[number].instance = instance;
  if (instance != Container::none) return ClientError::none;
  return was_killed ? ClientError::container_killed : ClientError::container_down;
}

void Walk::let_in(std::uint32_t number, std::uint32_t seat) {
  Request& request = requests_[number];
  request.gated = true;
  request.seat = seat;
  request.at = At::elsewhere;
  if (classes[request.request_class].job) start_clock(number);
  check_key(number);
}

/// Until the deadline of a request.
core::Nanos Walk::time_left(const Client& client) const {
  const Guard* guard = classes[client.request_class].guard.get();
  if (guard == nullptr || guard->deadline == core::never) return core::never;
  return client.arrived + guard->deadline - simulator_.now();
}

/// What a client says whose clock has run down.
ClientError Walk::timeout_error(const Client& client) const {
  return time_left(client) <= 0 ? ClientError::deadline_exceeded : classes[client.request_class].guard->timeout_error;
}

void Walk::start_clock(std::uint32_t number) {
  Request& request = requests_[number];
  const core::Nanos timeout = std::min(classes[request.request_class].guard->timeout, time_left(request));
  if (timeout != core::never) request.timer = simulator_.schedule_timer(timeout, *this, timed_out, number);
}

/// An attempt cannot go on. One that stands in a transaction rolls it back first.
void Walk::fail(std::uint32_t number, ClientError error) {
  Request& request = requests_[number];
  if (request.lender != nullptr && request.block == Block::open) {
    request.block = Block::commit;
    request.wrote = false;
    request.failure = error;
    return execute(number);
  }
  if (request.lender != nullptr) {
    request.failure = error;
    return give_back(number);
  }
  withhold(number, error);
  end_attempt(number);
  if (requests_[number].abandoned) return drop(number);
  client_failed(number, error);
}

/// What an attempt was to compute, for its caches and whoever waits for the same, does not come of it.
void Walk::withhold(std::uint32_t number, ClientError error) {
  RequestClass& request_class = classes[requests_[number].request_class];
  if (Tiers* caches = std::exchange(requests_[number].step_caches, nullptr)) caches->abandon(number, error);
  if (std::exchange(requests_[number].computing, false)) request_class.caches->abandon(number, error);
  if (std::exchange(requests_[number].guarded, false)) request_class.idempotency->failed(number);
}

/// Whatever an attempt holds besides a connection is free. Whoever waits for it goes on at once, within this call.
void Walk::end_attempt(std::uint32_t number) {
  Request& request = requests_[number];
  simulator_.cancel(request.timer);
  request.timer = {};
  if (request.connected) {
    request.connected = false;
    classes[request.request_class].guard->web->leave();
  }
  release_permits(number);
}

void Walk::release_permits(std::uint32_t number) {
  Request& request = requests_[number];
  Guard* guard = classes[request.request_class].guard.get();
  if (std::exchange(request.inside, false)) --guard->in_flight;
  const std::uint32_t instance = std::exchange(request.instance, Container::none);
  const bool gated = std::exchange(request.gated, false);
  const std::uint32_t seat = request.seat;
  if (instance != Container::none) guard->container->leave(instance, number);
  if (gated) guard->gate->leave(seat);
}

/// The client learns that his attempt failed: he makes another one after a pause, or that was it.
void Walk::client_failed(std::uint32_t number, ClientError error) {
  Request& request = requests_[number];
  RequestClass& request_class = classes[request.request_class];
  if (Guard* guard = request_class.guard.get()) {
    if (guard->breaker && info(error).failure != Failure::kept_away) guard->breaker->ended(request.permission, true);
    request.lost += simulator_.now() - request.begun;
    if (guard->retries)
      if (const auto pause = guard->retries->next(request.attempt + 1, error, request.name, time_left(request))) {
        ++request.attempt;
        request.paused += *pause;
        simulator_.schedule(*pause, *this, try_again, number);
        return;
      }
  }
  request_class.ended->add();
  request_class.failed->add();
  request_class.errors[static_cast<std::size_t>(error)]->add();
  leave(number, true);
}

/// What the client remembers goes on; all else of the attempt is new, its random numbers too.
void Walk::begin_again(std::uint32_t number) {
  Request next;
  static_cast<Client&>(next) = requests_[number];
  next.live = true;
  next.draws = attempt_draws(next.name, next.attempt);
  next.turn = arrivals_++;
  if (classes[next.request_class].transaction) next.block = Block::begin;
  requests_[number] = next;
  accounts_.open(number);
  accounts_.add(number, Stage::failed, next.lost);
  accounts_.add(number, Stage::backoff, next.paused);
  begin_attempt(number);
}

/// The client of an attempt goes to a slot of his own, whose number is returned; nobody waits for the attempt any
/// longer.
std::uint32_t Walk::part_from_client(std::uint32_t number) {
  const std::uint32_t client = take_slot();
  Request& request = requests_[number];
  static_cast<Client&>(requests_[client]) = request;
  request.from = nullptr;
  request.abandoned = true;
  request.stops = !classes[request.request_class].guard->goes_on;
  in_flight.add(simulator_.now(), 1);
  return client;
}

/// An attempt that nobody waits for leaves what it can leave.
void Walk::abandon(std::uint32_t number) {
  Request& request = requests_[number];
  if (request.connected) {
    request.connected = false;
    classes[request.request_class].guard->web->leave();
  }
  if (!request.stops) return;
  switch (request.at) {
    case At::queue:
      classes[request.request_class].guard->gate->cancel(request.ticket);
      return fail(number, ClientError::request_timeout);
    case At::call:
      calls[steps_of(request)[request.step].target]->give_up(request.ticket);
      return fail(number, ClientError::request_timeout);
    case At::caches:
    case At::lease:
      return release_permits(number);
    default:
      return;  // what runs, runs to its end
  }
}

void Walk::drop(std::uint32_t number) {
  in_flight.add(simulator_.now(), -1);
  requests_[number].live = false;
  free_.push_back(number);
}

/// A container was killed. All of its attempts part from their clients before any lets go of what it holds, since that
/// wakes others.
void Walk::killed(const std::vector<std::uint32_t>& requests) {
  std::vector<std::uint32_t> clients = std::exchange(bereft_, {});
  for (const std::uint32_t number : requests) {
    if (!requests_[number].abandoned) clients.push_back(part_from_client(number));
    Request& request = requests_[number];
    simulator_.cancel(request.timer);
    request.timer = {};
    request.stops = true;
  }
  for (const std::uint32_t number : requests) {
    if (!requests_[number].live || !requests_[number].stops) continue;  // over, its slot perhaps another's
    if (requests_[number].at == At::cpu)
      fail(number, ClientError::container_killed);
    else
      abandon(number);
  }
  for (const std::uint32_t client : clients) client_failed(client, ClientError::container_killed);
  clients.clear();
  bereft_ = std::move(clients);
}

}  // namespace capplan::models
