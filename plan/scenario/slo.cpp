// Reading SLOs. A latency or a wait is limited by a duration, a share (errors, utilization, hit_ratio, recall,
// connections of max_connections) by a ratio, a throughput, slow statements or opened connections by a rate, those who
// wait by a count. `<=` and `>=` are
// taken for `<` and `>`: a measured figure is never exactly on its limit.

#include "plan/scenario/slo.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/units.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

const std::vector<std::string> latencies = {"p50", "p95", "p99", "p999", "mean"};
const std::vector<std::string> waits = {"wait_p50", "wait_p95", "wait_p99", "wait_p999", "wait_mean"};

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// "p(99.9)" is p999, as k6 writes it; anything else stays as it is, without spaces and in small letters.
std::string metric_name(std::string_view text) {
  std::string name;
  for (const char c : text)
    if (c != ' ' && c != '\t') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!name.starts_with("p(") || !name.ends_with(')')) return name;
  std::erase(name, '(');
  std::erase(name, ')');
  std::erase(name, '.');
  return name;
}

bool is_share(const std::string& metric) { return limit_type(metric) == models::Type::ratio; }

core::Parsed<double> read_count(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc{} && end == text.data() + text.size() && number >= 0 && number < 1e15) return {number, {}};
  return {0, fmt::format("\"{}\" is no number, as in \"waiting < 5\"", text)};
}

/// The limit in base units, or in `error` why it is none.
core::Parsed<double> read_limit(const std::string& metric, const std::string& text) {
  if (limit_type(metric) == models::Type::rate) return core::parse_rate(text);
  if (limit_type(metric) == models::Type::count) return read_count(text);
  if (is_share(metric)) return core::parse_ratio(text);
  return core::parse_seconds(text);
}

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
  text.erase(text.find_last_not_of(" \t") + 1);
  return text;
}

/// One target: the section word that says which metrics it has.
struct Target {
  std::string name, key, section;
  bool searches = false;  ///< some index, so that there is a recall
};

void read_condition(const Target& target, const Value& value, std::vector<Slo>& slos, Problems& problems) {
  const auto refuse = [&](const std::string& what, const std::string& hint = {}) {
    problems.push_back({value.where, target.key, what, hint});
  };
  const auto* text = value.as<std::string>();
  if (!text || text->size() > 200) return refuse("must be a text such as \"p95 < 100ms\"");
  const std::size_t sign = text->find_first_of("<>");
  if (sign == std::string::npos || sign == 0)
    return refuse(fmt::format("\"{}\" is not METRIC < VALUE, as in \"p95 < 100ms\"", *text));
  Slo slo;
  slo.target = target.name;
  slo.text = *text;
  slo.where = value.where;
  slo.below = (*text)[sign] == '<';
  slo.metric = metric_name(std::string_view(*text).substr(0, sign));
  const std::vector<std::string> metrics = slo_metrics(target.section);
  if (std::find(metrics.begin(), metrics.end(), slo.metric) == metrics.end()) {
    const std::string near = core::nearest(slo.metric, metrics);
    return refuse(near.empty() ? fmt::format("\"{}\" is no metric of a {}; one of {}", slo.metric, target.section,
                                             fmt::join(metrics, ", "))
                               : fmt::format("\"{}\" is no metric; did you mean {}?", slo.metric, near));
  }
  const bool equals = sign + 1 < text->size() && (*text)[sign + 1] == '=';
  const auto limit = read_limit(slo.metric, trimmed(text->substr(sign + (equals ? 2 : 1))));
  if (!limit) return refuse(limit.error);
  if (slo.metric == "recall" && !target.searches)
    return refuse(fmt::format("{} searches no index, so there is no recall", target.name),
                  "name the index in the query of one of its steps: index = \"chunks\"");
  if (is_share(slo.metric) && limit.value > 1)
    return refuse(fmt::format("a share of {} is above 1; write it as \"{} {} {}%\"", limit.value, slo.metric,
                              slo.below ? '<' : '>', limit.value));
  slo.limit = limit.value;
  slos.push_back(std::move(slo));
}

