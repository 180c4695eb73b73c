#include "plan/study/calibration_spread.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/interval.h"
#include "core/moments.h"

namespace capplan::plan {

namespace {

/// Fewest draws that a scatter is seen in.
constexpr std::size_t fewest_draws = 4;

/// The figure's values under the draws, what chance they share with replications taken out.
std::vector<double> under_draws(const Figure& figure, const std::vector<double>& drawn, std::size_t paired) {
  const auto positive = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double x) { return x > 0; });
  };
  const double value = figure.estimate.value;
  const bool by_ratio = value > 0 && positive(drawn) && positive(figure.values);
  std::vector<double> values;
  for (std::size_t d = 0; d < drawn.size(); ++d) {
    const double beside = figure.values[d % paired];
    values.push_back(by_ratio ? value * (drawn[d] / beside) : value + (drawn[d] - beside));
  }
  return values;
}

/// What the draws do to a figure, in logarithms where all are above 0.
struct Spread {
  bool logarithms = false;
  double shift = 0;     ///< of the mean of draws from the value
  double variance = 0;  ///< of a further draw
  double degrees = 1;
};

Spread spread_of(const Figure& figure) {
  Spread spread;
  const double value = figure.estimate.value;
  spread.logarithms =
      value > 0 && std::all_of(figure.draws.begin(), figure.draws.end(), [](double x) { return x > 0; });
  std::vector<double> moved;
  for (const double x : figure.draws) moved.push_back(spread.logarithms ? std::log(x / value) : x - value);
  const core::Moments moments(moved);
  const double n = static_cast<double>(moved.size());
  spread.shift = moments.mean();
  spread.variance = moments.variance() * (1 + 1 / n);
  spread.degrees = n - 1;
  return spread;
}

double normal_share(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

}  // namespace

void add_calibration_spread(std::vector<Figure>& figures, const std::vector<Figure>& drawn, std::size_t paired) {
  const FigureLookup by_path(drawn);
  for (Figure& figure : figures) {
    core::Estimate& e = figure.estimate;
    const Figure* other = by_path.find(figure.path);
    std::vector<double> values = other != nullptr ? other->values : std::vector<double>{};
    const bool is_error = figure.path.size() == 4 && figure.path[2] == "errors";
    if (other == nullptr && is_error && !drawn.empty())  // no draw has seen it
      values.assign(drawn.front().values.size(), 0.0);
    if (!e.known || values.size() < fewest_draws || figure.values.size() < paired) {
      e = {};
      figure.values.clear();
      continue;
    }
    figure.draws = under_draws(figure, values, paired);
    const Spread spread = spread_of(figure);
    const double reach = core::student_t_quantile(0.975, spread.degrees) * std::sqrt(spread.variance);
    const double unit = spread.logarithms ? e.value : 1;
    const double below = std::hypot((e.value - e.lo) / unit, reach), above = std::hypot((e.hi - e.value) / unit, reach);
    e.sampling = std::max(e.value - e.lo, e.hi - e.value);
    e.calibration = reach * unit;
    const auto at = [&](double moved) { return spread.logarithms ? e.value * std::exp(moved) : e.value + moved; };
    e.lo = std::max(0.0, std::min(e.value, at(spread.shift - below)));
    e.hi = std::max(e.value, at(spread.shift + above));
  }
}

core::Estimate probability(const Figure& figure, double limit, bool below) {
  if (!figure.estimate.known || figure.draws.size() < fewest_draws || figure.values.size() < 2) return {};
  const Spread spread = spread_of(figure);
  const double value = figure.estimate.value;
  const core::Moments sample(figure.values);
  const double error = sample.standard_error() / (spread.logarithms ? value : 1);
  const double chance = error * error;
  const double variance = chance + spread.variance;
  double room = limit - value - spread.shift;
  if (spread.logarithms) room = limit > 0 ? std::log(limit / value) - spread.shift : -1e9;
  if (!below) room = -room;
  if (!(variance > 0)) return {room > 0 ? 1.0 : 0.0, room > 0 ? 1.0 : 0.0, room > 0 ? 1.0 : 0.0, true};
  const double spare = static_cast<double>(figure.values.size()) - 1;
  const double degrees =
      variance * variance / (chance * chance / spare + spread.variance * spread.variance / spread.degrees);
  const double z = room / std::sqrt(variance);
  const double likely = core::student_t_probability(z, degrees);
  const double vague = 1.959964 * std::sqrt(1 / (degrees + 1) + z * z / (2 * degrees));
  return {likely, std::min(likely, normal_share(z - vague)), std::max(likely, normal_share(z + vague)), true};
}

DrawnDifference drawn_difference(const Figure& a, const Figure& b) {
  if (a.draws.size() != b.draws.size() || a.draws.size() < fewest_draws) return {};
  std::vector<double> moved;
  for (std::size_t d = 0; d < a.draws.size(); ++d)
    moved.push_back(b.draws[d] - b.estimate.value - (a.draws[d] - a.estimate.value));
  const core::Moments moments(moved);
  const double n = static_cast<double>(moved.size());
  return {moments.mean(), moments.variance() * (1 + 1 / n), n - 1};
}

}  // namespace capplan::plan
