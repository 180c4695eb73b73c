#pragma once
// What differs between asyncpg, SQLAlchemy, pg-pool, sqlx, HikariCP, HTTP clients and others is a set of rules: how
// many, who opens and when, who waits how long, which one is reused, what a use costs besides its statements, when a
// connection is retired. One engine (connection_pool.h) follows them; a kind is a file that fills them in. Limits: a
// pool knows nothing of threads or of the event loop it lives in; what they do to the order of waiters is `wakeup`.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "models/endpoint.h"
#include "models/spec/spec.h"

namespace capplan::models {

/// A script that looks at a pool's utilization now and then and changes its size.
struct PoolTuner {
  core::Nanos every = 0;  ///< between two looks
  double above = 1;       ///< a utilization over this since the last look ...
  double grow = 0;        ///< ... makes the pool larger by this share, by one at least
  double below = 0;       ///< one under this ...
  double shrink = 0;      ///< ... makes it smaller by this share, by one at least
  int min = 1, max = 1;   ///< connections of one instance that it stays within
};

/// Starts and stops instances so that a metric stays near its target.
struct Autoscale {
  enum class Metric : std::uint8_t { utilization, waiting };
  Metric metric = Metric::utilization;
  double target = 1;         ///< of the pools of all instances together, or waiters for each instance
  int min = 1, max = 1;      ///< instances
  core::Nanos every = 0;     ///< between two looks
  core::Nanos delay = 0;     ///< from the decision until a new instance takes requests
  core::Nanos cooldown = 0;  ///< after a change, during which no instance is stopped
};

struct PoolRules {
  std::string path;             ///< "pool.codebase"
  std::string group = "pools";  ///< under which its figures are
  std::string name;             ///< "codebase"
  int instances = 1;            ///< processes, each with a pool of its own
  bool reuses_warm = false;     ///< requests go to the first instance with an idle connection, else in turn
  Login login;

  // How many.
  int max = 10;             ///< connections of one instance
  bool fixed_size = false;  ///< all of them opened at the start, none ever retired

  // Opened ahead, and kept open.
  enum class Ahead : std::uint8_t { together, first_alone, one_by_one };
  int open_ahead = 0;             ///< opened at the start
  Ahead ahead = Ahead::together;  ///< all at once; all others once the first is there, and nobody is served before all
                                  ///< are; one after the other
  int keep_open = 0;              ///< opened again, one by one, when maintenance has closed connections
  int keep_idle = 0;              ///< the idle timeout leaves so many connections; an opener keeps so many idle

  // Who opens when nothing is idle: the acquirer for itself, any number at once; or one background thread.
  enum class Opener : std::uint8_t { acquirer, background };
  Opener opener = Opener::acquirer;
  core::Nanos connect_jitter = 0;        ///< an opening reaches the endpoint later by up to this, by chance
  core::Nanos open_gap = 0;              ///< the background thread's sleep after an opening
  core::Nanos retry_first = 0;           ///< pause after a failed opening, doubling; 0: the acquirer gets the error
  core::Nanos retry_most = core::never;  ///< longest such pause
  double retry_share = 0;                ///< the pause is at most this share of the time the acquirer has left; 0: any

  bool notices_closed = false;  ///< an idle connection that the server has closed is opened anew, not handed out

  // Who waits, and how long.
  core::Nanos timeout = core::never;    ///< longest wait of an acquire
  bool timeout_covers_opening = false;  ///< of the wait and of what follows until the lease, or of the wait alone
  ClientError timeout_error = ClientError::pool_timeout;
  core::Nanos open_timeout = core::never;  ///< longest opening by an acquirer, counted from its own start
  ClientError open_timeout_error = ClientError::pool_timeout;
  bool keep_late = false;  ///< a connection whose acquirer has given up is kept for the next; else closed

