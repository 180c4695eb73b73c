// capplan oracles: the kernel held against theory, as a table or as the page docs/validation.md.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/fit/index_oracles.h"
#include "plan/study/figure_text.h"
#include "plan/study/oracles.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::uint64_t seed = 1;
  bool markdown = false;
  std::string data;
};

ExitStatus run(const Flags& flags, Session& session) {
  if (!flags.data.empty() && !flags.markdown)
    throw core::InputError({"--data"}, "", "belongs to --markdown", "capplan oracles --markdown --data data");
  const std::vector<plan::OracleRow> rows = plan::run_oracles(flags.seed);
  if (flags.markdown) {
    session.out << plan::oracle_markdown(rows);
    if (!flags.data.empty()) session.out << plan::index_oracle_markdown(flags.data);
    return ExitStatus::done;
  }
  plan::Grid grid({{"model", true}, {"load"}, {"figure", true}, {"exact"}, {"simulated"}, {"inside"}});
  std::size_t inside = 0;
  for (const plan::OracleRow& row : rows) {
    inside += row.inside() ? 1 : 0;
    grid.add({{row.model},
              {fmt::format("{:.3g}", row.load)},
              {row.figure},
              {fmt::format("{:.4g}", row.exact)},
              {fmt::format("{:.4g}", row.simulated.value), fmt::format("±{:.2g}", row.simulated.half_width())},
              {row.inside() ? "✓" : "✗"}});
  }
  const Terminal terminal = terminal_of(session.out);
  session.out << grid.text(static_cast<std::size_t>(terminal.width), colored(When::automatic, terminal))
              << fmt::format("\n{} of {} exact figures lie inside the {:.0f}% interval of the simulated one\n", inside,
                             rows.size(), plan::oracle_confidence * 100);
  return ExitStatus::done;
}

}  // namespace

void add_oracles(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("oracles", "compare the simulation with closed forms");
  verb->add_option("--seed", flags->seed, "random numbers to use; results are reproducible for a given seed")
      ->type_name("N")
      ->default_str("1")
      ->group("Simulation");
  verb->add_flag("--markdown", flags->markdown, "write the page docs/validation.md")->group("Output");
  verb->add_option("--data", flags->data,
                   "with --markdown: the folder data of the sources, for what the law of vector indexes says of the "
                   "samples there")
      ->type_name("DIR")
      ->group("Output");
  verb->footer(footer({{"capplan oracles", "exact and simulated figures side by side"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
