// capplan run: one scenario, one answer. The exit code is the verdict.

#include <fmt/format.h>

#include <chrono>

#include "cli/help_text.h"
#include "cli/interrupt.h"
#include "cli/next_steps.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "plan/scenario/draws.h"
#include "plan/study/interrupted.h"
#include "plan/study/runner.h"

namespace capplan::cli {

namespace {

struct Flags {
  SimulationFlags simulation;
  OutputFlags output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const plan::RunOptions options = flags.simulation.options();
  const Outputs outputs(flags.output, session);
  keep_apart({flags.simulation.scenario}, flags.output.files);
  const plan::Draft draft = plan::read_draft(flags.simulation.scenario);
  const std::vector<plan::Override> overrides = plan::parse_overrides(flags.simulation.set);
  plan::Scenario scenario = plan::resolve(draft, overrides);
  if (options.draws > 0) plan::add_draws(draft, overrides, options.draws, options.seed, scenario);

  const Interrupt interrupt;
  const auto start = std::chrono::steady_clock::now();
  ProgressLine line(session.err, "run", flags.output.shows_progress());
  plan::RunHooks hooks;
  hooks.cancel = &interrupt.flag();
  hooks.progress = [&](const plan::Progress& progress) { line.show(progress); };
  plan::Result result;
  std::string stopped_early;
  try {
    result = plan::run(scenario, options, hooks);
  } catch (const plan::Interrupted& interrupted) {
    line.clear();
    if (!interrupted.so_far()) {
      session.err << "interrupted: there is no answer before two replications are done\n";
      return ExitStatus::interrupted;
    }
    result = *interrupted.so_far();
    stopped_early = fmt::format("interrupted: the answer of the {} replications that are done\n", result.replications);
  }
  line.clear();

  const std::vector<std::string> files = outputs.write_as(result);
  if (outputs.table_on_stdout() && !flags.output.quiet)
    session.out << try_next(next_steps(scenario, flags.simulation.set));
  outputs.said_of(files, session.err);
  if (flags.output.verbose) {
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    session.err << speed_text(result.events, elapsed);
  }
  session.err << stopped_early;
  return stopped_early.empty() ? status_of(result.verdict) : ExitStatus::interrupted;
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("run", "simulate one scenario and judge its SLOs");
  flags->simulation.add_to(*verb);
  flags->output.add_to(*verb);
  flags->output.add_figures_to(*verb);
  verb->footer(footer({{"capplan run scenario.toml", "throughput, latency, waits and errors, with intervals"},
                       {"capplan run scenario.toml --set pool.app.size=20 --precision 2%",
                        "one setting changed, and narrower intervals"},
                       {"capplan run scenario.toml --uncertainty",
                        "the probability that each SLO is met, with calibration uncertainty"},
                       {"capplan run scenario.toml -o - -o answer.json", "the table here, the figures in a file"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::missed,
                       ExitStatus::undecided, ExitStatus::interrupted}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
