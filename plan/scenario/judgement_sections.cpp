// The specs of the sections that change nothing about a run and judge it over time: alerts and error budgets. What they
// mean is in plan/study/alerts.cpp and plan/study/budgets.cpp.

#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::find;
using models::Params;

void check_alert(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  if (!p.has("preset")) return;
  for (const char* name : {"when", "for", "severity", "long_window", "short_window"})
    if (p.has(name) && !find(p.values(), name)->is_default)
      problems.push_back({find(p.values(), name)->where, path + "." + name, "is set by the preset; remove it", {}});
}

}  // namespace

models::Spec alert_section() {
  return {
      .section = "alert",
      .help = "a condition that is evaluated over the simulated time: when it fires first, and for how long",
      .source =
          "Prometheus rules/alerting.go: pending from the first evaluation that holds, firing once that is `for` "
          "ago, over with the first that does not; Beyer et al., The Site Reliability Workbook, ch. 5, for burn rates",
      .validity =
          "an evaluation sees the average since the one before, of a burn rate its windows; at most a thousand fit "
          "into a run, so that a long run is looked at less often than `every`, and windows are whole thousandths of "
          "it; where a window reaches back before the run, as many requests are taken to have come then, all good",
      .params =
          {
              {.name = "when",
               .type = models::Type::text,
               .help = "TARGET.METRIC > VALUE, metrics as in [slo]: \"pool.app.utilization > 70%\", \"search.p95 > "
                       "500ms\"; or a burn rate of a budget: \"budget.reads.burn_rate > 14.4\"",
               .required = true,
               .unless = "preset"},
              {.name = "for",
               .type = models::Type::duration,
               .fallback = "0",
               .help = "how long it must hold without interruption",
               .lo = 0,
               .hi = 1e8},
              {.name = "severity",
               .type = models::Type::choice,
               .fallback = "warning",
               .help = "severity shown in the answer",
               .choices = {"info", "warning", "critical"}},
              {.name = "every",
               .type = models::Type::duration,
               .fallback = "15s",
               .help = "time between evaluations",
               .lo = 0.000'001,
               .hi = 1e8},
              {.name = "long_window",
               .type = models::Type::duration,
               .help = "of a burn rate, which must be too high over this window and the short one; absent: 1h",
               .source = "The Site Reliability Workbook, table 5-8: 14.4 over 1h, 6 over 6h, 1 over 3d",
               .lo = 0.001,
               .hi = 1e8},
              {.name = "short_window",
               .type = models::Type::duration,
               .help = "by which the alert is over soon after its cause; absent: a twelfth of long_window",
               .source = "The Site Reliability Workbook, ch. 5",
               .lo = 0.001,
               .hi = 1e8},
              {.name = "preset",
               .type = models::Type::choice,
               .help = "in place of when: all alerts of a published guide; sre-workbook: burn rates of each budget",
               .choices = {"dual-server-mcp", "mcp-playbook", "ai-handoff", "codex-vector", "sre-workbook"}},
          },
      .check = check_alert};
}

models::Spec budget_section() {
  return {.section = "budget",
          .help = "an objective over a period: how fast the run uses its error budget",
          .source =
              "Beyer et al., The Site Reliability Workbook, ch. 5: burn rate is the share of bad events over the "
              "share that the objective allows",
          .validity = "the rest of the period is assumed to be like the run",
          .params = {
              {.name = "request",
               .type = models::Type::reference,
               .help = "requests of this class; absent: all of them",
               .choices = {"request"}},
              {.name = "objective",
               .type = models::Type::ratio,
               .help = "share of requests that must be good, as in \"99.9%\"",
               .required = true,
               .lo = 1e-6,
               .hi = 0.9999999},
              {.name = "latency",
               .type = models::Type::duration,
               .help = "a request that takes longer is bad too; absent: only one that fails",
               .lo = 1e-6,
               .hi = 86'400},
              {.name = "period",
               .type = models::Type::duration,
               .fallback = "30d",
               .help = "what the objective is over",
               .lo = 1,
               .hi = 1e8},
          }};
}

}  // namespace capplan::plan
