// Meters: what a window adds, what a level is worth over time, and which meter a ratio is over.

#include "core/meters.h"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

constexpr FigureSpec rate_figure{.name = "offered_per_s", .unit = Unit::per_second};
constexpr FigureSpec ratio_figure{.name = "error_ratio", .unit = Unit::ratio, .aggregation = Aggregation::ratio};
constexpr FigureSpec level_figure{.name = "utilization", .unit = Unit::ratio, .aggregation = Aggregation::level};
constexpr FigureSpec wait_figure{.name = "wait_s", .unit = Unit::seconds, .aggregation = Aggregation::histogram};

}  // namespace

TEST_CASE("A level's integral is its value times the time it held") {
  // 0 until 1 s, 3 until 3 s, 1 until 6 s, 5 after: 0 + 6 + 3 = 9, and at 7 s another 5.
  Level level;
  CHECK(level.integral(second) == 0);
  level.set(second, 3);
  level.add(3 * second, -2);
  CHECK(level.value() == 1);
  CHECK(level.integral(3 * second) == Approx(6));
  level.set(6 * second, 5);
  CHECK(level.integral(6 * second) == Approx(9));
  CHECK(level.integral(7 * second) == Approx(14));
}

TEST_CASE("Changes of one instant have no weight, and reading changes nothing") {
  Level level;
  level.set(second, 100);
  level.set(second, 7);
  level.add(second, 1);
  CHECK(level.integral(second) == 0);
  for (int i = 0; i < 3; ++i) CHECK(level.integral(2 * second) == Approx(8));
}

TEST_CASE("A window holds what happened in it, of every kind of meter") {
  Meters meters;
  Counter& requests = meters.rate(rate_figure, {"requests", "search"});
  Histogram& wait = meters.histogram(wait_figure, {"pools", "main"});
  Counter& errors = meters.ratio(ratio_figure, {"requests", "search"}, requests);
  Level& busy = meters.level(level_figure, {"pools", "main"}, 10);

  requests.add();
  requests.add(2);
  busy.set(second, 4);
  wait.record(100);
  meters.close_window(2 * second);
  requests.add(5);
  errors.add();
  wait.record(200);
  wait.record(200);
  busy.set(3 * second, 1);
  meters.close_window(4 * second);
  meters.close_window(5 * second);  // nothing happened, but the level holds

  const Recording recording = meters.take();
  CHECK(recording.ends == std::vector<Nanos>{2 * second, 4 * second, 5 * second});
  REQUIRE(recording.meters.size() == 4);
  CHECK(recording.meters[0].path == std::vector<std::string>{"requests", "search", "offered_per_s"});
  CHECK(recording.meters[0].kind() == Aggregation::rate);
  CHECK(recording.meters[1].kind() == Aggregation::histogram);
  CHECK(recording.meters[2].kind() == Aggregation::ratio);
  CHECK(recording.meters[2].over == 0);
  CHECK(recording.meters[3].kind() == Aggregation::level);
  CHECK(recording.meters[3].capacity == 10);

  CHECK(recording.scalars[0] == std::vector<double>{3, 5, 0});
  CHECK(recording.scalars[1].empty());
  CHECK(recording.scalars[2] == std::vector<double>{0, 1, 0});
  REQUIRE(recording.scalars[3].size() == 3);
  CHECK(recording.scalars[3][0] == Approx(4));
  CHECK(recording.scalars[3][1] == Approx(4 + 1));
  CHECK(recording.scalars[3][2] == Approx(1));

  CHECK(recording.histograms[0].empty());
  REQUIRE(recording.histograms[1].size() == 3);
  CHECK(recording.histograms[1][0].count == 1);
  CHECK(recording.histograms[1][1].count == 2);
  CHECK(recording.histograms[1][1].sum == Approx(400e-9));
  CHECK(recording.histograms[1][2].count == 0);
}

TEST_CASE("A ratio over a ratio's numerator names that meter") {
  Meters meters;
  meters.level(level_figure, {"x"});
  Counter& offered = meters.rate(rate_figure, {});
  Counter& failed = meters.ratio(ratio_figure, {}, offered);
  meters.ratio(ratio_figure, {}, failed);
  const Recording recording = meters.take();
  CHECK(recording.meters[2].over == 1);
  CHECK(recording.meters[3].over == 2);
}

TEST_CASE("A ratio over a counter from elsewhere is a programming error") {
  Meters meters;
  const Counter stranger;
  CHECK_THROWS_AS(meters.ratio(ratio_figure, {"x"}, stranger), std::logic_error);
}

TEST_CASE("Meters go on after their recording was taken") {
  Meters meters;
  Counter& requests = meters.rate(rate_figure, {"requests"});
  Histogram& wait = meters.histogram(wait_figure, {"pools"});
  requests.add(3);
  meters.close_window(second);
  CHECK(meters.take().scalars[0] == std::vector<double>{3});
  requests.add(4);
  wait.record(50);
  meters.close_window(2 * second);
  const Recording rest = meters.take();
  REQUIRE(rest.meters.size() == 2);
  CHECK(rest.meters[1].path == std::vector<std::string>{"pools", "wait_s"});
  CHECK(rest.ends == std::vector<Nanos>{2 * second});
  CHECK(rest.scalars[0] == std::vector<double>{4});
  CHECK(rest.histograms[1][0].count == 1);
}

TEST_CASE("References to meters stay valid while more are added") {
  Meters meters;
  Counter& first = meters.rate(rate_figure, {"first"});
  Histogram& spans = meters.histogram(wait_figure, {"spans"});
  for (int i = 0; i < 1000; ++i) meters.ratio(ratio_figure, {"r", std::to_string(i)}, first);
  first.add(9);
  spans.record(1);
  meters.close_window(second);
  const Recording recording = meters.take();
  CHECK(recording.scalars[0][0] == 9);
  CHECK(recording.histograms[1][0].count == 1);
}

TEST_CASE("A meter stands below its component by its figure's name, and by a key of its own where there are several") {
  constexpr FigureSpec deeper{.name = "idempotency/repeated_ratio", .aggregation = Aggregation::ratio};
  constexpr FigureSpec errors{.name = "errors", .aggregation = Aggregation::ratio};
  Meters meters;
  const Counter& offered = meters.rate(rate_figure, {"requests", "search"});
  meters.ratio(deeper, {"requests", "search"}, offered);
  meters.ratio(errors, {"requests", "search"}, offered, "shed");
  const Recording recording = meters.take();
  CHECK(recording.meters[1].path == std::vector<std::string>{"requests", "search", "idempotency", "repeated_ratio"});
  CHECK(recording.meters[2].path == std::vector<std::string>{"requests", "search", "errors", "shed"});
  CHECK(recording.meters[2].spec == &errors);
}

TEST_CASE("A figure that is asked for in another way than it is aggregated is a programming error") {
  Meters meters;
  CHECK_THROWS_AS(meters.level(rate_figure, {"pools", "main"}), std::logic_error);
}
