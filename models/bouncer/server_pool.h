#pragma once
// One of PgBouncer's pools: the server connections of one (database, user) pair and the clients that wait for them.
// The rules are PgBouncer's own: waiters first in first out, servers last in first out, one login at a time, the
// reserve opens when the first waiter has waited reserve_pool_timeout. Source: pgbouncer src/objects.c (find_server,
// release_server, launch_new_connection), src/janitor.c (per_loop_activate, pool_client_maint, check_pool_size).

#include <vector>

#include "core/wait_queue.h"
#include "models/bouncer/settings.h"
#include "models/build.h"

namespace capplan::models {

/// A server connection, numbered across all pools of a bouncer.
struct ServerLink {
  enum class State : std::uint8_t {
    closed,
    opening,
    abandoned,  ///< still being opened, and closed as soon as it is
    idle,
    used,  ///< idle for so long that it is checked before its next use
    active,
    testing  ///< being reset, or checked
  };
  State state = State::closed;
  std::uint32_t pool = 0;
  std::uint32_t number = 0;  // at the server
  core::Nanos opened = 0;
  core::Nanos idle_since = 0;
};

/// The pool's owner: knows clients, and the other pools.
class ServerPoolOwner {
 public:
  /// Called when a server connection has been linked to the client that waited first, or asked.
  virtual void linked(std::uint32_t client, std::uint32_t link) = 0;
  /// Called when a client that waits to be logged in can be, for a server has told its settings.
  virtual void welcomed(std::uint32_t client) = 0;
  /// Called when a waiting client must be told an error and disconnected.
  virtual void dropped(std::uint32_t client, ClientError error) = 0;
  /// Called before a connection is opened: whether max_db_connections and max_user_connections leave room, after
  /// closing the longest idle connection of the same database or user if that makes it and `may_evict`.
  virtual bool room_for(const Login& login, bool may_evict) = 0;
  /// Called after the server has answered a login, a reset or a check: pools that wait may have room now.
  virtual void pass() = 0;

 protected:
  ~ServerPoolOwner() = default;
};

class ServerPool : private Caller, private core::Handler {
 public:
  using Ticket = std::uint32_t;

  ServerPool(core::Simulator& simulator, Endpoint& server, ServerPoolOwner& owner, std::vector<ServerLink>& links,
             const ServerPoolSettings& settings, std::uint32_t number, Login login);

  /// A client asks for a server: linked or dropped at once, or queued. The ticket takes it out of the queue.
  Ticket request(std::uint32_t client);
  /// A client's login waits until some server has told its settings.
  Ticket await_welcome(std::uint32_t client);
  /// Whether a server has told its settings since PgBouncer was started.
  bool welcoming() const { return welcome_; }
  /// A client that waits goes.
  void leave(Ticket ticket) { waiters_.erase(ticket); }
  /// What becomes of a server connection that its client lets go of: it goes to the first waiter or becomes idle, at
  /// once or after one more statement (server_reset_query); or it is closed.
  enum class Fate : std::uint8_t { reuse, reset, close };
  void release(std::uint32_t link, Fate fate);
  /// A server connection that a client had is gone.
  void lost(std::uint32_t link);
  /// Opens or checks a connection if waiters may have one: what PgBouncer does in every pass of its loop.
  void activate();
  /// What PgBouncer's timer does three times a second: timeouts of waiters, of idle and of old servers, min_pool_size.
  void tick(core::Nanos query_timeout, core::Nanos query_wait_timeout, core::Nanos client_login_timeout);
  /// Closes the connection idle longest.
  void evict();
  /// Closes everything and forgets who waits: the process is gone.
  void clear();

  /// A client of this pool has come (+1) or gone (-1).
  void count_client(int change) { clients_ += change; }

  const Login& login() const { return login_; }
  int clients() const { return clients_; }
  int servers() const { return servers_; }
  std::size_t waiting() const { return waiters_.size(); }
  /// Since when the connection that would be evicted has been idle; never if there is none.
  core::Nanos idle_longest_since() const;

 private:
  struct Waiter {
    std::uint32_t client = 0;
    bool login = false;
  };

  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;
  void on_event(std::uint32_t, std::uint32_t) override {}
  void try_open(bool may_evict);
  void opened(std::uint32_t link, Outcome outcome);
  void login_failed(ClientError error);
  void ready(std::uint32_t link);
  void check(std::uint32_t link);
  void drop_dead(std::vector<std::uint32_t>& links);
  void end_old_waits(core::Nanos query_timeout, core::Nanos query_wait_timeout, core::Nanos client_login_timeout);
  void close_unused(std::vector<std::uint32_t>& links);
  void set_aside();
  bool too_old(const ServerLink& link) const;
  void close(std::uint32_t link);

  core::Simulator& simulator_;
  Endpoint& server_;
  ServerPoolOwner& owner_;
  std::vector<ServerLink>& links_;
  const ServerPoolSettings& settings_;
  std::uint32_t number_;
  Login login_;
  core::WaitQueue<Waiter> waiters_;
  std::vector<std::uint32_t> idle_;  // next to be used on top
  std::vector<std::uint32_t> used_;  // next to be checked on top
  int servers_ = 0;                  // all but closed and abandoned
  int live_ = 0;                     // logged in
  std::size_t testing_ = 0;          // of them being reset or checked
  int clients_ = 0;                  // linked, waiting or neither
  bool welcome_ = true;
  std::uint32_t opening_ = no_link;
  bool last_failed_ = false;
  core::Nanos last_attempt_ = 0;
  core::Nanos last_lifetime_close_ = 0;

  static constexpr std::uint32_t no_link = 0xffffffff;
};

}  // namespace capplan::models
