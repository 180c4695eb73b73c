#pragma once
// A rate that changes over time: piecewise linear with jumps, exactly integrated and exactly inverted. Arrivals of a
// unit rate, taken through the inverse of the integral, come at this rate and keep their dispersion. Source: Cinlar,
// "Introduction to Stochastic Processes" 1975, ch. 4 (time change of a Poisson process); Gerhardt and Nelson,
// "Transforming renewal processes for simulation of nonstationary arrival processes", INFORMS J. Comput. 2009. Limits:
// to 1e-12 of the integral; the curve is what the knots say, so whoever samples a smooth one sets them close.

#include <vector>

namespace capplan::core {

class RateCurve {
 public:
  /// A rate to the left and to the right of a moment; they differ where it jumps.
  struct Knot {
    double at = 0;  ///< seconds
    double before = 0;
    double after = 0;
  };

  /// The rate is a line from a knot's `after` to the next one's `before`. The first knot is at 0, times do not descend,
  /// rates are finite and >= 0. Beyond the last knot its `after` holds for ever; with `loop` >= 0, a moment before the
  /// last knot, what lies between that moment and the last knot comes over and over again.
  /// Throws std::invalid_argument for anything else.
  explicit RateCurve(std::vector<Knot> knots, double loop = -1);

  /// A rate that does not change.
  static RateCurve constant(double rate) { return RateCurve({{0, rate, rate}}); }

  /// At a moment >= 0; where it jumps, what it is from then on.
  double rate(double t) const;
  /// What is expected to come from 0 to t.
  double integral(double t) const;
  /// The earliest moment at which `area` has come; infinite where it never does.
  double inverse(double area) const;

 private:
  double within(double t) const;  // integral up to the last knot
  double inverse_within(double area) const;

  std::vector<Knot> knots_;
  std::vector<double> areas_;  // up to each knot
  double loop_ = -1;
  double loop_begin_ = 0;  // area at the loop's begin
  double loop_area_ = 0;   // of one round
};

}  // namespace capplan::core