/// Whether the request, query or index of this name searches; of "all", whether any query does.
bool searches(const std::vector<WrittenSection>& sections, const std::string& target) {
  const auto has_index = [&](const std::string& query) {
    return std::any_of(sections.begin(), sections.end(), [&](const WrittenSection& s) {
      const bool named = query.empty() || s.name == query || s.path() == query;
      return s.section == "query" && named && find(s.values, "index");
    });
  };
  if (target == "all") return has_index("");
  for (const WrittenSection& section : sections) {
    if (section.path() == target && section.section == "index") return true;
    if (section.path() == target && section.section == "query") return has_index(target);
    const Value* steps =
        section.section == "request" && section.name == target ? find(section.values, "steps") : nullptr;
    const auto* list = steps ? steps->as<List>() : nullptr;
    if (!list) continue;
    for (const Value& step : *list) {
      const Value* query = step.as<Table>() ? find(*step.as<Table>(), "query") : nullptr;
      if (query && query->as<std::string>() && has_index(*query->as<std::string>())) return true;
    }
  }
  return false;
}

/// Finds what a target names: a request class by its name alone, anything else by its path. False if it is nothing.
bool find_target(const std::vector<WrittenSection>& sections, const Value& value, Target& target, Problems& problems) {
  if (target.name.starts_with("request.")) target.name.erase(0, 8);
  if (target.name == "all") target.section = "request";
  target.searches = searches(sections, target.name);
  std::vector<std::string> names = {"all"};
  std::string elsewhere;
  for (const WrittenSection& section : sections) {
    const bool request = section.section == "request";
    if (slo_metrics(section.section).empty()) continue;
    names.push_back(request ? section.name : section.path());
    if (names.back() == target.name)
      target.section = section.section;
    else if (section.name == target.name)
      elsewhere = section.path();
  }
  if (!target.section.empty()) return true;
  const std::string near = elsewhere.empty() ? core::nearest(target.name, names) : elsewhere;
  problems.push_back({value.key_where,
                      target.key,
                      fmt::format("names no request class and no resource of this scenario{}",
                                  near.empty() ? "" : "; did you mean " + near + "?"),
                      {}});
  return false;
}

void read_target(const std::string& name, const Value& value, const std::vector<WrittenSection>& sections,
                 std::vector<Slo>& slos, Problems& problems) {
  if (const auto* table = value.as<Table>()) {  // pool.codebase = [...], the dot without quotes
    for (const auto& [key, child] : *table) read_target(name + "." + key, child, sections, slos, problems);
    return;
  }
  Target target{name, "slo." + name, {}};
  if (!find_target(sections, value, target, problems)) return;
  if (target.section == "budget")
    return problems.push_back({value.key_where, target.key, "is spent over time: a burn rate is for an alert to watch",
                               "[alert.burn] preset = \"sre-workbook\""});
  const auto* list = value.as<List>();
  if (!list) return read_condition(target, value, slos, problems);
  for (const Value& element : *list) read_condition(target, element, slos, problems);
}

}  // namespace

models::Type limit_type(const std::string& metric) {
  static const std::vector<std::string> shares = {"errors", "utilization", "utilization_peak", "hit_ratio",
                                                  "recall", "connections", "memory",           "disk"};
  if (metric == "throughput" || metric == "slow_statements" || metric == "opened") return models::Type::rate;
  if (metric == "waiting" || metric == "burn_rate") return models::Type::count;
  return std::find(shares.begin(), shares.end(), metric) != shares.end() ? models::Type::ratio : models::Type::duration;
}

