#pragma once
// The verbs, in the order of help: one line each. A verb NAME is a function add_NAME in its own file, which adds itself
// to the command line and leaves a job in the session when it was named.

#include <CLI/CLI.hpp>

#include "cli/session.h"

#define CAPPLAN_VERBS(VERB) \
  VERB(run)                 \
  VERB(sweep)               \
  VERB(compare)             \
  VERB(index)               \
  VERB(rules)               \
  VERB(capture_plan)        \
  VERB(cache)               \
  VERB(calibrate)           \
  VERB(validate)            \
  VERB(drift)               \
  VERB(inspect)             \
  VERB(check)               \
  VERB(describe)            \
  VERB(import)              \
  VERB(export)              \
  VERB(merge)               \
  VERB(store)               \
  VERB(report)              \
  VERB(oracles)             \
  VERB(worker)              \
  VERB(completion)          \
  VERB(help)

namespace capplan::cli {

#define DECLARE(name) void add_##name(CLI::App& app, Session& session);
CAPPLAN_VERBS(DECLARE)
#undef DECLARE

}  // namespace capplan::cli
