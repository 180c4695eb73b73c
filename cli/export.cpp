// capplan export: the settings of a scenario as files of the real systems.

#include <fmt/format.h>

#include <filesystem>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/decide/export_settings.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string scenario;
  std::vector<std::string> set;
  std::string section;
  std::string base;
  std::string output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const plan::Scenario scenario = plan::resolve(plan::read_draft(flags.scenario), plan::parse_overrides(flags.set));
  std::optional<plan::SettingsFile> base;
  if (!flags.base.empty()) base = plan::read_settings_file(flags.base);
  const std::vector<plan::ExportedFile> files = plan::export_settings(scenario, flags.section, base);
  const bool folder =
      !flags.output.empty() && (flags.output.back() == '/' || std::filesystem::is_directory(flags.output));
  if (!flags.output.empty() && !folder && files.size() > 1)
    throw core::InputError({"--output"}, flags.output, fmt::format("{} files do not fit into one", files.size()),
                           "end it with / to name a folder, or choose one with --section");
  if (folder) std::filesystem::create_directories(flags.output);
  for (const plan::ExportedFile& file : files) {
    for (const std::string& warning : file.warnings) session.err << "warning: " << warning << "\n";
    if (flags.output.empty()) {
      if (files.size() > 1) session.out << (&file == &files.front() ? "" : "\n") << "# ==> " << file.name << "\n";
      session.out << file.text;
      continue;
    }
    const std::string path = folder ? (std::filesystem::path(flags.output) / file.name).string() : flags.output;
    keep_apart({flags.scenario}, {path});
    write_file(path, file.text);
    session.err << "wrote " << path << "\n";
  }
  return ExitStatus::done;
}

}  // namespace

void add_export(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("export", "a scenario's settings as postgresql.conf, pgbouncer.ini, redis.conf, SQL");
  add_scenario_flags(*verb, flags->scenario, flags->set);
  verb->add_option("--section", flags->section, "only this one, as server.primary or index.chunks")
      ->type_name("SECTION")
      ->group("Settings");
  verb->add_option("--base", flags->base,
                   "the file as it is now: its other lines are kept, values that change say what they were")
      ->type_name("FILE")
      ->group("Settings");
  verb->add_option("-o,--output", flags->output, "write to this file, or with / at its end to this folder")
      ->type_name("FILE")
      ->group("Output");
  verb->footer(footer({{"capplan export scenario.toml", "every file, one after the other"},
                       {"capplan export scenario.toml -o settings/", "a file each"},
                       {"capplan export s.toml --section bouncer.main --base pgbouncer.ini", "the real file, changed"},
                       {"capplan export s.toml --set server.primary.work_mem=64MB", "as it would be with a change"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