std::vector<std::string> slo_metrics(const std::string& section) {
  if (section == "request") return joined(latencies, {"errors", "throughput", "recall"});
  if (section == "query") return joined(latencies, {"throughput", "recall"});
  if (section == "index") return {"recall", "hit_ratio"};
  if (section == "job") return joined(latencies, {"errors", "throughput"});
  if (section == "call")
    return joined(joined(latencies, {"errors", "utilization", "utilization_peak", "waiting"}), waits);
  if (section == "pool" || section == "http_pool")
    return joined({"utilization", "utilization_peak", "waiting", "opened"}, waits);
  if (section == "bouncer" || section == "workers")
    return joined({"utilization", "utilization_peak", "waiting"}, waits);
  if (section == "container") return {"utilization", "utilization_peak", "memory"};
  if (section == "web") return {"utilization", "utilization_peak"};
  if (section == "server")
    return {"utilization", "utilization_peak", "hit_ratio", "connections", "memory", "disk", "slow_statements"};
  if (section == "cache") return {"hit_ratio"};
  if (section == "budget") return {"burn_rate"};
  return {};
}

namespace {

/// The conditions of a preset, on everything that each is for.
void read_preset(const Value& value, const std::vector<WrittenSection>& sections, std::vector<Slo>& slos,
                 std::vector<std::string>& beyond, Problems& problems) {
  const auto* name = value.as<std::string>();
  std::vector<std::string> names;
  for (const Preset& preset : presets())
    if (!preset.conditions.empty()) names.push_back(preset.name);
  if (!name || std::find(names.begin(), names.end(), *name) == names.end()) {
    const std::string near = name ? core::nearest(*name, names) : "";
    problems.push_back(
        {value.where,
         "slo.preset",
         fmt::format("must be one of {}{}", fmt::join(names, ", "), near.empty() ? "" : "; did you mean " + near + "?"),
         {}});
    return;
  }
  for (const PresetCondition& condition : find_preset(*name)->conditions) {
    const std::vector<std::string> targets = targets_on(condition.on, sections);
    if (targets.empty())
      beyond.push_back(
          fmt::format("{} asks for {} of a {}, and there is none", *name, condition.condition, condition.on));
    for (const std::string& target : targets) {
      Value text = value;
      text.data = std::string(condition.condition);
      const std::string section = target == "all" ? "request" : target.substr(0, target.find('.'));
      const std::size_t before = slos.size();
      read_condition({target, "slo.preset", section, true}, text, slos, problems);
      if (slos.size() > before) slos.back().preset = *name;
    }
  }
}

}  // namespace

std::optional<Slo> read_alert_condition(const Value& when, const std::string& key,
                                        const std::vector<WrittenSection>& sections, Problems& problems) {
  const auto* text = when.as<std::string>();
  const std::size_t sign = text ? text->find_first_of("<>") : std::string::npos;
  const std::size_t dot = sign == std::string::npos ? sign : text->substr(0, text->find_first_of("(<>")).rfind('.');
  if (dot == std::string::npos || dot == 0 || text->size() > 200) {
    problems.push_back({when.where, key, "must be TARGET.METRIC > VALUE, as in \"pool.app.utilization > 70%\"", {}});
    return std::nullopt;
  }
  Value name = when, condition = when;
  name.key_where = when.where;
  condition.data = text->substr(dot + 1);
  Target target{trimmed(text->substr(0, dot)), key, {}};
  std::vector<Slo> slos;
  if (find_target(sections, name, target, problems)) read_condition(target, condition, slos, problems);
  if (slos.empty()) return std::nullopt;
  slos.front().text = *text;
  return slos.front();
}

std::vector<Slo> read_slos(const Table& document, const std::vector<WrittenSection>& sections,
                           std::vector<std::string>& beyond, Problems& problems) {
  std::vector<Slo> slos;
  const Value* slo = find(document, "slo");
  const auto* table = slo ? slo->as<Table>() : nullptr;
  if (!table) return slos;
  for (const auto& [name, value] : *table) {
    if (name != "preset")
      read_target(name, value, sections, slos, problems);
    else if (const auto* list = value.as<List>())
      for (const Value& each : *list) read_preset(each, sections, slos, beyond, problems);
    else
      read_preset(value, sections, slos, beyond, problems);
  }
  return slos;
}

}  // namespace capplan::plan
