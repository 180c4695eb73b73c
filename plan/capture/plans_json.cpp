#include "plan/capture/plans_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "core/error.h"
#include "plan/capture/manifest.h"
#include "plan/capture/server_log.h"
#include "plan/capture/statement_classes.h"
#include "plan/format/json_text.h"
#include "plan/format/whole_file.h"
#include "plan/format/written_time.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::json;

constexpr double ms = 1e-3;
constexpr std::size_t most_kinds = 1000;  // of nodes
constexpr const char* log_hint =
    "auto_explain.log_min_duration = 0, log_analyze = on, log_buffers = on, log_format = json";
constexpr const char* explain_hint = "psql -At -c 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT …' >> plans.json";

std::optional<double> number(const Json& node, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = node.find(name); found != node.end() && found->is_number())
      if (const double value = found->get<double>(); std::isfinite(value) && value >= 0) return value;
  return std::nullopt;
}

std::string text(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What a node did altogether, in seconds of the statement: `at_once` of its loops ran at the same time.
std::optional<double> elapsed(const Json& node, double at_once) {
  const auto total = number(node, {"Actual Total Time"}), loops = number(node, {"Actual Loops"});
  return total && loops ? std::optional(*total * ms * *loops / at_once) : std::nullopt;
}

class Sums {
 public:
  /// Why the plan is none, or nothing.
  std::string add(const Json& plan, std::optional<double> seconds, const std::string& name) {
    const auto root = plan.find("Plan");
    if (root == plan.end() || !root->is_object()) return "is no plan";
    if (!seconds) seconds = elapsed(*root, 1);
    PlanStats& stats = classes_[name];
    const bool first = stats.duration.count == 0;
    stats.name = name;
    stats.duration.add(Moments{1, seconds.value_or(0), 0.0, seconds, seconds});
    const std::optional<double> counted[plan_counters] = {number(*root, {"Actual Rows"}),
                                                          number(*root, {"Shared Hit Blocks"}),
                                                          number(*root, {"Shared Read Blocks"}),
                                                          number(*root, {"Shared Dirtied Blocks"}),
                                                          number(*root, {"Shared Written Blocks"}),
                                                          number(*root, {"Temp Read Blocks"}),
                                                          number(*root, {"Temp Written Blocks"}),
                                                          number(*root, {"Shared I/O Read Time", "I/O Read Time"}),
                                                          number(*root, {"Shared I/O Write Time", "I/O Write Time"})};
    for (std::size_t i = 0; i < plan_counters; ++i) {
      const double unit = i >= static_cast<std::size_t>(PlanCounter::read_time) ? ms : 1;
      auto& total = stats.total[i];
      total = counted[i] && (first || total) ? std::optional(total.value_or(0) + *counted[i] * unit) : std::nullopt;
    }
    add_node(*root, 1);
    ++plans_;
    return {};
  }

  PlanSummary finish() {
    PlanSummary summary{.plans = plans_, .durations = 0, .classes = {}, .nodes = {}, .warnings = {}};
    for (auto& [name, stats] : classes_) summary.classes.push_back(std::move(stats));
    for (auto& [name, stats] : nodes_) summary.nodes.push_back(std::move(stats));
    std::stable_sort(summary.classes.begin(), summary.classes.end(),
                     [](const PlanStats& a, const PlanStats& b) { return a.duration.sum > b.duration.sum; });
    std::stable_sort(summary.nodes.begin(), summary.nodes.end(),
                     [](const PlanNodeStats& a, const PlanNodeStats& b) { return a.own_seconds > b.own_seconds; });
    if (untimed_ > 0)
      summary.warnings.push_back(
          fmt::format("{} nodes have no times: they were planned, and not run with ANALYZE and TIMING", untimed_));
    return summary;
  }

 private:
  void add_node(const Json& node, double at_once) {
    const std::string type = text(node, "Node Type");
    const double below = type.starts_with("Gather") ? number(node, {"Workers Launched"}).value_or(0) + 1 : at_once;
    double children = 0;
    if (const auto plans = node.find("Plans"); plans != node.end() && plans->is_array())
      for (const Json& child : *plans) {
        if (!child.is_object()) continue;
        add_node(child, below);
        children += elapsed(child, below).value_or(0);
      }
    const std::string on = text(node, node.contains("Index Name") ? "Index Name" : "Relation Name");
    std::string name = (type.empty() ? "node" : type) + (on.empty() ? "" : " on " + on);
    if (nodes_.size() >= most_kinds && !nodes_.contains(name)) name = "other";
    PlanNodeStats& stats = nodes_[name];
    stats.name = name;
    stats.nodes += 1;
    stats.loops += number(node, {"Actual Loops"}).value_or(0);
    const auto whole = elapsed(node, at_once);
    if (whole)
      stats.own_seconds += std::max(0.0, *whole - children);
    else
      ++untimed_;
  }

  std::map<std::string, PlanStats> classes_;
  std::map<std::string, PlanNodeStats> nodes_;
  std::int64_t plans_ = 0, untimed_ = 0;
};

}  // namespace

