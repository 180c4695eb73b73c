// capplan report: answers that were kept, in another format, several as one. A page can be read back: it holds its
// data.

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "plan/report/answers.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> kept;
  OutputFlags output;
};

ExitStatus run(const Flags& flags, Session& session) {
  const Outputs outputs(flags.output, session);
  std::vector<plan::Answer> answers;
  for (const std::string& file : flags.kept) answers.push_back(plan::read_answer(file));
  const plan::Answer answer = answers.size() == 1 ? answers.front() : plan::pack_answers(std::move(answers));
  outputs.said_of(outputs.write(answer), session.err);
  return ExitStatus::done;
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("report", "show again what was kept: as a page, a table, CSV or JSON");
  verb->add_option("KEPT", flags->kept, "stores, answers as .json, or reports' pages as .html; several become one page")
      ->required()
      ->type_name("FILE");
  flags->output.add_to(*verb);
  verb->footer(
      footer({{"capplan report scenario.capplan.db -o report.html", "a store as one page that needs nothing else"},
              {"capplan report report.html -o figures.csv", "the data of a page"},
              {"capplan report a.json b.json c.html -o pack.html --title Review", "several answers on one page"},
              {"capplan run scenario.toml -o report.html", "the page of a single answer, at once"}},
             {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
