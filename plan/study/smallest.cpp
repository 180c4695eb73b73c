#include "plan/study/smallest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/units.h"
#include "plan/study/figure_text.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

namespace {

/// Headroom below this share of the limit is little: the next deployment takes it.
constexpr double little = 0.05;

/// Distances from a limit that differ by less of it are chance.
constexpr double equal = 0.02;

/// How much a raw value of an axis is, in its base unit.
double magnitude(const models::Value& value) {
  if (const auto* count = value.as<std::int64_t>()) return static_cast<double>(*count);
  if (const auto* number = value.as<double>()) return *number;
  const auto* text = value.as<std::string>();
  if (text == nullptr) return 0;
  if (const auto bytes = core::parse_bytes(*text)) return static_cast<double>(bytes.value);
  if (const auto span = core::parse_duration(*text)) return core::to_seconds(span.value);
  const auto rate = core::parse_rate(*text);
  return rate ? rate.value : 0;
}

/// The indices of an axis's values, least first.
std::vector<std::size_t> ascending(const Axis& axis) {
  std::vector<std::size_t> order(axis.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return magnitude(axis.values[a]) < magnitude(axis.values[b]); });
  return order;
}

/// The SLOs that a point does not meet, the one that is furthest from its limit first.
std::vector<SloMargin> failing(const Result& result) {
  std::vector<SloMargin> margins;
  for (const SloResult& slo : result.slos)
    if (slo.judgement != Judgement::met) margins.push_back(margin_of(slo));
  std::stable_sort(margins.begin(), margins.end(), [](const SloMargin& a, const SloMargin& b) {
    if ((a.judgement == Judgement::missed) != (b.judgement == Judgement::missed))
      return a.judgement == Judgement::missed;
    return a.headroom < b.headroom;
  });
  return margins;
}

/// The SLO that a point meets by the least.
std::vector<SloMargin> tightest(const Result& result) {
  std::vector<SloMargin> margins;
  for (const SloResult& slo : result.slos) margins.push_back(margin_of(slo));
  const auto least = std::min_element(margins.begin(), margins.end(), [](const SloMargin& a, const SloMargin& b) {
    return a.estimate.known != b.estimate.known ? a.estimate.known : a.headroom < b.headroom;
  });
  return least == margins.end() ? margins : std::vector{*least};
}

/// How far a point is from meeting its SLOs.
double distance(const Result& result) {
  if (result.verdict == Verdict::no_steady_state) return std::numeric_limits<double>::max();
  double far = 0;
  for (const SloMargin& margin : failing(result))
    far = std::max(far, margin.estimate.known ? -margin.headroom : std::numeric_limits<double>::max());
  return far;
}

/// One axis at one setting of the others.
class Line {
 public:
  Line(const Sweep& sweep, std::size_t a, std::size_t number, std::size_t stride)
      : sweep_(sweep), axis_(a), number_(number), stride_(stride) {
    for (std::size_t v = 0; v < sweep.axes[a].values.size(); ++v) left_.push_back(left_indexes(at(v).result));
  }

  std::optional<Smallest> smallest(const std::function<Scenario(std::size_t)>& scenario_at) const {
    Smallest found{others(), sweep_.axes[axis_].key, "", false};
    const std::vector<std::size_t> order = ascending(sweep_.axes[axis_]);
    for (const std::size_t v : order)
      if (!at(v).done) return std::nullopt;
    std::optional<std::size_t> named = first_that_meets(order, found);
    if (!named) named = nearest(order);
    const SweepPoint& point = at(*named);
    found.measured_at = point.labels[axis_];
    found.margins = found.label.empty() ? failing(point.result) : tightest(point.result);
    if (scenario_at && !found.margins.empty())
      found.binding = binding_at(point, scenario_at(number_ + *named * stride_), found.margins.front().target);
    return found;
  }

 private:
  const SweepPoint& at(std::size_t v) const { return sweep_.points[number_ + v * stride_]; }

  std::vector<std::string> others() const {
    std::vector<std::string> others;
    for (std::size_t b = 0; b < sweep_.axes.size(); ++b)
      if (b != axis_) others.push_back(sweep_.axes[b].key + " = " + sweep_.points[number_].labels[b]);
    return others;
  }

  /// Whether a point leaves an index that another of the line takes.
  bool is_other_regime(std::size_t v) const {
    return std::any_of(left_[v].begin(), left_[v].end(), [&](const std::string& index) {
      return std::any_of(left_.begin(), left_.end(), [&](const std::vector<std::string>& other) {
        return std::find(other.begin(), other.end(), index) == other.end();
      });
    });
  }

