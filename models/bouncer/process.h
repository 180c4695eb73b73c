#pragma once
// One process of PgBouncer: one thread, so that every packet takes a turn on its one core. What a link between a client
// and a server spans is pool_mode's: a transaction, a session, or a statement. All that depends on time is looked at
// three times a second, so that a timeout of T falls between T and T + 1/3 s.
// Sources: pgbouncer src/client.c, src/server.c, src/objects.c, src/janitor.c, src/main.c (defaults).

#include "core/fifo_station.h"
#include "models/bouncer/bouncer_meters.h"
#include "models/bouncer/server_pool.h"
#include "models/bouncer/settings.h"
#include "models/failure/fallible.h"

namespace capplan::models {

/// What limits on databases and on users count together.
inline bool same_database(const Login& a, const Login& b) { return a.database == b.database; }
inline bool same_user(const Login& a, const Login& b) { return a.user == b.user; }

class BouncerProcess : public Endpoint,
                       public Fallible,
                       private core::Handler,
                       private Caller,
                       private ServerPoolOwner {
 public:
  /// Its connections are numbered `number` + i x `processes`. `stream` draws the phase of its timer.
  BouncerProcess(Build& build, Endpoint& server, const BouncerSettings& settings, const BouncerMeters& meters,
                 std::uint32_t number, std::uint32_t processes, core::Stream stream);

  void connect(Login login, Reply reply) override;
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override;
  void disconnect(std::uint32_t connection) override;
  bool alive(std::uint32_t connection) const override;
  void go_down() override;
  void come_back() override { up_ = true; }
  bool up() const { return up_; }

 private:
  enum Kind : std::uint32_t { tick, logs_in, packet_in, packet_out, tells_error };

  struct Client {
    enum class State : std::uint8_t {
      free,
      login,  // its login has its turn, or waits for a server's settings
      idle,
      packet,   // a packet of it has its turn
      waiting,  // for a server
      running,  // on a server
      dead,     // closed by PgBouncer, and its owner does not know yet
      told,     // its owner is about to be told
      gone      // its owner knows: the number is free when the event that names it has come
    };
    State state = State::free;
    bool in_turn = false;  // an event of the core names it
    bool awaits_welcome = false;
    bool in_block = false;  // of a transaction
    Login login;
    std::uint32_t pool = 0;
    std::uint32_t link = no_link;
    ServerPool::Ticket ticket = 0;
    ClientError error = ClientError::none;  // why it was refused or closed
    Statement statement;
    Reply reply;
    Outcome outcome;
    core::Nanos mark = 0;
    core::Nanos connected = 0;
    core::Nanos query_start = 0;
    core::Nanos xact_start = 0;
    core::Nanos last_packet = 0;  // of the client or, in a block, of its server
  };
  using State = Client::State;

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;
  void linked(std::uint32_t client, std::uint32_t link) override;
  void welcomed(std::uint32_t client) override;
  void dropped(std::uint32_t client, ClientError error) override;
  bool room_for(const Login& login, bool may_evict) override;
  void pass() override;

  std::uint32_t new_client(Reply reply);
  void tell(std::uint32_t client, ClientError error, core::Nanos after);
  ClientError refusal_of(const Login& login) const;
  bool make_room(int limit, bool may_evict, bool (*same)(const Login&, const Login&), const Login& login);
  void turn(Kind kind, std::uint32_t client);
  void logged_in(std::uint32_t client);
  void ask_for_server(std::uint32_t client);
  void forward(std::uint32_t client);
  void answered(std::uint32_t client);
  void unlink(std::uint32_t client, ServerPool::Fate fate);
  void drop_link(std::uint32_t client);
  void fail(std::uint32_t client, ClientError error);
  void shut(std::uint32_t client, ClientError error);
  void end_old_clients();
  ServerPool& pool_of(const Client& client) { return *pools_[client.pool]; }
  std::uint32_t pool_number(const Login& login);
  void count_out(std::uint32_t client);
  void free_number(std::uint32_t client);
  ServerPool::Fate fate_of(const Client& client) const;

  static constexpr std::uint32_t no_link = 0xffffffff;

  core::Simulator& simulator_;
  Accounts& accounts_;
  Endpoint& server_;
  BouncerSettings settings_;
  BouncerMeters meters_;
  std::uint32_t number_;
  std::uint32_t processes_;
  core::FifoStation cpu_;
  std::vector<Client> clients_;
  std::vector<std::uint32_t> free_clients_;
  std::uint32_t client_count_ = 0;
  std::uint32_t waiting_ = 0;
  std::vector<ServerLink> links_;
  std::vector<std::unique_ptr<ServerPool>> pools_;
  bool up_ = true;
  bool restarted_ = false;
};

}  // namespace capplan::models
