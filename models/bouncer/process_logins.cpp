// How clients come to a process of PgBouncer: a number, the limits on clients, the login's turn, the welcome. And how
// a number becomes free again.

#include "models/bouncer/process.h"

namespace capplan::models {

using core::Nanos;

namespace {
/// How long a refusal of the operating system travels: a round trip in one data centre, an assumption.
constexpr Nanos refusal_time = 100 * core::microsecond;
}  // namespace

std::uint32_t BouncerProcess::new_client(Reply reply) {
  if (free_clients_.empty()) {
    free_clients_.push_back(static_cast<std::uint32_t>(clients_.size()));
    clients_.emplace_back();
    free_clients_.reserve(clients_.capacity());  // now, and not when more of them are free than ever
  }
  const std::uint32_t client = free_clients_.back();
  free_clients_.pop_back();
  clients_[client] = {};
  clients_[client].reply = reply;
  clients_[client].statement.request = no_request;
  return client;
}

void BouncerProcess::tell(std::uint32_t client, ClientError error, Nanos after) {
  clients_[client].state = State::told;
  clients_[client].error = error;
  simulator_.schedule(after, *this, tells_error, client);
}

/// Limits are looked at when the client has said who it is; clients that are logging in count.
ClientError BouncerProcess::refusal_of(const Login& login) const {
  if (client_count_ >= settings_.max_client_conn) return ClientError::max_client_conn;
  int of_database = 0, of_user = 0;
  for (const auto& pool : pools_) {
    if (same_database(pool->login(), login)) of_database += pool->clients();
    if (same_user(pool->login(), login)) of_user += pool->clients();
  }
  if (settings_.max_db_client_connections > 0 && of_database >= settings_.max_db_client_connections)
    return ClientError::max_db_client_connections;
  if (settings_.max_user_client_connections > 0 && of_user >= settings_.max_user_client_connections)
    return ClientError::max_user_client_connections;
  return ClientError::none;
}

void BouncerProcess::connect(Login login, Reply reply) {
  const std::uint32_t number = new_client(reply);
  if (!up_) return tell(number, ClientError::connection_refused, refusal_time);
  Client& client = clients_[number];
  client.state = State::login;
  client.login = login;
  client.connected = simulator_.now();
  client.error = refusal_of(login);
  if (client.error == ClientError::none) {
    client.pool = pool_number(login);
    pools_[client.pool]->count_client(+1);
    ++client_count_;
    meters_.clients.add(simulator_.now(), 1);
  }
  turn(logs_in, number);
}

/// src/objects.c (finish_client_login): after a restart there are no settings to greet a client with before some server
/// has told them.
void BouncerProcess::logged_in(std::uint32_t number) {
  Client& client = clients_[number];
  const Reply reply = client.reply;
  if (client.error != ClientError::none) {
    free_number(number);
    reply({client.error, 0, true});
  } else if (!pool_of(client).welcoming()) {
    client.awaits_welcome = true;
    ++waiting_;
    const ServerPool::Ticket ticket = pool_of(client).await_welcome(number);
    clients_[number].ticket = ticket;
  } else {
    client.awaits_welcome = false;
    client.state = State::idle;
    client.last_packet = simulator_.now();
    reply({ClientError::none, number_ + number * processes_});
  }
}

void BouncerProcess::welcomed(std::uint32_t client) {
  --waiting_;
  logged_in(client);
}

void BouncerProcess::free_number(std::uint32_t client) {
  clients_[client].state = State::free;
  free_clients_.push_back(client);
}

void BouncerProcess::count_out(std::uint32_t client) {
  pool_of(clients_[client]).count_client(-1);
  --client_count_;
  meters_.clients.add(simulator_.now(), -1);
}

}  // namespace capplan::models
