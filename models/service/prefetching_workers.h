#pragma once
// Workers on several nodes, each of which takes jobs from the broker before it can begin them: Celery. The broker hands
// jobs to the nodes in turn, first in, first out, while a node has less than its window of jobs that are not
// acknowledged; a job is acknowledged when it begins, or with acks_late when it ends. So jobs wait behind a long one
// while a worker of another node is free. Sources: Celery user guide, Optimizing (prefetch limits), Tasks (acks_late);
// RabbitMQ, Consumer Prefetch. Limits: the broker takes no time; within a node any worker takes the next job (-O fair).
// Oracles: without limit on the window E_n/M/1 for n nodes of one worker; with acks_late and a multiplier of 1 M/M/c.

#include <deque>
#include <limits>
#include <vector>

#include "core/meters.h"
#include "core/wait_queue.h"
#include "models/service/gate.h"

namespace capplan::models {

struct PrefetchRules {
  std::uint32_t nodes = 1;
  std::uint32_t of_node = 1;                                     ///< workers of each
  std::size_t window = std::numeric_limits<std::size_t>::max();  ///< jobs of a node that are not acknowledged
  bool acks_late = false;
  std::size_t max_waiting = std::numeric_limits<std::size_t>::max();
};

class PrefetchingWorkers final : public Gate, private core::Handler {
 public:
  PrefetchingWorkers(core::Simulator& simulator, const PrefetchRules& rules);

  Entry enter(const Reply& reply, std::uint32_t& ticket) override;
  void leave(std::uint32_t node) override;
  void cancel(std::uint32_t ticket) override;

  core::Level* busy = nullptr;      ///< if set, workers that are
  core::Level* waiting = nullptr;   ///< if set, jobs that wait, at the broker or at a node
  core::Level* reserved = nullptr;  ///< if set, those of them that wait at a node
  core::Histogram* wait = nullptr;  ///< if set, the wait of each

 private:
  struct Waiter {
    Reply reply;
    core::Nanos since = 0;
    std::uint32_t line = 0;
    std::uint32_t ticket = 0;  // in that line
  };
  using Line = core::WaitQueue<std::uint32_t>;  // of numbers of waiters

  void on_event(std::uint32_t, std::uint32_t) override {}  // nobody loses patience
  bool has_credit(std::uint32_t node) const;
  void begin(std::uint32_t node, core::Nanos waited);
  std::uint32_t line_up(const Reply& reply, std::uint32_t line);
  void stand(std::uint32_t waiter, std::uint32_t line);
  std::uint32_t first_of(std::uint32_t line);
  void begin_waiter(std::uint32_t node, std::uint32_t waiter);
  void refill(std::uint32_t node);

  core::Simulator& simulator_;
  PrefetchRules rules_;
  std::uint32_t broker_;  // the last line
  std::uint32_t next_ = 0;
  std::size_t waiters_count_ = 0;
  std::deque<Line> lines_;
  std::vector<std::uint32_t> running_;  // by node
  std::vector<Waiter> waiters_;
  std::vector<std::uint32_t> free_;
};

}  // namespace capplan::models
