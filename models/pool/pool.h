#pragma once
// An application's connection pool, as the walk of a request sees it.

#include "models/endpoint.h"

namespace capplan::models {

class Pool {
 public:
  virtual ~Pool() = default;
  /// Called once, at time 0: opens what the pool opens ahead.
  virtual void start() = 0;
  /// Asks for a connection; the outcome's value is the lease, or its error says why there is none. `turn` is the number
  /// of the request among all: where a pool has instances, a request stays with one of them.
  virtual void acquire(std::uint64_t turn, Reply reply) = 0;
  /// Runs a statement on the leased connection. A closed outcome says that the connection is gone.
  virtual void execute(std::uint32_t lease, const Statement& statement, Reply reply) = 0;
  /// Gives the lease back. `done` is answered when the caller goes on: before or after the connection is free, as the
  /// library has it. Where it was free before, whom that wakes has not had his turn yet, unless the library sees to it.
  virtual void release(std::uint32_t lease, Reply done) = 0;
  /// Gives the lease back in the middle of an answer: the connection is of no more use and is closed.
  virtual void discard(std::uint32_t lease) = 0;
  /// Whether giving back can take the caller time.
  virtual bool release_takes_time() const = 0;
};

}  // namespace capplan::models
