#pragma once
// The verbs, in the order of help, by what one wants: one line each. A verb NAME is a function add_NAME in its own
// file, which adds itself to the command line and leaves a job in the session when it was named.

#include <CLI/CLI.hpp>

#include "cli/session.h"

#define CAPPLAN_VERBS(VERB)                 \
  VERB(run, "Answer")                       \
  VERB(sweep, "Answer")                     \
  VERB(compare, "Answer")                   \
  VERB(index, "Decide")                     \
  VERB(rules, "Decide")                     \
  VERB(cache, "Decide")                     \
  VERB(capture_plan, "Calibrate and check") \
  VERB(inspect, "Calibrate and check")      \
  VERB(calibrate, "Calibrate and check")    \
  VERB(validate, "Calibrate and check")     \
  VERB(drift, "Calibrate and check")        \
  VERB(check, "Calibrate and check")        \
  VERB(oracles, "Calibrate and check")      \
  VERB(import, "Files")                     \
  VERB(export, "Files")                     \
  VERB(report, "Files")                     \
  VERB(merge, "Files")                      \
  VERB(store, "Files")                      \
  VERB(describe, "Help")                    \
  VERB(completion, "Help")                  \
  VERB(worker, "Help")                      \
  VERB(help, "Help")

namespace capplan::cli {

#define DECLARE(name, group) void add_##name(CLI::App& app, Session& session);
CAPPLAN_VERBS(DECLARE)
#undef DECLARE

}  // namespace capplan::cli
