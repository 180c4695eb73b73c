#pragma once
// What each reader found, as tables of an inspection. See plan/report/inspection.h.

#include "plan/capture/bouncer_log.h"
#include "plan/capture/bouncer_stats.h"
#include "plan/capture/locust_csv.h"
#include "plan/capture/pgbench_aggregate.h"
#include "plan/capture/plans_json.h"
#include "plan/capture/request_log.h"
#include "plan/capture/server_settings.h"
#include "plan/capture/statement_stats.h"
#include "plan/report/inspection.h"

namespace capplan::plan {

/// Of one execution: rows, blocks and the time at the disk, in the order of StatementCounter and PlanCounter.
std::vector<InspectedColumn> block_columns();

/// `seconds` is how long the log's run took, where it is known; else what the log itself spans.
void tabulate(const RequestLog& log, std::optional<double> seconds, Inspection& into);
void tabulate(const AggregateLog& log, Inspection& into);
void tabulate(const PlanSummary& plans, Inspection& into);
void tabulate(const StatementSnapshots& snapshots, Inspection& into);
void tabulate(const BouncerSnapshots& snapshots, Inspection& into);
void tabulate(const std::vector<BouncerPool>& pools, Inspection& into);
void tabulate(const BouncerLog& log, Inspection& into);
void tabulate(const std::vector<LocustRequest>& requests, Inspection& into);
void tabulate(const LocustHistory& history, Inspection& into);
void tabulate(const std::vector<LocustFailure>& failures, Inspection& into);
void tabulate(const ServerSettings& settings, Inspection& into);

}  // namespace capplan::plan
