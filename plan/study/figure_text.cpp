#include "plan/study/figure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/units.h"
#include "plan/scenario/condition.h"
#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

namespace {

/// What core's formats put behind a number, and how much one of it is.
constexpr std::array<std::pair<const char*, double>, 19> suffixes = {{{"B", 1},
                                                                      {"kB", 1024.0},
                                                                      {"MB", 1024.0 * 1024},
                                                                      {"GB", 1024.0 * 1024 * 1024},
                                                                      {"TB", 1024.0 * 1024 * 1024 * 1024},
                                                                      {"ns", 1e-9},
                                                                      {"us", 1e-6},
                                                                      {"ms", 1e-3},
                                                                      {"s", 1},
                                                                      {"min", 60},
                                                                      {"h", 3600},
                                                                      {"d", 86400},
                                                                      {"%", 0.01},
                                                                      {"/s", 1},
                                                                      {"k/s", 1e3},
                                                                      {"M/s", 1e6},
                                                                      {"k", 1e3},
                                                                      {"M", 1e6},
                                                                      {"", 1}}};

struct Number {
  int decimals = 0;
  double scale = 1;  ///< of its suffix
};

Number take_apart(const std::string& text) {
  const std::size_t end = std::min(text.find_first_not_of("-.0123456789"), text.size());
  const std::size_t point = text.find('.');
  Number number;
  if (point != std::string::npos) number.decimals = static_cast<int>(end - point - 1);
  const std::string suffix = text.substr(end);
  for (const auto& [name, scale] : suffixes)
    if (suffix == name) number.scale = scale;
  return number;
}

/// An upper bound to one digit, never below it: "0.005%".
std::string rounded_up(double value, Unit unit) {
  const std::string text = compact(value, unit);
  const std::size_t end = std::min(text.find_first_not_of("-.0123456789"), text.size());
  const double number = value / take_apart(text).scale;
  const double digit = std::pow(10, std::floor(std::log10(number)));
  return fmt::format("{:.1g}", std::ceil(number / digit - 1e-9) * digit) + text.substr(end);
}

}  // namespace

std::string compact(double value, Unit unit) {
  // Four digits of a count take no more room than three and a zero.
  if (unit == Unit::count && std::abs(value) >= 1000 && std::abs(value) < 9999.5) return fmt::format("{:.0f}", value);
  std::string text = unit == Unit::seconds      ? core::format_duration(value)
                     : unit == Unit::per_second ? core::format_rate(value)
                     : unit == Unit::ratio      ? core::format_ratio(value)
                     : unit == Unit::bytes      ? core::format_bytes(value)
                                                : core::format_count(value);
  std::erase(text, ' ');
  return text;
}

Cell cell(const core::Estimate& estimate, Unit unit) {
  if (!estimate.known) return {"-"};
  const std::string text = compact(estimate.value, unit);
  const double side = std::max(estimate.hi - estimate.value, estimate.value - estimate.lo);
  if (estimate.value == 0) return {text, side > 0 ? "<" + rounded_up(estimate.hi, unit) : ""};
  const double below = estimate.value - estimate.lo, above = estimate.hi - estimate.value;
  if (estimate.lo > 0 && std::max(above, below) > 1.5 * std::min(above, below) && std::isfinite(estimate.hi) &&
      side > 0.02 * std::abs(estimate.value))
    return {text, compact(estimate.lo, unit) + ".." + compact(estimate.hi, unit)};
  const Number number = take_apart(text);
  const double half = side / number.scale;
  if (!std::isfinite(half)) return {text, "±?"};
  const std::string same = fmt::format("{:.{}f}", half, number.decimals);
  if (same.find_first_of("123456789") != std::string::npos) return {text, "±" + same};
  return {text, half * std::pow(10, number.decimals) < 0.01 ? "±0" : fmt::format("±{:.1g}", half)};
}

Cell signed_cell(const core::Estimate& difference, Unit unit) {
  Cell shown = cell(difference, unit);
  if (difference.known && difference.value > 0) shown.text = "+" + shown.text;
  return shown;
}

Cell change_cell(const core::Estimate& relative) {
  if (!relative.known || relative.value < 9) return signed_cell(relative, Unit::ratio);
  Cell shown = cell({1 + relative.value, 1 + relative.lo, 1 + relative.hi, true}, Unit::count);
  shown.text = "×" + shown.text;
  return shown;
}

Cell probability_cell(const core::Estimate& probability) {
  if (!probability.known) return {"-"};
  const auto text = [](double p) { return p > 0.995 ? ">0.99" : p < 0.005 ? "<0.01" : fmt::format("{:.2f}", p); };
  return {text(probability.value), text(probability.lo) + ".." + text(probability.hi)};
}

std::string subject_of(const Path& path) {
  const std::string section = section_of_group(path[0]);
  if (section == "request") return path[1];
  return (section.empty() ? path[0] : section) + " " + path[1];
}

std::string word_of(const Path& path) {
  const core::FigureSpec* spec = spec_of(path);
  if (spec == nullptr)
    return fmt::format("{}", fmt::join(path.begin() + std::min<std::ptrdiff_t>(2, std::ssize(path)), path.end(), "/"));
  const std::string leaf = leaf_of(path);
  const bool latency = spec->heading.empty() && !leaf.empty();
  const std::string_view word = spec->heading.empty() && !latency ? spec->name : spec->heading;
  return leaf.empty() ? std::string(word) : latency ? leaf : fmt::format("{} {}", word, leaf);
}

Unit unit_of(const Path& path) {
  const core::FigureSpec* spec = spec_of(path);
  if (spec == nullptr) {  // of an older engine: by its name
    const std::string& name = path.size() > 2 ? path[2] : path.back();
    if (name.ends_with("_per_s") || path.size() < 3) return Unit::count;
    return name.ends_with("_s") ? Unit::seconds : name.ends_with("_bytes") ? Unit::bytes : Unit::ratio;
  }
  return spec->unit == Unit::per_second && spec->heading.ends_with("/s") ? Unit::count : spec->unit;
}

Cell measured_cell(const SloResult& slo) {
  if (slo.never) return {fmt::format("never ({} fail)", compact(slo.failed.value, Unit::ratio))};
  return cell(slo.estimate, unit_of_condition(slo.target, slo.text, slo.limit));
}

Unit unit_of_condition(const std::string& target, const std::string& condition, double limit) {
  return limit_unit(target, metric_of(condition), limit);
}

}  // namespace capplan::plan
