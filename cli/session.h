#pragma once
// What the program's parts share while it runs, and the verbs: each adds itself to the command line, and leaves a job
// in the session when it was named. Nothing outlives a session, so that several can run in one process.

#include <CLI/CLI.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/exit_status.h"

namespace capplan::cli {

struct Session {
  std::ostream& out;                 ///< results
  std::ostream& err;                 ///< everything else
  std::vector<std::string> command;  ///< as typed, the program's name first
  std::function<ExitStatus()> job;   ///< of the verb that was named
};

void add_run(CLI::App& app, Session& session);
void add_sweep(CLI::App& app, Session& session);
void add_compare(CLI::App& app, Session& session);
void add_index(CLI::App& app, Session& session);
void add_rules(CLI::App& app, Session& session);
void add_capture_plan(CLI::App& app, Session& session);
void add_cache(CLI::App& app, Session& session);
void add_calibrate(CLI::App& app, Session& session);
void add_validate(CLI::App& app, Session& session);
void add_drift(CLI::App& app, Session& session);
void add_inspect(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_describe(CLI::App& app, Session& session);
void add_import(CLI::App& app, Session& session);
void add_export(CLI::App& app, Session& session);
void add_merge(CLI::App& app, Session& session);
void add_store(CLI::App& app, Session& session);
void add_report(CLI::App& app, Session& session);
void add_oracles(CLI::App& app, Session& session);
void add_completion(CLI::App& app, Session& session);
void add_help(CLI::App& app, Session& session);

}  // namespace capplan::cli
