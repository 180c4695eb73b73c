#include "models/index/residency.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace capplan::models {

namespace {

constexpr double for_pages = 0.9;       ///< of the memory: the rest is the system's and the backends'
constexpr double hub_power = 0.4;       ///< prior: hubs take most accesses, the hit ratio hardly moves past memory
constexpr double copy_random = 2.5e-6;  ///< s: system call and copy of one page
constexpr double copy_sequential = 1.5e-6;
constexpr double read_ahead = 0.045;  ///< of the read latency, for a page that follows another

}  // namespace

double system_cache_bytes(const PageMemory& memory) {
  if (memory.memory <= 0) return std::numeric_limits<double>::infinity();
  return std::max(0.0, memory.memory * for_pages - memory.shared_buffers);
}

PageShares page_shares(double bytes, const PageMemory& memory, PageAccess access) {
  const double hit_power = access == PageAccess::skewed ? hub_power : 1;
  const auto served = [&](double held) {
    return bytes <= held ? 1.0 : std::pow(std::max(0.0, held) / bytes, hit_power);
  };
  PageShares shares;
  shares.shared_buffers = served(memory.shared_buffers);
  const double in_memory = std::max(shares.shared_buffers, served(memory.shared_buffers + system_cache_bytes(memory)));
  shares.system_cache = in_memory - shares.shared_buffers;
  shares.disk = 1 - in_memory;
  return shares;
}

PageCost page_cost(double pages, const PageShares& shares, const PageMemory& memory, PageAccess access) {
  const bool even = access == PageAccess::even;
  return {.cpu = pages * (shares.system_cache + shares.disk) * (even ? copy_sequential : copy_random),
          .disk = pages * shares.disk * memory.read_latency * (even ? read_ahead : 1)};
}

PageAccess access_of(IndexKind kind, Plan plan) {
  return plan == Plan::index_scan && kind == IndexKind::hnsw ? PageAccess::skewed : PageAccess::even;
}

double searched_bytes(const VectorIndex& index, Plan plan) {
  const double heap = index.heap.pages * page_bytes;
  const double whole = heap + index.heap.toast_pages * page_bytes;
  return plan == Plan::seq_scan ? whole : index.bytes + heap;
}

}  // namespace capplan::models