  // Who has a connection that becomes free: the first waiter, to whom it is handed; or whoever comes first, and the
  // waiter that is woken for it goes to the tail where that is somebody else. Threads: who released it goes on at once.
  // An event loop: the woken task has its turn in the next round, and who released it goes on two rounds later, each
  // round as long as what else the loop has to do.
  enum class Order : std::uint8_t { handed, threads, event_loop };
  Order order = Order::handed;
  core::Nanos wakeup = 0;  ///< from a release to the woken waiter's turn; of an event loop: mean length of a round
  bool holders = false;    ///< what is closed in use leaves an empty place among the idle, which its taker fills

  // Which idle connection is taken.
  enum class Reuse : std::uint8_t { newest, oldest, random, first_opened };
  Reuse reuse = Reuse::newest;

  // What a use costs besides its statements.
  bool begins = false;         ///< the driver sends BEGIN, a round trip, before the first statement outside of a block
  core::Nanos begin_cpu = 0;   ///< its demand on the server
  core::Nanos round_trip = 0;  ///< between the application and what it connects to
  core::Nanos check_after = core::never;  ///< a connection idle for this or longer is asked for a sign of life first
  core::Nanos check_cpu = 0;              ///< its demand on the server
  bool distrust_older = false;            ///< where that fails, no connection opened before is used again
  bool rejoin = false;                    ///< ... and the acquirer looks for another one in place of opening it
  enum class Reset : std::uint8_t { none, always, unless_committed };
  Reset reset = Reset::none;     ///< one more statement before a connection is free again
  core::Nanos reset_cpu = 0;     ///< its demand on the server
  bool resets_in_caller = true;  ///< who gives the connection back waits for it

  // Retirement.
  int max_idle = 1 << 30;                  ///< a connection that would be one more idle is closed
  bool max_idle_of_all = false;            ///< ... one that becomes idle while there are more than that, idle or not
  core::Nanos max_inactive = core::never;  ///< an idle connection is closed after this, at the next maintenance if any
  core::Nanos max_lifetime = core::never;  ///< a connection older than this is retired ...
  enum class Retire : std::uint8_t { at_checkout, at_return, by_timer };
  Retire retire = Retire::at_return;  ///< ... when it is taken; returned or looked at by maintenance; at once if idle
  double lifetime_spread = 0;         ///< each connection's lifetime is less by up to this share, by chance
  std::int64_t max_statements = 0;    ///< a connection released after so many statements is closed; 0: never
  std::int64_t max_uses = 0;          ///< or after so many leases; 0: never
  core::Nanos maintenance = core::never;  ///< idle connections are looked at every so often; never: each at its time
  core::Nanos first_maintenance = core::never;  ///< the first time, after the first opening; never: after `maintenance`
  core::Nanos keepalive = core::never;          ///< an idle connection is asked for a sign of life every so often ...
  double keepalive_spread = 0;                  ///< ... less by up to this share, by chance

  // Who changes it.
  std::optional<PoolTuner> tuner;
  std::optional<Autoscale> autoscale;

  /// Connections that all instances together may have at once: the tuner's and the autoscaler's most counted.
  std::int64_t most_connections() const;
  /// Connections of them that all instances together may keep between uses: the others are closed when they come back.
  std::int64_t most_kept() const;
  /// Connections that all instances together open before the first request, as far as there is room for them.
  std::int64_t opened_at_start() const;
};

/// No limit on connections.
inline constexpr int unlimited_connections = 1'000'000;

/// `to`, `instances`, `round_trip`, `database`, `user`, `tuner`, `autoscale`, with a kind's own among them.
std::vector<Param> pool_params(std::vector<Param> own);

/// A pool's rules: what all kinds share, and what the spec's pool_rules says of its own. `login` is left out.
PoolRules pool_rules(const Section& section);

/// `wakeup`, of kinds whose waiters are woken and not handed a connection.
Param wakeup_param(std::string source, std::string fallback = "0");
/// A duration of which 0 means never.
core::Nanos or_never(core::Nanos span);

/// Makes the pool of a section as its rules say: the factory of every kind of [pool].
std::unique_ptr<Pool> make_connection_pool(Build& build, const Section& section);

}  // namespace capplan::models
