// One result as a report: the verdict, requests, where their time goes, what the resources do, errors, SLOs, warnings.
// Every number has its interval; stages have their share of the mean beside.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "models/client_error.h"
#include "plan/report/figure_text.h"
#include "plan/report/report.h"

namespace capplan::plan {

namespace {

using core::Estimate;

/// One column of a grid of figures.
struct Column {
  const char* head;
  Path below;  ///< of the figure, below its group and name
  Unit unit;
  bool only_if_any = false;  ///< left out where it is zero throughout
};

/// The names that a group of figures has, in order; "all", which is nobody's name, last.
std::vector<std::string> names_of(const Result& result, const std::string& group) {
  std::vector<std::string> names;
  for (const Figure& figure : result.figures)
    if (figure.path.size() > 2 && figure.path[0] == group &&
        std::find(names.begin(), names.end(), figure.path[1]) == names.end())
      names.push_back(figure.path[1]);
  if (group == "requests") std::stable_partition(names.begin(), names.end(), [](const auto& n) { return n != "all"; });
  return names;
}

Path joined(const std::string& group, const std::string& name, const Path& below) {
  Path path = {group, name};
  path.insert(path.end(), below.begin(), below.end());
  return path;
}

bool has(const Result& result, const Path& path) {
  return std::any_of(result.figures.begin(), result.figures.end(), [&](const Figure& f) { return f.path == path; });
}

class Builder {
 public:
  explicit Builder(const Result& result) : result_(result) {}

  Report build() {
    report_.mark = mark(result_.verdict, true);
    report_.headline = printable(result_.name) + ": " + verdict_words();
    report_.setting = setting();
    const std::vector<Column> latency = {{"mean", {"latency_s", "mean"}, Unit::seconds},
                                         {"p50", {"latency_s", "p50"}, Unit::seconds},
                                         {"p95", {"latency_s", "p95"}, Unit::seconds},
                                         {"p99", {"latency_s", "p99"}, Unit::seconds}};
    std::vector<Column> requests = {{"offered/s", {"offered_per_s"}, Unit::count},
                                    {"done/s", {"completed_per_s"}, Unit::count},
                                    {"errors", {"error_ratio"}, Unit::ratio}};
    requests.insert(requests.end(), latency.begin(), latency.end());
    requests.push_back({"recall", {"recall"}, Unit::ratio, true});
    add_figures("requests", "request", requests);
    add_stages();
    std::vector<Column> queries = {{"done/s", {"executed_per_s"}, Unit::count}};
    queries.insert(queries.end(), latency.begin(), latency.end());
    add_figures("queries", "query", queries);
    const std::vector<Column> pools = {{"use", {"utilization"}, Unit::ratio},
                                       {"in use", {"in_use"}, Unit::count, true},
                                       {"size", {"size"}, Unit::count, true},
                                       {"instances", {"instances"}, Unit::count, true},
                                       {"waiting", {"waiting"}, Unit::count},
                                       {"wait mean", {"wait_s", "mean"}, Unit::seconds},
                                       {"wait p95", {"wait_s", "p95"}, Unit::seconds},
                                       {"wait p99", {"wait_s", "p99"}, Unit::seconds},
                                       {"connections", {"connections"}, Unit::count},
                                       {"opened/s", {"opened_per_s"}, Unit::count, true},
                                       {"timeouts/s", {"timeouts_per_s"}, Unit::count, true},
                                       {"refused/s", {"connect_errors_per_s"}, Unit::count, true}};
    add_figures("pools", "pool", pools);
    add_figures("http_pools", "HTTP pool", pools);
    add_figures("bouncers", "bouncer",
                {{"use", {"utilization"}, Unit::ratio},
                 {"CPU", {"cpu"}, Unit::ratio},
                 {"waiting", {"waiting"}, Unit::count},
                 {"wait p95", {"wait_s", "p95"}, Unit::seconds},
                 {"wait p99", {"wait_s", "p99"}, Unit::seconds},
                 {"clients", {"clients"}, Unit::count},
                 {"timeouts/s", {"query_wait_timeouts_per_s"}, Unit::count, true}});
    add_figures("servers", "server",
                {{"CPU", {"cpu"}, Unit::ratio},
                 {"disk", {"disk"}, Unit::ratio},
                 {"WAL flush", {"wal_flush"}, Unit::ratio},
                 {"active", {"active"}, Unit::count},
                 {"connections", {"connections"}, Unit::count},
                 {"statements/s", {"statements_per_s"}, Unit::count},
                 {"commits/s", {"commits_per_s"}, Unit::count, true},
                 {"refused/s", {"refused_connections_per_s"}, Unit::count, true}});
    add_figures("caches", "cache",
                {{"hits", {"hit_ratio"}, Unit::ratio},
                 {"lookups/s", {"lookups_per_s"}, Unit::count},
                 {"evictions/s", {"evictions_per_s"}, Unit::count},
                 {"entries", {"entries"}, Unit::count}});
    add_figures("indexes", "index",
                {{"rows", {"rows"}, Unit::count},
                 {"size", {"size_bytes"}, Unit::bytes},
                 {"recall", {"recall"}, Unit::ratio},
                 {"pages", {"pages"}, Unit::count},
                 {"search", {"search_s"}, Unit::seconds},
                 {"index used", {"index_scan_ratio"}, Unit::ratio},
                 {"in buffers", {"buffer_hit_ratio"}, Unit::ratio},
                 {"from disk", {"disk_ratio"}, Unit::ratio, true},
                 {"build", {"build_s"}, Unit::seconds},
                 {"build memory", {"build_memory_bytes"}, Unit::bytes}});
    add_errors();
    add_slos();
    add_warnings();
    return std::move(report_);
  }

