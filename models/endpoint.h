#pragma once
// What a connection can be opened to: a database server, or a bouncer in front of one. Answers come back through Reply,
// at once or after simulated time.

#include <cstdint>

#include "core/time.h"
#include "models/client_error.h"

namespace capplan::models {

/// How an asked-for thing went. `value` is what was asked for, such as the number of a connection.
struct Outcome {
  ClientError error = ClientError::none;
  std::uint32_t value = 0;
  bool closed = false;  ///< the connection is gone; it must not be disconnected again
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
};

/// As whom a connection is opened: numbers that stand for the names of a database and a user.
struct Login {
  std::uint32_t database = 0;
  std::uint32_t user = 0;
  friend bool operator==(const Login&, const Login&) = default;
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  /// Opens a connection; the outcome's value is its number, or its error says why there is none.
  virtual void connect(Login login, Reply reply) = 0;
  /// Runs one statement on a connection that runs none.
  virtual void execute(std::uint32_t connection, const Statement& statement, Reply reply) = 0;
  /// Closes a connection that runs no statement.
  virtual void disconnect(std::uint32_t connection) = 0;
};

}  // namespace capplan::models
