// capplan inspect: what files of measurements are and what they hold, recognised by their content. Nothing is fitted.

#include <fmt/format.h>

#include <algorithm>

#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "core/error.h"
#include "plan/capture/server_settings.h"
#include "plan/report/inspection.h"
#include "plan/report/inspection_json.h"
#include "plan/scenario/server_section.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> files;
  std::string since;
  std::string over;
  std::string as_server;
  std::string format = "table";
  bool lenient = false;
};

/// A name that a scenario's table can have without quotes.
void check_name(const std::string& name) {
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (name.empty() || name.find_first_not_of(letters) != std::string::npos)
    throw core::InputError({"--as-server"}, "", fmt::format("\"{}\" is no name of a section", name),
                           "letters, digits, _ and -");
}

ExitStatus run(const Flags& flags, Session& session) {
  if (!flags.as_server.empty()) {
    check_name(flags.as_server);
    if (flags.files.size() != 1)
      throw core::InputError({"--as-server"}, "", "takes the settings of one server", "give one pg_settings.csv");
    session.out << plan::to_toml(plan::server_section(plan::read_server_settings(flags.files.front())),
                                 flags.as_server);
    return ExitStatus::done;
  }
  const plan::InspectOptions options{flags.since, plan::read_over(flags.over), flags.lenient};
  const std::vector<plan::Inspection> inspections = plan::inspect(flags.files, options);
  if (flags.format == "json")
    session.out << plan::to_json(inspections);
  else
    session.out << plan::text_table(inspections, std::clamp(terminal_of(session.out).width, 60, 140));
  return ExitStatus::done;
}

}  // namespace

void add_inspect(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("inspect", "show what logs, snapshots and manifests hold: rates, means, percentiles by class");
  verb->add_option(
          "FILE", flags->files,
          "logs of pgbench, PostgreSQL and PgBouncer; plans of EXPLAIN as JSON; pg_stat_statements, pg_settings, "
          "SHOW STATS, SHOW POOLS and Locust's statistics as CSV; manifests; plain or gzip")
      ->required();
  verb->add_option("--since", flags->since,
                   "the same snapshot taken before: show what was counted in between (pg_stat_statements, SHOW STATS)")
      ->type_name("FILE")
      ->group("Snapshots");
  verb->add_option("--over", flags->over, "how long a snapshot counted, as 10min: gives rates")
      ->type_name("TIME")
      ->group("Snapshots");
  verb->add_option("--as-server", flags->as_server,
                   "write a pg_settings.csv as the section [server.NAME] of a scenario")
      ->type_name("NAME")
      ->group("Output");
  verb->add_option("--format", flags->format, "table or json")
      ->type_name("FORMAT")
      ->check(one_of({"table", "json"}))
      ->default_str("table")
      ->group("Output");
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  verb->footer(footer(
      {{"capplan inspect data/captures/bouncer4.toml", "a capture: its log and what was measured beside it"},
       {"capplan inspect after.csv --since before.csv --over 10min", "two snapshots: calls/s, means, pages per call"},
       {"capplan inspect pg_settings.csv --as-server primary", "settings for a scenario"},
       {"capplan inspect run_stats.csv --format json", "for a program"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
