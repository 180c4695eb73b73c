// Points of a Sobol sequence (Sobol 1967; direction numbers of Joe and Kuo 2008, as Boost.Random has them): they fill
// the space of the axes evenly, and each further one fills the widest gap. The same for every seed; of 2^k - 1 points
// the first ones are those of 2^(k-1) - 1, so that a sample can be made larger and keeps its points.

#include <boost/random/sobol.hpp>

#include "plan/study/points.h"

namespace capplan::plan {

namespace {

class SobolPoints : public Points {
 public:
  explicit SobolPoints(const Sampling& sampling) : sampling_(sampling), start_(sampling.sizes.size()) {}
  std::size_t count() const override { return sampling_.samples; }
  std::vector<std::size_t> at(std::size_t number) const override {
    boost::random::sobol engine = start_;
    engine.discard(static_cast<std::uintmax_t>(number) * sampling_.sizes.size());
    std::vector<std::size_t> place;
    for (const std::size_t size : sampling_.sizes)
      place.push_back(place_of(static_cast<double>(engine() >> 11) * 0x1p-53, size));
    return place;
  }

 private:
  Sampling sampling_;
  boost::random::sobol start_;
};

}  // namespace

const Design sobol_design = {
    "sobol", "N points that fill the space evenly, by a Sobol sequence", true,
    [](const Sampling& sampling) -> std::unique_ptr<Points> { return std::make_unique<SobolPoints>(sampling); }};

}  // namespace capplan::plan
