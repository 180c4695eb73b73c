// capplan index: a vector index before it is built: recall against throughput, the setting for a recall, size and
// growth, build, SQL. Nothing is simulated, so it answers at once.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "core/units.h"
#include "plan/report/index_report.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string scenario;
  std::vector<std::string> set;
  std::string index;
  std::vector<double> rows;
  std::string recall;
  double months = 12;
  OutputFlags output;
};

plan::IndexPlanOptions options_of(const Flags& flags) {
  plan::IndexPlanOptions options{
      .index = flags.index, .rows = flags.rows, .recall = std::nullopt, .months = flags.months};
  if (flags.recall.empty()) return options;
  const auto recall = core::parse_ratio(flags.recall);
  if (!recall)
    throw core::InputError({"--recall"}, "", fmt::format("\"{}\" is no share", flags.recall), "--recall 0.95");
  options.recall = recall.value;
  return options;
}

ExitStatus run(const Flags& flags, Session& session) {
  const plan::IndexPlanOptions options = options_of(flags);
  const plan::Scenario scenario = plan::resolve(plan::read_draft(flags.scenario), plan::parse_overrides(flags.set));
  const Outputs outputs(flags.output, session);
  const plan::IndexPlans plans = plan::plan_indexes(scenario, options);
  outputs.publish(plans, session.err);
  return ExitStatus::done;
}

}  // namespace

void add_index(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("index", "plan a vector index: recall, throughput, size, growth, build, SQL");
  add_scenario_flags(*verb, flags->scenario, flags->set);
  verb->add_option("--index", flags->index, "the index NAME of [index.NAME]; without it, all of them")
      ->type_name("NAME")
      ->group("Index");
  verb->add_option("--rows", flags->rows,
                   "numbers of rows to plan for, as 1000000,2000000; without it, now and after growth")
      ->delimiter(',')
      ->type_name("N,...")
      ->group("Index");
  verb->add_option("--recall", flags->recall,
                   "recall to find the least ef_search or probes for; without it, that of the SLOs, else 0.95")
      ->type_name("SHARE")
      ->group("Index");
  verb->add_option("--months", flags->months, "how far growth is followed")
      ->type_name("N")
      ->default_str("12")
      ->group("Index");
  flags->output.add_to(*verb);
  verb->footer(
      footer({{"capplan index data/scenarios/vector-search.toml", "the scenario's indexes, now and in a year"},
              {"capplan index scenario.toml --recall 0.98 --rows 1000000,10000000", "two sizes, a higher recall"},
              {"capplan index scenario.toml --set index.chunks.m=32 -o index.html", "another graph, with a chart"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
