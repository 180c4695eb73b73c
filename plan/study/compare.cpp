#include "plan/study/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/interval.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/figure_change.h"
#include "plan/study/runner.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;

/// Adjusted p-value below which a difference is beyond doubt, however often one looks on the way (Haybittle 1971).
constexpr double beyond_doubt = 0.001;

/// A percentile is read from its histogram at most this far off (core/histogram.h); less than that is no difference.
constexpr double resolution = 0.004;

/// What is compared below requests / CLASS; of throughput and recall more is better.
const std::vector<Path> request_figures = {{"latency_s", "mean"}, {"latency_s", "p50"}, {"latency_s", "p95"},
                                           {"latency_s", "p99"},  {"completed_per_s"},  {"error_ratio"}};
/// What is compared of resources: shares of time or of connections in use, and the wait for a connection.
const std::set<std::string> resource_groups = {"pools", "http_pools", "bouncers",   "servers",
                                               "calls", "workers",    "containers", "webs"};
const std::set<std::string> resource_figures = {"utilization", "cpu", "disk", "wal_flush", "throttled"};
const std::set<std::string> wait_figures = {"mean", "p95"};

bool is_of_resource(const Path& path) {
  if (!resource_groups.contains(path[0])) return false;
  return path.size() == 3   ? resource_figures.contains(path[2])
         : path.size() == 4 ? path[2] == "wait_s" && wait_figures.contains(path[3])
                            : false;
}

/// The figures that both results have, in A's order; "all" only where it is not the only class again.
std::vector<Path> compared_paths(const Result& a, const Result& b) {
  std::vector<std::string> classes, recalls;
  std::vector<Path> resources;
  for (const Figure& figure : a.figures) {
    const Path& path = figure.path;
    if (path.size() == 3 && path[0] == "requests" && path[2] == "completed_per_s") classes.push_back(path[1]);
    if (path.size() == 3 && path[0] == "requests" && path[2] == "recall") recalls.push_back(path[1]);
    if (is_of_resource(path)) resources.push_back(path);
  }
  if (classes.size() == 2) std::erase(classes, "all");
  std::vector<Path> paths;
  for (const std::string& name : classes) {
    for (const Path& below : request_figures) {
      paths.push_back({"requests", name});
      paths.back().insert(paths.back().end(), below.begin(), below.end());
    }
    if (std::find(recalls.begin(), recalls.end(), name) != recalls.end()) paths.push_back({"requests", name, "recall"});
  }
  paths.insert(paths.end(), resources.begin(), resources.end());
  std::erase_if(paths, [&](const Path& path) { return !a.find(path) || !b.find(path); });
  return paths;
}

/// Whether the n-th replications of both ran on the same random numbers, and can be told apart at all.
bool can_be_paired(const Result& a, const Result& b) {
  const bool same_batches = a.replications > 1 || a.warmup_s == b.warmup_s;
  return a.seed == b.seed && a.replications == b.replications && a.revision == b.revision && same_batches;
}

/// Whether the difference is known to the precision: as a share of A's value, or to be none at all.
bool precise(const FigureChange& change, double precision) {
  if (!change.difference.known) return false;
  return !change.tested || (change.relative.known && change.relative.half_width() <= precision);
}

/// Adjusts the p-values of a family for how many are tested.
template <class Adjust>
void adjust(std::vector<FigureChange>& changes, Adjust by) {
  std::vector<FigureChange*> tested;
  std::vector<double> p_values;
  for (FigureChange& change : changes)
    if (change.tested) {
      tested.push_back(&change);
      p_values.push_back(change.p);
    }
  const std::vector<double> adjusted = by(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) tested[i]->adjusted_p = adjusted[i];
}

/// Whether a percentile differs by less than could be read.
bool unreadable(const FigureChange& change) {
  return change.path.size() == 4 && change.path[3] != "mean" && change.relative.known &&
         std::abs(change.relative.value) < resolution;
}

core::Better better_way(const Path& path) {
  const core::FigureSpec* spec = spec_of(path);
  return spec == nullptr ? core::Better::neither : spec->better;
}

/// A difference beyond chance, in words.
Change direction(const FigureChange& change) {
  const core::Better way = better_way(change.path);
  if (way == core::Better::neither) return Change::changed;
  return (change.difference.value > 0) == (way == core::Better::up) ? Change::better : Change::worse;
}

Change judged(const FigureChange& change, double precision) {
  if (change.tested && change.adjusted_p < change_level && !unreadable(change)) return direction(change);
  return precise(change, precision) ? Change::none_shown : Change::cannot_tell;
}

std::vector<FigureChange> changes_of(const Result& a, const Result& b, double precision) {
  const bool paired = can_be_paired(a, b);
  std::vector<FigureChange> changes;
  for (const Path& path : compared_paths(a, b))
    changes.push_back(change_of(path, *a.find(path), *b.find(path), paired));
  adjust(changes, core::holm_adjust);
  for (FigureChange& change : changes) change.change = judged(change, precision);
  return changes;
}

/// Whether a difference is too small to matter, whatever chance says of it.
bool within_margin(const FigureChange& change) {
  const core::FigureSpec* spec = spec_of(change.path);
  const core::Margin margin = spec ? spec->margin() : core::usual_margin(core::Unit::count);
  return std::abs(change.difference.value) <= std::max(margin.relative * std::abs(change.a.value), margin.absolute);
}

