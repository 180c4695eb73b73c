#include "models/server/host_meters.h"

#include <algorithm>

namespace capplan::models {

namespace {

/// Cores that backends can use: what there are, or the quota of the container.
double usable_cores(const Params& p) {
  const auto cores = static_cast<double>(p.count("cores"));
  return p.has("cpu_quota") ? std::min(cores, p.number("cpu_quota")) : cores;
}

}  // namespace

HostMeters host_meters(Build& build, const Section& section, int hosts) {
  const auto path = [&](const char* what) { return std::vector<std::string>{"servers", section.name, what}; };
  const Params& p = section.params;
  const auto many = static_cast<double>(hosts);
  HostMeters m;
  m.statements = &build.meters.rate(path("statements_per_s"));
  m.refusals = &build.meters.rate(path("refused_connections_per_s"));
  m.connects = &build.meters.rate(path("connects_per_s"));
  m.commits = &build.meters.rate(path("commits_per_s"));
  if (p.has("log_min_duration_statement")) m.slow_statements = &build.meters.rate(path("slow_statements_per_s"));
  m.connections = &build.meters.level(path("connections"));
  m.active = &build.meters.level(path("active"));
  m.cpu = &build.meters.level(path("cpu"), many * usable_cores(p));
  if (p.has("cpu_quota")) m.throttled = &build.meters.level(path("throttled"), many);
  m.disk = &build.meters.level(path("disk"), many * static_cast<double>(p.record("disk").count("concurrency")));
  m.wal_flush = &build.meters.level(path("wal_flush"), many);
  m.wal_flushes = &build.meters.rate(path("wal_flushes_per_s"));
  if (!p.has("memory_limit")) return m;
  m.memory = &build.meters.level(path("memory"), many * static_cast<double>(p.bytes("memory_limit")));
  m.recovering = &build.meters.level(path("recovering"), many);
  m.oom_kills = &build.meters.rate(path("oom_kills_per_s"));
  return m;
}

HostMeters host_meters(Build& build, const Section& section, const std::string& name, const HostMeters& all) {
  const Params& p = section.params;
  HostMeters m = all;
  const auto one_of = [&](core::Level* sum, const char* what, double capacity) {
    core::Level& level = build.meters.level({"servers", name, what}, capacity);
    level.part_of = sum;
    return &level;
  };
  m.connections = one_of(all.connections, "connections", 0);
  m.active = one_of(all.active, "active", 0);
  m.cpu = one_of(all.cpu, "cpu", usable_cores(p));
  if (all.throttled != nullptr) m.throttled = one_of(all.throttled, "throttled", 1);
  m.disk = one_of(all.disk, "disk", static_cast<double>(p.record("disk").count("concurrency")));
  m.wal_flush = one_of(all.wal_flush, "wal_flush", 1);
  if (all.memory == nullptr) return m;
  m.memory = one_of(all.memory, "memory", static_cast<double>(p.bytes("memory_limit")));
  m.recovering = one_of(all.recovering, "recovering", 1);
  return m;
}

}  // namespace capplan::models
