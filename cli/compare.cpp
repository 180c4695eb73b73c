// capplan compare: what changes from A to B. Both run on the same random numbers; results that are kept are compared as
// they are. The exit code is what run on B would give.

#include "plan/study/compare.h"
#include "cli/help_text.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/scenario/draws.h"
#include "plan/study/kept.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string a;
  std::string b;
  SimulationFlags simulation;
  std::vector<std::string> set_a;
  std::vector<std::string> set_b;
  OutputFlags output;

  const std::string& second() const { return b.empty() ? a : b; }
};

bool is_result(const std::string& file) { return file.ends_with(".json") || file.ends_with(".html"); }

/// "scenario.toml pool.app.size=5".
std::string label(const std::string& file, const std::vector<std::string>& settings) {
  std::string text = file;
  for (const std::string& setting : settings) text += " " + setting;
  return text;
}

void check(const Flags& flags) {
  const bool set_apart = !flags.set_a.empty() || !flags.set_b.empty();
  if (flags.b.empty() && (is_result(flags.a) || !set_apart))
    throw core::InputError({"capplan compare"}, "", "there is nothing to compare " + flags.a + " with",
                           "name a second file, or --set-a and --set-b");
  if (is_result(flags.a) != is_result(flags.second()))
    throw core::InputError({"capplan compare"}, "", "a scenario cannot be compared with a result",
                           "capplan run the scenario with the same seed and --replications, and -o FILE.json");
  if (is_result(flags.a) && (set_apart || !flags.simulation.set.empty()))
    throw core::InputError({"capplan compare"}, "", "results are as they are: --set changes scenarios only");
}

plan::Candidate candidate(const std::string& file, const Flags& flags, const std::vector<std::string>& own,
                          const std::string& flag, const plan::RunOptions& options) {
  std::vector<plan::Override> overrides = plan::parse_overrides(flags.simulation.set);
  const std::vector<plan::Override> further = plan::parse_overrides(own, flag);
  overrides.insert(overrides.end(), further.begin(), further.end());
  const plan::Draft draft = plan::read_draft(file);
  plan::Candidate found{label(file, own), plan::resolve(draft, overrides)};
  if (options.draws > 0) plan::add_draws(draft, overrides, options.draws, options.seed, found.scenario);
  return found;
}

ExitStatus run(const Flags& flags, Session& session) {
  check(flags);
  const plan::RunOptions options = flags.simulation.options();
  const Outputs outputs(flags.output, session);
  const Interrupt interrupt;
  std::optional<plan::Comparison> comparison;
  plan::Progress last;
  if (is_result(flags.a)) {
    const plan::Compared a{flags.a, plan::read_kept_result(flags.a)};
    const plan::Compared b{flags.b, plan::read_kept_result(flags.b)};
    comparison = plan::compare(a, b, options.margin);
  } else {
    const plan::Candidate a = candidate(flags.a, flags, flags.set_a, "--set-a", options);
    const plan::Candidate b = candidate(flags.second(), flags, flags.set_b, "--set-b", options);
    ProgressLine line(session.err, "compare", flags.output.shows_progress());
    plan::RunHooks hooks;
    hooks.cancel = &interrupt.flag();
    hooks.progress = [&](const plan::Progress& progress) {
      last = progress;
      line.show(progress);
    };
    comparison = plan::compare(a, b, options, hooks);
  }
  if (!comparison) {
    session.err << "interrupted: a comparison keeps nothing\n";
    return ExitStatus::interrupted;
  }
  outputs.publish(*comparison, session.err);
  if (flags.output.verbose && last.elapsed_s > 0) session.err << speed_text(last.events, last.elapsed_s);
  return status_of(comparison->b.result.verdict);
}

}  // namespace

void add_compare(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("compare", "say what changes from one scenario to another, and what is chance");
  verb->add_option("A", flags->a, "scenario file (TOML), or the JSON or page that run wrote")->required();
  verb->add_option("B", flags->b, "what to compare it with; without it A, with other settings");
  add_set_flag(*verb, "--set", flags->simulation.set, "change one setting of both; repeatable");
  add_set_flag(*verb, "--set-a", flags->set_a, "change one setting of A alone; repeatable");
  add_set_flag(*verb, "--set-b", flags->set_b, "change one setting of B alone; repeatable");
  flags->simulation.add_run_flags(*verb);
  verb->add_option("--margin", flags->simulation.written.margin,
                   "a smaller difference does not matter: share of A's value (default 1%)")
      ->type_name("SHARE")
      ->group("Simulation");
  flags->output.add_to(*verb);
  flags->output.add_figures_to(*verb);
  verb->footer(
      footer({{"capplan compare scenario.toml --set-a pool.app.size=5 --set-b pool.app.size=10",
               "what twice the connections change"},
              {"capplan compare today.toml tomorrow.toml --margin 5%", "two files; differences up to 5% do not matter"},
              {"capplan compare before.json after.json -o report.html",
               "two results that were kept with run -o, as one page"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::missed, ExitStatus::undecided,
              ExitStatus::interrupted}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
