#include "cli/simulation_flags.h"

#include <fmt/format.h>

#include <charconv>

#include "core/error.h"
#include "core/units.h"

namespace capplan::cli {

namespace {

/// Replications beyond this narrow an interval by less than a hundredth of its width each.
constexpr long long most_replications = 10'000;

std::uint64_t read_seed(const std::string& text, std::vector<core::Problem>& problems) {
  std::uint64_t seed = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (failure != std::errc() || end != text.data() + text.size() || text.empty())
    problems.push_back({{"--seed"}, "", fmt::format("\"{}\" is no whole number from 0 to 2^64 - 1", text), ""});
  return seed;
}

double read_precision(const std::string& text, std::vector<core::Problem>& problems) {
  const auto precision = core::parse_ratio(text);
  const std::string what = !precision ? precision.error : "must be above 0% and at most 100%";
  if (precision && precision.value > 0 && precision.value <= 1) return precision.value;
  problems.push_back({{"--precision"}, "", fmt::format("\"{}\": {}", text, what), "--precision 5%"});
  return 1;
}

double read_budget(const std::string& text, std::vector<core::Problem>& problems) {
  if (text.empty()) return 0;
  const auto budget = core::parse_seconds(text);
  if (budget && budget.value > 0) return budget.value;
  problems.push_back(
      {{"--budget"}, "", fmt::format("\"{}\": {}", text, budget ? "must be above 0" : budget.error), "--budget 2min"});
  return 0;
}

}  // namespace

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
  add("--seed", seed, "N", "random numbers to use; the same seed gives the same bytes");
  add("--replications", replications, "N|auto", "runs of each point; auto: 5 to 30, as the precision asks; 1 is cut into batches");
  add("--precision", precision, "SHARE", "half width of the intervals of mean, p95 and p99 at which auto stops");
  add("--budget", budget, "TIME", "wall clock after which no further replications are begun");
  add("-j,--jobs", jobs, "N", "threads; without it one a core")->envname("CAPPLAN_JOBS");
}

plan::RunOptions SimulationFlags::options() const {
  std::vector<core::Problem> problems;
  plan::RunOptions options;
  options.seed = read_seed(seed, problems);
  options.stopping.relative_half_width = read_precision(precision, problems);
  if (replications != "auto") {
    const auto count = static_cast<int>(read_whole("--replications", replications, 1, most_replications, problems));
    options.stopping.min = options.stopping.max = count;
  }
  options.budget_s = read_budget(budget, problems);
  if (!jobs.empty()) options.threads = static_cast<int>(read_whole("--jobs", jobs, 1, 4096, problems));
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return options;
}

long long read_whole(const std::string& flag, const std::string& text, long long least, long long most,
                     std::vector<core::Problem>& problems) {
  long long value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
  problems.push_back({{flag}, "", fmt::format("\"{}\" is no whole number from {} to {}", text, least, most), ""});
  return least;
}

std::string shell_word(const std::string& word) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:%+@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace capplan::cli
