#include "models/bouncer/server_pool.h"

#include <algorithm>
#include <bit>

namespace capplan::models {

namespace {
enum Answer : std::uint32_t { connected, tested };
/// What DISCARD ALL, and a query that checks the connection, cost the server: assumptions, not measured.
constexpr core::Nanos reset_cpu = 30 * core::microsecond;
constexpr core::Nanos check_cpu = 30 * core::microsecond;
}  // namespace

using State = ServerLink::State;

ServerPool::ServerPool(core::Simulator& simulator, Endpoint& server, ServerPoolOwner& owner,
                       std::vector<ServerLink>& links, const ServerPoolSettings& settings, std::uint32_t number,
                       Login login)
    : simulator_(simulator),
      server_(server),
      owner_(owner),
      links_(links),
      settings_(settings),
      number_(number),
      login_(login),
      waiters_(simulator, core::never, *this, 0) {}

ServerPool::Ticket ServerPool::request(std::uint32_t client) {
  while (!idle_.empty()) {
    const auto next = settings_.server_round_robin ? idle_.begin() : idle_.end() - 1;
    const std::uint32_t link = *next;
    idle_.erase(next);
    if (!server_.alive(links_[link].number)) {
      close(link);
      continue;
    }
    links_[link].state = State::active;
    owner_.linked(client, link);
    return 0;
  }
  if (last_failed_ && live_ == 0) {
    try_open(true);
    owner_.dropped(client, ClientError::server_login_retry);
    return 0;
  }
  const Ticket ticket = waiters_.push({client, false});
  activate();
  return ticket;
}

ServerPool::Ticket ServerPool::await_welcome(std::uint32_t client) {
  const Ticket ticket = waiters_.push({client, true});
  try_open(true);
  return ticket;
}

void ServerPool::release(std::uint32_t link, Fate fate) {
  if (fate == Fate::close) {
    close(link);
    activate();
  } else if (too_old(links_[link])) {
    last_lifetime_close_ = simulator_.now();
    close(link);
    activate();
  } else if (fate == Fate::reset) {
    links_[link].state = State::testing;
    ++testing_;
    server_.execute(links_[link].number, {.request = no_request, .cpu = reset_cpu, .discards = true},
                    {this, tested, link});
  } else if (settings_.server_check_query && settings_.server_check_delay == 0) {
    links_[link].state = State::used;
    links_[link].idle_since = simulator_.now();
    used_.push_back(link);
    activate();
  } else {
    ready(link);
  }
}

void ServerPool::lost(std::uint32_t link) {
  links_[link].state = State::closed;
  --servers_;
  --live_;
}

/// A server connection that is ready goes to the first waiter, past those who only wait to be logged in.
void ServerPool::ready(std::uint32_t link) {
  while (!waiters_.empty()) {
    const Waiter waiter = waiters_.pop();
    if (waiter.login) {
      owner_.welcomed(waiter.client);
      continue;
    }
    links_[link].state = State::active;
    owner_.linked(waiter.client, link);
    return;
  }
  links_[link].state = State::idle;
  links_[link].idle_since = simulator_.now();
  idle_.push_back(link);
}

/// src/janitor.c (per_loop_activate): servers being tested are as good as promised to the first waiters; then those
/// that have not been used for long are checked; what is still missing is opened, one at a time.
void ServerPool::activate() {
  if (waiters_.size() <= testing_) return;
  drop_dead(used_);
  while (waiters_.size() > testing_ && !used_.empty()) {
    const std::uint32_t link = used_.back();
    used_.pop_back();
    check(link);
  }
  if (waiters_.size() > testing_) try_open(true);
}

void ServerPool::check(std::uint32_t link) {
  links_[link].state = State::testing;
  ++testing_;
  server_.execute(links_[link].number, {.request = no_request, .cpu = check_cpu}, {this, tested, link});
}

/// src/objects.c (launch_new_connection).
void ServerPool::try_open(bool may_evict) {
  const core::Nanos now = simulator_.now();
  if (opening_ != no_link) return;
  if (last_failed_ && now - last_attempt_ < settings_.server_login_retry) return;
  int size = settings_.default_pool_size;
  if (settings_.reserve_pool_size > 0 && settings_.reserve_pool_timeout > 0 && !waiters_.empty() &&
      now - waiters_.front_since() >= settings_.reserve_pool_timeout)
    size += settings_.reserve_pool_size;
  const bool unlimited = settings_.default_pool_size == 0 || !welcome_;
  if ((servers_ >= size && !unlimited) || !owner_.room_for(login_, may_evict)) return;

  std::uint32_t link = 0;
  while (link < links_.size() && links_[link].state != State::closed) ++link;
  if (link == links_.size()) links_.emplace_back();
  links_[link] = {.state = State::opening, .pool = number_};
  ++servers_;
  opening_ = link;
  last_attempt_ = now;
  Login login = login_;
  if (!settings_.session) login.statement_cache = settings_.max_prepared_statements;
  server_.connect(login, {this, connected, link});
}

void ServerPool::opened(std::uint32_t link, Outcome outcome) {
  if (links_[link].state == State::abandoned) {
    links_[link].state = State::closed;
    if (outcome.error == ClientError::none) server_.disconnect(outcome.value);
    return;
  }
  opening_ = no_link;
  last_failed_ = outcome.error != ClientError::none;
  if (last_failed_) {
    links_[link].state = State::closed;
    --servers_;
    login_failed(outcome.error);
    return;
  }
  // Now, and not when they are set aside; in steps, so that a pool that opens one more finds room.
  used_.reserve(std::max<std::size_t>(32, std::bit_ceil(static_cast<std::size_t>(++live_))));
  welcome_ = true;
  links_[link].number = outcome.value;
  links_[link].opened = simulator_.now();
  ready(link);
  activate();
}

/// src/server.c (kill_pool_logins): what the server itself has answered is passed on, unless some connection lives.
/// Where there was no answer, who waits goes on waiting.
void ServerPool::login_failed(ClientError error) {
  const bool answered = error != ClientError::connection_refused && error != ClientError::server_closed;
  if (!answered || (live_ > 0 && welcome_)) return;
  while (!waiters_.empty()) owner_.dropped(waiters_.pop().client, error);
}

/// src/objects.c (life_over): a lifetime of 0 is over at once, so that a connection is used once and then closed.
bool ServerPool::too_old(const ServerLink& link) const {
  const core::Nanos now = simulator_.now();
  return now - link.opened >= settings_.server_lifetime &&
         now - last_lifetime_close_ >= settings_.server_lifetime / std::max(1, settings_.default_pool_size);
}

void ServerPool::close(std::uint32_t link) {
  server_.disconnect(links_[link].number);
  lost(link);
}

/// PgBouncer sees the end of a connection on its socket.
void ServerPool::drop_dead(std::vector<std::uint32_t>& links) {
  std::erase_if(links, [this](std::uint32_t link) {
    if (server_.alive(links_[link].number)) return false;
    close(link);
    return true;
  });
}

void ServerPool::clear() {
  while (!waiters_.empty()) waiters_.pop();
  idle_.clear();
  used_.clear();
  for (std::uint32_t link = 0; link < links_.size(); ++link) {
    ServerLink& one = links_[link];
    if (one.pool != number_ || one.state == State::closed || one.state == State::abandoned) continue;
    const bool opening = one.state == State::opening;
    if (!opening) server_.disconnect(one.number);
    one.state = opening ? State::abandoned : State::closed;
  }
  servers_ = live_ = clients_ = 0;
  testing_ = 0;
  opening_ = no_link;
  last_failed_ = welcome_ = false;
}

void ServerPool::on_reply(std::uint32_t kind, std::uint32_t link, Outcome outcome) {
  if (kind == connected) {
    opened(link, outcome);
  } else {
    --testing_;
    if (outcome.closed) {
      lost(link);
      activate();
    } else {
      ready(link);
    }
  }
  owner_.pass();
}

}  // namespace capplan::models