std::vector<std::string> json_arrays(const std::string& text) {
  std::vector<std::string> found;
  std::string now;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (depth == 0 && c != '[') continue;
    if (!quoted && c == '+' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r')) continue;
    now += c;
    if (quoted && c == '\\' && i + 1 < text.size())
      now += text[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{'))
      ++depth;
    else if (!quoted && (c == ']' || c == '}'))
      --depth;
    if (depth == 0) found.push_back(std::exchange(now, {}));
  }
  if (!now.empty()) found.push_back(std::move(now));  // cut short: the parser says so
  return found;
}

std::optional<PlanSummary> read_logged_plans(const CaptureManifest& manifest, bool lenient) {
  const std::string& path = manifest.log;
  const auto format = server_log_format(path);
  if (!format) return std::nullopt;
  StatementClasses classes(manifest);
  Sums sums;
  std::int64_t read = 0, refused = 0, durations = 0;
  int first_line = 0;
  const ServerLogExtent extent = read_server_log(path, *format, [&](const ServerLogRow& row) {
    std::string_view message = row.message;
    if (!message.starts_with("duration: ")) return;
    const std::size_t mark = message.substr(0, 60).find(" ms  plan:");
    if (mark == std::string_view::npos) {
      ++durations;
      return;
    }
    const auto nanos = parse_decimal_time(message.substr(10, mark - 10), core::millisecond);
    message.remove_prefix(mark + 10);
    const Json json = json_or_discarded<Json>(message);
    const std::uint16_t klass = json.is_object() ? classes.of(text(json, "Query Text")) : StatementClasses::none;
    if (json.is_object() && klass == StatementClasses::none) return;  // the manifest drops it
    const bool good =
        nanos && json.is_object() && sums.add(json, core::to_seconds(*nanos), classes.names()[klass]).empty();
    good ? ++read : ++refused;
    if (!good && first_line == 0) first_line = row.line;
  });
  if (read == 0 && refused == 0) return std::nullopt;
  if (!lenient && !extent.damage.empty())
    throw core::InputError({path, 0, 0}, "", fmt::format("{} after {} rows", extent.damage, extent.rows),
                           "copy the log again, or keep what can be read with --lenient");
  if (read == 0 && durations == 0)
    throw core::InputError({path, first_line, 0}, "", fmt::format("none of {} plans is JSON", refused), log_hint);
  PlanSummary summary = sums.finish();
  summary.durations = durations;
  if (refused > 0)
    summary.warnings.push_back(
        fmt::format("{} of {} plans are no JSON, or cut short, and were left out, the first in line {}", refused,
                    read + refused, first_line));
  return summary;
}

PlanSummary read_explained_plans(const std::string& path) {
  const std::vector<std::string> plans = json_arrays(read_whole(path, explain_hint));
  if (plans.empty()) throw core::InputError({path, 0, 0}, "", "holds no plan", explain_hint);
  Sums sums;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto refuse = [&](const std::string& why) {
      throw core::InputError({path, 0, 0}, fmt::format("plan {}", i + 1), why, explain_hint);
    };
    if (nests_too_deep(plans[i])) refuse("is nested too deeply to be read");
    const Json json = json_or_discarded<Json>(plans[i]);
    if (json.is_discarded()) refuse("is not whole JSON");
    for (const Json& plan : json) {
      if (!plan.is_object()) refuse("is no output of EXPLAIN (FORMAT JSON)");
      const auto time = number(plan, {"Execution Time"});
      const std::string why = sums.add(plan, time ? std::optional(*time * ms) : std::nullopt, "plan");
      if (!why.empty()) refuse(why);
    }
  }
  return sums.finish();
}

}  // namespace capplan::plan
