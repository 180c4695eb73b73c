// capplan describe: the catalogue; a section's kinds; one kind with its parameters; the errors.

#include <algorithm>

#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "plan/report/describe_text.h"
#include "plan/scenario/sections.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string path;
  bool markdown = false;
};

ExitStatus run(const Flags& flags, Session& session) {
  const auto width = static_cast<std::size_t>(std::clamp(terminal_of(session.out).width, 60, 100));
  session.out << (flags.markdown ? plan::catalog_markdown(plan::section_specs())
                                 : plan::description(flags.path, width));
  return ExitStatus::done;
}

}  // namespace

void add_describe(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("describe", "what can be modelled, with every parameter");
  verb->add_option("WHAT", flags->path, "a section, a kind, or errors; without one, all of them");
  verb->add_flag("--markdown", flags->markdown, "write the whole catalogue as the page docs/models.md")
      ->group("Output");
  verb->footer(footer({{"capplan describe", "the catalogue"},
                       {"capplan describe pool", "the kinds of pool"},
                       {"capplan describe pgbouncer", "its parameters, defaults, ranges and sources"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
