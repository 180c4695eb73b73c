#pragma once
// Where requests come from, as the walk sees it.

#include <cstdint>

#include "core/time.h"

namespace capplan::models {

/// A new request: of which class, from which user, and which number it is among its workload's (what its random draws
/// are named by).
struct Arrival {
  std::uint32_t request_class = 0;
  std::uint32_t user = 0;
  std::uint64_t number = 0;
};

class Workload {
 public:
  virtual ~Workload() = default;
  /// Called once, at time 0.
  virtual void start() = 0;
  /// Called when a request of this workload has ended, well or not.
  virtual void finished(std::uint32_t user, bool failed) = 0;
};

/// Who takes requests in: the system.
class Intake {
 public:
  virtual void arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) = 0;

 protected:
  ~Intake() = default;
};

}  // namespace capplan::models
