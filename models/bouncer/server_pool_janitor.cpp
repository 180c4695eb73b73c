// What PgBouncer's janitor does to a pool three times a second: it ends waits that took too long, closes server
// connections that are idle for long, old or dead, sets aside those to be checked, and sees to min_pool_size. And which
// connection gives way to another pool. Sources: pgbouncer src/janitor.c, src/objects.c (evict_connection).

#include <algorithm>

#include "models/bouncer/server_pool.h"

namespace capplan::models {

using State = ServerLink::State;

core::Nanos ServerPool::idle_longest_since() const {
  const core::Nanos idle = idle_.empty() ? core::never : links_[idle_.front()].idle_since;
  if (used_.empty() || !waiters_.empty()) return idle;
  return std::min(idle, links_[used_.front()].idle_since);
}

void ServerPool::evict() {
  const bool used = !used_.empty() && waiters_.empty() &&
                    (idle_.empty() || links_[used_.front()].idle_since < links_[idle_.front()].idle_since);
  std::vector<std::uint32_t>& links = used ? used_ : idle_;
  const std::uint32_t link = links.front();
  links.erase(links.begin());
  close(link);
}

void ServerPool::tick(core::Nanos query_timeout, core::Nanos query_wait_timeout, core::Nanos client_login_timeout) {
  end_old_waits(query_timeout, query_wait_timeout, client_login_timeout);
  drop_dead(idle_);
  drop_dead(used_);
  close_unused(used_);
  close_unused(idle_);
  if (settings_.server_check_query) set_aside();
  if (opening_ != no_link && settings_.server_connect_timeout > 0 &&
      simulator_.now() - last_attempt_ > settings_.server_connect_timeout) {
    links_[opening_].state = State::abandoned;
    opening_ = no_link;
    last_failed_ = true;
    --servers_;
  }
  activate();
  const int wanted = settings_.default_pool_size == 0 ? settings_.min_pool_size
                                                      : std::min(settings_.min_pool_size, settings_.default_pool_size);
  if (clients_ > 0 && servers_ < wanted) try_open(false);
}

void ServerPool::end_old_waits(core::Nanos query_timeout, core::Nanos query_wait_timeout,
                               core::Nanos client_login_timeout) {
  const core::Nanos now = simulator_.now();
  const auto over = [&](core::Nanos limit) {
    return limit > 0 && !waiters_.empty() && now - waiters_.front_since() >= limit;
  };
  while (over(query_timeout)) owner_.dropped(waiters_.pop().client, ClientError::query_timeout_waiting);
  while (over(query_wait_timeout)) owner_.dropped(waiters_.pop().client, ClientError::query_wait_timeout);
  if (!welcome_)  // then everybody who waits does so for it
    while (over(client_login_timeout))
      owner_.dropped(waiters_.pop().client, ClientError::client_login_timeout_server_down);
}

/// src/janitor.c (check_unused_servers): those idle too long are closed, the longest first; and one that is too old,
/// the next one only a share of the lifetime later.
void ServerPool::close_unused(std::vector<std::uint32_t>& links) {
  const core::Nanos now = simulator_.now();
  if (settings_.server_idle_timeout > 0)
    while (!links.empty() && servers_ > settings_.min_pool_size &&
           now - links_[links.front()].idle_since >= settings_.server_idle_timeout) {
      const std::uint32_t link = links.front();
      links.erase(links.begin());
      close(link);
    }
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (!too_old(links_[links[i]])) continue;
    last_lifetime_close_ = now;
    close(links[i]);
    links.erase(links.begin() + static_cast<std::ptrdiff_t>(i));
    break;
  }
}

/// Those idle for longer than server_check_delay, in the order of PgBouncer's list: the next to be used comes first.
void ServerPool::set_aside() {
  const auto aside = [&](std::uint32_t link) {
    if (simulator_.now() - links_[link].idle_since <= settings_.server_check_delay) return false;
    links_[link].state = State::used;
    return true;
  };
  if (idle_.empty() || simulator_.now() - links_[idle_.front()].idle_since <= settings_.server_check_delay) return;
  const std::size_t before = used_.size();
  for (const std::uint32_t link : idle_)
    if (aside(link)) used_.push_back(link);
  if (!settings_.server_round_robin) std::reverse(used_.begin() + static_cast<std::ptrdiff_t>(before), used_.end());
  std::erase_if(idle_, [this](std::uint32_t link) { return links_[link].state == State::used; });
}

}  // namespace capplan::models
