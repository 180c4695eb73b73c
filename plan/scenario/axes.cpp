// Expanding ranges. The values between the bounds are rounded to a thousandth of the distance to their neighbour, so
// that they read well ("166.7/s"); the bounds stay as written. Bounds in different units (512MB..4GB) meet in the first
// one. Limits: what is in `lo..hi` must be numbers with at most one unit each; log needs bounds above 0.

#include "plan/scenario/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/units.h"
#include "plan/format/document.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// A number and what follows it: "50/s" is (50, "/s").
struct Bound {
  double number = 0;
  std::string unit, text;
  bool read = false;
};

Bound read_bound(std::string_view text) {
  text = trimmed(text);
  Bound bound;
  bound.text = std::string(text);
  std::string digits;
  std::size_t i = 0;
  for (; i < text.size() &&
         ((text[i] >= '0' && text[i] <= '9') || text[i] == '.' || text[i] == '_' || (i == 0 && text[i] == '-'));
       ++i)
    if (text[i] != '_') digits += text[i];
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bound.number);
  bound.read = failure == std::errc{} && end == digits.data() + digits.size() && std::isfinite(bound.number);
  bound.unit = std::string(trimmed(text.substr(i)));
  const bool chained = bound.unit.find_first_of("0123456789") != std::string::npos;
  if (chained && bound.unit.find('/') == std::string::npos) bound.read = false;  // as in "1h30min"
  return bound;
}

/// Brings bounds of different units to the first one's, or to the second's where the first is zero.
bool meet(Bound& lo, Bound& hi) {
  const auto same = [&](auto parse) {
    const auto a = parse(lo.text), b = parse(hi.text);
    if (!a || !b) return false;
    if (lo.number == 0) {
      lo.unit = hi.unit;
    } else {
      hi.number = static_cast<double>(b.value) / static_cast<double>(a.value) * lo.number;
      hi.unit = lo.unit;
    }
    return true;
  };
  return same(core::parse_bytes) || same(core::parse_duration) || same(core::parse_rate) || same(core::parse_ratio);
}

/// `x` rounded to a thousandth of `gap`, spelled without an exponent.
std::string spelled(double x, double gap) {
  if (!(gap > 0)) return fmt::format("{}", x);
  const int places = 3 - static_cast<int>(std::floor(std::log10(gap)));
  if (places <= 0) {
    const double step = std::pow(10.0, -places);
    return fmt::format("{:.0f}", std::round(x / step) * step);
  }
  std::string text = fmt::format("{:.{}f}", x, std::min(places, 300));
  if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// A plain number: whole where it has no fraction.
Value::Data plain_number(const std::string& text) {
  std::string digits = text;
  std::erase(digits, '_');
  std::int64_t whole = 0;
  const char* last = digits.data() + digits.size();
  if (const auto [end, failure] = std::from_chars(digits.data(), last, whole); failure == std::errc{} && end == last)
    return whole;
  double real = 0;
  std::from_chars(digits.data(), last, real);
  return real;
}

std::string expand(std::string_view text, const Value& source, List& values) {
  std::string_view rest = trimmed(text);
  const bool log = rest.ends_with(":log");
  if (log) rest.remove_suffix(4);
  const std::size_t dots = rest.find(".."), colon = rest.rfind(':');
  if (dots == std::string_view::npos || colon == std::string_view::npos || colon < dots)
    return fmt::format("\"{}\" is not a range; write lo..hi:n or lo..hi:n:log, as in \"50/s..400/s:8\"", text);
  Bound lo = read_bound(rest.substr(0, dots)), hi = read_bound(rest.substr(dots + 2, colon - dots - 2));
  const std::string_view number = trimmed(rest.substr(colon + 1));
  int n = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), n);
  if (failure == std::errc::result_out_of_range || n > most_values)
    return fmt::format("{} values; an axis has at most 10,000", number);
  if (failure != std::errc{} || end != number.data() + number.size() || n < 2)
    return fmt::format("\"{}\" must say how many values it has, 2 or more, as in \"50/s..400/s:8\"", text);
  if (!lo.read || !hi.read) return fmt::format("\"{}\": a bound must be a number with at most one unit", text);
  if (lo.unit.empty() && !hi.unit.empty()) lo.text += lo.unit = hi.unit;
  const bool same_unit = lo.unit == hi.unit;
  if (!same_unit && !meet(lo, hi)) return fmt::format("\"{}\": the bounds have no unit in common", text);
  if (!(lo.number < hi.number)) return fmt::format("\"{}\": the first bound must be below the second", text);
  if (log && !(lo.number > 0)) return fmt::format("\"{}\": log needs bounds above 0", text);
  if (!std::isfinite(hi.number - lo.number)) return fmt::format("\"{}\" is too wide", text);
  const auto at = [&](int i) {
    const double part = static_cast<double>(i) / (n - 1);
    return log ? lo.number * std::pow(hi.number / lo.number, part) : lo.number + part * (hi.number - lo.number);
  };
  for (int i = 0; i < n; ++i) {
    std::string spelling = i == 0 ? lo.text : i == n - 1 ? hi.text : std::string();
    if (spelling.empty()) spelling = spelled(at(i), at(i) - at(i - 1)) + lo.unit;
    Value value{spelling, source.where, source.key_where, false, "range"};
    if (lo.unit.empty()) value.data = plain_number(spelling);
    values.push_back(std::move(value));
  }
  return {};
}

std::string label(const Value& value) {
  const auto* text = value.as<std::string>();
  const auto* real = value.as<double>();
  return text ? *text : real ? fmt::format("{}", *real) : write_toml_value(value);
}

