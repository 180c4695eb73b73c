// capplan cache: how large a cache must be: the hit ratio of LRU at every size, for the keys of a file or of a
// scenario. Nothing is simulated.

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/output.h"
#include "cli/simulation_flags.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "core/units.h"
#include "plan/report/hit_curve_report.h"

namespace capplan::cli {

namespace {

struct Flags {
  std::string source;
  std::vector<std::string> set;
  std::string request;
  std::vector<double> entries;
  std::vector<std::string> targets;
  std::uint64_t draws = 5'000'000;
  std::uint64_t seed = 1;
  OutputFlags output;
};

plan::HitCurveOptions options_of(const Flags& flags) {
  plan::HitCurveOptions options;
  options.request = flags.request;
  options.entries = flags.entries;
  options.draws = flags.draws;
  options.seed = flags.seed;
  if (!flags.targets.empty()) options.hit_ratios.clear();
  for (const std::string& target : flags.targets) {
    const auto ratio = core::parse_ratio(target);
    if (!ratio)
      throw core::InputError({"--hit-ratio"}, "", fmt::format("\"{}\" is no share", target), "--hit-ratio 90%,95%");
    options.hit_ratios.push_back(ratio.value);
  }
  return options;
}

ExitStatus run(const Flags& flags, Session& session) {
  const plan::HitCurveOptions options = options_of(flags);
  const Outputs outputs(flags.output, session);
  const bool is_scenario = flags.source.ends_with(".toml");
  if (!is_scenario && !flags.set.empty())
    throw core::InputError({"--set"}, "", "belongs to a scenario, not to a file of keys");
  const plan::HitCurves curves = [&] {
    const ElapsedLine line(session.err, "cache", flags.output.shows_progress());
    if (!is_scenario) return plan::hit_curves(flags.source, options);
    return plan::hit_curves(plan::resolve(plan::read_draft(flags.source), plan::parse_overrides(flags.set)), options);
  }();
  outputs.publish(curves, session.err);
  return ExitStatus::done;
}

}  // namespace

void add_cache(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("cache", "size a cache: hit ratio of LRU over entries, from the keys alone");
  verb->add_option("SOURCE", flags->source, "a scenario (.toml), or a file of keys, one a line in the order asked")
      ->type_name("FILE")
      ->required();
  add_set_flag(*verb, "--set", flags->set, "change a setting of the scenario before, as key=value; repeatable");
  verb->add_option("--request", flags->request, "the request NAME of [request.NAME]; without it, all that have keys")
      ->type_name("NAME")
      ->group("Cache");
  verb->add_option("--entries", flags->entries, "sizes to show, as 1000,10000; without it, round ones up to all keys")
      ->delimiter(',')
      ->type_name("N,...")
      ->group("Cache");
  verb->add_option("--hit-ratio", flags->targets, "hit ratios to find the least size for; without it, 50% to 99%")
      ->delimiter(',')
      ->type_name("SHARE,...")
      ->group("Cache");
  verb->add_option("--draws", flags->draws, "keys drawn for the popularity of a scenario; the first half warms up")
      ->type_name("N")
      ->default_str("5000000")
      ->group("Cache");
  verb->add_option("--seed", flags->seed, "random numbers to use; results are reproducible for a given seed")
      ->type_name("N")
      ->default_str("1")
      ->group("Cache");
  flags->output.add_to(*verb);
  verb->footer(footer({{"capplan cache data/scenarios/cache-policies.toml", "the sizes for round hit ratios"},
                       {"capplan cache keys.csv --hit-ratio 90%", "from the keys of a service's requests"},
                       {"capplan cache keys.csv -o curve.html", "with a chart"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback([flags, &session] { session.job = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace capplan::cli
