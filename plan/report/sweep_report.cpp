// A sweep as a report: a row for each point, and in words the least setting that meets the SLOs. Of a point are shown
// its latency, where it waits longest, and what is busiest; everything else is in its CSV and JSON.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/report/report.h"
#include "plan/study/figure_text.h"
#include "plan/study/judge.h"

namespace capplan::plan {

namespace {

using core::Estimate;

constexpr std::size_t longest_label = 24;
constexpr std::size_t longest_head = 10;

/// The shortest ends of the axes' keys that tell them apart: "max_size" of "pool.app.max_size".
std::vector<std::string> short_keys(const std::vector<Axis>& axes) {
  std::vector<std::string> names;
  for (const Axis& axis : axes) {
    std::size_t at = axis.key.rfind('.');
    const auto clashes = [&](const std::string& tail) {
      return std::count_if(axes.begin(), axes.end(),
                           [&](const Axis& other) { return other.key == tail || other.key.ends_with("." + tail); }) > 1;
    };
    while (at != std::string::npos && at > 0 && clashes(axis.key.substr(at + 1))) at = axis.key.rfind('.', at - 1);
    names.push_back(at == std::string::npos ? axis.key : axis.key.substr(at + 1));
  }
  return names;
}

/// A long key on two lines, broken behind the "_" or "." nearest to its middle: "default_" above "pool_size".
std::string two_lines(const std::string& key) {
  if (key.size() <= longest_head) return key;
  const auto from_middle = [&](std::size_t at) { return std::max(at + 1, key.size() - at - 1); };
  std::size_t best = std::string::npos;
  for (std::size_t at = key.find_first_of("_."); at != std::string::npos; at = key.find_first_of("_.", at + 1))
    if (best == std::string::npos || from_middle(at) < from_middle(best)) best = at;
  return best == std::string::npos ? key : key.substr(0, best + 1) + "\n" + key.substr(best + 1);
}

/// The names that any point has in a group, each once.
std::vector<std::string> names_of(const Sweep& sweep, const std::string& group) {
  std::vector<std::string> names;
  for (const SweepPoint& point : sweep.points)
    for (const Figure& figure : point.result.figures)
      if (figure.path.size() > 2 && figure.path[0] == group &&
          std::find(names.begin(), names.end(), figure.path[1]) == names.end())
        names.push_back(figure.path[1]);
  return names;
}

/// Things of one kind, of which a point shows the one with the greatest figure.
struct Group {
  std::string group;
  std::vector<std::string> names;
};

Estimate greatest(const Result& result, const std::vector<Group>& groups, const std::vector<std::string>& below) {
  Estimate best;
  for (const Group& group : groups)
    for (const std::string& name : group.names) {
      std::vector<std::string> path = {group.group, name};
      path.insert(path.end(), below.begin(), below.end());
      const Estimate estimate = result.at(path);
      if (estimate.known && (!best.known || estimate.value > best.value)) best = estimate;
    }
  return best;
}

/// The head of a column that shows the greatest of several, or the only one's name.
std::string head(const std::vector<Group>& groups, const char* several, const char* figure) {
  std::size_t count = 0;
  std::string only;
  for (const Group& group : groups)
    for (const std::string& name : group.names) {
      ++count;
      only = name;
    }
  return (count == 1 ? elided(only, 12) : several) + "\n" + figure;
}

/// What stands in the way of an answer, or how sure it is: margins, the binding resource, values left out.
std::string reasons(const Smallest& smallest) {
  std::string text;
  if (smallest.label.empty() && !smallest.measured_at.empty())
    text += fmt::format("; nearest is {}", printable(smallest.measured_at));
  for (const SloMargin& margin : smallest.margins) {
    text += (&margin == &smallest.margins.front() ? ": " : "; ") + printable(to_text(margin));
    if (margin.tight) text += ", which is little";
  }
  if (!smallest.binding.request.empty()) text += "; binding resource: " + printable(to_text(smallest.binding));
  if (!smallest.other_regime.empty())
    text += fmt::format("; not accepted: {}, where the planner leaves an index that it takes at other values",
                        printable(fmt::format("{}", fmt::join(smallest.other_regime, ", "))));
  if (smallest.undecided_below)
    text +=
        fmt::format("; undecided at {} values; rerun with --precision 2%", smallest.label.empty() ? "some" : "smaller");
  return text;
}

/// "pool.app.size = 8 is the smallest that meets the SLOs at workload.api.rate = 800/s: search p95 < 150ms: 146ms, …".
std::string sentence(const Smallest& smallest, const Sweep& sweep) {
  std::string at;
  for (const std::string& other : smallest.others) at += (at.empty() ? " at " : ", ") + printable(other);
  const std::string why = reasons(smallest);
  if (!smallest.label.empty())
    return fmt::format("{} = {} is the smallest that meets the SLOs{}{}", smallest.key, printable(smallest.label), at,
                       why);
  std::string range = "its values";
  for (const Axis& axis : sweep.axes)
    if (axis.key == smallest.key && !axis.labels.empty())
      range = axis.labels.size() == 1 ? printable(axis.labels.front())
                                      : printable(axis.labels.front()) + ".." + printable(axis.labels.back());
  return fmt::format("no {} of {} meets the SLOs{}{}", smallest.key, range, at, why);
}

std::string headline(const Sweep& sweep) {
  std::string over;
  for (const Axis& axis : sweep.axes)
    over += fmt::format("{}{} ({})", over.empty() ? " over " : " and ", axis.key, axis.labels.size());
  return fmt::format("{}: {} point{}{}", printable(sweep.name), sweep.points.size(),
                     sweep.points.size() == 1 ? "" : "s", over);
}

std::string setting(const Sweep& sweep) {
  int least = 0, most = 0;
  for (const SweepPoint& point : sweep.points)
    if (point.done) {
      least = least == 0 ? point.result.replications : std::min(least, point.result.replications);
      most = std::max(most, point.result.replications);
    }
  const std::string count = least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most);
  return (most > 0 ? fmt::format("{} replication{} a point; ", count, most == 1 ? "" : "s") : "") +
         fmt::format("seed {}, engine {}", sweep.seed, engine_revision);
}

/// The paths of the figures that were asked for, as the points have them.
std::vector<Path> chosen_paths(const Sweep& sweep, const FigureChoice& choice) {
  std::vector<Path> paths;
  std::set<Path> seen;
  for (const SweepPoint& point : sweep.points)
    for (const Figure& figure : point.result.figures)
      if (choice.takes(figure.path) && seen.insert(figure.path).second) paths.push_back(figure.path);
  return paths;
}

/// A column for each figure that was asked for.
Grid chosen_grid(const Sweep& sweep, const std::vector<std::string>& keys, const FigureChoice& choice, bool judged,
                 bool& has_unknown) {
  const std::vector<Path> paths = chosen_paths(sweep, choice);
  std::vector<Heading> heads;
  for (const std::string& key : keys) heads.push_back({two_lines(key)});
  for (const Path& path : paths) heads.push_back({elided(subject_of(path), longest_label) + "\n" + word_of(path)});
  if (judged) heads.push_back({"SLO"});
  const std::size_t width = heads.size();
  Grid grid(std::move(heads));
  for (const SweepPoint& point : sweep.points) {
    std::vector<Cell> row;
    for (const std::string& label : point.labels) row.push_back({elided(printable(label), longest_label)});
    if (point.done) {
      const FigureLookup figures(point.result.figures);
      for (const Path& path : paths) {
        const Figure* figure = figures.find(path);
        has_unknown = has_unknown || (figure && !figure->estimate.known);
        row.push_back(figure ? cell(figure->estimate, unit_of(path)) : Cell{});
      }
      if (judged) row.push_back({mark(point.result.verdict, !point.result.slos.empty())});
    }
    row.resize(width, {"·"});
    grid.add(std::move(row));
  }
  return grid;
}

Grid grid_of(const Sweep& sweep, const std::vector<std::string>& keys, bool judged, bool& has_unknown) {
  const std::vector<Group> waits = {{"pools", names_of(sweep, "pools")}, {"bouncers", names_of(sweep, "bouncers")}};
  const std::vector<Group> servers = {{"servers", names_of(sweep, "servers")}};
  const std::vector<std::string> requests = names_of(sweep, "requests");
  const bool has_all = std::find(requests.begin(), requests.end(), "all") != requests.end();
  const std::string request = has_all || requests.empty() ? "all" : requests.front();

  std::vector<Heading> heads;
  for (const std::string& key : keys) heads.push_back({two_lines(key)});
  // What goes first where it is narrow: intervals other than of the percentiles, then columns, then those of p95 and
  // p99.
  const std::string of = elided(printable(request), 12) + "\n";
  heads.push_back({of + "done/s", false, 6});
  heads.push_back({of + "p50", false, 7, 8});
  heads.push_back({of + "p95", false, 13});
  heads.push_back({of + "p99", false, 14});
  heads.push_back({head(waits, "longest", "wait p95"), false, 4, 11});
  heads.push_back({head(waits, "busiest", "use"), false, 3, 9});
  heads.push_back({head(servers, "busiest", "CPU"), false, 2, 10});
  heads.push_back({"errors", false, 1, 12});
  const bool searches = std::any_of(sweep.points.begin(), sweep.points.end(), [&](const SweepPoint& point) {
    return point.result.find({"requests", request, "recall"}) != nullptr;
  });
  if (searches) heads.push_back({"recall", false, 5, 13});
  const bool drawn = std::any_of(sweep.points.begin(), sweep.points.end(),
                                 [](const SweepPoint& point) { return least_probability(point.result).known; });
  if (judged) heads.push_back({"SLO"});
  if (drawn) heads.push_back({"met with\nprobability"});
  const std::size_t width = heads.size();

  Grid grid(std::move(heads), Grid::Narrow::drop);
  for (const SweepPoint& point : sweep.points) {
    std::vector<Cell> row;
    for (const std::string& label : point.labels) row.push_back({elided(printable(label), longest_label)});
    const auto add = [&](const Estimate& estimate, Unit unit) {
      if (!estimate.known) has_unknown = true;
      row.push_back(cell(estimate, unit));
    };
    if (point.done) {
      const Result& r = point.result;
      add(r.at({"requests", request, "completed_per_s"}), Unit::count);
      for (const char* p : {"p50", "p95", "p99"}) add(r.at({"requests", request, "latency_s", p}), Unit::seconds);
      add(greatest(r, waits, {"wait_s", "p95"}), Unit::seconds);
      add(greatest(r, waits, {"utilization"}), Unit::ratio);
      add(greatest(r, servers, {"cpu"}), Unit::ratio);
      add(r.at({"requests", request, "error_ratio"}), Unit::ratio);
      if (searches) add(r.at({"requests", request, "recall"}), Unit::ratio);
      if (judged) row.push_back({mark(r.verdict, !r.slos.empty())});
      if (drawn) row.push_back(probability_cell(least_probability(r)));
    }
    row.resize(width, {"·"});
    grid.add(std::move(row));
  }
  return grid;
}

}  // namespace