Change judged_other(const FigureChange& change, double precision) {
  if (change.tested && change.adjusted_p < change_level && !unreadable(change))
    return within_margin(change) ? Change::none_shown : direction(change);
  return precise(change, precision) ? Change::none_shown : Change::cannot_tell;
}

/// The components of a result: {"pools", "app"}.
std::set<Path> components(const Result& result) {
  std::set<Path> found;
  for (const Figure& figure : result.figures)
    if (figure.path.size() > 2) found.insert({figure.path[0], figure.path[1]});
  return found;
}

/// A figure of a component that has it as nothing: zero in every replication.
Figure nothing(const Figure& other) {
  return {other.path, {0, 0, 0, true}, std::vector<double>(other.values.size(), 0), {}};
}

/// Every figure of either that is not among the first family, in A's order, then those of B alone.
std::vector<FigureChange> other_changes(const Result& a, const Result& b, const std::vector<FigureChange>& first,
                                        double precision) {
  const bool paired = can_be_paired(a, b);
  const FigureLookup in_a(a.figures), in_b(b.figures);
  const std::set<Path> of_a = components(a), of_b = components(b);
  std::set<Path> done;
  for (const FigureChange& change : first) done.insert(change.path);
  const auto classes = std::count_if(of_a.begin(), of_a.end(), [](const Path& p) { return p[0] == "requests"; });
  std::vector<FigureChange> changes;
  const auto add = [&](const Path& path) {
    if (path.size() < 3 || !done.insert(path).second) return;
    if (classes == 2 && path[0] == "requests" && path[1] == "all") return;  // the only class again
    const Figure *one = in_a.find(path), *two = in_b.find(path);
    const Path component = {path[0], path[1]};
    if (!of_a.contains(component) || !of_b.contains(component)) {
      changes.push_back({.path = path, .change = one ? Change::only_a : Change::only_b});
      (one ? changes.back().a : changes.back().b) = (one ? one : two)->estimate;
      return;
    }
    changes.push_back(change_of(path, one ? *one : nothing(*two), two ? *two : nothing(*one), paired));
  };
  for (const Figure& figure : a.figures) add(figure.path);
  for (const Figure& figure : b.figures) add(figure.path);
  adjust(changes, core::benjamini_hochberg_adjust);
  for (FigureChange& change : changes)
    if (change.change != Change::only_a && change.change != Change::only_b)
      change.change = judged_other(change, precision);
  return changes;
}

/// Whether more replications would teach nothing that was asked for: mean, p95 and p99 over all requests (over the only
/// class) are settled, or no replication alone carries them.
bool settled(const Result& a, const Result& b, double precision) {
  if (a.verdict == Verdict::no_steady_state || b.verdict == Verdict::no_steady_state) return true;
  const std::vector<FigureChange> changes = changes_of(a, b, precision);
  std::string overall;  // "all" is the last of the classes
  for (const FigureChange& change : changes)
    if (change.path[0] == "requests") overall = change.path[1];
  return std::all_of(changes.begin(), changes.end(), [&](const FigureChange& change) {
    const bool asked = change.path[0] == "requests" && change.path[1] == overall && change.path[2] == "latency_s" &&
                       change.path[3] != "p50";
    return !asked || !change.difference.known || precise(change, precision) || change.adjusted_p < beyond_doubt;
  });
}

}  // namespace

std::string to_string(Change change) {
  switch (change) {
    case Change::better:
      return "better";
    case Change::worse:
      return "worse";
    case Change::none_shown:
      return "no difference shown";
    case Change::changed:
      return "changed";
    case Change::only_a:
      return "only in A";
    case Change::only_b:
      return "only in B";
    default:
      return "cannot tell";
  }
}

bool Comparison::steady() const {
  return a.result.verdict != Verdict::no_steady_state && b.result.verdict != Verdict::no_steady_state;
}

Comparison compare(Compared a, Compared b, double precision) {
  if (a.result.draws != b.result.draws)
    throw core::InputError(
        {a.label}, "",
        fmt::format("has {} draws of its calibration and {} has {}", a.result.draws, b.label, b.result.draws),
        "run both with the same --uncertainty");
  Comparison comparison{.a = std::move(a), .b = std::move(b), .precision = precision};
  const Result& first = comparison.a.result;
  const Result& second = comparison.b.result;
  comparison.paired = can_be_paired(first, second);
  comparison.settings = setting_differences(first.scenario, second.scenario);
  comparison.figures = changes_of(first, second, precision);
  comparison.others = other_changes(first, second, comparison.figures, precision);
  return comparison;
}

std::optional<Comparison> compare(const Candidate& a, const Candidate& b, const RunOptions& options,
                                  const RunHooks& hooks) {
  const double precision = options.stopping.relative_half_width;
  const Enough enough = [&](const std::vector<Result>& results) { return settled(results[0], results[1], precision); };
  std::vector<Result> results = run_together({a.scenario, b.scenario}, options, enough, hooks);
  if (results.empty()) return std::nullopt;
  return compare({a.label, std::move(results[0])}, {b.label, std::move(results[1])}, precision);
}

}  // namespace capplan::plan
