#include "plan/study/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/interval.h"
#include "plan/scenario/condition.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/figure_change.h"
#include "plan/study/headline.h"
#include "plan/study/judge.h"
#include "plan/study/runner.h"
#include "plan/study/steering.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;
using Changes = std::vector<FigureChange>;

/// Adjusted p-value below which a difference is beyond doubt, however often one looks on the way (Haybittle 1971).
constexpr double beyond_doubt = 0.001;

/// A percentile lies somewhere in its bucket of the histogram, which is this share of it wide (core/histogram.h).
constexpr double resolution = 1.0 / 128;

/// What the headline rests on below requests / CLASS.
const std::vector<Path> request_figures = {
    {"latency_s", "p50"}, {"latency_s", "p95"}, {"latency_s", "p99"}, {"completed_per_s"}, {"error_ratio"}};

/// Whether the n-th replications of both ran on the same random numbers, and can be told apart at all.
bool can_be_paired(const Result& a, const Result& b) {
  const bool same_batches = a.replications > 1 || a.warmup_s == b.warmup_s;
  return a.seed == b.seed && a.replications == b.replications && a.revision == b.revision && same_batches;
}

/// The request classes of both results, in A's order; "all" only where it is not the only class again.
std::vector<std::string> classes_of(const Result& a, const Result& b) {
  std::vector<std::string> classes;
  for (const Result* result : {&a, &b})
    for (const Figure& figure : result->figures) {
      const Path& path = figure.path;
      const bool is_class = path.size() == 3 && path[0] == "requests" && path[2] == "completed_per_s";
      if (is_class && std::find(classes.begin(), classes.end(), path[1]) == classes.end()) classes.push_back(path[1]);
    }
  if (classes.size() == 2) std::erase(classes, "all");
  return classes;
}

/// The paths of the headline's family, each once: SLO figures of either, then of every class.
std::vector<Path> headline_paths(const Result& a, const Result& b) {
  std::vector<Path> paths;
  std::set<Path> seen;
  const auto add = [&](const Path& path) {
    if (seen.insert(path).second) paths.push_back(path);
  };
  for (const Result* result : {&a, &b})
    for (const SloResult& slo : result->slos) add(figure_path(slo.target, metric_of(slo.text)));
  for (const std::string& name : classes_of(a, b))
    for (const Path& below : request_figures) {
      Path path = {"requests", name};
      path.insert(path.end(), below.begin(), below.end());
      add(path);
    }
  return paths;
}

/// A component has a figure as nothing: zero in every replication.
Figure nothing(const Figure& other) {
  return {other.path, {0, 0, 0, true}, std::vector<double>(other.values.size(), 0), {}};
}

/// The figures of both results, looked up.
struct Both {
  const Result& a;
  const Result& b;
  bool paired = can_be_paired(a, b);
  FigureLookup in_a{a.figures};
  FigureLookup in_b{b.figures};
  std::set<Path> of_a = components(a);
  std::set<Path> of_b = components(b);

  /// {"pools", "app"}
  static std::set<Path> components(const Result& result) {
    std::set<Path> found;
    for (const Figure& figure : result.figures)
      if (figure.path.size() > 2) found.insert({figure.path[0], figure.path[1]});
    return found;
  }

  /// What becomes of a figure that either has; nothing where neither does.
  std::optional<FigureChange> change(const Path& path) const {
    const Figure *one = in_a.find(path), *two = in_b.find(path);
    if (one == nullptr && two == nullptr) return std::nullopt;
    const Path component = {path[0], path[1]};
    if (of_a.contains(component) && of_b.contains(component))
      return change_of(path, one ? *one : nothing(*two), two ? *two : nothing(*one), paired);
    FigureChange change{.path = path, .change = one ? Change::only_a : Change::only_b};
    (one ? change.a : change.b) = (one ? one : two)->estimate;
    return change;
  }
};

Changes headline_changes(const Both& both) {
  Changes changes;
  for (const Path& path : headline_paths(both.a, both.b))
    if (path.size() > 2)
      if (std::optional<FigureChange> change = both.change(path)) changes.push_back(std::move(*change));
  return changes;
}

/// Every figure of either that is not of the headline's family, in A's order, then those of B alone.
Changes other_changes(const Both& both, const Changes& family) {
  std::set<Path> done;
  for (const FigureChange& change : family) done.insert(change.path);
  const auto classes =
      std::count_if(both.of_a.begin(), both.of_a.end(), [](const Path& p) { return p[0] == "requests"; });
  Changes changes;
  for (const Result* result : {&both.a, &both.b})
    for (const Figure& figure : result->figures) {
      const Path& path = figure.path;
      if (path.size() < 3 || !done.insert(path).second) continue;
      if (classes == 2 && path[0] == "requests" && path[1] == "all") continue;  // the only class again
      changes.push_back(*both.change(path));
    }
  return changes;
}

