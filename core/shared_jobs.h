#pragma once
// The jobs of a station whose cores are shared: a heap by the virtual time at which each is done, first come first of
// those that are done together. Virtual time runs at the rate that every job is served with.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/simulator.h"

namespace capplan::core {

struct SharedJob {
  double finish;  ///< in virtual time
  std::uint64_t sequence;
  Handler* to;
  std::uint32_t kind;
  std::uint32_t index;

  /// Of two jobs, whether `a` lies deeper in the heap: the one that finishes first is on top.
  struct Later {
    bool operator()(const SharedJob& a, const SharedJob& b) const {
      return a.finish != b.finish ? a.finish > b.finish : a.sequence > b.sequence;
    }
  };
};

using SharedJobs = std::vector<SharedJob>;

/// The job submitted with these; the end if there is none. O(jobs).
inline SharedJobs::iterator find_job(SharedJobs& heap, const Handler& to, std::uint32_t kind, std::uint32_t index) {
  return std::find_if(heap.begin(), heap.end(),
                      [&](const SharedJob& job) { return job.to == &to && job.kind == kind && job.index == index; });
}

inline void take_out(SharedJobs& heap, SharedJobs::iterator job) {
  heap.erase(job);
  std::make_heap(heap.begin(), heap.end(), SharedJob::Later());
}

}  // namespace capplan::core
