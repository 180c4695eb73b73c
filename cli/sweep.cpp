// capplan sweep: a grid of scenarios, kept in a store. A sweep explores, so that points which miss their SLOs are
// answers and no failure.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/help_text.h"
#include "cli/interrupt.h"
#include "cli/next_steps.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/study/sweep.h"

namespace capplan::cli {

namespace {

struct Flags {
  SimulationFlags simulation;
  OutputFlags output;
  std::vector<std::string> vary;
  std::string store;
  std::string shard;
  std::string sample;
  std::string design;
  bool resume = false;
  bool fresh = false;
};

/// The file of the store, or nothing for "none".
std::string store_file(const Flags& flags) {
  if (flags.store == "none") return {};
  if (!flags.store.empty()) return flags.store;
  return std::filesystem::path(flags.simulation.scenario).stem().string() + ".capplan.db";
}

/// The flags that say which points, as they were typed.
std::string sampling_flags(const Flags& flags) {
  std::string text;
  if (!flags.design.empty()) text += " --design " + flags.design;
  if (!flags.sample.empty()) text += " --sample " + flags.sample;
  return text;
}

/// The command that goes on: as typed, but without forgetting what is done.
std::string same_command(const Session& session) {
  std::string text = "capplan";
  for (std::size_t i = 1; i < session.command.size(); ++i)
    if (session.command[i] != "--fresh") text += " " + shell_word(session.command[i]);
  return text;
}

/// The scenario must have something to vary, and the store somewhere to be.
void check(const plan::Draft& draft, const std::vector<plan::Override>& overrides, const std::vector<plan::Axis>& vary,
           const plan::SweepOptions& options) {
  if (plan::resolve(draft, overrides, vary).axes.empty())
    throw core::InputError({draft.file}, "sweep", "there is nothing to vary",
                           "add a [sweep] to the file, or --vary pool.app.size=5,10,20");
  if (options.store.empty()) return;
  if (const std::string why = unwritable(options.store); !why.empty())
    throw core::InputError({"--store"}, "", fmt::format("{} cannot be written: {}", options.store, why),
                           "name another file, or --store none");
}

/// The ways to write an axis besides a list, as help goes on about them.
std::string axis_forms() {
  std::string forms;
  for (const plan::AxisKind& kind : plan::axis_kinds()) forms += std::string(" or ") + kind.form;
  return forms;
}

std::string summary(const plan::Sweep& sweep, std::size_t done, const std::string& store) {
  std::string text =
      fmt::format("{} point{}: {} computed", sweep.planned, sweep.planned == 1 ? "" : "s", done - sweep.reused);
  if (!store.empty()) text += fmt::format(", {} from the store {}", sweep.reused, store);
  if (done < sweep.planned) text += fmt::format(", {} not done", sweep.planned - done);
  return text + "\n";
}

ExitStatus run(const Flags& flags, Session& session) {
  plan::SweepOptions options{.run = flags.simulation.options(), .store = store_file(flags), .fresh = flags.fresh};
  plan::read_shard(flags.shard, options);
  plan::read_sampling(flags.sample, flags.design, options);
  const Outputs outputs(flags.output, session);
  keep_apart({flags.simulation.scenario}, flags.output.files);
  const plan::Draft draft = plan::read_draft(flags.simulation.scenario);
  const std::vector<plan::Override> overrides = plan::parse_overrides(flags.simulation.set);
  const std::vector<plan::Axis> vary = plan::parse_axes(flags.vary);
  check(draft, overrides, vary, options);

  const Interrupt interrupt;
  ProgressLine line(session.err, "sweep", flags.output.shows_progress());
  plan::Progress last;
  plan::RunHooks hooks;
  hooks.cancel = &interrupt.flag();
  hooks.progress = [&](const plan::Progress& progress) {
    last = progress;
    line.show(progress);
  };
  const plan::Sweep sweep = plan::sweep(draft, overrides, vary, options, hooks);
  line.clear();

  const auto done = static_cast<std::size_t>(
      std::count_if(sweep.points.begin(), sweep.points.end(), [](const plan::SweepPoint& p) { return p.done; }));
  if (interrupt.raised() && done < sweep.planned) {
    session.err << fmt::format(
        "interrupted: {} of {} points are done{}\n", done, sweep.planned,
        options.store.empty() ? ", and nothing is kept without a store" : " and kept in " + options.store);
    if (!options.store.empty()) session.err << "continue with: " << same_command(session) << "\n";
    return ExitStatus::interrupted;
  }

  const std::vector<std::string> files = outputs.write_as(sweep);
  if (outputs.table_on_stdout() && !flags.output.quiet)
    session.out << try_next(next_steps(sweep, draft.file, flags.simulation.set, flags.vary, sampling_flags(flags)));
  if (!flags.output.quiet) session.err << summary(sweep, done, options.store);
  outputs.said_of(files, session.err);
  if (flags.output.verbose && last.elapsed_s > 0) session.err << speed_text(last.events, last.elapsed_s);
  return done == 0 && options.shards == 1 ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace

void add_sweep(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("sweep", "simulate a grid of scenarios; finished points are kept");
  flags->simulation.add_to(*verb);
  verb->add_option("--vary", flags->vary,
                   fmt::format("an axis of the grid: KEY=a,b,c{}; repeatable, and in place of the same key in [sweep]",
                               axis_forms()))
      ->type_name("KEY=VALUES")
      ->allow_extra_args(false)
      ->group("Scenario");
  verb->add_option("--store", flags->store,
                   "where finished points are kept; none: nowhere (default: SCENARIO.capplan.db in the current folder)")
      ->type_name("FILE")
      ->group("Grid");
  CLI::Option* resume = verb->add_flag("--resume", flags->resume, "use the points of the store; this is the default");
  CLI::Option* fresh = verb->add_flag("--fresh", flags->fresh, "compute every point again");
  resume->group("Grid");
  fresh->group("Grid")->excludes(resume);
  verb->add_option("--shard", flags->shard, "only a part of the points: 2/4 is the second of four; see capplan merge")
      ->type_name("I/N")
      ->group("Grid");
  std::string designs;
  std::vector<std::string> names;
  for (const plan::Design* design : plan::designs()) {
    designs += fmt::format("; {}: {}", design->name, design->help);
    names.emplace_back(design->name);
  }
  verb->add_option("--design", flags->design,
                   fmt::format("how points are chosen from the axes (default: {}, or {} with --sample){}",
                               plan::designs().front()->name, plan::sobol_design.name, designs))
      ->type_name("DESIGN")
      ->check(one_of(names))
      ->group("Grid");
  verb->add_option("--sample", flags->sample, "that number of points, in place of every combination")
      ->type_name("N")
      ->group("Grid");
  flags->output.add_to(*verb);
  flags->output.add_figures_to(*verb);
  verb->footer(footer(
      {{"capplan sweep scenario.toml", "the grid of its [sweep]; after Ctrl-C the same command continues"},
       {"capplan sweep scenario.toml --vary pool.app.size=2..64:6:log", "six pool sizes, evenly spaced in ratio"},
       {"capplan sweep scenario.toml --uncertainty=32", "every point under 32 samples of its calibration parameters"},
       {"capplan sweep scenario.toml --sample 64", "64 of its points, spread evenly over all axes"},
       {"capplan sweep scenario.toml --shard 1/4 --store part1.db", "a quarter of it, as on one of four machines"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input, ExitStatus::interrupted}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
