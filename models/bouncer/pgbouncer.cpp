// PgBouncer: many client connections onto few server connections. One process, one thread: every packet takes a turn on
// its one core. What a link spans is pool_mode's: a transaction, a session, or a statement. All that depends on time is
// looked at three times a second, so that a timeout of T falls between T and T + 1/3 s.
// Sources: pgbouncer src/client.c, src/server.c, src/objects.c, src/janitor.c, src/main.c (defaults).
// Oracle: with a server that never saturates and no limit reached, M/M/c over default_pool_size.

#include "core/fifo_station.h"
#include "models/bouncer/server_pool.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Nanos;

constexpr std::uint32_t no_link = 0xffffffff;
constexpr Nanos tick_period = core::second / 3;

class Pgbouncer : public Endpoint, private core::Handler, private Caller, private ServerPoolOwner {
 public:
  Pgbouncer(Build& build, const Section& section);

  void connect(Login login, Reply reply) override;
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override;
  void disconnect(std::uint32_t connection) override;

 private:
  enum Kind : std::uint32_t { tick, logs_in, packet_in, packet_out };
  enum class Mode : std::uint8_t { session, transaction, statement };

  struct Client {
    std::uint32_t pool = 0;
    std::uint32_t link = no_link;
    bool refused = false;
    Statement statement;
    Reply reply;
    Outcome outcome;
    Nanos mark = 0;
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;
  void linked(std::uint32_t client, std::uint32_t link) override;
  void dropped(std::uint32_t client, ClientError error) override;
  bool room_for(const Login& login, bool may_evict) override;
  void pass() override;

  bool make_room(int limit, bool may_evict, bool (*same)(const Login&, const Login&), const Login& login);
  void turn(Kind kind, std::uint32_t client);
  void logged_in(std::uint32_t client);
  void ask_for_server(std::uint32_t client);
  void forward(std::uint32_t client);
  void answered(std::uint32_t client);
  void unlink(std::uint32_t client, ServerPool::Fate fate);
  void fail(std::uint32_t client, ClientError error);
  std::uint32_t pool_of(const Login& login);
  void remove(std::uint32_t client);

  core::Simulator& simulator_;
  Accounts& accounts_;
  Endpoint& server_;
  core::FifoStation cpu_;
  Mode mode_;
  ServerPoolSettings settings_;
  std::uint32_t max_client_conn_;
  Nanos query_wait_timeout_;
  Nanos turn_time_;
  std::vector<Client> clients_;
  std::vector<std::uint32_t> free_clients_;
  std::uint32_t client_count_ = 0;
  std::vector<ServerLink> links_;
  std::vector<std::unique_ptr<ServerPool>> pools_;

