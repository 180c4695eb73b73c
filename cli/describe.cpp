// capplan describe: the catalogue; a section's kinds; one kind with its parameters; the errors.

#include <algorithm>

#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "plan/report/describe_text.h"
#include "plan/report/figures_text.h"
#include "plan/scenario/sections.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string path;
  std::string pattern = "*";
  bool markdown = false;
};

ExitStatus run(const Flags& flags, Session& session) {
  const auto width = static_cast<std::size_t>(std::clamp(terminal_of(session.out).width, 60, 100));
  if (flags.markdown && flags.path == "figures")
    session.out << plan::figures_markdown();
  else
    session.out << (flags.markdown ? plan::catalog_markdown(plan::section_specs())
                                   : plan::description(flags.path, width, flags.pattern));
  return ExitStatus::done;
}

}  // namespace

void add_describe(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("describe", "what can be modelled, with every parameter");
  verb->add_option("WHAT", flags->path, "a section, a kind, errors, or figures; without one, all of them");
  verb->add_option("PATTERN", flags->pattern, "of figures, those whose name matches: * is any text")->default_str("");
  verb->add_flag("--markdown", flags->markdown,
                 "write the whole catalogue as the page docs/models.md, or of figures docs/figures.md")
      ->group("Output");
  verb->footer(footer({{"capplan describe", "the catalogue"},
                       {"capplan describe pool", "the kinds of pool"},
                       {"capplan describe pgbouncer", "its parameters, defaults, ranges and sources"},
                       {"capplan describe figures 'wait*'", "what is measured of waits, and how conditions name it"}},
                      {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
