// How a process of PgBouncer ends what has taken too long, and how it ends itself.

#include "models/bouncer/process.h"

namespace capplan::models {

using core::Nanos;

/// src/janitor.c (pool_client_maint, pool_server_maint, cleanup_client_logins).
void BouncerProcess::end_old_clients() {
  const Nanos now = simulator_.now();
  const auto over = [now](Nanos limit, Nanos since) { return limit > 0 && now - since > limit; };
  for (std::uint32_t number = 0; number < clients_.size(); ++number) {
    const Client& client = clients_[number];
    if (client.state == State::running) {
      if (over(settings_.query_timeout, client.query_start))
        fail(number, ClientError::query_timeout);
      else if (over(settings_.transaction_timeout, client.xact_start))
        fail(number, ClientError::transaction_timeout);
    } else if (client.state == State::idle && client.link == no_link) {
      if (over(settings_.client_idle_timeout, client.last_packet)) shut(number, ClientError::client_idle_timeout);
    } else if (client.state == State::idle) {
      if (!server_.alive(links_[client.link].number)) {
        drop_link(number);
        shut(number, ClientError::server_conn_crashed);
      } else if (client.in_block && over(settings_.idle_transaction_timeout, client.last_packet)) {
        shut(number, ClientError::idle_transaction_timeout);
      } else if (client.in_block && over(settings_.transaction_timeout, client.xact_start)) {
        shut(number, ClientError::transaction_timeout);
      }
    } else if (client.state == State::login && !client.awaits_welcome && client.error == ClientError::none &&
               over(settings_.client_login_timeout, client.connected)) {
      const Reply reply = client.reply;
      count_out(number);
      clients_[number].state = State::gone;
      reply({ClientError::client_login_timeout, 0, true});
    }
  }
}

/// The process ends: its clients and its servers see their connections closed.
void BouncerProcess::go_down() {
  up_ = false;
  restarted_ = true;
  cpu_.clear();
  std::vector<Reply> cut;
  const Nanos now = simulator_.now();
  for (std::uint32_t number = 0; number < clients_.size(); ++number) {
    Client& client = clients_[number];
    if (client.state == State::waiting) meters_.waiting.add(now, -1);
    if (client.link != no_link) meters_.active.add(now, -1);
    client.link = no_link;
    switch (client.state) {
      case State::free:
      case State::dead:
      case State::told:
        break;
      case State::gone:
        if (client.in_turn) free_number(number);  // its turn will not come
        break;
      case State::idle:
        client.state = State::dead;
        client.error = ClientError::server_closed;
        break;
      case State::login:
        cut.push_back(client.reply);
        if (client.awaits_welcome || client.in_turn)
          free_number(number);
        else
          client.state = State::gone;
        break;
      case State::packet:
      case State::waiting:
      case State::running:
        cut.push_back(client.reply);
        free_number(number);
        break;
    }
  }
  for (const auto& pool : pools_) pool->clear();
  meters_.clients.add(now, -static_cast<double>(client_count_));
  client_count_ = waiting_ = 0;
  for (const Reply& reply : cut) reply({ClientError::server_closed, 0, true});
}

}  // namespace capplan::models
