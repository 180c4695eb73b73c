#include "plan/study/written_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/units.h"

namespace capplan::plan {

namespace {

/// Replications beyond this narrow an interval by less than a hundredth of its width each.
constexpr long long most_replications = 10'000;

/// Fewer draws show no scatter; more narrow what is known of it by little, and each is a run.
constexpr long long fewest_draws = 8;
constexpr long long most_draws = 1'000;

/// Threads or processes: more than any machine has cores.
constexpr long long most_workers = 4'096;

/// As many points as a number counts without loss.
constexpr long long most_samples = 1LL << 53;

/// Reads options one by one and collects what is wrong with them.
struct Reader {
  std::string dashes;
  std::vector<core::Problem> problems{};

  void refuse(const char* name, const std::string& what, const std::string& hint = {}) {
    problems.push_back({{dashes + name}, "", what, hint.empty() || dashes.empty() ? "" : dashes + name + " " + hint});
  }

  std::uint64_t seed(const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (failure != std::errc() || end != text.data() + text.size() || text.empty())
      refuse("seed", fmt::format("\"{}\" is no whole number from 0 to 2^64 - 1", text));
    return seed;
  }

  long long whole(const char* name, const std::string& text, long long least, long long most) {
    long long value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
    refuse(name, fmt::format("\"{}\" is no whole number from {} to {}", text, least, most));
    return least;
  }

  double share(const char* name, const std::string& text, const char* example) {
    const auto share = core::parse_ratio(text);
    if (share && share.value > 0 && share.value <= 1) return share.value;
    refuse(name, fmt::format("\"{}\": {}", text, !share ? share.error : "must be above 0% and at most 100%"), example);
    return 1;
  }

  double budget(const std::string& text) {
    if (text.empty()) return 0;
    const auto budget = core::parse_seconds(text);
    if (budget && budget.value > 0) return budget.value;
    refuse("budget", fmt::format("\"{}\": {}", text, budget ? "must be above 0" : budget.error), "2min");
    return 0;
  }
};

}  // namespace

RunOptions read_options(const WrittenOptions& written, const std::string& dashes) {
  Reader read{dashes};
  RunOptions options;
  options.seed = read.seed(written.seed);
  options.precision_asked = !written.precision.empty();
  if (options.precision_asked) options.stopping.relative_half_width = read.share("precision", written.precision, "5%");
  if (!written.margin.empty()) options.margin = read.share("margin", written.margin, "1%");
  if (written.replications != "auto")
    options.stopping.min = options.stopping.max =
        static_cast<int>(read.whole("replications", written.replications, 1, most_replications));
  options.budget_s = read.budget(written.budget);
  if (!written.jobs.empty()) options.threads = static_cast<int>(read.whole("jobs", written.jobs, 1, most_workers));
  if (!written.processes.empty())
    options.processes = static_cast<int>(read.whole("processes", written.processes, 1, most_workers));
  if (!written.uncertainty.empty()) {
    options.draws = static_cast<int>(read.whole("uncertainty", written.uncertainty, fewest_draws, most_draws));
    if (options.budget_s > 0)
      read.refuse("budget", "ends a point early, and every draw of the calibration is needed",
                  "cannot stand with --uncertainty; take fewer draws, such as --uncertainty 8");
    if (options.stopping.max == 1)
      read.refuse("replications", "1 shows no scatter to set apart from the calibration's", "2");
  }
  if (!read.problems.empty()) throw core::InputError(std::move(read.problems));
  return options;
}

void read_shard(const std::string& text, SweepOptions& options, const std::string& dashes) {
  if (text.empty()) return;
  const std::size_t slash = std::min(text.find('/'), text.size());
  Reader read{dashes};
  const long long shards = read.whole("shard", slash < text.size() ? text.substr(slash + 1) : "", 1, 100'000);
  const long long shard = read.whole("shard", text.substr(0, slash), 1, shards);
  if (!read.problems.empty())
    throw core::InputError({dashes + "shard"}, "", fmt::format("\"{}\" is no part such as 1/4, 2/4, 3/4 or 4/4", text));
  options.shard = static_cast<int>(shard - 1);
  options.shards = static_cast<int>(shards);
}

void read_sampling(const std::string& samples, const std::string& design, SweepOptions& options,
                   const std::string& dashes) {
  Reader read{dashes};
  const char* const number = dashes.empty() ? "samples" : "sample";  // the argument, and the flag
  if (!samples.empty()) options.design.samples = static_cast<std::size_t>(read.whole(number, samples, 1, most_samples));
  options.design.name = design;
  options.design.where.file = dashes + (design.empty() ? number : "design");
  if (!read.problems.empty()) throw core::InputError(std::move(read.problems));
}

}  // namespace capplan::plan
