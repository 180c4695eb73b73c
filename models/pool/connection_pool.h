#pragma once
// The one engine behind every kind of application pool. What differs between asyncpg, a fixed pool and others is a set
// of rules: how many, who opens and when, who waits how long, what a return costs. A kind is a file that fills them in.

#include <string>
#include <vector>

#include "core/wait_queue.h"
#include "models/build.h"
#include "models/pool/pool.h"

namespace capplan::models {

struct PoolRules {
  std::string path;                      ///< "pool.codebase"
  std::string name;                      ///< "codebase"
  int instances = 1;                     ///< processes, each with a pool of its own
  int max = 10;                          ///< connections of one instance
  int open_ahead = 0;                    ///< of them opened at the start
  core::Nanos timeout = core::never;     ///< longest wait of an acquire, opening a connection included
  ClientError timeout_error = ClientError::pool_timeout;
  core::Nanos round_trip = 0;            ///< between the application and what it connects to
  bool reuse_oldest = false;             ///< the connection idle for longest is taken first; else the last used
  bool reset_after_use = false;          ///< one more statement before a connection is free again
  core::Nanos reset_cpu = 0;             ///< its demand on the server
  core::Nanos max_inactive = core::never;  ///< an idle connection is closed after this
  std::int64_t max_queries = 0;          ///< a connection released after so many statements is closed; 0: never
  Login login;
};

class ConnectionPool : public Pool, private core::Handler, private Caller {
 public:
  ConnectionPool(Build& build, Endpoint& to, PoolRules rules);

  void start() override;
  void acquire(std::uint64_t turn, Reply reply) override;
  void execute(std::uint32_t lease, const Statement& statement, Reply reply) override;
  void release(std::uint32_t lease) override;

 private:
  struct Waiter {
    Reply reply;
    core::Nanos since;
  };
  enum class State : std::uint8_t { closed, opening, idle, leased, resetting };
  struct Connection {
    State state = State::closed;
    bool broken = false;
    bool opened_for_waiter = false;
    std::uint32_t instance = 0;
    std::uint32_t number = 0;   // at the endpoint
    std::int64_t queries = 0;
    core::Nanos idle_since = 0;
    Waiter waiter;              // whom it is opened for
    core::Timer open_timeout;
    Statement statement;
    Reply reply;                // to the statement that runs
    Outcome outcome;
  };
  struct Instance {
    std::vector<std::uint32_t> idle;    // last used on top
    std::vector<std::uint32_t> closed;  // slots without a connection
    core::WaitQueue<Waiter> waiters;
    std::size_t unclaimed = 0;          // connections being opened for nobody in particular
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  void open(std::uint32_t slot, const Waiter* waiter);
  void opened(std::uint32_t slot, Outcome outcome);
  void grant(std::uint32_t slot, const Waiter& waiter);
  void give_back(std::uint32_t slot);
  void close(std::uint32_t slot);
  void serve_next(Instance& instance);
  void arm_inactivity(std::uint32_t instance);
  void close_inactive(std::uint32_t instance);
  void answered(std::uint32_t slot);
  void set_state(Connection& connection, State state);

  core::Simulator& simulator_;
  Accounts& accounts_;
  Endpoint& to_;
  PoolRules rules_;
  std::vector<Connection> connections_;
  std::vector<Instance> instances_;
  std::vector<bool> inactivity_armed_;

  core::Counter& acquired_;
  core::Counter& timeouts_;
  core::Counter& connect_errors_;
  core::Histogram& wait_;
  core::Level& in_use_;
  core::Level& waiting_;
  core::Level& open_;
};

}  // namespace capplan::models
