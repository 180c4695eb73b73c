// Designs: which points they take, that each is made by its number alone, and that samples are as even as they promise.

#include "plan/study/points.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/error.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;
using Place = std::vector<std::size_t>;

std::vector<Axis> axes_of(const std::vector<std::size_t>& sizes) {
  std::vector<Axis> axes;
  for (const std::size_t size : sizes) axes.push_back({.key = "a.b.c", .values = models::List(size)});
  return axes;
}

std::unique_ptr<Points> points(const std::string& name, std::size_t samples, const std::vector<std::size_t>& sizes,
                               std::uint64_t seed = 1) {
  return make_points({name, samples, {}}, axes_of(sizes), seed, "s.toml");
}

std::vector<Place> all(const Points& points) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < points.count(); ++i) places.push_back(points.at(i));
  return places;
}

/// How many points take each value of an axis.
std::map<std::size_t, int> marginal(const std::vector<Place>& places, std::size_t axis) {
  std::map<std::size_t, int> counts;
  for (const Place& place : places) ++counts[place[axis]];
  return counts;
}

/// The largest difference between the share of points in a corner box of two axes and its area.
double discrepancy(const std::vector<Place>& places, double size) {
  double worst = 0;
  for (double x = 1; x <= 16; ++x)
    for (double y = 1; y <= 16; ++y) {
      const auto inside = std::count_if(places.begin(), places.end(), [&](const Place& place) {
        return static_cast<double>(place[0]) < x / 16 * size && static_cast<double>(place[1]) < y / 16 * size;
      });
      const double share = static_cast<double>(inside) / static_cast<double>(places.size());
      worst = std::max(worst, std::abs(share - x * y / 256));
    }
  return worst;
}

TEST_CASE("a grid takes every combination, the last axis fastest") {
  CHECK(all(*points("", 0, {2, 3})) == std::vector<Place>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}});
  CHECK(all(*points("grid", 0, {})) == std::vector<Place>{{}});
  const auto large = points("grid", 0, {10'000, 10'000, 10'000});
  CHECK(large->count() == 1'000'000'000'000);
  CHECK(large->at(large->count() - 1) == Place{9'999, 9'999, 9'999});
  CHECK_THROWS_WITH(points("grid", 0, {10'000, 10'000, 10'000, 10'000}), ContainsSubstring("take a sample of it"));
}

TEST_CASE("axes that go together take their values in step") {
  CHECK(all(*points("zip", 0, {3, 3})) == std::vector<Place>{{0, 0}, {1, 1}, {2, 2}});
  CHECK_THROWS_WITH(points("zip", 0, {3, 4}), ContainsSubstring("as many values on each axis"));
}

TEST_CASE("a sampled point depends on its number and not on what was asked before") {
  for (const char* name : {"random", "latin-hypercube", "sobol"}) {
    INFO(name);
    const auto design = points(name, 50, {7, 1000, 2});
    const std::vector<Place> forward = all(*design);
    REQUIRE(forward.size() == 50);
    for (std::size_t i = 50; i-- > 0;) CHECK(design->at(i) == forward[i]);
    for (const Place& place : forward) CHECK((place[0] < 7 && place[1] < 1000 && place[2] < 2));
    CHECK(all(*points(name, 50, {7, 1000, 2})) == forward);
    const bool by_chance = std::string(name) != "sobol";
    CHECK((all(*points(name, 50, {7, 1000, 2}, 2)) != forward) == by_chance);
  }
}

TEST_CASE("a Latin hypercube takes each stratum of each axis once") {
  for (const std::size_t samples : {1, 2, 3, 64, 100, 1000}) {
    INFO(samples);
    const std::vector<Place> places = all(*points("latin-hypercube", samples, {samples, samples}));
    for (std::size_t axis = 0; axis < 2; ++axis) CHECK(marginal(places, axis).size() == samples);
  }
  for (const auto& [value, count] : marginal(all(*points("latin-hypercube", 64, {4, 16})), 0)) CHECK(count == 16);
}

TEST_CASE("the strata of two axes have nothing to do with each other") {
  const std::vector<Place> places = all(*points("latin-hypercube", 1000, {1000, 1000}));
  double sum = 0;
  for (const Place& place : places)
    sum += (static_cast<double>(place[0]) - 499.5) * (static_cast<double>(place[1]) - 499.5);
  CHECK(std::abs(sum / 1000 / (1000.0 * 1000 / 12)) < 0.1);  // three standard errors of a correlation
}

TEST_CASE("random points take each value about as often as another") {
  const std::vector<Place> places = all(*points("random", 4000, {8, 3}));
  for (const auto& [value, count] : marginal(places, 0)) CHECK(std::abs(count - 500) < 105);  // five deviations
}

TEST_CASE("a Sobol sequence is more even than chance, on every number of points") {
  for (const std::size_t samples : {31, 63, 255, 1000}) {
    INFO(samples);
    const double even = discrepancy(all(*points("sobol", samples, {4096, 4096})), 4096);
    const double chance = discrepancy(all(*points("random", samples, {4096, 4096})), 4096);
    CHECK(even < chance);
    CHECK(even < 3 / std::pow(static_cast<double>(samples), 0.8));
  }
  // A larger sample has the smaller one's points first.
  const std::vector<Place> few = all(*points("sobol", 20, {64, 64})), more = all(*points("sobol", 40, {64, 64}));
  CHECK(std::equal(few.begin(), few.end(), more.begin()));
}

TEST_CASE("what does not make a design is refused with what would") {
  CHECK_THROWS_WITH(points("sobbol", 8, {4}), ContainsSubstring("did you mean sobol?"));
  CHECK_THROWS_WITH(points("random", 0, {4}), ContainsSubstring("needs a number of samples"));
  CHECK_THROWS_WITH(points("grid", 8, {4}), ContainsSubstring("takes every value"));
  CHECK_THROWS_WITH(points("sobol", 8, {}), ContainsSubstring("nothing to vary"));
  CHECK(points("", 8, {4})->count() == 8);
}

TEST_CASE("a file says its design, and flags go before it") {
  const auto design = [](const std::string& sweep, const SweepDesign& flags = {}) {
    return design_of(test::draft("[sweep]\n" + sweep).document, flags);
  };
  CHECK(design("").name.empty());
  CHECK(design("design = \"sobol\"\nsamples = 64\n").samples == 64);
  CHECK(design("design = \"sobol\"\nsamples = 64\n", {"", 8, {}}).samples == 8);
  CHECK(design("design = \"sobol\"\nsamples = 64\n", {"random", 0, {}}).samples == 64);
  CHECK(design("design = \"sobol\"\nsamples = 64\n", {"grid", 0, {}}).samples == 0);
  CHECK(design("design = \"zip\"\n", {"", 8, {}}).name.empty());
  CHECK_THROWS_WITH(design("design = 3\n"), ContainsSubstring("must be a word"));
  CHECK_THROWS_WITH(design("samples = 0\n"), ContainsSubstring("must be a whole number"));
}

}  // namespace
}  // namespace capplan::plan
