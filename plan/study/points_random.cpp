// Designs that draw: each value by itself, or by Latin hypercube (McKay, Beckman and Conover 1979), which cuts each
// axis into as many strata as there are samples and takes each stratum once. A point is drawn by its number alone. The
// strata are dealt by a permutation that is computed and not stored: a Feistel network of four rounds (Luby and Rackoff
// 1988) over the next power of four, walked until it is back below the number of samples (Black and Rogaway 2002).

#include <algorithm>
#include <bit>
#include <string>

#include "core/random.h"
#include "plan/study/points.h"

namespace capplan::plan {

namespace {

core::Stream stream_of(const Sampling& sampling, std::size_t axis, const char* purpose) {
  return {sampling.seed, 0, "sweep.axis " + std::to_string(axis), purpose};
}

class RandomPoints : public Points {
 public:
  explicit RandomPoints(const Sampling& sampling) : sampling_(sampling) {}
  std::size_t count() const override { return sampling_.samples; }
  std::vector<std::size_t> at(std::size_t number) const override {
    std::vector<std::size_t> place;
    for (std::size_t axis = 0; axis < sampling_.sizes.size(); ++axis)
      place.push_back(stream_of(sampling_, axis, "random").at(number).below(sampling_.sizes[axis]));
    return place;
  }

 private:
  Sampling sampling_;
};

/// Where `number` goes in a permutation of 0..count-1 that a key names.
std::uint64_t permuted(std::uint64_t number, std::uint64_t count, std::uint64_t key) {
  const int half = std::max(1, (static_cast<int>(std::bit_width(count - 1)) + 1) / 2);
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = number >> half, right = number & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t next = left ^ (core::mix(core::mix(key + round) ^ right) & mask);
      left = right;
      right = next;
    }
    number = left << half | right;
  } while (number >= count);
  return number;
}

class LatinPoints : public Points {
 public:
  explicit LatinPoints(const Sampling& sampling) : sampling_(sampling) {
    for (std::size_t axis = 0; axis < sampling.sizes.size(); ++axis)
      keys_.push_back(stream_of(sampling, axis, "strata").next());
  }
  std::size_t count() const override { return sampling_.samples; }
  std::vector<std::size_t> at(std::size_t number) const override {
    std::vector<std::size_t> place;
    for (std::size_t axis = 0; axis < keys_.size(); ++axis) {
      const double stratum = static_cast<double>(permuted(number, sampling_.samples, keys_[axis]));
      const double within = stream_of(sampling_, axis, "within").at(number).uniform();
      place.push_back(place_of((stratum + within) / static_cast<double>(sampling_.samples), sampling_.sizes[axis]));
    }
    return place;
  }

 private:
  Sampling sampling_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace

const Design random_design = {
    "random", "N points, each value by chance", true,
    [](const Sampling& sampling) -> std::unique_ptr<Points> { return std::make_unique<RandomPoints>(sampling); }};

const Design latin_hypercube_design = {
    "latin-hypercube", "N points, which share the values of each axis out evenly", true,
    [](const Sampling& sampling) -> std::unique_ptr<Points> { return std::make_unique<LatinPoints>(sampling); }};

}  // namespace capplan::plan
