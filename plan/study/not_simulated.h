#pragma once
// Settings that nothing simulates where they stand, as the specs say (Param::idle): shared_buffers of a server on which
// no query searches an index, or the texts of a query that needs no time to parse. They are no mistake, but who changes
// one of them in vain would like to know.

#include <string>
#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// One such setting that somebody wrote: in the scenario, or as a flag.
struct IdleSetting {
  std::string key;     ///< "server.primary.disk.read_latency"
  std::string reason;  ///< "no query searches an index there"
};

/// Settings by who wrote them.
struct IdleSettings {
  std::vector<IdleSetting> written;
  std::size_t imported = 0;   ///< from a settings file, or a calibration
  std::size_t defaulted = 0;  ///< written by nobody
};

/// Every setting of a scenario that nothing simulates. One that several sections inherit from one place is among them
/// only where it is idle in all of these.
IdleSettings idle_settings(const Scenario& scenario);

/// W43, one for all settings that somebody wrote; nothing where there is none.
std::vector<Warning> not_simulated(const Scenario& scenario);

}  // namespace capplan::plan
