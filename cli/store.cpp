// capplan store: what can be done to a store itself. A damaged one is read as far as it can be, into a new file.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/session.h"
#include "core/error.h"
#include "plan/study/store.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string action;
  std::string store;
  std::string output;
};

ExitStatus run(const Flags& flags, Session& session) {
  if (const std::string why = unwritable(flags.output); !why.empty())
    throw core::InputError({"--output"}, "", fmt::format("{} cannot be written: {}", flags.output, why));
  const plan::Recovered recovered = plan::recover(flags.store, flags.output);
  session.out << fmt::format("{}: {} points are copied from {}", flags.output, recovered.points, flags.store);
  if (recovered.lost > 0) session.out << fmt::format("; {} are damaged and left out", recovered.lost);
  session.out << "\n";
  return ExitStatus::done;
}

}  // namespace

void add_store(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("store", "recover: copy what can be read of a damaged store");
  verb->add_option("ACTION", flags->action, "recover")->required()->check(one_of({"recover"}));
  verb->add_option("STORE", flags->store, "the damaged store; it stays as it is")->required();
  verb->add_option("-o,--output", flags->output, "the store to write: a new file")
      ->required()
      ->type_name("FILE")
      ->group("Output");
  verb->footer(footer({{"capplan store recover damaged.db -o saved.db", "the points that can be read whole"},
                       {"capplan sweep scenario.toml --store saved.db", "then: the rest of them"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
