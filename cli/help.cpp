// capplan help [VERB]: the same as --help, and the whole of it as a page.

#include "cli/help_text.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "core/error.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string verb;
  bool markdown = false;
  bool man = false;
};

ExitStatus help(const Flags& flags, const CLI::App& app, Session& session) {
  if (flags.markdown) {
    session.out << help_markdown(app);
    return ExitStatus::done;
  }
  if (flags.man) {
    session.out << help_man(app, version_text());
    return ExitStatus::done;
  }
  if (flags.verb.empty()) {
    session.out << app.get_formatter()->make_help(&app, "", CLI::AppFormatMode::Normal);
    return ExitStatus::done;
  }
  std::vector<std::string> verbs;
  for (const CLI::App* verb : verbs_of(app)) {
    if (verb->get_name() == flags.verb) {
      session.out << verb->help();
      return ExitStatus::done;
    }
    verbs.push_back(verb->get_name());
  }
  const std::string near = core::nearest(flags.verb, verbs);
  throw core::InputError({"capplan help", 0, 0}, "",
                         "unknown verb \"" + flags.verb + "\"" + (near.empty() ? "" : "; did you mean " + near + "?"),
                         "capplan help");
}

}  // namespace

void add_help(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("help", "show what a verb does and takes");
  verb->add_option("VERB", flags->verb, "a verb; without one, the list of them");
  verb->add_flag("--markdown", flags->markdown, "write every verb's help as the page docs/cli.md")->group("Output");
  verb->add_flag("--man", flags->man, "write every verb's help as the man page capplan.1")->group("Output");
  verb->footer(footer({{"capplan help sweep", "what sweep takes"}}, {ExitStatus::done, ExitStatus::bad_input}));
  verb->callback(
      [flags, &app, &session] { session.job = [flags, &app, &session] { return help(*flags, app, session); }; });
}

}  // namespace capplan::cli
