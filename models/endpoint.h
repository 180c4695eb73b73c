#pragma once
// What a connection can be opened to: a database server, a bouncer in front of one, or an address that several servers
// share. Answers come back through Reply, at once or after simulated time.

#include <cstdint>

#include "core/time.h"
#include "models/client_error.h"

namespace capplan::models {

/// How an asked-for thing went. `value` is what was asked for, such as the number of a connection.
struct Outcome {
  ClientError error = ClientError::none;
  std::uint32_t value = 0;
  bool closed = false;  ///< the connection is gone; it must not be disconnected again
  bool parsed = false;  ///< of a statement: its text was parsed and planned anew
};

class Caller {
 public:
  /// Called once for each Reply given out. May be called before the asking call returns.
  virtual void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) = 0;

 protected:
  ~Caller() = default;
};

/// Whom to answer, and what to say.
struct Reply {
  Caller* to = nullptr;
  std::uint32_t kind = 0;
  std::uint32_t index = 0;
  void operator()(Outcome outcome) const { to->on_reply(kind, index, outcome); }
};

/// One statement, with what it asks of the server.
struct Statement {
  std::uint32_t request = 0;  ///< whose account its times go to; no_request for none
  core::Nanos cpu = 0;        ///< demand on a core
  core::Nanos cold = 0;       ///< more of it on a backend that has been idle for long
  core::Nanos io = 0;         ///< demand on the disk
  bool flush = false;         ///< ends with a WAL flush: a commit that wrote
  bool opens_block = false;   ///< leaves a transaction block open after it
  bool discards = false;      ///< DISCARD ALL: nothing is prepared on the connection after it
  core::Nanos parse = 0;      ///< more demand on a core where its text is not prepared on the connection
  std::uint32_t text = 0;     ///< the number of its text, for `parse`; 0: it has no name and is never prepared
  std::uint32_t sorts = 0;    ///< sorts and hashes that each hold a work_mem while it runs
  std::uint64_t key = 0;      ///< what it reads, or has written where it flushes; 0: nothing in particular
};

/// As whom a connection is opened: numbers that stand for the names of a database and a user; and with what settings.
struct Login {
  static constexpr core::Nanos as_the_server = -1;

  std::uint32_t database = 0;
  std::uint32_t user = 0;
  core::Nanos statement_timeout = as_the_server;  ///< longest statement, by the server's clock; 0: no limit
  core::Nanos command_timeout = 0;                ///< the same by the driver's, which then cancels it; 0: no limit
  std::uint32_t statement_cache = 0;  ///< statements kept prepared on the connection, the last used; 0: none has a name
  /// Whether PgBouncer takes both for the same pool.
  friend bool operator==(const Login& a, const Login& b) { return a.database == b.database && a.user == b.user; }
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  /// Opens a connection; the outcome's value is its number, or its error says why there is none.
  virtual void connect(Login login, Reply reply) = 0;
  /// Runs one statement on a connection that runs none. On one that is no longer alive the outcome is closed.
  virtual void execute(std::uint32_t connection, const Statement& statement, Reply reply) = 0;
  /// Closes a connection. If a statement runs on it, nobody is told of its end; PostgreSQL runs it to its end.
  virtual void disconnect(std::uint32_t connection) = 0;
  /// Whether an idle connection still stands, for owners who would see its end on the socket. One that does not is to
  /// be disconnected, or found out by a statement.
  virtual bool alive(std::uint32_t) const { return true; }
};

}  // namespace capplan::models
