#pragma once
// What a PostgreSQL host holds in memory, against a limit beyond which the kernel kills one of its processes: the
// shared buffers, something for each connection, and work_mem for each sort or hash of the statements that run.
// Sources: PostgreSQL documentation, 19.4.4 Linux Memory Overcommit, 20.4 work_mem; Linux
// Documentation/admin-guide/cgroup-v2.rst (memory.max, memory.oom.group). Limits: shared buffers are touched from the
// start, a sort fills its work_mem at once and holds it to the statement's end; nothing else of the host takes memory.

#include <cstdint>

#include "core/meters.h"
#include "models/spec/spec.h"

namespace capplan::models {

class HostMemory {
 public:
  /// Of a server that has `memory_limit`; `level` is told what is held.
  HostMemory(const Params& params, core::Level& level);

  /// Something is held more; whether that is more than there is.
  bool hold(core::Nanos now, std::int64_t bytes);
  void release(core::Nanos now, std::int64_t bytes);
  /// All processes but the first have ended.
  void clear(core::Nanos now);

  std::int64_t of_backend() const { return backend_; }
  std::int64_t of_sorts(std::uint32_t sorts) const { return work_mem_ * sorts; }
  /// From a kill until connections are accepted again.
  core::Nanos recovery_time() const { return recovery_time_; }

 private:
  core::Level& level_;
  std::int64_t limit_;
  std::int64_t shared_;
  std::int64_t backend_;
  std::int64_t work_mem_;
  core::Nanos recovery_time_;
  std::int64_t held_ = 0;  // besides the shared buffers
};

/// `memory_limit`, `backend_memory`, `recovery_time`.
std::vector<Param> host_memory_params();
/// Appends what is wrong with them together.
void check_host_memory(const Params& params, const std::string& path, std::vector<core::Problem>& problems);

}  // namespace capplan::models
