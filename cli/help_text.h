#pragma once
// Help, from the command line's own definition: for the terminal in 80 columns, as the page docs/cli.md, and as the man
// page. Completion reads the same definition.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "cli/exit_status.h"

namespace capplan::cli {

/// The layout of --help, given to CLI11.
class HelpLayout : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

struct Example {
  std::string command;
  std::string meaning;
};

/// What stands below the flags: examples, and the exit codes that a verb can end with; `meanings` of its own go before
/// those that all verbs share.
std::string footer(const std::vector<Example>& examples, const std::vector<ExitStatus>& statuses,
                   const std::vector<std::pair<ExitStatus, std::string>>& meanings = {});

/// A value that must be one of these words; another is refused with the nearest of them.
CLI::Validator one_of(const std::vector<std::string>& words);

/// The verbs, in the order that help shows them.
std::vector<const CLI::App*> verbs_of(const CLI::App& app);
/// What the value of an option is called: "FILE"; empty for a flag that takes none.
std::string type_of(const CLI::Option& option);
/// The words that `one_of` lets pass, if it is what checks the option.
std::vector<std::string> words_of(const CLI::Option& option);

/// docs/cli.md: every verb with its arguments, flags, examples and exit codes.
std::string help_markdown(const CLI::App& app);
/// The same as capplan(1), in roff.
std::string help_man(const CLI::App& app, const std::string& version);

}  // namespace capplan::cli
