#pragma once
// Completion scripts for shells, written from the command line's own definition and the catalogue. What only a scenario
// file knows, the keys that --set and --vary take, the script asks `capplan check FILE --keys` for.

#include <CLI/CLI.hpp>

#include <string>

namespace capplan::cli {

/// Each prints the script of one shell; names of files are left to the shell.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace capplan::cli