/// Adjusts the p-values of a family for how many are tested.
template <class Adjust>
void adjust(Changes& changes, Adjust by) {
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

/// A margin is relative and absolute: relative alone is undefined at zero. `share` scales the relative part, and that
/// of ratios, whose margin is in points. A percentile is never told more finely than its histogram is read.
double margin_of(const FigureChange& change, double share) {
  const core::FigureSpec* spec = spec_of(change.path);
  core::Margin margin = spec ? spec->margin() : core::usual_margin(core::Unit::count);
  const double scale = share / core::usual_margin(core::Unit::seconds).relative;
  if (spec && spec->aggregation == core::Aggregation::histogram && leaf_of(change.path) != "mean")
    margin.relative = std::max(margin.relative * scale, resolution);
  else
    margin.relative *= scale;
  if (margin.relative == 0) margin.absolute *= scale;
  return std::max(margin.relative * std::abs(change.a.value), margin.absolute);
}

/// A difference beyond chance and margin, in words.
Change direction(const FigureChange& change) {
  const core::FigureSpec* spec = spec_of(change.path);
  const core::Better way = spec ? spec->better : core::Better::neither;
  if (way == core::Better::neither) return Change::changed;
  return (change.difference.value > 0) == (way == core::Better::up) ? Change::better : Change::worse;
}

Change judged(const FigureChange& change) {
  if (change.change == Change::only_a || change.change == Change::only_b) return change.change;
  const core::Estimate& d = change.difference;
  if (!d.known) return Change::cannot_tell;
  if (d.lo >= -change.margin && d.hi <= change.margin) return Change::same;
  const bool significant = change.tested && change.adjusted_p < change_level;
  return significant && std::abs(d.value) > change.margin ? direction(change) : Change::cannot_tell;
}

/// Latency is of completed requests: a side that fails more of a class shows the survivors, so that its latency is
/// neither better nor the other's worse.
void distrust_survivors(Changes& changes, const Changes& family) {
  for (const FigureChange& errors : family) {
    if (errors.path[0] != "requests" || errors.path.back() != "error_ratio" || !errors.difference.known) continue;
    const Change untrue = errors.difference.value > 0 ? Change::better : Change::worse;
    if (std::abs(errors.difference.value) <= errors.margin) continue;
    for (FigureChange& change : changes)
      if (change.path[0] == "requests" && change.path[1] == errors.path[1] && change.path[2] == "latency_s" &&
          change.change == untrue)
        change.change = Change::cannot_tell;
  }
}

/// Whether a figure needs no more replications: told beyond doubt, or within its margin, or as precise as was asked.
bool settled(const FigureChange& change, const RunOptions& options) {
  if (!change.difference.known || change.change == Change::same || change.change == Change::only_a ||
      change.change == Change::only_b)
    return true;
  if (change.tested && change.adjusted_p < beyond_doubt && std::abs(change.difference.value) > change.margin)
    return true;
  return options.precision_asked && change.relative.known &&
         change.relative.half_width() <= options.stopping.relative_half_width;
}

/// Whether more replications would teach nothing that was asked for.
bool settled(const Result& a, const Result& b, const RunOptions& options) {
  if (a.verdict == Verdict::no_steady_state || b.verdict == Verdict::no_steady_state) return true;
  if (!all_decided(a) || !all_decided(b)) return false;
  const std::string overall = classes_of(a, b).back();
  const Comparison comparison = compare({"", a}, {"", b}, options.margin);
  return std::all_of(comparison.figures.begin(), comparison.figures.end(), [&](const FigureChange& change) {
    return change.path[0] != "requests" || change.path[1] != overall || settled(change, options);
  });
}

}  // namespace

std::string to_string(Change change) {
  switch (change) {
    case Change::better:
      return "better";
    case Change::worse:
      return "worse";
    case Change::same:
      return "no practical difference";
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

void judge(Comparison& comparison) {
  for (Changes* family : {&comparison.figures, &comparison.others}) {
    for (FigureChange& change : *family) {
      change.margin = margin_of(change, comparison.margin);
      change.change = judged(change);
    }
  }
  for (Changes* family : {&comparison.figures, &comparison.others}) distrust_survivors(*family, comparison.figures);
  comparison.headline = headline_of(comparison);
}

Comparison compare(Compared a, Compared b, double margin) {
  if (a.result.draws != b.result.draws)
    throw core::InputError(
        {a.label}, "",
        fmt::format("has {} draws of its calibration and {} has {}", a.result.draws, b.label, b.result.draws),
        "run both with the same --uncertainty");
  Comparison comparison{.a = std::move(a), .b = std::move(b), .margin = margin};
  const Both both{comparison.a.result, comparison.b.result};
  comparison.paired = both.paired;
  comparison.settings = setting_differences(both.a.scenario, both.b.scenario);
  comparison.figures = headline_changes(both);
  comparison.others = other_changes(both, comparison.figures);
  adjust(comparison.figures, core::holm_adjust);
  adjust(comparison.others, core::benjamini_hochberg_adjust);
  judge(comparison);
  return comparison;
}

std::optional<Comparison> compare(const Candidate& a, const Candidate& b, const RunOptions& options,
                                  const RunHooks& hooks) {
  const Enough enough = [&](const std::vector<Result>& results) { return settled(results[0], results[1], options); };
  std::vector<Result> results = run_together({a.scenario, b.scenario}, options, enough, hooks);
  if (results.empty()) return std::nullopt;
  return compare({a.label, std::move(results[0])}, {b.label, std::move(results[1])}, options.margin);
}

}  // namespace capplan::plan
