// capplan describe: the catalogue; a section's kinds; one kind with its parameters; the errors.

#include <fmt/format.h>

#include <algorithm>

#include "cli/describe_text.h"
#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "core/error.h"
#include "models/catalog.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string path;
  bool markdown = false;
};

/// What a word names: a kind by its path or by its own name, or all kinds of a section.
std::vector<const models::Spec*> named(const std::string& word) {
  std::vector<const models::Spec*> found;
  for (const models::Spec& spec : models::catalog())
    if (spec.path() == word || spec.section == word || spec.kind == word) found.push_back(&spec);
  return found;
}

[[noreturn]] void refuse(const std::string& word) {
  const std::string near = core::nearest(word, describable());
  throw core::InputError(
      {"capplan describe"}, "",
      fmt::format("there is no section or kind \"{}\"{}", word, near.empty() ? "" : "; did you mean " + near + "?"),
      "capplan describe");
}

ExitStatus run(const Flags& flags, Session& session) {
  const auto width = static_cast<std::size_t>(std::clamp(terminal_of(session.out).width, 60, 100));
  if (flags.markdown) {
    session.out << catalog_markdown(models::catalog());
    return ExitStatus::done;
  }
  if (flags.path == "errors") {
    session.out << errors_text(width);
    return ExitStatus::done;
  }
  std::vector<const models::Spec*> specs;
  if (flags.path.empty()) {
    for (const models::Spec& spec : models::catalog()) specs.push_back(&spec);
    session.out << catalog_text(specs, width)
                << "\nMore: capplan describe SECTION, SECTION.KIND or KIND; capplan describe errors\n";
    return ExitStatus::done;
  }
  specs = named(flags.path);
  if (specs.empty()) refuse(flags.path);
  if (specs.size() == 1) {
    session.out << spec_text(*specs.front(), width);
    return ExitStatus::done;
  }
  session.out << catalog_text(specs, width) << "\nMore:";
  for (const models::Spec* spec : specs)
    session.out << (spec == specs.front() ? " " : ", ") << "capplan describe " << spec->path();
  session.out << "\n";
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
