#pragma once
// A number with its confidence interval: what capplan shows in place of a bare figure.

namespace capplan::core {

/// An estimate and its two-sided confidence interval, lo <= value <= hi, in the unit of the quantity.
/// `known` is false where the sample cannot carry the figure; such an estimate is never printed as a number.
struct Estimate {
  double value = 0;
  double lo = 0;
  double hi = 0;
  bool known = false;
  /// Half widths of what the interval is made of, where that was asked for; both 0 where it was not. Their squares add.
  double sampling = 0;     ///< of a simulation of finite length
  double calibration = 0;  ///< of parameters that captures leave open

  double half_width() const { return (hi - lo) / 2; }
  bool split() const { return sampling > 0 || calibration > 0; }
  friend bool operator==(const Estimate&, const Estimate&) = default;
};

}  // namespace capplan::core