/// Labels the values and drops those that have come before.
void finish(Axis& axis) {
  List once;
  std::set<std::string> seen;
  axis.labels.clear();
  for (Value& value : axis.values) {
    std::string text = label(value);
    if (!seen.insert(text).second) continue;
    axis.labels.push_back(std::move(text));
    once.push_back(std::move(value));
  }
  axis.values = std::move(once);
}

/// The key path of an axis in a message: below [sweep] in a file, as it is in a flag.
std::string key_path(const std::string& key, const core::Position& where) {
  return where.line > 0 ? "sweep." + key : key;
}

/// The keys of [sweep], whether dotted in quotes or not.
void flatten(const Table& table, const std::string& prefix, Table& keys) {
  for (const auto& [key, value] : table) {
    if (const auto* below = value.as<Table>())
      flatten(*below, prefix + key + ".", keys);
    else
      keys.emplace_back(prefix + key, value);
  }
}

}  // namespace

bool is_range(std::string_view text) {
  const std::size_t dots = text.find(".."), colon = text.find(':');
  return dots != std::string_view::npos && colon != std::string_view::npos && dots < colon &&
         text.find_first_of("\"'[{,") == std::string_view::npos;
}

Axis make_axis(const std::string& key, const Value& values, Problems& problems) {
  Axis axis;
  axis.key = key;
  std::string wrong;
  if (const auto* list = values.as<List>()) {
    if (list->empty()) wrong = "needs at least one value";
    if (list->size() > static_cast<std::size_t>(most_values))
      wrong = fmt::format("{} values; an axis has at most 10,000", list->size());
    if (wrong.empty()) axis.values = *list;
    for (Value& value : axis.values) value.key_where = values.key_where;
  } else if (const auto* text = values.as<std::string>()) {
    wrong = expand(text->substr(0, 200), values, axis.values);
  } else {
    wrong = "must be a list of values, or a range such as \"50/s..400/s:8\"";
  }
  if (!wrong.empty()) problems.push_back({values.where, key_path(key, values.where), wrong, {}});
  finish(axis);
  return axis;
}

std::vector<Axis> read_axes(const Table& document, const std::vector<Axis>& vary, Problems& problems) {
  std::vector<Axis> axes;
  const Value* sweep = find(document, "sweep");
  const auto* table = sweep ? sweep->as<Table>() : nullptr;
  if (table) {
    Table keys;
    flatten(*table, {}, keys);
    for (const auto& [key, values] : keys) {
      const std::string& name = key;
      const bool replaced = std::any_of(vary.begin(), vary.end(), [&](const Axis& axis) { return axis.key == name; });
      Axis axis = replaced ? Axis{name, {}, {}, false} : make_axis(name, values, problems);
      if (replaced || !axis.values.empty()) axes.push_back(std::move(axis));
    }
  }
  for (const Axis& axis : vary) {
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& other) { return other.key == axis.key; });
    if (same != axes.end())
      *same = axis;
    else
      axes.push_back(axis);
  }
  if (axes.size() > most_axes) {
    const core::Position where = axes[most_axes].values.front().key_where;
    problems.push_back({where, key_path(axes[most_axes].key, where), "one axis too many: 20 are the most", {}});
    axes.resize(most_axes);
  }
  return axes;
}

bool find_axis(const Axis& axis, const std::vector<WrittenSection>& sections, const WrittenSection*& section,
               const models::Param*& param, Problems& problems) {
  const core::Position& where = axis.values.front().key_where;
  const std::vector<std::string> path = split_key(axis.key);
  const std::size_t head = path[0] == "scenario" ? 1 : 2;
  section = nullptr;
  param = nullptr;
  std::vector<std::string> paths;
  for (const WrittenSection& candidate : sections) {
    paths.push_back(candidate.path());
    if (path.size() >= head && candidate.section == path[0] && (head == 1 || candidate.name == path[1]))
      section = &candidate;
  }
  if (!section || path.size() == head || path.size() > 20) {
    const std::string near =
        section || path.size() < 2 ? "" : core::nearest(path[0] + (head == 1 ? "" : "." + path[1]), paths);
    problems.push_back(
        {where,
         key_path(axis.key, where),
         section ? "must name a parameter: write SECTION.NAME.PARAMETER"
                 : "names no section of this scenario" + (near.empty() ? "" : "; did you mean " + near + "?"),
         {}});
    return false;
  }
  const Value* kind = find(section->values, "kind");
  const auto* word = kind ? kind->as<std::string>() : nullptr;
  const models::Spec* spec = find_spec(section->section, word ? *word : "");
  if (!spec || path[head] == "kind") return spec != nullptr;
  const std::vector<models::Param>* params = &spec->params;
  for (std::size_t i = head; i < path.size(); ++i) {
    const auto found = std::find_if(params->begin(), params->end(), [&](const auto& p) { return p.name == path[i]; });
    if (found == params->end()) {
      std::vector<std::string> names;
      for (const models::Param& p : *params) names.push_back(p.name);
      const std::string near = core::nearest(path[i], names);
      problems.push_back({where, key_path(axis.key, where),
                          "names no parameter" + (near.empty() ? "" : "; did you mean " + near + "?"),
                          "capplan describe " + spec->path()});
      return false;
    }
    param = i + 1 == path.size() ? &*found : nullptr;
    if (found->type != models::Type::record) break;
    params = &found->fields;
  }
  return true;
}

void fit_to(const models::Param& param, Axis& axis) {
  axis.costs = param.costs;
  if (param.type != models::Type::count) return;
  for (Value& value : axis.values) {
    const auto* real = value.as<double>();
    if (real && value.origin == "range" && std::abs(*real) < 9e15) value.data = std::int64_t{std::llround(*real)};
  }
  finish(axis);
}

}  // namespace capplan::plan
