#pragma once
// The alerts of a scenario: its [alert.NAME] sections read, presets spelled out.

#include "plan/scenario/written.h"

namespace capplan::plan {

/// Reads the resolved alert sections into `scenario.alerts`, and gives conditions on shares of a limit, in SLOs and
/// alerts, the limit that is in force. Everything wrong goes to `problems`.
void read_alerts(Scenario& scenario, const std::vector<WrittenSection>& written, std::vector<core::Problem>& problems);

}  // namespace capplan::plan
