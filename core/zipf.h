#pragma once
// Zipf's law over 1..n by rejection-inversion: exact for any exponent s >= 0 and n to 2^53, no table, about 1.1 uniform
// numbers a draw. Source: Hormann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
// distributions", ACM TOMACS 6(3), 1996.

#include <cstdint>

#include "core/random.h"

namespace capplan::core {

/// P(rank = k) proportional to k^-s, k = 1..n.
class Zipf {
 public:
  /// Throws std::invalid_argument unless n >= 1 and s >= 0. s = 0 is the uniform law.
  Zipf(std::uint64_t n, double s);

  std::uint64_t sample(Stream& stream) const;

 private:
  double integral(double x) const;  // of x^-s
  double integral_inverse(double y) const;

  std::uint64_t n_;
  double s_;
  double integral_first_;  // left end of the area, with the whole of rank 1 in it
  double integral_last_;
  double squeeze_;
};

}  // namespace capplan::core
