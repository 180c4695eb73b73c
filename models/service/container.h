#pragma once
// A container of the service itself, as [container.NAME]: what its requests compute shares its cores under a CPU quota,
// and what they hold in memory counts against a limit, beyond which the kernel kills it.
// Sources: Linux Documentation/scheduler/sched-bwc.rst (quota and period; Docker and Kubernetes set a period of 100
// ms), Documentation/admin-guide/cgroup-v2.rst (memory.max, memory.oom.group). Limits: memory is a base and the same
// for each request inside; the processes of an instance die and come back together.

#include <memory>

#include "core/throttled_station.h"
#include "models/build.h"

namespace capplan::models {

class Container : private core::Handler {
 public:
  Container(Build& build, const Section& section);

  static constexpr std::uint32_t none = 0xffffffff;

  /// Who is told that an instance was killed with these requests inside: nothing that they compute will end.
  class Owner {
   public:
    virtual void killed(const std::vector<std::uint32_t>& requests) = 0;

   protected:
    ~Owner() = default;
  };

  /// A request comes in, dealt by `turn` to an instance that is up: its number, or none if all are down. It may be the
  /// one that was too much: then the instance is killed with all that were inside before this returns, and the answer
  /// is none with `killed` set.
  std::uint32_t enter(std::uint64_t turn, std::uint32_t request, Owner& owner, bool& killed);
  /// A request leaves; does nothing for one that was killed.
  void leave(std::uint32_t instance, std::uint32_t request);
  /// Computes; `to` is told (kind, index) when it is done, and never if the instance is killed before.
  void compute(std::uint32_t instance, core::Nanos demand, core::Handler& to, std::uint32_t kind, std::uint32_t index);

 private:
  struct Instance {
    std::unique_ptr<core::ThrottledStation> cores;
    std::vector<std::uint32_t> inside;  // requests
    bool up = true;
  };
  void on_event(std::uint32_t kind, std::uint32_t instance) override;
  double memory_of(const Instance& instance) const;

  core::Simulator& simulator_;
  std::vector<Instance> instances_;
  std::vector<std::uint32_t> dying_;
  double memory_base_;
  double memory_per_request_;
  double memory_limit_;  // of an instance; 0: none
  core::Nanos restart_time_;
  core::Level* memory_ = nullptr;  // these where there is a limit
  core::Level* down_ = nullptr;
  core::Counter* kills_ = nullptr;
};

}  // namespace capplan::models
