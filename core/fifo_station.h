#pragma once
// c servers behind one first-in first-out queue (G/G/c, with a fixed patience G/G/c+D). Oracles: M/M/c, M/M/c/K with a
// limited queue, M/M/c+D, M/G/1 in core/queueing.h.

#include <cstdint>
#include <limits>

#include "core/meters.h"
#include "core/simulator.h"
#include "core/wait_queue.h"

namespace capplan::core {

/// Who is told of a job's end: `done` when it was served, `left` when its patience ended before its turn came.
struct Customer {
  Handler* to = nullptr;
  std::uint32_t done = 0;
  std::uint32_t left = 0;
  std::uint32_t index = 0;
};

class FifoStation : private Handler {
 public:
  /// `patience`: how long a job waits for its turn before it leaves. `room`: jobs waiting beyond which submit()
  /// refuses.
  FifoStation(Simulator& simulator, int servers, Nanos patience = never,
              std::size_t room = std::numeric_limits<std::size_t>::max());

  /// What submit() returns when the job is served at once, or was refused; else a ticket for cancel().
  static constexpr std::uint32_t served = 0xffffffff;
  static constexpr std::uint32_t refused = 0xfffffffe;

  /// Takes in a job of `service` time; without room to wait it is refused and nobody is told.
  std::uint32_t submit(Nanos service, const Customer& customer);
  /// Takes back a job that still waits: neither served nor left since its submit().
  void cancel(std::uint32_t ticket);
  /// Drops all jobs, those in service too: nobody is told.
  void clear();

  Level* busy = nullptr;      ///< if set, servers at work
  Level* waiting = nullptr;   ///< if set, jobs waiting for one
  Histogram* wait = nullptr;  ///< if set, counts the wait of every job that is served

 private:
  struct Job {
    Nanos service;
    Customer customer;
  };
  void set_busy(int change);
  void count_waiting();
  void start(const Job& job);
  void on_event(std::uint32_t kind, std::uint32_t index) override;

  static constexpr std::uint32_t expired = 0xffffffff;

  Simulator& simulator_;
  int servers_;
  std::size_t room_;
  int busy_ = 0;
  WaitQueue<Job> queue_;
  std::vector<Customer> in_service_;
  std::vector<std::uint32_t> free_;
};

}  // namespace capplan::core
