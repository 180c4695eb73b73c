// capplan inspect: what files of measurements are and what they hold, recognised by their content. Nothing is fitted.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/server_section.h"
#include "plan/capture/server_settings.h"
#include "plan/report/inspection_report.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> files;
  std::string since;
  std::string over;
  std::string as;
  std::string as_server;
  bool lenient = false;
  OutputFlags output;
};

/// A name that a scenario's table can have without quotes.
void check_name(const std::string& name) {
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (name.empty() || name.find_first_not_of(letters) != std::string::npos)
    throw core::InputError({"--as-server"}, "", fmt::format("\"{}\" is no name of a section", name),
                           "letters, digits, _ and -");
}

ExitStatus run(const Flags& flags, Session& session) {
  const Outputs outputs(flags.output, session);
  keep_apart(flags.files, flags.output.files);
  if (!flags.as_server.empty()) {
    check_name(flags.as_server);
    if (flags.files.size() != 1)
      throw core::InputError({"--as-server"}, "", "takes the settings of one server", "give one pg_settings.csv");
    session.out << plan::to_toml(plan::server_section(plan::read_server_settings(flags.files.front())),
                                 flags.as_server);
    return ExitStatus::done;
  }
  const plan::InspectOptions options{flags.since, plan::read_over(flags.over), flags.lenient, flags.as};
  outputs.publish(plan::inspect(flags.files, options), session.err);
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
  std::vector<std::string> names;
  for (const plan::CaptureFormat& format : plan::capture_formats()) names.push_back(format.name);
  verb->add_option("--as", flags->as,
                   "read the files as this format, whatever they look like; see capplan describe formats")
      ->type_name("FORMAT")
      ->check(one_of(names))
      ->group("Captures");
  verb->add_option("--as-server", flags->as_server,
                   "write a pg_settings.csv as the section [server.NAME] of a scenario")
      ->type_name("NAME")
      ->group("Output");
  verb->add_flag("--lenient", flags->lenient, "keep what can be read of damaged logs")->group("Captures");
  flags->output.add_to(*verb);
  verb->footer(footer(
      {{"capplan inspect data/captures/bouncer4.toml", "a capture: its log and the measurements beside it"},
       {"capplan inspect after.csv --since before.csv --over 10min", "two snapshots: calls/s, means, pages per call"},
       {"capplan inspect pg_settings.csv --as-server primary", "settings for a scenario"},
       {"capplan inspect run_stats.csv --format json", "for a program"}},
      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
