// Writing distributions, the inverse of distribution_value.cpp. Families that are kept by other numbers than people
// give (the lognormal's mu and sigma) are written by mean and cv again. Limit: 13 significant digits.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/units.h"
#include "models/spec/distribution_value.h"

namespace capplan::models {

namespace {

using namespace core;

template <class T>
Value raw(T data) {
  Value value;
  value.data = std::move(data);
  return value;
}

Value time(double seconds) { return raw(spelled_duration(seconds)); }

Value number(double x) { return raw(tidy(x)); }

template <class T, class Write>
Value list(const std::vector<T>& values, Write write) {
  List result;
  for (const T& value : values) result.push_back(write(value));
  return raw(std::move(result));
}

Value family(const Deterministic& d) { return time(d.value); }
Value family(const Uniform& d) { return raw(List{time(d.lo), time(d.hi)}); }
Value family(const Exponential& d) { return raw(Table{{"mean", time(d.mean)}}); }
Value family(const Erlang& d) { return raw(Table{{"stages", raw(std::int64_t{d.stages})}, {"mean", time(d.mean)}}); }
Value family(const Gamma& d) {
  return raw(Table{{"mean", time(d.shape * d.scale)}, {"cv", number(1 / std::sqrt(d.shape))}});
}
Value family(const Lognormal& d) {
  return raw(Table{{"mean", time(std::exp(d.mu + d.sigma * d.sigma / 2))},
                   {"cv", number(std::sqrt(std::expm1(d.sigma * d.sigma)))}});
}
Value family(const Weibull& d) { return raw(Table{{"shape", number(d.shape)}, {"scale", time(d.scale)}}); }
Value family(const Hyperexponential& d) {
  return raw(Table{{"weights", list(d.weights, number)}, {"means", list(d.means, time)}});
}
Value family(const BoundedPareto& d) {
  return raw(Table{{"alpha", number(d.alpha)}, {"lo", time(d.lo)}, {"hi", time(d.hi)}});
}
Value family(const Empirical& d) {
  return raw(Table{{"probability", list(d.probability, number)}, {"value", list(d.value, time)}});
}
Value family(const Mixture& d) {
  return raw(Table{{"weights", list(d.weights, number)}, {"parts", list(d.parts, to_value)}});
}
Value family(const Shifted& d) { return raw(Table{{"offset", time(d.offset)}, {"by", to_value(d.part.front())}}); }

}  // namespace

double tidy(double x) { return std::strtod(fmt::format("{:.12e}", x).c_str(), nullptr); }

std::string spelled_duration(double seconds) {
  const double nanos = seconds * 1e9;
  if (nanos < 9e15 && std::abs(nanos - std::round(nanos)) <= 1e-13 * nanos) return exact_duration(std::llround(nanos));
  const double micros = tidy(seconds * 1e6);
  const int decimals = std::max(0, 12 - static_cast<int>(std::floor(std::log10(micros))));
  std::string text = fmt::format("{:.{}f}", micros, decimals);
  if (decimals > 0) text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "us";
}

Value to_value(const Distribution& distribution) {
  Value body = std::visit([](const auto& d) { return family(d); }, distribution.family());
  if (std::holds_alternative<Deterministic>(distribution.family())) return body;
  return raw(Table{{distribution.family_name(), std::move(body)}});
}

}  // namespace capplan::models
