#pragma once
// A station that serves whoever is there together, as a WAL flush does: jobs that come during a service share the next
// one (implicit group commit; PostgreSQL src/backend/access/transam/xlog.c, XLogFlush). At low load a job takes one
// service, under load at most the rest of one and a whole one.

#include <cstdint>
#include <vector>

#include "core/distribution.h"
#include "core/meters.h"
#include "core/simulator.h"

namespace capplan::core {

class BatchStation : private Handler {
 public:
  /// `service`: time of one batch in seconds, whatever its size, drawn from `stream`.
  BatchStation(Simulator& simulator, Distribution service, Stream stream);

  /// Takes in a job; `to` is told (kind, index) when the batch it is in is done.
  void submit(Handler& to, std::uint32_t kind, std::uint32_t index);
  /// Drops all jobs, those in service too: nobody is told.
  void clear();

  Level* busy = nullptr;       ///< if set, 1 while a batch is served
  Counter* batches = nullptr;  ///< if set, counts the batches served
  Counter* jobs = nullptr;     ///< if set, counts the jobs in them

 private:
  struct Job {
    Handler* to;
    std::uint32_t kind;
    std::uint32_t index;
  };
  void start();
  void on_event(std::uint32_t kind, std::uint32_t spell) override;

  Simulator& simulator_;
  Distribution service_;
  Stream stream_;
  std::vector<Job> next_;  // waits for the service after this one
  std::vector<Job> serving_;
  std::vector<Job> done_;    // told now; kept for its storage
  std::uint32_t spell_ = 0;  // counts the calls of clear()
};

}  // namespace capplan::core
