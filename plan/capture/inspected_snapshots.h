#pragma once
// Snapshots of counters as tables: what was counted since another one, or since the counters were reset.

#include "plan/capture/bouncer_stats.h"
#include "plan/capture/inspection.h"
#include "plan/capture/statement_stats.h"

namespace capplan::plan {

/// The snapshot before, where there is one, and this one.
inline std::vector<std::string> with_before(const InspectOptions& options, const std::string& file) {
  return options.since.empty() ? std::vector<std::string>{file} : std::vector<std::string>{options.since, file};
}

void tabulate(const StatementSnapshots& snapshots, Inspection& into);
void tabulate(const BouncerSnapshots& snapshots, Inspection& into);

}  // namespace capplan::plan
