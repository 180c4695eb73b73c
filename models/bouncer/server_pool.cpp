#include "models/bouncer/server_pool.h"

namespace capplan::models {

namespace {
enum Answer : std::uint32_t { connected, reset_done };
/// What DISCARD ALL costs the server: an assumption, not measured.
constexpr core::Nanos reset_cpu = 30 * core::microsecond;
}  // namespace

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

void ServerPool::request(std::uint32_t client) {
  if (!idle_.empty()) {
    const auto next = settings_.server_round_robin ? idle_.begin() : idle_.end() - 1;
    const std::uint32_t link = *next;
    idle_.erase(next);
    links_[link].state = ServerLink::State::active;
    owner_.linked(client, link);
    return;
  }
  if (last_failed_ && live_ == 0) {
    try_open(true);
    owner_.dropped(client, ClientError::server_login_retry);
    return;
  }
  waiters_.push(client);
  activate();
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
    links_[link].state = ServerLink::State::testing;
    ++testing_;
    server_.execute(links_[link].number, {.request = no_request, .cpu = reset_cpu}, {this, reset_done, link});
  } else {
    make_idle(link);
  }
}

void ServerPool::make_idle(std::uint32_t link) {
  if (!waiters_.empty()) {
    links_[link].state = ServerLink::State::active;
    owner_.linked(waiters_.pop(), link);
    return;
  }
  links_[link].state = ServerLink::State::idle;
  links_[link].idle_since = simulator_.now();
  idle_.push_back(link);
}

/// Servers being reset are as good as promised to the first waiters.
void ServerPool::activate() {
  if (waiters_.size() > testing_) try_open(true);
}

/// src/objects.c (launch_new_connection).
void ServerPool::try_open(bool may_evict) {
  const core::Nanos now = simulator_.now();
  if (opening_) return;
  if (last_failed_ && now - last_attempt_ < settings_.server_login_retry) return;
  int size = settings_.default_pool_size;
  if (settings_.reserve_pool_size > 0 && settings_.reserve_pool_timeout > 0 && !waiters_.empty() &&
      now - waiters_.front_since() >= settings_.reserve_pool_timeout)
    size += settings_.reserve_pool_size;
  if (servers_ >= size || !owner_.room_for(login_, may_evict)) return;

  std::uint32_t link = 0;
  while (link < links_.size() && links_[link].state != ServerLink::State::closed) ++link;
  if (link == links_.size()) links_.emplace_back();
  links_[link] = {.state = ServerLink::State::opening, .pool = number_};
  ++servers_;
  opening_ = true;
  last_attempt_ = now;
  server_.connect(login_, {this, connected, link});
}

void ServerPool::opened(std::uint32_t link, Outcome outcome) {
  opening_ = false;
  last_failed_ = outcome.error != ClientError::none;
  if (last_failed_) {
    links_[link].state = ServerLink::State::closed;
    --servers_;
    if (live_ == 0)
      while (!waiters_.empty()) owner_.dropped(waiters_.pop(), outcome.error);
    return;
  }
  ++live_;
  links_[link].number = outcome.value;
  links_[link].opened = simulator_.now();
  make_idle(link);
  activate();
}

bool ServerPool::too_old(const ServerLink& link) const {
  if (settings_.server_lifetime <= 0) return false;
  const core::Nanos now = simulator_.now();
  return now - link.opened >= settings_.server_lifetime &&
         now - last_lifetime_close_ >= settings_.server_lifetime / std::max(1, settings_.default_pool_size);
}

void ServerPool::close(std::uint32_t link) {
  server_.disconnect(links_[link].number);
  links_[link].state = ServerLink::State::closed;
  --servers_;
  --live_;
}

core::Nanos ServerPool::idle_longest_since() const {
  return idle_.empty() ? core::never : links_[idle_.front()].idle_since;
}

void ServerPool::evict() {
  const std::uint32_t link = idle_.front();
  idle_.erase(idle_.begin());
  close(link);
}

void ServerPool::tick(core::Nanos query_wait_timeout) {
  const core::Nanos now = simulator_.now();
  if (query_wait_timeout > 0)
    while (!waiters_.empty() && now - waiters_.front_since() >= query_wait_timeout)
      owner_.dropped(waiters_.pop(), ClientError::query_wait_timeout);
  if (settings_.server_idle_timeout > 0)
    while (!idle_.empty() && servers_ > settings_.min_pool_size &&
           now - links_[idle_.front()].idle_since >= settings_.server_idle_timeout)
      evict();
  for (std::size_t i = 0; i < idle_.size(); ++i) {
    if (!too_old(links_[idle_[i]])) continue;
    last_lifetime_close_ = now;
    close(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    break;  // the next one only a share of the lifetime later
  }
  activate();
  if (clients_ > 0 && servers_ < std::min(settings_.min_pool_size, settings_.default_pool_size)) try_open(false);
}

void ServerPool::on_reply(std::uint32_t kind, std::uint32_t link, Outcome outcome) {
  if (kind == connected) {
    opened(link, outcome);
  } else {
    --testing_;
    make_idle(link);
  }
  owner_.pass();
}

}  // namespace capplan::models
