// capplan rules: what the rules of thumb of published guides say for this scenario, and what the simulation finds when
// each is followed. A rule that does harm is an answer like any other: the exit code does not depend on it.

#include "cli/help_text.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "plan/report/rules_report.h"

namespace capplan::cli {

namespace {

struct Flags {
  SimulationFlags simulation;
  OutputFlags output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const plan::RunOptions options = flags.simulation.options();
  const Outputs outputs(flags.output, session);
  const Interrupt interrupt;
  ProgressLine line(session.err, "rules", flags.output.shows_progress());
  plan::RunHooks hooks;
  hooks.cancel = &interrupt.flag();
  hooks.progress = [&](const plan::Progress& progress) { line.show(progress); };
  const std::optional<plan::Rules> rules = plan::check_rules(
      plan::read_draft(flags.simulation.scenario), plan::parse_overrides(flags.simulation.set), options, hooks);
  if (!rules) {
    session.err << "interrupted: no rule was tried to its end\n";
    return ExitStatus::interrupted;
  }
  outputs.publish(*rules, session.err);
  return ExitStatus::done;
}

}  // namespace

void add_rules(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("rules", "test tuning rules of thumb by simulation");
  flags->simulation.add_to(*verb);
  flags->output.add_to(*verb);
  verb->footer(footer({{"capplan rules data/scenarios/vector-search.toml", "pool, memory and index by the guides"},
                       {"capplan rules scenario.toml --replications 10 -o rules.md", "a table to paste"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::interrupted}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