 private:
  std::string verdict_words() const {
    const std::size_t total = result_.slos.size();
    const auto count = [&](Judgement judgement) {
      return std::count_if(result_.slos.begin(), result_.slos.end(),
                           [&](const SloResult& slo) { return slo.judgement == judgement; });
    };
    const auto some = [&](std::ptrdiff_t n, const char* what) {
      return total == 1 ? fmt::format("the SLO is {}", what)
                        : fmt::format("{} of {} SLOs {} {}", n, total, n == 1 ? "is" : "are", what);
    };
    if (result_.verdict == Verdict::no_steady_state) return "no steady state, more work arrives than is done";
    if (result_.verdict == Verdict::missed) return some(count(Judgement::missed), "missed");
    if (result_.verdict == Verdict::undecided) return some(count(Judgement::undecided), "undecided at this precision");
    if (total == 0) return "done, no SLO is stated";
    return total == 1 ? "the SLO is met" : fmt::format("all {} SLOs are met", total);
  }

  std::string setting() const {
    const auto span = [](double seconds) { return compact(seconds, Unit::seconds); };
    std::string text = result_.replications == 1 ? fmt::format("1 run of {} simulated", span(result_.duration_s))
                                                 : fmt::format("{} replications of {} simulated", result_.replications,
                                                               span(result_.duration_s));
    text += result_.warmup_s > 0 ? fmt::format(", the first {} left out as warm-up", span(result_.warmup_s))
                                 : ", no warm-up left out";
    return text + fmt::format("; seed {}, engine {}", result_.seed, result_.revision);
  }

  Cell shown(const Estimate& estimate, Unit unit) {
    if (!estimate.known) report_.has_unknown = true;
    return cell(estimate, unit);
  }

  /// A row for each name of a group; columns that no name has are left out.
  void add_figures(const std::string& group, const char* what, const std::vector<Column>& all) {
    const std::vector<std::string> names = names_of(result_, group);
    if (names.empty()) return;
    std::vector<Column> used;
    for (const Column& column : all) {
      const bool any = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const Path path = joined(group, name, column.below);
        return column.only_if_any ? result_.at(path).value > 0 : has(result_, path);
      });
      if (any) used.push_back(column);
    }
    std::vector<Heading> heads = {{what, true}};
    for (const Column& column : used) heads.push_back({column.head});
    Grid grid(std::move(heads));
    for (const std::string& name : names) {
      if (name == "all" && names.size() == 2) continue;  // the same again
      std::vector<Cell> row = {{name}};
      for (const Column& column : used) {
        const Path path = joined(group, name, column.below);
        row.push_back(has(result_, path) ? shown(result_.at(path), column.unit) : Cell{});
      }
      grid.add(std::move(row));
    }
    report_.blocks.push_back({group, std::move(grid)});
  }