  core::Counter& queries_;
  core::Counter& timeouts_;
  core::Histogram& wait_;
  core::Level& waiting_;
  core::Level& active_;
  core::Level& client_level_;
};

Pgbouncer::Pgbouncer(Build& build, const Section& section)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      server_(build.endpoint(section.params.text("server"))),
      cpu_(build.simulator, 1),
      max_client_conn_(static_cast<std::uint32_t>(section.params.count("max_client_conn"))),
      query_wait_timeout_(section.params.duration("query_wait_timeout")),
      turn_time_(section.params.duration("query_cpu") / 2),
      queries_(build.meters.rate({"bouncers", section.name, "queries_per_s"})),
      timeouts_(build.meters.rate({"bouncers", section.name, "query_wait_timeouts_per_s"})),
      wait_(build.meters.histogram({"bouncers", section.name, "wait_s"})),
      waiting_(build.meters.level({"bouncers", section.name, "waiting"})),
      active_(build.meters.level(
          {"bouncers", section.name, "utilization"},
          static_cast<double>(section.params.count("default_pool_size") + section.params.count("reserve_pool_size")) *
              build.logins_to(section.path()))),
      client_level_(build.meters.level({"bouncers", section.name, "clients"})) {
  const Params& p = section.params;
  const std::string& mode = p.text("pool_mode");
  mode_ = mode == "session" ? Mode::session : mode == "transaction" ? Mode::transaction : Mode::statement;
  settings_ = {.default_pool_size = static_cast<int>(p.count("default_pool_size")),
               .min_pool_size = static_cast<int>(p.count("min_pool_size")),
               .reserve_pool_size = static_cast<int>(p.count("reserve_pool_size")),
               .reserve_pool_timeout = p.duration("reserve_pool_timeout"),
               .max_db_connections = static_cast<int>(p.count("max_db_connections")),
               .max_user_connections = static_cast<int>(p.count("max_user_connections")),
               .server_login_retry = p.duration("server_login_retry"),
               .server_idle_timeout = p.duration("server_idle_timeout"),
               .server_lifetime = p.duration("server_lifetime"),
               .server_round_robin = p.flag("server_round_robin")};
  cpu_.busy = &build.meters.level({"bouncers", section.name, "cpu"}, 1);
  // The timer's phase is chance: no query knows when the process was started.
  core::Stream stream = build.stream(section.path(), "timer");
  simulator_.schedule(static_cast<Nanos>(stream.below(static_cast<std::uint64_t>(tick_period))), *this, tick, 0);
}

std::uint32_t Pgbouncer::pool_of(const Login& login) {
  for (std::uint32_t i = 0; i < pools_.size(); ++i)
    if (pools_[i]->login() == login) return i;
  const auto number = static_cast<std::uint32_t>(pools_.size());
  pools_.push_back(std::make_unique<ServerPool>(simulator_, server_, static_cast<ServerPoolOwner&>(*this), links_,
                                                settings_, number, login));
  return number;
}

/// A client or its packet takes its turn on the one core.
void Pgbouncer::turn(Kind kind, std::uint32_t client) {
  clients_[client].mark = simulator_.now();
  if (turn_time_ > 0)
    cpu_.submit(turn_time_, {this, kind, 0, client});
  else if (kind == logs_in)
    simulator_.schedule(0, *this, kind, client);  // never within the call: a refused client may call again at once
  else
    on_event(kind, client);
}

void Pgbouncer::connect(Login login_as, Reply reply) {
  if (free_clients_.empty()) {
    free_clients_.push_back(static_cast<std::uint32_t>(clients_.size()));
    clients_.emplace_back();
  }
  const std::uint32_t client = free_clients_.back();
  free_clients_.pop_back();
  clients_[client] = {};
  clients_[client].reply = reply;
  clients_[client].statement.request = no_request;
  clients_[client].refused = client_count_ >= max_client_conn_;
  if (!clients_[client].refused) {
    clients_[client].pool = pool_of(login_as);
    pools_[clients_[client].pool]->count_client(+1);
    client_level_.set(simulator_.now(), ++client_count_);
  }
  turn(logs_in, client);
}

void Pgbouncer::logged_in(std::uint32_t client) {
  const Reply reply = clients_[client].reply;
  if (clients_[client].refused) {
    free_clients_.push_back(client);
    reply({ClientError::max_client_conn, 0, true});
  } else {
    reply({ClientError::none, client});
  }
}

void Pgbouncer::remove(std::uint32_t client) {
  free_clients_.push_back(client);
  pools_[clients_[client].pool]->count_client(-1);
  client_level_.set(simulator_.now(), --client_count_);
}

/// A client that goes within a transaction costs its server connection; otherwise only a session still has one.
void Pgbouncer::disconnect(std::uint32_t connection) {
  const bool in_block = clients_[connection].statement.opens_block;
  if (clients_[connection].link != no_link)
    unlink(connection, in_block ? ServerPool::Fate::close : ServerPool::Fate::reset);
  remove(connection);
  pass();
}

void Pgbouncer::execute(std::uint32_t connection, const Statement& statement, Reply reply) {
  Client& client = clients_[connection];
  client.statement = statement;
  client.reply = reply;
  queries_.add();
  turn(packet_in, connection);
}

void Pgbouncer::ask_for_server(std::uint32_t number) {
  Client& client = clients_[number];
  if (client.link != no_link) return forward(number);
  client.mark = simulator_.now();
  waiting_.add(simulator_.now(), 1);
  pools_[client.pool]->request(number);
}

void Pgbouncer::linked(std::uint32_t number, std::uint32_t link) {
  Client& client = clients_[number];
  const Nanos waited = simulator_.now() - client.mark;
  client.link = link;
  wait_.record(waited);
  accounts_.add(client.statement.request, Stage::bouncer_wait, waited);
  waiting_.add(simulator_.now(), -1);
  active_.add(simulator_.now(), 1);
  forward(number);
}

void Pgbouncer::dropped(std::uint32_t number, ClientError error) {
  waiting_.add(simulator_.now(), -1);
  accounts_.add(clients_[number].statement.request, Stage::bouncer_wait, simulator_.now() - clients_[number].mark);
  if (error == ClientError::query_wait_timeout) timeouts_.add();
  fail(number, error);
}

/// Every error of the pooler is FATAL: the client's connection is closed, and the server's if it has one.
void Pgbouncer::fail(std::uint32_t number, ClientError error) {
  const Reply reply = clients_[number].reply;
  if (clients_[number].link != no_link) unlink(number, ServerPool::Fate::close);
  remove(number);
  reply({error, 0, true});
}

void Pgbouncer::forward(std::uint32_t number) {
  const Client& client = clients_[number];
  server_.execute(links_[client.link].number, client.statement, {this, packet_out, number});
}

void Pgbouncer::on_reply(std::uint32_t kind, std::uint32_t client, Outcome outcome) {
  clients_[client].outcome = outcome;
  turn(static_cast<Kind>(kind), client);
}

/// The server's answer has been passed on: what the link spans may be over.
void Pgbouncer::answered(std::uint32_t number) {
  const Client& client = clients_[number];
  const bool open_block = client.statement.opens_block;
  if (mode_ == Mode::statement && open_block) return fail(number, ClientError::statement_mode_transaction);
  const Reply reply = client.reply;
  const Outcome outcome = client.outcome;
  if (mode_ != Mode::session && !open_block) unlink(number, ServerPool::Fate::reuse);
  reply(outcome);
}

void Pgbouncer::unlink(std::uint32_t number, ServerPool::Fate fate) {
  const std::uint32_t link = clients_[number].link;
  clients_[number].link = no_link;
  active_.add(simulator_.now(), -1);
  pools_[links_[link].pool]->release(link, fate);
}

bool Pgbouncer::room_for(const Login& login_as, bool may_evict) {
  return make_room(settings_.max_db_connections, may_evict,
                   [](const Login& a, const Login& b) { return a.database == b.database; }, login_as) &&
         make_room(settings_.max_user_connections, may_evict,
                   [](const Login& a, const Login& b) { return a.user == b.user; }, login_as);
}

/// src/objects.c (evict_connection, evict_user_connection): below the limit, or the connection that has been idle
/// longest among those it counts gives way. Used ones do not.
bool Pgbouncer::make_room(int limit, bool may_evict, bool (*same)(const Login&, const Login&),
                          const Login& login_as) {
  if (limit <= 0) return true;
  int servers = 0;
  ServerPool* oldest = nullptr;
  for (const auto& pool : pools_) {
    if (!same(pool->login(), login_as)) continue;
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
void Pgbouncer::pass() {
  if (waiting_.value() == 0) return;
  for (std::size_t i = 0; i < pools_.size(); ++i) pools_[i]->activate();
}

void Pgbouncer::on_event(std::uint32_t kind, std::uint32_t index) {
  if (kind == tick) {
    for (std::size_t i = 0; i < pools_.size(); ++i) pools_[i]->tick(query_wait_timeout_);
    pass();
    simulator_.schedule(tick_period, *this, tick, 0);
    return;
  }
  if (kind == logs_in) return logged_in(index);
  Client& client = clients_[index];
  accounts_.add(client.statement.request, Stage::bouncer, simulator_.now() - client.mark);
  if (kind == packet_in)
    ask_for_server(index);
  else
    answered(index);
  pass();
}

std::unique_ptr<Endpoint> make(Build& build, const Section& section) {
  return std::make_unique<Pgbouncer>(build, section);
}

}  // namespace

Spec pgbouncer() {
  const std::string main = "pgbouncer src/main.c (config table)";
  const std::string launch = "pgbouncer src/objects.c (launch_new_connection)";
  return {
      .section = "bouncer",
      .kind = "pgbouncer",
      .help = "PgBouncer: many clients on few server connections, one single-threaded process",
      .source = "pgbouncer src/client.c, src/server.c, src/objects.c, src/janitor.c",
      .validity = "TLS, prepared statements, SET of session variables, query_timeout, server_check_query and several "
                  "processes are left out; the first client of a pool does not wait for the welcome message",
      .params =
          {
              {.name = "server", .type = Type::reference, .help = "the server behind it", .required = true,
               .choices = {"server"}},
              {.name = "pool_mode", .type = Type::choice, .fallback = "session",
               .help = "what a client keeps its server connection for", .source = main,
               .choices = {"session", "transaction", "statement"}},
              {.name = "max_client_conn", .type = Type::count, .fallback = "100",
               .help = "client connections; one more is refused", .source = main, .lo = 1, .hi = 1e6},
              {.name = "default_pool_size", .type = Type::count, .fallback = "20",
               .help = "server connections for each pair of database and user", .source = main, .lo = 1, .hi = 100'000,
               .costs = true},
              {.name = "min_pool_size", .type = Type::count, .fallback = "0",
               .help = "server connections kept open, opened one each third of a second", .source = main, .lo = 0,
               .hi = 100'000},
              {.name = "reserve_pool_size", .type = Type::count, .fallback = "0",
               .help = "further connections when the first client has waited reserve_pool_timeout", .source = launch,
               .lo = 0, .hi = 100'000, .costs = true},
              {.name = "reserve_pool_timeout", .type = Type::duration, .fallback = "5s",
               .help = "wait of the first client that opens the reserve; 0: never", .source = launch, .lo = 0,
               .hi = 86'400},
              {.name = "max_db_connections", .type = Type::count, .fallback = "0",
               .help = "server connections of a database, all users together; 0: no limit", .source = main, .lo = 0,
               .hi = 100'000},
              {.name = "max_user_connections", .type = Type::count, .fallback = "0",
               .help = "server connections of a user, all databases together; 0: no limit", .source = main, .lo = 0,
               .hi = 100'000},
              {.name = "query_wait_timeout", .type = Type::duration, .fallback = "120s",
               .help = "longest wait for a server connection, checked every 1/3 s; 0: no limit", .source = main,
               .lo = 0, .hi = 86'400},
              {.name = "server_login_retry", .type = Type::duration, .fallback = "15s",
               .help = "pause after a failed login to the server", .source = main, .lo = 0, .hi = 86'400},
              {.name = "server_idle_timeout", .type = Type::duration, .fallback = "600s",
               .help = "a server connection idle for longer is closed; 0: never", .source = main, .lo = 0, .hi = 1e7},
              {.name = "server_lifetime", .type = Type::duration, .fallback = "3600s",
               .help = "an unlinked server connection older than this is closed; 0: never", .source = main, .lo = 0,
               .hi = 1e7},
              {.name = "server_round_robin", .type = Type::flag, .fallback = "false",
               .help = "reuse the server connection idle longest in place of the last used", .source = main},
              {.name = "query_cpu", .type = Type::duration, .fallback = "20us",
               .help = "PgBouncer's own processor time for a query, half on the way in, half on the way out; "
                       "10-30us without TLS, an assumption",
               .lo = 0, .hi = 0.1},
          },
      .make_endpoint = make};
}

}  // namespace capplan::models
