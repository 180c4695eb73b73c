#include "cli/simulation_flags.h"

#include <filesystem>

namespace capplan::cli {

ExitStatus status_of(plan::Verdict verdict) {
  if (verdict == plan::Verdict::ok) return ExitStatus::done;
  return verdict == plan::Verdict::missed ? ExitStatus::missed : ExitStatus::undecided;
}

void add_scenario_flags(CLI::App& verb, std::string& scenario, std::vector<std::string>& set) {
  verb.add_option("SCENARIO", scenario, "scenario file (TOML)")->required();
  add_set_flag(verb, "--set", set, "change one setting of the scenario; repeatable");
}

void add_set_flag(CLI::App& verb, const std::string& name, std::vector<std::string>& set, const std::string& help) {
  verb.add_option(name, set, help)->type_name("KEY=VALUE")->allow_extra_args(false)->group("Scenario");
}

void SimulationFlags::add_to(CLI::App& verb) {
  add_scenario_flags(verb, scenario, set);
  add_run_flags(verb);
}

void SimulationFlags::add_run_flags(CLI::App& verb) {
  const auto add = [&](const char* names, std::string& text, const char* type, const char* help) {
    CLI::Option* option = verb.add_option(names, text, help)->type_name(type)->group("Simulation");
    if (!text.empty()) option->default_str(text);
    return option;
  };
  add("--seed", written.seed, "N", "random numbers to use; results are reproducible for a given seed");
  add("--replications", written.replications, "N|auto",
      "runs of each point; auto: 5 to 30, until every SLO is decided, or without SLOs until --precision is reached; 1 "
      "is cut into batches");
  add("--precision", written.precision, "SHARE",
      "half width of the intervals of p50, p95, p99, throughput and errors at which auto stops (5% without SLOs)");
  add("--budget", written.budget, "TIME", "wall clock after which no further replications are begun");
  verb.add_flag(
          "--uncertainty{20}", written.uncertainty,
          "sample calibration parameters N times (default 20): intervals include calibration uncertainty, and SLOs "
          "are met with a probability")
      ->group("Simulation");
  add("-j,--jobs", written.jobs, "N", "threads; without it one a core")->envname("CAPPLAN_JOBS");
  add("--processes", written.processes, "N", "processes in place of threads; the answer is the same");
}

plan::RunOptions SimulationFlags::options() const {
  plan::RunOptions options = plan::read_options(written);
  std::error_code failure;
  options.program = std::filesystem::read_symlink("/proc/self/exe", failure).string();
  if (failure) options.program = "capplan";  // whichever PATH has: another build is refused
  return options;
}

std::string shell_word(const std::string& word) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:%+@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace capplan::cli
