// Between two knots the integral is a quadratic; its root is taken in the form that does not cancel.

#include "core/rate_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace capplan::core {

namespace {

bool usable(double rate) { return std::isfinite(rate) && rate >= 0; }

}  // namespace

RateCurve::RateCurve(std::vector<Knot> knots, double loop) : knots_(std::move(knots)), loop_(loop) {
  if (knots_.empty() || knots_.front().at != 0) throw std::invalid_argument("knots: the first must be at 0");
  areas_.push_back(0);
  for (std::size_t i = 0; i < knots_.size(); ++i) {
    if (!usable(knots_[i].before) || !usable(knots_[i].after))
      throw std::invalid_argument("knots: a rate must be finite and 0 or more");
    if (i == 0) continue;
    const double span = knots_[i].at - knots_[i - 1].at;
    if (!(span >= 0)) throw std::invalid_argument("knots: times must not descend");
    areas_.push_back(areas_.back() + span * (knots_[i - 1].after + knots_[i].before) / 2);
  }
  if (loop_ < 0) return;
  if (!(loop_ < knots_.back().at)) throw std::invalid_argument("loop: must begin before the last knot");
  loop_begin_ = within(loop_);
  loop_area_ = areas_.back() - loop_begin_;
}

double RateCurve::rate(double t) const {
  const double end = knots_.back().at;
  if (t >= end && loop_ < 0) return knots_.back().after;
  if (t >= end) t = std::min(loop_ + std::fmod(t - loop_, end - loop_), std::nextafter(end, 0));
  const auto right =
      std::upper_bound(knots_.begin(), knots_.end(), t, [](double moment, const Knot& k) { return moment < k.at; });
  const Knot& b = *right;
  const Knot& a = *(right - 1);
  return a.after + (b.before - a.after) * (t - a.at) / (b.at - a.at);
}

double RateCurve::within(double t) const {
  const auto right =
      std::upper_bound(knots_.begin(), knots_.end(), t, [](double moment, const Knot& k) { return moment < k.at; });
  const auto i = static_cast<std::size_t>(right - knots_.begin()) - 1;
  const Knot& a = knots_[i];
  const double span = t - a.at;
  if (right == knots_.end()) return areas_[i] + span * a.after;
  return areas_[i] + span * (a.after + (right->before - a.after) * span / (right->at - a.at) / 2);
}

double RateCurve::integral(double t) const {
  const double end = knots_.back().at;
  if (t <= end || loop_ < 0) return within(t);
  const double rounds = std::floor((t - loop_) / (end - loop_));
  return rounds * loop_area_ + within(std::min(end, t - rounds * (end - loop_)));
}

double RateCurve::inverse_within(double area) const {
  const auto right = std::lower_bound(areas_.begin() + 1, areas_.end(), area);
  const auto i = static_cast<std::size_t>(right - areas_.begin()) - 1;
  const Knot& a = knots_[i];
  const double rest = std::max(0.0, area - areas_[i]);
  if (right == areas_.end())
    return a.after > 0 ? a.at + rest / a.after : rest > 0 ? std::numeric_limits<double>::infinity() : a.at;
  if (rest == 0) return a.at;
  const Knot& b = knots_[i + 1];
  const double slope = (b.before - a.after) / (b.at - a.at);
  const double root = std::sqrt(std::max(0.0, a.after * a.after + 2 * slope * rest));
  return std::min(b.at, a.at + 2 * rest / (a.after + root));
}

double RateCurve::inverse(double area) const {
  const double all = areas_.back();
  if (area <= all || loop_ < 0) return inverse_within(area);
  if (!(loop_area_ > 0)) return std::numeric_limits<double>::infinity();
  const double rounds = std::ceil((area - all) / loop_area_);
  return rounds * (knots_.back().at - loop_) + inverse_within(area - rounds * loop_area_);
}

}  // namespace capplan::core
