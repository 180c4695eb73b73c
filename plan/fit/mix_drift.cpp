#include "plan/fit/mix_drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "plan/fit/batched.h"

namespace capplan::plan {

namespace {

constexpr double least_expected = 5;
constexpr double design_freedom = 40;  // per class, of a design effect: ten windows of five parts
constexpr double z = 1.959963984540054;

struct Shares {
  std::map<std::string, double> of;
  double effective = 0;  ///< requests that tell as much as independent ones
};

Shares shares_of(const CaptureBaseline& b) {
  Shares s;
  double n = 0;
  for (const ClassBaseline& c : b.classes) n += static_cast<double>(c.count);
  for (const ClassBaseline& c : b.classes) s.of[c.name] = static_cast<double>(c.count) / n;
  s.effective = n / b.design;
  return s;
}

double share(const Shares& s, const std::string& name) {
  const auto found = s.of.find(name);
  return found != s.of.end() ? found->second : 0;
}

/// What the distance would be by chance alone, nineteen times of twenty: about twice its mean.
double distance_by_chance(const std::vector<double>& deviations) {
  double sum = 0;
  for (const double d : deviations) sum += d;
  return 1.6 * sum / 2;
}

}  // namespace

DriftLine mix_line(const CaptureBaseline& from, const CaptureBaseline& to, double margin) {
  DriftLine line{.kind = DriftKind::mix, .subject = {}, .figure = "share"};
  line.margin = margin / 2;
  const Shares a = shares_of(from), b = shares_of(to);
  std::map<std::string, double> both;
  for (const Shares* s : {&a, &b})
    for (const auto& [name, x] : s->of) both[name] += x * s->effective / (a.effective + b.effective);
  double chi = 0, most = -1, rest_a = 0, rest_b = 0, rest = 0;
  int cells = 0;
  std::vector<double> deviations;
  const double scale = 1 / a.effective + 1 / b.effective;
  const auto add = [&](double p, double q, double pooled) {
    if (!(pooled > 0)) return;
    chi += (p - q) * (p - q) / pooled / scale;
    deviations.push_back(std::sqrt(pooled * (1 - pooled) * scale));
    ++cells;
  };
  for (const auto& [name, pooled] : both) {
    const double p = share(a, name), q = share(b, name);
    line.distance += std::fabs(p - q) / 2;
    if (pooled * std::min(a.effective, b.effective) < least_expected) {
      rest_a += p;
      rest_b += q;
      rest += pooled;
      continue;
    }
    add(p, q, pooled);
    const double off = std::fabs(p - q) / std::sqrt(pooled * (1 - pooled) * scale + 1e-300);
    if (off <= most) continue;
    most = off;
    line.subject = name;
    line.before = line.calibrated = p;
    line.measured = q;
  }
  add(rest_a, rest_b, rest);
  if (cells < 2) {
    line.note = both.size() == 1 ? "there is one class" : "too few requests";
    line.verdict = both.size() == 1 ? Moved::none_shown : Moved::cannot_tell;
    return line;
  }
  const double classes = cells - 1;
  line.p = exceeds_f(chi / classes, classes, design_freedom * classes);
  line.tested = true;
  if (line.before > 0 && line.measured > 0) {
    const double error =
        std::sqrt((1 - line.before) / line.before / a.effective + (1 - line.measured) / line.measured / b.effective);
    const double ratio = line.measured / line.before;
    line.ratio = {ratio, ratio * std::exp(-z * error), ratio * std::exp(z * error), true};
  }
  line.by_chance = distance_by_chance(deviations);
  line.note = fmt::format("{:.1f}% of requests belong to other classes; {:.1f}% could by chance", 100 * line.distance,
                          100 * line.by_chance);
  return line;
}

void judge_mix(DriftLine& line) {
  if (!line.tested) return;
  const bool far = line.distance >= line.margin;
  if (line.adjusted_p < drift_level && far)
    line.verdict = Moved::moved;
  else if (!far && line.by_chance <= line.margin)
    line.verdict = Moved::none_shown;
}

}  // namespace capplan::plan