  std::optional<std::size_t> first_that_meets(const std::vector<std::size_t>& order, Smallest& found) const {
    for (const std::size_t v : order) {
      const SweepPoint& point = at(v);
      const bool meets = point.result.verdict == Verdict::ok, open = point.result.verdict == Verdict::undecided;
      if (!meets && !open) continue;
      if (is_other_regime(v)) {
        found.other_regime.push_back(point.labels[axis_]);
      } else if (meets) {
        found.label = point.labels[axis_];
        return v;
      } else {
        found.undecided_below = true;
      }
    }
    return std::nullopt;
  }

  /// Of points that all fail the one that is least far from its limits; of those about equal the largest.
  std::size_t nearest(const std::vector<std::size_t>& order) const {
    std::size_t best = order.back();
    for (auto v = order.rbegin(); v != order.rend(); ++v)
      if (!is_other_regime(*v) &&
          (is_other_regime(best) || distance(at(*v).result) < distance(at(best).result) - equal))
        best = *v;
    return best;
  }

  /// What binds the class of an SLO; of an SLO on a resource that resource, if requests wait for it.
  static Binding binding_at(const SweepPoint& point, const Scenario& scenario, const std::string& target) {
    const bool is_class = scenario.find("request." + target) || scenario.find("job." + target);
    const std::size_t dot = target.find('.');
    if (!is_class && dot != std::string::npos)
      for (const Binding& load : loads_of(point.result, scenario, "all"))
        if (load.figure[0] == models::figure_group(target.substr(0, dot)) && load.figure[1] == target.substr(dot + 1))
          return load;
    return binding(point.result, scenario, is_class ? target : "all");
  }

  const Sweep& sweep_;
  std::size_t axis_, number_, stride_;
  std::vector<std::vector<std::string>> left_;  ///< by value: the indexes that the planner leaves
};

}  // namespace

SloMargin margin_of(const SloResult& slo) {
  SloMargin margin{slo.target, slo.text, slo.limit, slo.estimate, slo.judgement};
  const core::Estimate& e = slo.estimate;
  if (!e.known) return margin;
  const double left = slo.below ? slo.limit - e.value : e.value - slo.limit;
  const double from_end = slo.below ? slo.limit - e.hi : e.lo - slo.limit;
  margin.headroom = slo.limit != 0 ? left / std::abs(slo.limit) : 0;
  margin.tight =
      slo.judgement == Judgement::met && slo.limit != 0 && (margin.headroom < little || from_end < (e.hi - e.lo) / 2);
  return margin;
}

std::string to_text(const SloMargin& margin) {
  const std::string what = margin.target + " " + margin.text;
  if (!margin.estimate.known) return what + " is not known";
  const Cell measured = cell(margin.estimate, unit_of_condition(margin.target, margin.text, margin.limit));
  std::string text = fmt::format("{}: {}{}", what, measured.text, measured.beside.empty() ? "" : " " + measured.beside);
  if (margin.judgement == Judgement::undecided) return text + ", undecided";
  if (margin.limit != 0)
    text += fmt::format(", {} {}", compact(std::abs(margin.headroom), Unit::ratio),
                        margin.headroom < 0 ? "beyond the limit" : "headroom");
  return text;
}

std::vector<std::string> left_indexes(const Result& result) {
  std::vector<std::string> left;
  for (const Figure& figure : result.figures)
    if (figure.path.size() == 3 && figure.path[0] == "indexes" && figure.path[2] == "index_scan_ratio" &&
        figure.estimate.known && figure.estimate.value < 0.5)
      left.push_back(figure.path[1]);
  return left;
}

std::vector<Smallest> find_smallest(const Sweep& sweep, const std::function<Scenario(std::size_t)>& scenario_at) {
  const bool judged = std::any_of(sweep.points.begin(), sweep.points.end(),
                                  [](const SweepPoint& point) { return !point.result.slos.empty(); });
  std::vector<Smallest> all;
  if (!judged || !sweep.is_grid()) return all;
  std::size_t stride = sweep.points.size();
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const std::size_t size = sweep.axes[a].values.size();
    stride /= size;
    if (!sweep.axes[a].costs) continue;
    for (std::size_t number = 0; number < sweep.points.size(); ++number) {
      if (number / stride % size != 0) continue;  // once for each setting of the others
      if (std::optional<Smallest> found = Line(sweep, a, number, stride).smallest(scenario_at))
        all.push_back(std::move(*found));
    }
  }
  return all;
}

}  // namespace capplan::plan
