#include "models/bouncer/process.h"

namespace capplan::models {

using core::Nanos;

namespace {
constexpr Nanos tick_period = core::second / 3;
}  // namespace

BouncerProcess::BouncerProcess(Build& build, Endpoint& server, const BouncerSettings& settings,
                               const BouncerMeters& meters, std::uint32_t number, std::uint32_t processes,
                               core::Stream stream)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      server_(server),
      settings_(settings),
      meters_(meters),
      number_(number),
      processes_(processes),
      cpu_(build.simulator, 1) {
  cpu_.busy = &meters_.cpu;
  // The timer's phase is chance: no query knows when the process was started.
  simulator_.schedule(static_cast<Nanos>(stream.below(static_cast<std::uint64_t>(tick_period))), *this, tick, 0);
}

std::uint32_t BouncerProcess::pool_number(const Login& login) {
  for (std::uint32_t i = 0; i < pools_.size(); ++i)
    if (pools_[i]->login() == login) return i;
  const auto number = static_cast<std::uint32_t>(pools_.size());
  pools_.push_back(std::make_unique<ServerPool>(simulator_, server_, static_cast<ServerPoolOwner&>(*this), links_,
                                                settings_.servers, number, login));
  if (restarted_) pools_.back()->clear();
  return number;
}

/// A client or its packet takes its turn on the one core.
void BouncerProcess::turn(Kind kind, std::uint32_t client) {
  clients_[client].mark = simulator_.now();
  const Nanos span = kind == logs_in ? settings_.login_time : settings_.turn_time;
  clients_[client].in_turn = span > 0;
  if (span > 0)
    cpu_.submit(span, {this, kind, 0, client});
  else if (kind == logs_in)
    simulator_.schedule(0, *this, kind, client);  // never within the call: a refused client may call again at once
  else
    on_event(kind, client);
}

/// What becomes of the server connection of a client that leaves, or whose link has ended. A client that goes within a
/// transaction or a query costs it.
ServerPool::Fate BouncerProcess::fate_of(const Client& client) const {
  if (client.in_block || client.state == State::running) return ServerPool::Fate::close;
  const bool reset = settings_.resets && (settings_.reset_always || settings_.pool_mode == PoolMode::session);
  return reset ? ServerPool::Fate::reset : ServerPool::Fate::reuse;
}

void BouncerProcess::disconnect(std::uint32_t connection) {
  const std::uint32_t number = connection / processes_;
  Client& client = clients_[number];
  if (client.state == State::dead) return free_number(number);
  if (client.state == State::told) {
    client.state = State::gone;
    return;
  }
  if (client.state == State::waiting) {
    pool_of(client).leave(client.ticket);
    --waiting_;
    meters_.waiting.add(simulator_.now(), -1);
  }
  if (client.link != no_link) unlink(number, fate_of(client));
  count_out(number);
  if (clients_[number].state == State::packet)
    clients_[number].state = State::gone;
  else
    free_number(number);
  pass();
}

bool BouncerProcess::alive(std::uint32_t connection) const {
  const State state = clients_[connection / processes_].state;
  return state != State::dead && state != State::told;
}

void BouncerProcess::execute(std::uint32_t connection, const Statement& statement, Reply reply) {
  const std::uint32_t number = connection / processes_;
  Client& client = clients_[number];
  client.reply = reply;
  if (client.state == State::dead) return tell(number, client.error, 0);
  client.state = State::packet;
  client.statement = statement;
  if (client.login.statement_cache == 0) client.statement.text = 0;
  client.query_start = simulator_.now();
  if (!client.in_block) client.xact_start = simulator_.now();
  meters_.queries.add();
  turn(packet_in, number);
}

void BouncerProcess::ask_for_server(std::uint32_t number) {
  Client& client = clients_[number];
  if (client.link != no_link) {
    if (server_.alive(links_[client.link].number)) return forward(number);
    drop_link(number);
    return fail(number, ClientError::server_conn_crashed);
  }
  client.mark = simulator_.now();
  client.state = State::waiting;
  ++waiting_;
  meters_.waiting.add(simulator_.now(), 1);
  const ServerPool::Ticket ticket = pool_of(client).request(number);
  clients_[number].ticket = ticket;
}

void BouncerProcess::linked(std::uint32_t number, std::uint32_t link) {
  Client& client = clients_[number];
  const Nanos waited = simulator_.now() - client.mark;
  client.link = link;
  meters_.wait.record(waited);
  accounts_.add(client.statement.request, Stage::bouncer_wait, waited);
  --waiting_;
  meters_.waiting.add(simulator_.now(), -1);
  meters_.active.add(simulator_.now(), 1);
  forward(number);
}

void BouncerProcess::dropped(std::uint32_t number, ClientError error) {
  --waiting_;
  const Client& client = clients_[number];
  if (client.state == State::waiting) {
    const Nanos waited = simulator_.now() - client.mark;
    meters_.waiting.add(simulator_.now(), -1);
    meters_.wait.record(waited);
    accounts_.add(client.statement.request, Stage::bouncer_wait, waited);
    if (error == ClientError::query_wait_timeout) meters_.timeouts.add();
  }
  fail(number, error);
}

/// Every error of the pooler is FATAL: the client's connection is closed, and the server's if it has one.
void BouncerProcess::fail(std::uint32_t number, ClientError error) {
  const Reply reply = clients_[number].reply;
  if (clients_[number].link != no_link) unlink(number, ServerPool::Fate::close);
  count_out(number);
  free_number(number);
  reply({error, 0, true});
}

/// The same of a client that asks for nothing: it learns of it with its next statement.
void BouncerProcess::shut(std::uint32_t number, ClientError error) {
  if (clients_[number].link != no_link) unlink(number, ServerPool::Fate::close);
  count_out(number);
  clients_[number].state = State::dead;
  clients_[number].error = error;
}

void BouncerProcess::forward(std::uint32_t number) {
  Client& client = clients_[number];
  client.state = State::running;
  server_.execute(links_[client.link].number, client.statement, {this, packet_out, number});
}

void BouncerProcess::on_reply(std::uint32_t, std::uint32_t number, Outcome outcome) {
  Client& client = clients_[number];
  client.state = State::packet;
  client.outcome = outcome;
  client.in_block = client.statement.opens_block && !outcome.closed;
  if (outcome.closed) drop_link(number);
  turn(packet_out, number);
}

/// The server's answer has been passed on: what the link spans may be over.
void BouncerProcess::answered(std::uint32_t number) {
  Client& client = clients_[number];
  if (client.outcome.closed) return fail(number, ClientError::server_conn_crashed);
  if (settings_.pool_mode == PoolMode::statement && client.in_block)
    return fail(number, ClientError::statement_mode_transaction);
  client.state = State::idle;
  client.last_packet = simulator_.now();
  const Reply reply = client.reply;
  const Outcome outcome = client.outcome;
  if (settings_.pool_mode != PoolMode::session && !client.in_block) unlink(number, fate_of(client));
  reply(outcome);
}

void BouncerProcess::unlink(std::uint32_t number, ServerPool::Fate fate) {
  const std::uint32_t link = clients_[number].link;
  clients_[number].link = no_link;
  clients_[number].in_block = false;
  meters_.active.add(simulator_.now(), -1);
  pools_[links_[link].pool]->release(link, fate);
}

/// The server has closed the connection.
void BouncerProcess::drop_link(std::uint32_t number) {
  const std::uint32_t link = clients_[number].link;
  clients_[number].link = no_link;
  clients_[number].in_block = false;
  meters_.active.add(simulator_.now(), -1);
  if (!clients_[number].outcome.closed) server_.disconnect(links_[link].number);
  pools_[links_[link].pool]->lost(link);
}

bool BouncerProcess::room_for(const Login& login, bool may_evict) {
  return make_room(settings_.servers.max_db_connections, may_evict, same_database, login) &&
         make_room(settings_.servers.max_user_connections, may_evict, same_user, login);
}

/// src/objects.c (evict_connection, evict_user_connection): below the limit, or the connection that has been idle
/// longest among those it counts gives way.
bool BouncerProcess::make_room(int limit, bool may_evict, bool (*same)(const Login&, const Login&),
                               const Login& login) {
  if (limit <= 0) return true;
  int servers = 0;
  ServerPool* oldest = nullptr;
  for (const auto& pool : pools_) {
    if (!same(pool->login(), login)) continue;
    servers += pool->servers();
    if (pool->idle_longest_since() != core::never &&
        (oldest == nullptr || pool->idle_longest_since() < oldest->idle_longest_since()))
      oldest = pool.get();
  }
  if (servers < limit) return true;
  if (oldest == nullptr || !may_evict) return false;
  oldest->evict();
  return true;
}

/// src/janitor.c (per_loop_maint): every pass of the loop ends with a look at every pool; a packet is a pass.
void BouncerProcess::pass() {
  if (waiting_ == 0) return;
  for (std::size_t i = 0; i < pools_.size(); ++i) pools_[i]->activate();
}

void BouncerProcess::on_event(std::uint32_t kind, std::uint32_t index) {
  if (kind == tick) {
    if (up_) {
      end_old_clients();
      for (std::size_t i = 0; i < pools_.size(); ++i)
        pools_[i]->tick(settings_.query_timeout, settings_.query_wait_timeout, settings_.client_login_timeout);
      pass();
    }
    simulator_.schedule(tick_period, *this, tick, 0);
    return;
  }
  Client& client = clients_[index];
  client.in_turn = false;
  if (client.state == State::gone) return free_number(index);
  if (kind == tells_error) {
    const Reply reply = client.reply;
    const ClientError error = client.error;
    free_number(index);
    return reply({error, 0, true});
  }
  if (kind == logs_in) return logged_in(index);
  accounts_.add(client.statement.request, Stage::bouncer, simulator_.now() - client.mark);
  if (kind == packet_in)
    ask_for_server(index);
  else
    answered(index);
  pass();
}

}  // namespace capplan::models
