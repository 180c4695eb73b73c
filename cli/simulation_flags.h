#pragma once
// The flags that every verb which simulates takes: which scenario with which changes, and how long to compute.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "cli/exit_status.h"
#include "plan/study/written_options.h"

namespace capplan::cli {

struct SimulationFlags {
  std::string scenario;
  std::vector<std::string> set;
  plan::WrittenOptions written;

  void add_to(CLI::App& verb);
  /// All but SCENARIO and --set.
  void add_run_flags(CLI::App& verb);
  /// Throws core::InputError with everything that is wrong with them.
  plan::RunOptions options() const;
};

/// The exit code of an answer about one scenario.
ExitStatus status_of(plan::Verdict verdict);

/// The arguments SCENARIO and --set alone.
void add_scenario_flags(CLI::App& verb, std::string& scenario, std::vector<std::string>& set);

/// A flag such as --set.
void add_set_flag(CLI::App& verb, const std::string& name, std::vector<std::string>& set, const std::string& help);

/// A word as a shell reads it back.
std::string shell_word(const std::string& word);

}  // namespace capplan::cli
