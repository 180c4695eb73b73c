#include "plan/scenario/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/units.h"
#include "plan/scenario/figure_specs.h"
#include "plan/scenario/links.h"

namespace capplan::plan {

namespace {

using models::Value;
using Problems = std::vector<core::Problem>;

core::Parsed<double> read_count(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc{} && end == text.data() + text.size() && number >= 0 && number < 1e15) return {number, {}};
  return {0, fmt::format("\"{}\" is no number, as in \"waiting < 5\"", text)};
}

core::Parsed<double> read_bytes(const std::string& text) {
  const auto bytes = core::parse_bytes(text);
  return {static_cast<double>(bytes.value), bytes.error};
}

/// The limit in base units, or in `error` why it is none. A count that may be a share of a setting is one up to 1.
core::Parsed<double> read_limit(const Quantity& quantity, const std::string& text) {
  switch (quantity.spec->unit) {
    case core::Unit::per_second:
      return core::parse_rate(text);
    case core::Unit::ratio:
      return core::parse_ratio(text);
    case core::Unit::seconds:
      return core::parse_seconds(text);
    case core::Unit::bytes:
      return read_bytes(text);
    default:
      break;
  }
  if (!quantity.spec->share_of.empty())
    if (const auto share = core::parse_ratio(text); share && share.value <= 1) return share;
  return read_count(text);
}

/// Why the target has no such figure, and what to do; empty where it has it.
std::pair<std::string, std::string> not_there(const ConditionTarget& target, const Quantity& quantity) {
  const core::FigureSpec& spec = *quantity.spec;
  const bool of_searches =
      spec.aggregation == core::Aggregation::computed && (target.section == "request" || target.section == "query");
  if (of_searches && !target.searches)
    return {fmt::format("{} searches no index, so there is no {}", target.name, quantity.word()),
            "name the index in the query of one of its steps: index = \"chunks\""};
  if (target.name == "all" && !spec.summed)
    return {fmt::format("{} is not measured of all together", quantity.word()), "name a request class"};
  if (target.numbered && !spec.numbered)
    return {fmt::format("{} is measured of all together, not of each", quantity.word()),
            "name them together: " + without_number(target.name)};
  return {};
}

/// Takes "over completed" off the end of a condition, where it stands there.
bool take_suffix(std::string& text) {
  constexpr std::string_view suffix = "over completed";
  const std::string whole = trimmed(text);
  const std::size_t end = whole.size() - std::min(whole.size(), suffix.size());
  if (!whole.ends_with(suffix) || end == 0 || (whole[end - 1] != ' ' && whole[end - 1] != '\t')) return false;
  text = whole.substr(0, end);
  return true;
}

/// Sign and limit of a condition, from behind its metric on; what is wrong, or nothing.
std::string read_sign(const std::string& text, const Quantity& quantity, Slo& slo) {
  const bool equals = text.size() > 1 && text[1] == '=';
  slo.below = text[0] != '>';
  slo.none = text[0] == '=';
  const auto limit = read_limit(quantity, trimmed(text.substr(equals ? 2 : 1)));
  slo.limit = limit.value;
  const bool counts = quantity.spec->aggregation == core::Aggregation::rate || quantity.spec->unit == core::Unit::ratio;
  if (slo.none && (trimmed(text.substr(1)) != "0" || !counts))
    return fmt::format("\"{}\": of what is counted = 0 can be written, all else with < or >", slo.text);
  if (slo.none) return {};
  if (!limit) return limit.error;
  if (quantity.spec->unit == core::Unit::ratio && limit.value > 1)
    return fmt::format("a share of {} is above 1; write it as \"{} {} {}%\"", limit.value, slo.metric,
                       slo.below ? '<' : '>', limit.value);
  return {};
}

}  // namespace

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
  text.erase(text.find_last_not_of(" \t") + 1);
  return text;
}

void read_condition(const ConditionTarget& target, const Value& value, std::vector<Slo>& slos, Problems& problems) {
  const auto refuse = [&](const std::string& what, const std::string& hint = {}) {
    problems.push_back({value.where, target.key, what, hint});
  };
  const auto* text = value.as<std::string>();
  if (!text || text->size() > 200) return refuse("must be a text such as \"p95 < 100ms\"");
  const std::size_t sign = text->find_first_of("<>=");
  if (sign == std::string::npos || sign == 0)
    return refuse(fmt::format("\"{}\" is not METRIC < VALUE, as in \"p95 < 100ms\"", *text));
  Slo slo;
  slo.target = target.name;
  slo.text = *text;
  slo.where = value.where;
  std::string rest = text->substr(sign);
  slo.completed = take_suffix(rest);
  const std::string metric = metric_of(*text);
  const std::optional<Quantity> quantity = find_quantity(target.section, metric);
  if (!quantity) {
    const std::vector<std::string> metrics = metric_words(target.section);
    const std::string near = core::nearest(metric, metrics);
    return refuse(near.empty() ? fmt::format("\"{}\" is no metric of a {}; one of {}", metric, target.section,
                                             fmt::join(metrics, ", "))
                               : fmt::format("\"{}\" is no metric; did you mean {}?", metric, near));
  }
  slo.metric = quantity->word();
  if (const std::string wrong = read_sign(rest, *quantity, slo); !wrong.empty()) return refuse(wrong);
  if (slo.completed && (quantity->spec->name != "latency_s" || !find_quantity(target.section, "errors")))
    return refuse("\"over completed\" is for latencies of requests, jobs and calls", slo.metric + " of all there are");
  if (const auto [why, hint] = not_there(target, *quantity); !why.empty()) return refuse(why, hint);
  slos.push_back(std::move(slo));
}

std::string metric_of(const std::string& condition) {
  std::string name;
  bool in_key = false;
  for (const char c : condition.substr(0, condition.find_first_of("<>="))) {
    in_key = (in_key || c == '[') && c != ']';
    if (in_key)
      name += c;
    else if (c != ' ' && c != '\t')
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (!name.starts_with("p(") || !name.ends_with(')')) return name;
  std::erase(name, '(');
  std::erase(name, ')');
  std::erase(name, '.');
  return name;
}

core::Unit limit_unit(const std::string& target, const std::string& metric, double limit) {
  const std::optional<Quantity> quantity = find_quantity(section_of_target(target), metric);
  if (!quantity) return core::Unit::seconds;
  return !quantity->spec->share_of.empty() && limit <= 1 ? core::Unit::ratio : quantity->spec->unit;
}

}  // namespace capplan::plan
