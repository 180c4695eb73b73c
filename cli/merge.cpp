// capplan merge: the stores of several sweeps, or of the shards of one, put together.

#include <fmt/format.h>

#include <filesystem>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "plan/study/store.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::vector<std::string> stores;
  std::string output;
};

/// Nothing is written where one of many is no store.
void add_problems_of(const std::string& store, std::vector<core::Problem>& problems) {
  try {
    plan::Store::to_read(store);
  } catch (const core::InputError& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
}

ExitStatus run(const Flags& flags, Session& session) {
  std::vector<core::Problem> problems;
  std::error_code failure;
  for (const std::string& store : flags.stores) {
    if (std::filesystem::equivalent(store, flags.output, failure))
      problems.push_back({{store}, "", "is the file to write, too", "name another with -o"});
    else
      add_problems_of(store, problems);
  }
  if (const std::string why = unwritable(flags.output); !why.empty())
    problems.push_back({{"--output"}, "", fmt::format("{} cannot be written: {}", flags.output, why), ""});
  if (!problems.empty()) throw core::InputError(std::move(problems));

  plan::Store merged(flags.output);
  const std::size_t before = merged.size();
  if (before > 0) session.out << fmt::format("{}: {} points were there\n", flags.output, before);
  for (const std::string& store : flags.stores) {
    const std::size_t added = merged.merge(store);
    session.out << fmt::format("{}: {} new points\n", store, added);
  }
  session.out << fmt::format("{}: {} points\n", flags.output, merged.size());
  return ExitStatus::done;
}

}  // namespace

void add_merge(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("merge", "put stores together, such as those of a sweep's shards");
  verb->add_option("STORE", flags->stores, "stores to take points from")->required();
  verb->add_option("-o,--output", flags->output, "the store to write; points it has stay")
      ->required()
      ->type_name("FILE")
      ->group("Output");
  verb->footer(footer({{"capplan merge part1.db part2.db -o all.db", "the points of both"},
                       {"capplan sweep scenario.toml --store all.db", "then: the table of all of them"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