  void add_stages() {
    Grid grid({{"request", true}, {"mean"}, {"of which", true}});
    for (const std::string& name : names_of(result_, "requests")) {
      std::vector<const Figure*> stages;
      double sum = 0;
      for (const Figure& figure : result_.figures)
        if (figure.path.size() == 4 && figure.path[0] == "requests" && figure.path[1] == name &&
            figure.path[2] == "stages_s" && figure.estimate.known) {
          stages.push_back(&figure);
          sum += figure.estimate.value;
        }
      std::stable_sort(stages.begin(), stages.end(),
                       [](const Figure* a, const Figure* b) { return a->estimate.value > b->estimate.value; });
      std::string parts;
      for (const Figure* stage : stages) {
        const double share = sum > 0 ? stage->estimate.value / sum : 0;
        if (share < 0.005) continue;
        const Cell time = cell(stage->estimate, Unit::seconds);
        parts += fmt::format("{}{} {:.0f}% ({} {})", parts.empty() ? "" : ", ", stage->path[3], share * 100, time.text,
                             time.beside);
      }
      if (!parts.empty())
        grid.add({{name}, shown(result_.at({"requests", name, "latency_s", "mean"}), Unit::seconds), {parts}});
    }
    if (!grid.empty()) report_.blocks.push_back({"where the time goes", std::move(grid)});
  }

  void add_errors() {
    Grid grid({{"request", true}, {"share"}, {"error", true}, {"remedy", true}});
    for (const Figure& figure : result_.figures) {
      if (figure.path.size() != 4 || figure.path[0] != "requests" || figure.path[2] != "errors") continue;
      if (figure.estimate.known && figure.estimate.hi <= 0) continue;
      std::string remedy;
      for (const models::ClientErrorInfo& info : models::client_errors)
        if (info.name == figure.path[3]) remedy = info.remedy;
      grid.add({{figure.path[1]}, shown(figure.estimate, Unit::ratio), {figure.path[3]}, {remedy}});
    }
    if (!grid.empty()) report_.blocks.push_back({"errors", std::move(grid)});
  }

  /// How far the value is from its limit, as a share of the limit.
  static std::string headroom(const SloResult& slo) {
    if (!slo.estimate.known || slo.limit == 0) return "";
    const double room = (slo.below ? slo.limit - slo.estimate.value : slo.estimate.value - slo.limit) / slo.limit;
    if (slo.below && room < -2) return fmt::format("{:.3g} times the limit", slo.estimate.value / slo.limit);
    return fmt::format("{:.0f}% {}", std::abs(room) * 100,
                       room >= 0   ? "headroom"
                       : slo.below ? "above the limit"
                                   : "below the limit");
  }

  void add_slos() {
    if (result_.slos.empty()) return;
    Grid grid({{""}, {"SLO of", true}, {"condition", true}, {"measured"}, {"", true}});
    for (const SloResult& slo : result_.slos)
      grid.add({{mark(slo.judgement)},
                {slo.target},
                {printable(slo.text)},
                shown(slo.estimate, unit_of_condition(slo.text)),
                {headroom(slo)}});
    report_.blocks.push_back({"SLOs", std::move(grid)});
  }

  void add_warnings() {
    if (result_.warnings.empty()) return;
    Grid grid({{"", true}, {"", true}});
    for (const Warning& warning : result_.warnings) grid.add({{warning.code}, {printable(warning.text)}});
    report_.blocks.push_back({"warnings", std::move(grid)});
  }

  const Result& result_;
  Report report_;
};

}  // namespace

std::string mark(Verdict verdict, bool judged) {
  if (verdict == Verdict::no_steady_state) return "~";
  if (!judged) return "-";
  return verdict == Verdict::ok ? "✓" : verdict == Verdict::missed ? "✗" : "?";
}

std::string mark(Judgement judgement) {
  return judgement == Judgement::met ? "✓" : judgement == Judgement::missed ? "✗" : "?";
}

Report report(const Result& result) { return Builder(result).build(); }

}  // namespace capplan::plan
