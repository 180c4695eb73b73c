#pragma once
// Help, from the command line's own definition: for the terminal in 80 columns, and as the page docs/cli.md.

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

/// What stands below the flags: examples, and the exit codes that a verb can end with.
std::string footer(const std::vector<Example>& examples, const std::vector<ExitStatus>& statuses);

/// A value that must be one of these words; another is refused with the nearest of them.
CLI::Validator one_of(const std::vector<std::string>& words);

/// docs/cli.md: every verb with its arguments, flags, examples and exit codes.
std::string help_markdown(const CLI::App& app);

}  // namespace capplan::cli
