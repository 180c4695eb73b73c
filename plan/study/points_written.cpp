// Designs that take every value that is written: all combinations, or all axes in step. Limit of a grid: as many points
// as a number counts exactly, 2^53.

#include <fmt/format.h>

#include <algorithm>

#include "plan/study/points.h"

namespace capplan::plan {

namespace {

constexpr double most_points = 9'007'199'254'740'992.0;

class GridPoints : public Points {
 public:
  explicit GridPoints(const Sampling& sampling) : sizes_(sampling.sizes) {}

  std::size_t count() const override {
    std::size_t count = 1;
    for (const std::size_t size : sizes_) count *= size;
    return count;
  }

  std::vector<std::size_t> at(std::size_t number) const override {
    std::vector<std::size_t> place(sizes_.size());
    for (std::size_t a = sizes_.size(); a-- > 0; number /= sizes_[a]) place[a] = number % sizes_[a];
    return place;
  }

 private:
  std::vector<std::size_t> sizes_;
};

class ZippedPoints : public Points {
 public:
  explicit ZippedPoints(const Sampling& sampling) : axes_(sampling.sizes.size()), count_(sampling.sizes.front()) {}
  std::size_t count() const override { return count_; }
  std::vector<std::size_t> at(std::size_t number) const override { return std::vector<std::size_t>(axes_, number); }

 private:
  std::size_t axes_, count_;
};

std::string grid_refusal(const Sampling& sampling) {
  double points = 1;
  for (const std::size_t size : sampling.sizes) points *= static_cast<double>(size);
  return points < most_points ? "" : fmt::format("the grid has {:.1e} points: take a sample of it", points);
}

std::string zip_refusal(const Sampling& sampling) {
  const auto& sizes = sampling.sizes;
  if (sizes.empty()) return "zip needs an axis";
  if (std::adjacent_find(sizes.begin(), sizes.end(), std::not_equal_to<>()) == sizes.end()) return {};
  return fmt::format("zip needs as many values on each axis, and there are {} (a value that is repeated counts once)",
                     fmt::join(sizes, ", "));
}

}  // namespace

const Design grid_design = {
    "grid", "every combination of values, the last axis fastest", false,
    [](const Sampling& sampling) -> std::unique_ptr<Points> { return std::make_unique<GridPoints>(sampling); },
    grid_refusal};

const Design zip_design = {
    "zip", "the first value of each axis, then the second of each, ...", false,
    [](const Sampling& sampling) -> std::unique_ptr<Points> { return std::make_unique<ZippedPoints>(sampling); },
    zip_refusal};

}  // namespace capplan::plan
