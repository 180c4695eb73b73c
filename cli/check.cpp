// capplan check: everything that is wrong with a scenario, without running it; or the scenario as it was understood.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "models/system.h"
#include "plan/report/describe_text.h"
#include "plan/scenario/scenario.h"
#include "plan/study/connection_limits.h"
#include "plan/study/not_simulated.h"
#include "plan/study/points.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string scenario;
  std::vector<std::string> set;
  std::string format = "text";
  bool keys = false;
};

/// What --set and --vary can name: every parameter of every section, and the fields of those that are tables.
std::vector<std::string> settable_keys(const plan::Scenario& scenario) {
  std::vector<std::string> keys;
  for (const models::Section& section : scenario.sections)
    for (const plan::NamedParam& param : plan::all_params(*section.spec))
      if (param.name.find('[') == std::string::npos) keys.push_back(section.path() + "." + param.name);
  return keys;
}

ExitStatus run(const Flags& flags, Session& session) {
  const plan::Draft draft = plan::read_draft(flags.scenario);
  const plan::Scenario scenario = plan::resolve(draft, plan::parse_overrides(flags.set));
  const std::size_t points =
      plan::make_points(plan::design_of(draft.document, {}), scenario.axes, 1, draft.file)->count();
  models::RunSettings settings;
  settings.duration = scenario.find("scenario")->params.duration("duration");
  const models::System system(scenario.sections, scenario.topology, settings);  // refuses what only building can tell

  if (flags.keys) {
    for (const std::string& key : settable_keys(scenario)) session.out << key << "\n";
    return ExitStatus::done;
  }
  if (flags.format == "json") {
    session.out << plan::canonical_json(scenario) << "\n";
    return ExitStatus::done;
  }
  const std::size_t sections = scenario.sections.size();
  session.out << fmt::format("ok: {} section{}, {} point{}\n", sections, sections == 1 ? "" : "s", points,
                             points == 1 ? "" : "s");
  for (const auto& warnings : {plan::connection_warnings(scenario), plan::not_simulated(scenario)})
    for (const plan::Warning& warning : warnings) session.out << warning.code << " " << warning.text << "\n";
  return ExitStatus::done;
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("check", "validate a scenario: every problem at once, with file, line and column");
  add_scenario_flags(*verb, flags->scenario, flags->set);
  verb->add_option("--format", flags->format, "text, or json: the scenario with every default, in base units")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json"}))
      ->default_str("text")
      ->group("Output");
  verb->add_flag("--keys", flags->keys, "list what --set and --vary can name, one key a line")->group("Output");
  verb->footer(footer({{"capplan check scenario.toml", "sections and points, or what is wrong"},
                       {"capplan check scenario.toml --format json", "the complete scenario"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
