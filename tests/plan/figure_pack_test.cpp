// Packed figures: the same bits back, little room, and an error for every damaged byte.

#include "plan/study/figure_pack.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

#include "tests/plan/report_sample.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

std::vector<FigurePath> paths_of(const std::vector<Figure>& figures) { return unpack_paths(pack_paths(figures)); }

std::vector<Figure> there_and_back(const std::vector<Figure>& figures) {
  return unpack_figures(pack_figures(figures), paths_of(figures));
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// Figures of every form: by chance, zero, even to the last bit, cut at zero, split, unknown, with lists and without.
std::vector<Figure> figures_by_chance(std::mt19937& random) {
  const auto number = [&] { return std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 60) - 60); };
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < 1 + random() % 30; ++i) {
    Figure figure{{"requests", "r" + std::to_string(i), "latency_s"}, {}};
    const double value = number(), half = number();
    switch (random() % 6) {
      case 0:
        break;
      case 1:
        figure.estimate = {0, 0, 0, true};
        break;
      case 2:
        figure.estimate = {value, value, value, true};
        break;
      case 3:
        figure.estimate = {value, value - half, value + half, true};
        break;
      case 4:
        figure.estimate = {value, std::max(0.0, value - half), value + half, true, half / 2, half / 3};
        break;
      default:
        figure.estimate = {value, number(), number(), random() % 2 == 0};
    }
    for (std::size_t n = random() % 8; n-- > 0;) figure.values.push_back(random() % 3 == 0 ? value : number());
    for (std::size_t n = random() % 4; n-- > 0;) figure.draws.push_back(value);
    figures.push_back(std::move(figure));
  }
  return figures;
}

TEST_CASE("packed figures come back bit for bit") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<Figure> figures = figures_by_chance(random);
    REQUIRE(there_and_back(figures) == figures);
  }
  CHECK(there_and_back({}).empty());
  CHECK(there_and_back(test::sample_result().figures) == test::sample_result().figures);
}

TEST_CASE("numbers that compare equal or not at all come back with their own bits") {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const std::vector<Figure> figures = {{{"a"}, {-0.0, -0.0, -0.0, true}},
                                       {{"b"}, {nan, -infinity, infinity, true}},
                                       {{"c"}, {0, -0.0, 0, true}},
                                       {{"d"}, {5e-324, 0, 1e-323, false}, {-0.0, 0.0}}};
  const std::vector<Figure> back = there_and_back(figures);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    CHECK(same_bits(back[i].estimate.value, figures[i].estimate.value));
    CHECK(same_bits(back[i].estimate.lo, figures[i].estimate.lo));
    CHECK(same_bits(back[i].estimate.hi, figures[i].estimate.hi));
    CHECK(back[i].estimate.known == figures[i].estimate.known);
  }
  CHECK(same_bits(back[3].values[0], -0.0));
  CHECK(same_bits(back[3].values[1], 0.0));
}

TEST_CASE("what is zero or the same throughout takes next to no room") {
  std::vector<Figure> figures(100, {{"errors"}, {0, 0, 0, true}, std::vector<double>(30, 0.0)});
  CHECK(pack_figures(figures).size() < 100 * 12);
  figures.assign(100, {{"rate"}, {3, 2.5, 3.5, true}});
  CHECK(pack_figures(figures).size() < 100 * 18);
}

TEST_CASE("every damaged byte of packed figures is an error and never a crash") {
  std::mt19937 random(2);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Figure> figures = figures_by_chance(random);
    const std::vector<FigurePath> paths = paths_of(figures);
    for (const std::string& good : {pack_figures(figures), pack_paths(figures)}) {
      for (int change = 0; change < 200; ++change) {
        std::string bytes = good;
        if (change % 3 == 0)
          bytes.resize(random() % bytes.size());
        else
          bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
        CHECK_THROWS_AS(unpack_figures(bytes, paths), std::invalid_argument);
        CHECK_THROWS_AS(unpack_paths(bytes), std::invalid_argument);
      }
    }
  }
}

TEST_CASE("figures are not read with the paths of others") {
  const std::vector<Figure> figures = test::sample_result().figures;
  std::vector<FigurePath> paths = paths_of(figures);
  paths.pop_back();
  CHECK_THROWS_AS(unpack_figures(pack_figures(figures), paths), std::invalid_argument);
}

}  // namespace
}  // namespace capplan::plan
