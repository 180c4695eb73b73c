// capplan report: an answer that was kept, in another format. A page of it can be read back: it holds its data.

#include <variant>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/session.h"
#include "plan/study/answer.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string kept;
  OutputFlags output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const Outputs outputs(flags.output, session.out);
  const plan::Answer answer = plan::read_answer(flags.kept);
  const std::vector<std::string> files = outputs.write([&](Format format, const plan::TableOptions& table) {
    return std::visit([&](const auto& each) { return rendered(each, format, table); }, answer);
  });
  if (!flags.output.quiet)
    for (const std::string& file : files) session.err << "wrote " << file << "\n";
  return ExitStatus::done;
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("report", "show again what was kept: as a page, a table, CSV or JSON");
  verb->add_option("KEPT", flags->kept, "a store, a result, sweep or comparison as .json, or a report's page as .html")
      ->required()
      ->type_name("FILE");
  flags->output.add_to(*verb);
  verb->footer(
      footer({{"capplan report scenario.capplan.db -o report.html", "a store as one page that needs nothing else"},
              {"capplan report report.html -o figures.csv", "the data of a page"},
              {"capplan run scenario.toml -o report.html", "the page of a single answer, at once"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
