// The presets, each with its source.
// Limit: a guide that names no percentile for a latency alert means the one that its target has.

#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

constexpr core::Nanos minutes = 60 * core::second;
constexpr core::Nanos hours = 60 * minutes;

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {"dual-server-mcp",
       "Performance Tuning Operations Guide of a dual-server MCP, \"Connection Pool Tuning Script\" (a pool is to grow "
       "above 0.8, looked at every minute) and \"Monitor slow queries\" (a mean above 100 ms)",
       {{"pool", "utilization < 80%"}, {"query", "mean < 100ms"}},
       {{"pool_to_grow", {"pool", "utilization > 80%"}, 0, "warning"}},
       {}},
      {"mcp-playbook",
       "Performance Optimization Implementation Playbook, \"Connection Pooling\" (more than five waiting)",
       {},
       {{"pool_exhausted", {"pool", "waiting > 5"}, 0, "critical"}},
       {}},
      {"ai-handoff",
       "AI Handoff MCP Server Performance Tuning Guide, \"Key Performance Indicators\" (target and alert threshold) "
       "and \"Memory Monitoring\" (the heap used above 0.9 of what there is)",
       {{"all", "p95 < 100ms"},
        {"all", "throughput > 1000/s"},
        {"all", "errors < 0.1%"},
        {"server", "utilization < 70%"},
        {"server", "memory < 80%"},
        {"container", "memory < 80%"},
        {"pool", "utilization < 80%"}},
       {{"response_time", {"all", "p95 > 500ms"}, 0, "warning"},
        {"throughput", {"all", "throughput < 500/s"}, 0, "warning"},
        {"error_rate", {"all", "errors > 1%"}, 0, "warning"},
        {"heap", {"container", "memory > 90%"}, 0, "warning"}},
       {}},
      {"agenthub",
       "agenthub Performance Optimization Guide, \"Performance Baselines\"",
       {{"all", "p95 < 2s"},
        {"query", "mean < 500ms"},
        {"server", "memory < 80%"},
        {"container", "memory < 80%"},
        {"server", "utilization < 70%"},
        {"server", "utilization_peak < 90%"},
        {"all", "errors < 0.1%"},
        {"all", "throughput > 1000/min"}},
       {},
       {}},
      {"codex-vector",
       "Database Performance Tuning Guide of Codex Memory, \"Key Metrics to Track\", \"Alert Configuration\" and "
       "\"Target Performance\"; its connection failures and an unavailable database are counted among all errors, its "
       "availability is the share without errors, and slow queries are those that log_min_duration_statement counts, "
       "which it has at 100 ms",
       {{"all", "throughput > 1000/s"},
        {"search", "p95 < 100ms"},
        {"search", "p99 < 200ms"},
        {"all", "errors < 0.1%"},
        {"pool", "utilization < 70%"},
        {"pool", "utilization_peak < 90%"},
        {"server", "hit_ratio > 99%"},
        {"index", "hit_ratio > 95%"}},
       {{"pool_utilization", {"pool", "utilization > 70%"}, 5 * minutes, "warning"},
        {"pool_saturation", {"pool", "utilization > 90%"}, 2 * minutes, "critical"},
        {"pool_wait", {"pool", "wait_mean > 100ms"}, 0, "warning"},
        {"connection_failures", {"all", "errors > 1%"}, 0, "critical"},
        {"vector_latency", {"search", "p95 > 200ms"}, 0, "warning"},
        {"query_latency", {"query", "p99 > 500ms"}, 0, "critical"},
        {"slow_queries", {"server", "slow_statements > 10/min"}, 0, "warning"},
        {"memory", {"server", "memory > 80%"}, 0, "warning"},
        {"memory_exhausted", {"server", "memory > 95%"}, 0, "critical"},
        {"cpu", {"server", "utilization > 80%"}, 10 * minutes, "warning"}},
       {"disk usage above 90% of the space"}},
      {"sre-workbook",
       "Beyer et al., The Site Reliability Workbook, ch. 5, table 5-8: 2 % of the budget of 30 days in an hour, 5 % in "
       "six, 10 % in three days; the short windows are a twelfth of the long ones",
       {},
       {{"page_1h", {"budget", "burn_rate > 14.4"}, 0, "critical", 1 * hours, 5 * minutes},
        {"page_6h", {"budget", "burn_rate > 6"}, 0, "critical", 6 * hours, 30 * minutes},
        {"ticket_3d", {"budget", "burn_rate > 1"}, 0, "warning", 72 * hours, 6 * hours}},
       {}},
  };
  return all;
}

const Preset* find_preset(const std::string& name) {
  for (const Preset& preset : presets())
    if (name == preset.name) return &preset;
  return nullptr;
}

std::vector<std::string> targets_on(const std::string& on, const std::vector<WrittenSection>& sections) {
  if (on == "all") return {"all"};
  std::vector<std::string> targets;
  for (const WrittenSection& section : sections) {
    const bool search = on == "search" && section.section == "query" && find(section.values, "index");
    if (section.section == on || search) targets.push_back(section.path());
  }
  return targets;
}

}  // namespace capplan::plan
