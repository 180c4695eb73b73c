// capplan worker: the processes that --processes starts. It computes what it is sent, and decides nothing.

#include <unistd.h>

#include "cli/help_text.h"
#include "cli/verbs.h"
#include "plan/study/worker.h"

namespace capplan::cli {

void add_worker(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand("worker", "internal: simulates for --processes");
  verb->footer(footer({{"capplan sweep scenario.toml --processes 4", "starts four of these, and ends them"}},
                      {ExitStatus::done, ExitStatus::failed}));
  verb->callback([&session] {
    session.job = [] {
      plan::serve_works(STDIN_FILENO, STDOUT_FILENO);
      return ExitStatus::done;
    };
  });
}

}  // namespace capplan::cli
