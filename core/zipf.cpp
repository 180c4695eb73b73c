#include "core/zipf.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace capplan::core {

namespace {
/// (e^x - 1) / x and log(1 + x) / x, both 1 at 0.
double expm1_over(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }
double log1p_over(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }
}  // namespace

Zipf::Zipf(std::uint64_t n, double s) : n_(n), s_(s) {
  if (n < 1) throw std::invalid_argument("count: must be 1 or more");
  if (!(s >= 0) || !std::isfinite(s)) throw std::invalid_argument("zipf: must be a finite number >= 0");
  integral_first_ = integral(1.5) - 1;
  integral_last_ = integral(static_cast<double>(n) + 0.5);
  squeeze_ = 2 - integral_inverse(integral(2.5) - std::pow(2.0, -s));
}

double Zipf::integral(double x) const {
  const double log_x = std::log(x);
  return expm1_over((1 - s_) * log_x) * log_x;
}

double Zipf::integral_inverse(double y) const {
  const double t = std::max(-1.0, y * (1 - s_));
  return std::exp(log1p_over(t) * y);
}

std::uint64_t Zipf::sample(Stream& stream) const {
  for (;;) {
    const double area = integral_last_ + stream.uniform() * (integral_first_ - integral_last_);
    const double x = integral_inverse(area);
    const double k = std::min(std::max(std::floor(x + 0.5), 1.0), static_cast<double>(n_));
    if (k - x <= squeeze_ || area >= integral(k + 0.5) - std::exp(-s_ * std::log(k)))
      return static_cast<std::uint64_t>(k);
  }
}

}  // namespace capplan::core
