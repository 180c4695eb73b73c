#pragma once
// What is measured on a PostgreSQL host, or on the replicas of one together and one by one.

#include <string>

#include "models/build.h"

namespace capplan::models {

/// What is measured on a host, or on several together.
struct HostMeters {
  core::Counter* statements = nullptr;
  core::Counter* refusals = nullptr;
  core::Counter* connects = nullptr;
  core::Counter* commits = nullptr;
  core::Counter* slow_statements = nullptr;  ///< where slow ones are logged
  core::Level* connections = nullptr;
  core::Level* active = nullptr;
  core::Level* cpu = nullptr;
  core::Level* throttled = nullptr;  ///< where there is a quota
  core::Level* disk = nullptr;
  core::Level* wal_flush = nullptr;
  core::Counter* wal_flushes = nullptr;
  core::Level* memory = nullptr;  ///< these where there is a limit that kills
  core::Level* recovering = nullptr;
  core::Counter* oom_kills = nullptr;
};

/// The figures of a host.
FigureSpecs host_figures();
/// The meters of `hosts` equal hosts, under the name of their section.
HostMeters host_meters(Build& build, const Section& section, int hosts);
/// The same of one of them, under a name of its own such as "replica.1"; what it adds up goes to `all`.
HostMeters host_meters(Build& build, const Section& section, const std::string& name, const HostMeters& all);

}  // namespace capplan::models