Report report(const Sweep& sweep, const FigureChoice& choice) {
  Report report;
  report.headline = headline(sweep);
  report.setting = setting(sweep);

  std::size_t undone = 0, unsteady = 0, met = 0, judged = 0;
  for (const SweepPoint& point : sweep.points) {
    const bool steady = point.result.verdict != Verdict::no_steady_state;
    undone += point.done ? 0 : 1;
    unsteady += point.done && !steady ? 1 : 0;
    judged += point.done && !point.result.slos.empty() ? 1 : 0;
    met += point.done && !point.result.slos.empty() && point.result.verdict == Verdict::ok ? 1 : 0;
  }
  if (judged > 0) report.headline += fmt::format("; {} of {} meet the SLOs", met, judged);
  if (!sweep.excerpt.headline.empty()) report.headline = sweep.excerpt.headline;

  const std::vector<std::string> keys = short_keys(sweep.axes);
  Block block;
  const bool marked = judged > 0 || unsteady > 0;
  block.grid = choice.given() ? chosen_grid(sweep, keys, choice, marked, report.has_unknown)
                              : grid_of(sweep, keys, marked, report.has_unknown);
  std::string legend;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] != sweep.axes[i].key)
      legend += fmt::format("{}{} is {}", legend.empty() ? "" : ", ", keys[i], sweep.axes[i].key);
  if (!legend.empty()) block.sentences.push_back(legend);
  if (unsteady > 0) block.sentences.push_back("~: no steady state, more work arrives than is done");
  if (std::any_of(sweep.points.begin(), sweep.points.end(), [](const auto& p) { return p.result.draws > 0; }))
    block.sentences.push_back(
        "intervals include calibration uncertainty; the probability is that of the SLO "
        "which is least likely met");
  if (undone > 0)
    block.sentences.push_back(fmt::format("·: {} of {} points are not done yet", undone, sweep.points.size()));
  if (!sweep.excerpt.left_out.empty()) block.sentences.push_back(sweep.excerpt.left_out);
  report.blocks.push_back(std::move(block));

  Block answer;
  for (const Smallest& smallest : sweep.smallest) answer.sentences.push_back(sentence(smallest, sweep));
  if (!answer.sentences.empty()) report.blocks.push_back(std::move(answer));
  for (Block& of : calibration_blocks(sweep)) report.blocks.push_back(std::move(of));
  return report;
}

}  // namespace capplan::plan
