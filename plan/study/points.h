#pragma once
// Which points a study has, by their numbers: a place on each axis, made when it is asked for, so that a million points
// cost nothing before their turn. A design says how places are chosen; each is a file, and a line in points.cpp. All of
// them take the values that axes list: points of two designs can be the same, and are then one point of a store.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/scenario/axes.h"

namespace capplan::plan {

class Points {
 public:
  virtual ~Points() = default;
  virtual std::size_t count() const = 0;
  /// The index of the value on each axis, of a number below count(). Called when the point's turn comes.
  virtual std::vector<std::size_t> at(std::size_t number) const = 0;
};

/// What points are chosen from.
struct Sampling {
  std::vector<std::size_t> sizes;  ///< values of each axis, one or more
  std::size_t samples = 0;
  std::uint64_t seed = 1;
};

struct Design {
  const char* name;
  const char* help;
  bool sampled;  ///< takes a number of samples
  std::unique_ptr<Points> (*make)(const Sampling& sampling);
  /// Why it cannot be made, or empty; null: it always can.
  std::string (*refusal)(const Sampling& sampling) = nullptr;
};

/// Every design, the one that is taken where nothing is said first.
std::span<const Design* const> designs();

extern const Design sobol_design;
extern const Design grid_design;
extern const Design zip_design;
extern const Design random_design;
extern const Design latin_hypercube_design;

/// The points of a design on axes. Throws core::InputError, at `design.where` or naming `file`, for an unknown design,
/// or one that does not go with these axes or a number of samples.
std::unique_ptr<Points> make_points(const SweepDesign& design, const std::vector<Axis>& axes, std::uint64_t seed,
                                    const std::string& file);

/// What the document's [sweep] says; `flags` counts where it says something. Throws core::InputError.
SweepDesign design_of(const models::Table& document, const SweepDesign& flags);

/// The value's index on an axis of `size` values, at a share in [0, 1) of its length.
inline std::size_t place_of(double share, std::size_t size) {
  const auto place = static_cast<std::size_t>(share * static_cast<double>(size));
  return place < size ? place : size - 1;
}

}  // namespace capplan::plan
