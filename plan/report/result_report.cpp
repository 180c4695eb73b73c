// One result as a report: the verdict, requests, where their time goes, what the resources do, errors, SLOs, warnings.
// Every number has its interval; stages have their share of the mean beside.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "models/client_error.h"
#include "plan/report/report.h"
#include "plan/study/figure_text.h"

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

class Builder {
 public:
  explicit Builder(const Result& result) : result_(result), figures_(result.figures) {}

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
    requests.push_back({"retries", {"retries_ratio"}, Unit::ratio, true});
    requests.push_back({"shed", {"shed_ratio"}, Unit::ratio, true});
    requests.push_back({"breaker open", {"breaker_open"}, Unit::ratio, true});
    requests.push_back({"optimized", {"adaptive_optimized_ratio"}, Unit::ratio, true});
    add_figures("requests", "request", requests);
    add_figures("jobs", "job", requests);
    add_stages("requests");
    add_stages("jobs");
    std::vector<Column> calls = {{"done/s", {"calls_per_s"}, Unit::count},
                                 {"errors", {"error_ratio"}, Unit::ratio},
                                 {"use", {"utilization"}, Unit::ratio},
                                 {"waiting", {"waiting"}, Unit::count},
                                 {"wait p95", {"wait_s", "p95"}, Unit::seconds}};
    calls.insert(calls.end(), latency.begin(), latency.end());
    calls.push_back({"retries", {"retries_ratio"}, Unit::ratio, true});
    calls.push_back({"breaker open", {"breaker_open"}, Unit::ratio, true});
    add_figures("calls", "call", calls);
    add_figures("batches", "batch",
                {{"statements/s", {"statements_per_s"}, Unit::count},
                 {"rows each", {"rows_per_statement"}, Unit::count},
                 {"wait mean", {"wait_s", "mean"}, Unit::seconds}});
    add_figures("workers", "workers",
                {{"use", {"utilization"}, Unit::ratio},
                 {"waiting", {"waiting"}, Unit::count},
                 {"at nodes", {"reserved"}, Unit::count, true},
                 {"wait mean", {"wait_s", "mean"}, Unit::seconds},
                 {"wait p95", {"wait_s", "p95"}, Unit::seconds},
                 {"wait p99", {"wait_s", "p99"}, Unit::seconds}});
    add_figures("containers", "container",
                {{"CPU", {"cpu"}, Unit::ratio},
                 {"throttled", {"throttled"}, Unit::ratio},
                 {"periods cut", {"throttled_periods_ratio"}, Unit::ratio},
                 {"memory", {"memory"}, Unit::ratio},
                 {"down", {"down"}, Unit::ratio, true}});
    add_figures("webs", "web server",
                {{"use", {"utilization"}, Unit::ratio},
                 {"requests/s", {"requests_per_s"}, Unit::count},
                 {"refused", {"refused_ratio"}, Unit::ratio}});
    std::vector<Column> queries = {{"done/s", {"executed_per_s"}, Unit::count}};
    queries.insert(queries.end(), latency.begin(), latency.end());
    queries.push_back({"parsed", {"parsed_ratio"}, Unit::ratio, true});
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
                 {"stale reads", {"stale_read_ratio"}, Unit::ratio, true},
                 {"memory", {"memory"}, Unit::ratio, true},
                 {"recovering", {"recovering"}, Unit::ratio, true},
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
    add_alerts();
    add_budgets();
    add_parts();
    for (Block& block : calibration_blocks(result_.calibration)) report_.blocks.push_back(std::move(block));
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
    if (result_.draws > 0) text += fmt::format(", and {} draws of the calibration's parameters", result_.draws);
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
        return column.only_if_any ? figures_.at(path).value > 0 : figures_.find(path) != nullptr;
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
        const Figure* figure = figures_.find(joined(group, name, column.below));
        row.push_back(figure ? shown(figure->estimate, column.unit) : Cell{});
      }
      grid.add(std::move(row));
    }
    report_.blocks.push_back({group, std::move(grid)});
  }

  void add_stages(const std::string& group) {
    Grid grid({{group.substr(0, group.size() - 1), true}, {"mean"}, {"of which", true}});
    for (const std::string& name : names_of(result_, group)) {
      std::vector<const Figure*> stages;
      double sum = 0;
      for (const Figure& figure : result_.figures)
        if (figure.path.size() == 4 && figure.path[0] == group && figure.path[1] == name &&
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
        grid.add({{name}, shown(result_.at({group, name, "latency_s", "mean"}), Unit::seconds), {parts}});
    }
    const std::string title = group == "requests" ? "where the time goes" : "where the time of jobs goes";
    if (!grid.empty()) report_.blocks.push_back({title, std::move(grid)});
  }

  void add_errors() {
    Grid grid({{"request", true}, {"share"}, {"error", true}, {"remedy", true}});
    for (const Figure& figure : result_.figures) {
      const bool ends = figure.path[0] == "requests" || figure.path[0] == "jobs";
      if (figure.path.size() != 4 || !ends || figure.path[2] != "errors") continue;
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
    std::vector<Heading> heads = {{""}, {"SLO of", true}, {"condition", true}, {"measured"}, {"", true}};
    if (result_.draws > 0) heads.push_back({"met with probability"});
    Grid grid(std::move(heads));
    for (const SloResult& slo : result_.slos) {
      std::vector<Cell> row = {{mark(slo.judgement)},
                               {slo.target},
                               {printable(slo.text)},
                               shown(slo.estimate, unit_of_condition(slo.text)),
                               {headroom(slo)}};
      if (result_.draws > 0) row.push_back(probability_cell(slo.probability));
      grid.add(std::move(row));
    }
    report_.blocks.push_back({"SLOs", std::move(grid)});
  }

  /// What the intervals of the figures that are looked at first are made of.
  void add_parts() {
    if (result_.draws == 0) return;
    Grid grid(
        {{"interval of", true}, {"figure", true}, {"value"}, {"by sampling"}, {"by calibration"}, {"share of it"}});
    for (const Figure& figure : result_.figures) {
      const Path& path = figure.path;
      const bool request = path.size() == 4 && path[0] == "requests" && path[2] == "latency_s" && path[3] != "p999";
      const bool server = path.size() == 3 && path[0] == "servers" && path[2] == "cpu";
      const core::Estimate& e = figure.estimate;
      if (!(request || server) || !e.known || !e.split()) continue;
      if (request && path[1] == "all" && names_of(result_, "requests").size() == 2) continue;  // the same again
      const Unit unit = request ? Unit::seconds : Unit::ratio;
      const double both = e.sampling * e.sampling + e.calibration * e.calibration;
      grid.add({{printable(subject_of(path))},
                {word_of(path)},
                cell(e, unit),
                {"±" + compact(e.sampling, unit)},
                {"±" + compact(e.calibration, unit)},
                {compact(e.calibration * e.calibration / both, Unit::ratio)}});
    }
    if (!grid.empty())
      report_.blocks.push_back({"what intervals are made of",
                                std::move(grid),
                                {"share of it: of the variance, that of parameters which the captures leave open; more "
                                 "captures narrow it, more replications the rest"}});
  }

  /// "in 3 of 5 runs", with what that says of any run beside it.
  Cell how_often(const AlertResult& alert) {
    const double runs = result_.replications;
    const std::string text = fmt::format("{:.0f} of {:.0f} runs", alert.fired.value * runs, runs);
    return {text, fmt::format("{:.0f}..{:.0f}%", alert.fired.lo * 100, alert.fired.hi * 100)};
  }

  void add_alerts() {
    if (result_.alerts.empty()) return;
    Grid grid({{"alert", true}, {"severity", true}, {"when", true}, {"for"}, {"fired in"}, {"first at"}, {"firing"}});
    for (const AlertResult& alert : result_.alerts) {
      const bool any = alert.fired.value > 0;
      grid.add({{alert.name},
                {alert.severity},
                {printable(alert.when)},
                {alert.for_s > 0 ? compact(alert.for_s, Unit::seconds) : "at once"},
                how_often(alert),
                any ? shown(alert.first_s, Unit::seconds) : Cell{"never"},
                any ? shown(alert.firing_s, Unit::seconds) : Cell{}});
    }
    report_.blocks.push_back({"alerts", std::move(grid)});
  }

  void add_budgets() {
    if (result_.budgets.empty()) return;
    Grid grid(
        {{"budget", true}, {"of", true}, {"objective", true}, {"bad"}, {"burn rate"}, {"used by one run"}, {"lasts"}});
    for (const BudgetResult& budget : result_.budgets) {
      const bool lasts = budget.burn.known && budget.burn.value > 0;
      std::string objective =
          fmt::format("{} over {}", compact(budget.objective, Unit::ratio), compact(budget.period_s, Unit::seconds));
      if (budget.latency_s > 0) objective += fmt::format(", within {}", compact(budget.latency_s, Unit::seconds));
      const core::Estimate& burn = budget.burn;
      grid.add({{budget.name},
                {budget.request},
                {objective},
                shown(budget.bad, Unit::ratio),
                shown(burn, Unit::count),
                shown(budget.consumed, Unit::ratio),
                lasts && burn.lo > 0
                    ? shown({budget.period_s / burn.value, budget.period_s / burn.hi, budget.period_s / burn.lo, true},
                            Unit::seconds)
                    : Cell{}});
    }
    report_.blocks.push_back({"error budgets", std::move(grid)});
  }

  void add_warnings() {
    if (result_.warnings.empty()) return;
    Grid grid({{"", true}, {"", true}});
    for (const Warning& warning : result_.warnings) grid.add({{warning.code}, {printable(warning.text)}});
    report_.blocks.push_back({"warnings", std::move(grid)});
  }

  const Result& result_;
  FigureLookup figures_;
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
