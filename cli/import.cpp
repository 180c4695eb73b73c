// capplan import: settings files of the real systems as sections of a scenario.

#include <fmt/format.h>

#include <set>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/scenario/import_settings.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> files;
  std::vector<std::string> names;
  std::string output;
};

/// "primary", "main", "shared": where nobody says otherwise.
std::string usual_name(plan::SettingsDialect dialect) {
  return dialect == plan::SettingsDialect::postgresql_conf ? "primary"
         : dialect == plan::SettingsDialect::pgbouncer_ini ? "main"
                                                           : "shared";
}

ExitStatus run(const Flags& flags, Session& session) {
  if (!flags.names.empty() && flags.names.size() != flags.files.size())
    throw core::InputError({"--name"}, "",
                           fmt::format("{} names are given for {} files", flags.names.size(), flags.files.size()),
                           "give one for each file, in their order");
  if (!flags.output.empty()) keep_apart(flags.files, {flags.output});
  std::string text;
  std::size_t kept = 0;
  std::set<std::string> sections;
  for (std::size_t i = 0; i < flags.files.size(); ++i) {
    const plan::ImportedSettings imported = plan::import_settings(plan::read_settings_file(flags.files[i]));
    const std::string name = flags.names.empty() ? usual_name(imported.dialect) : flags.names[i];
    if (!sections.insert(plan::section_of(imported.dialect) + ("." + name)).second)
      throw core::InputError({flags.files[i]}, "", fmt::format("there is a {} already", name), "give each a --name");
    text += (i > 0 ? "\n" : "") + to_toml(imported, name);
    kept += imported.kept.size();
    for (const std::string& file : imported.included)
      session.err << "warning: " << flags.files[i] << ": includes " << file << ", which was not read\n";
  }
  if (flags.output.empty())
    session.out << text;
  else
    write_file(flags.output, text);
  if (kept > 0)
    session.err << fmt::format("note: {} setting{} not modelled; {} kept as comments\n", kept,
                               kept == 1 ? " is" : "s are", kept == 1 ? "it is" : "they are");
  if (!flags.output.empty()) session.err << "wrote " << flags.output << "\n";
  return ExitStatus::done;
}

}  // namespace

void add_import(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("import", "settings files as sections of a scenario");
  verb->add_option("FILE", flags->files, "postgresql.conf, pgbouncer.ini or redis.conf; several may follow")
      ->required();
  verb->add_option("--name", flags->names, "name of the section of each file; without it primary, main and shared")
      ->type_name("NAME")
      ->delimiter(',')
      ->group("Sections");
  verb->add_option("-o,--output", flags->output, "write to this file")->type_name("FILE")->group("Output");
  verb->footer(footer({{"capplan import postgresql.conf pgbouncer.ini", "two sections, ready to paste"},
                       {"capplan import replica/postgresql.conf --name replica", "[server.replica]"},
                       {"capplan import redis.conf -o cache.toml", "to a file"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
