#include "models/server/host_memory.h"

namespace capplan::models {

namespace {

/// What a backend without a statement holds: catalog caches, stack, its share of page tables.
constexpr std::int64_t usual_backend = 10LL * 1024 * 1024;
constexpr core::Nanos usual_recovery = 5 * core::second;

std::int64_t backend_memory(const Params& p) {
  return p.has("backend_memory") ? p.bytes("backend_memory") : usual_backend;
}

}  // namespace

HostMemory::HostMemory(const Params& p, core::Level& level)
    : level_(level),
      limit_(p.bytes("memory_limit")),
      shared_(p.bytes("shared_buffers")),
      backend_(backend_memory(p)),
      work_mem_(p.bytes("work_mem")),
      recovery_time_(p.has("recovery_time") ? p.duration("recovery_time") : usual_recovery) {
  level_.add(0, static_cast<double>(shared_));
}

bool HostMemory::hold(core::Nanos now, std::int64_t bytes) {
  held_ += bytes;
  level_.add(now, static_cast<double>(bytes));
  return shared_ + held_ > limit_;
}

void HostMemory::release(core::Nanos now, std::int64_t bytes) {
  held_ -= bytes;
  level_.add(now, -static_cast<double>(bytes));
}

void HostMemory::clear(core::Nanos now) { release(now, held_); }

std::vector<Param> host_memory_params() {
  const std::string overcommit = "PostgreSQL documentation, 19.4.4 Linux Memory Overcommit";
  return {
      {.name = "memory_limit",
       .type = Type::bytes,
       .help = "memory.max of its container, or what the host has for PostgreSQL: where shared_buffers, connections "
               "and the sorts of statements take more, the kernel kills a backend and PostgreSQL restarts all; absent: "
               "no limit",
       .source = overcommit,
       .lo = 16.0 * 1024 * 1024,
       .hi = 1e15,
       .costs = true},
      {.name = "backend_memory",
       .type = Type::bytes,
       .help = "with memory_limit, what a connection holds besides the sorts of its statement; absent: 10MB, an "
               "assumption, not measured",
       .lo = 0,
       .hi = 1e13},
      {.name = "recovery_time",
       .type = Type::duration,
       .help = "with memory_limit, from a kill until connections are accepted again: WAL is replayed from the last "
               "checkpoint; absent: 5s, an assumption, not measured",
       .source = overcommit,
       .lo = 0.001,
       .hi = 86'400},
  };
}

void check_host_memory(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  for (const char* name : {"backend_memory", "recovery_time"})
    if (p.has(name) && !p.has("memory_limit"))
      problems.push_back({find(p.values(), name)->where, path + "." + name, "means nothing without a limit that kills",
                          "write memory_limit = \"…\" too"});
  if (!p.has("memory_limit")) return;
  const core::Position& where = find(p.values(), "memory_limit")->where;
  if (p.bytes("shared_buffers") + backend_memory(p) > p.bytes("memory_limit"))
    problems.push_back({where, path + ".memory_limit",
                        "must be above shared_buffers and backend_memory together: PostgreSQL would be killed by its "
                        "first connection",
                        ""});
  if (p.has("memory") && p.bytes("memory_limit") > p.bytes("memory"))
    problems.push_back({where, path + ".memory_limit", "must not be above memory, which is what the host has", ""});
}

}  // namespace capplan::models
