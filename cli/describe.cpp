// capplan describe: the catalogue; a section's kinds; one kind with its parameters; a topic such as warnings.

#include <fmt/format.h>

#include <algorithm>

#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/report/answers.h"
#include "plan/report/catalogue_json.h"
#include "plan/report/describe_text.h"
#include "plan/report/figures_text.h"
#include "plan/report/topics.h"
#include "plan/scenario/sections.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string path;
  std::string pattern = "*";
  bool markdown = false;
  std::string format;
  std::string schema;
};

ExitStatus run(const Flags& flags, Session& session) {
  const auto width = static_cast<std::size_t>(std::clamp(terminal_of(session.out).width, 60, 100));
  const plan::Topic* topic = plan::find_topic(flags.path);
  if ((!flags.schema.empty() || flags.format == "json") && (!flags.path.empty() || flags.markdown))
    throw core::InputError({"capplan describe"}, "", "--schema and --format json write a whole document",
                           "leave WHAT and --markdown out");
  if (!flags.schema.empty())
    session.out << plan::json_schema(flags.schema);
  else if (flags.format == "json")
    session.out << plan::catalogue_json();
  else if (flags.markdown && flags.path == "figures")
    session.out << plan::figures_markdown();
  else if (!flags.markdown)
    session.out << plan::description(flags.path, width, flags.pattern);
  else if (topic)
    session.out << plan::topic_markdown(*topic);
  else if (flags.path.empty())
    session.out << plan::catalog_markdown(plan::section_specs());
  else
    throw core::InputError({"--markdown"}, "",
                           fmt::format("\"{}\" has no page of its own: it stands in that of all", flags.path),
                           "capplan describe --markdown");
  return ExitStatus::done;
}

}  // namespace

void add_describe(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("describe", "what can be modelled, with every parameter");
  verb->add_option("WHAT", flags->path,
                   "a section, a kind, or a topic such as figures or warnings; without one, all of them");
  verb->add_option("PATTERN", flags->pattern, "of figures, those whose name matches: * is any text")->default_str("");
  verb->add_flag("--markdown", flags->markdown,
                 "write the whole catalogue as the page docs/models.md, a topic as its own")
      ->group("Output");
  verb->add_option("--format", flags->format, "table, or json: the whole catalogue for other programs (default: table)")
      ->type_name("FORMAT")
      ->check(one_of({"table", "json"}))
      ->group("Output");
  verb->add_option("--schema", flags->schema,
                   "write a JSON Schema: of an answer, of scenario files, or of the catalogue")
      ->type_name("NAME")
      ->check(one_of(plan::json_schema_names()))
      ->group("Output");
  verb->footer(footer({{"capplan describe", "the catalogue"},
                       {"capplan describe pool", "the kinds of pool"},
                       {"capplan describe pgbouncer", "its parameters, defaults, ranges and sources"},
                       {"capplan describe figures 'wait*'", "what is measured of waits, and how conditions name it"},
                       {"capplan describe warnings", "what each code means, and its remedy"},
                       {"capplan describe --schema scenario", "for editors that check TOML as it is typed"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
