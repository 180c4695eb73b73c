#include "core/random.h"

#include <Random123/philox.h>

#include <cmath>
#include <string>

namespace capplan::core {

namespace {

/// FNV-1a over the text, mixed at the end.
std::uint64_t hash(std::string_view text, std::uint64_t start) {
  std::uint64_t h = start;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix(h);
}

/// `r` and the layers' common area `v` as published; `f` and its inverse are of the unnormalised density.
template <class F, class Inverse>
Ziggurat make_ziggurat(double r, double v, F density, Inverse inverse) {
  Ziggurat z{};
  z.r = r;
  z.x[0] = v / density(r);
  z.x[1] = r;
  for (std::size_t i = 2; i < 256; ++i) z.x[i] = inverse(v / z.x[i - 1] + density(z.x[i - 1]));
  z.x[256] = 0;
  for (std::size_t i = 0; i < 257; ++i) z.f[i] = density(z.x[i]);
  return z;
}

}  // namespace

const Ziggurat exponential_ziggurat = make_ziggurat(
    7.69711747013104972, 3.949659822581572e-3, [](double x) { return std::exp(-x); },
    [](double y) { return -std::log(y); });

const Ziggurat normal_ziggurat = make_ziggurat(
    3.6541528853610088, 4.92867323399e-3, [](double x) { return std::exp(-0.5 * x * x); },
    [](double y) { return std::sqrt(-2 * std::log(y)); });

Stream::Stream(std::uint64_t seed, std::uint64_t replication, std::string_view component, std::string_view purpose)
    : seed_(seed), replication_(replication) {
  const std::string name = std::string(component) + '\0' + std::string(purpose);
  key_ = {hash(name, 0xcbf29ce484222325ULL), hash(name, 0x84222325cbf29ce4ULL)};
}

void Stream::refill() {
  const r123::Philox4x64::key_type key = {{key_[0], key_[1]}};
  for (int block = 0; block < ahead_; ++block) {
    const r123::Philox4x64::ctr_type counter = {{counter_++, substream_, replication_, seed_}};
    const auto words = r123::Philox4x64()(counter, key);
    for (int i = 0; i < 4; ++i) buffer_[static_cast<std::size_t>(4 * block + i)] = words[static_cast<std::size_t>(i)];
  }
  position_ = 0;
  end_ = 4 * ahead_;
}

std::uint64_t Stream::below(std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = -n % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Stream::normal() {
  const Ziggurat& z = normal_ziggurat;
  for (;;) {
    const std::uint64_t bits = next();
    const auto layer = static_cast<std::size_t>(bits & 255);
    const double sign = (bits & 256) != 0 ? -1.0 : 1.0;
    const double x = static_cast<double>(bits >> 11) * 0x1p-53 * z.x[layer];
    if (x < z.x[layer + 1]) return sign * x;
    if (layer == 0) {  // Marsaglia's method for the tail beyond r
      double a = 0, b = 0;
      do {
        a = exponential() / z.r;
        b = exponential();
      } while (2 * b < a * a);
      return sign * (z.r + a);
    }
    if (z.f[layer] + uniform() * (z.f[layer + 1] - z.f[layer]) < std::exp(-0.5 * x * x)) return sign * x;
  }
}

}  // namespace capplan::core
