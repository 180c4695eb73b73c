// Time slices: timelines worked by hand from the rules in the header (times in microseconds there, slice 1400, tick
// 4000 or never), then what must hold of any load: work is conserved, and tasks that never sleep get equal shares.

#include "core/sliced_station.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "core/distribution.h"
#include "core/queueing.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

constexpr Nanos us = 1000;
constexpr Nanos never_ticks = 1'000'000'000 * us;

struct Cores : Handler {
  explicit Cores(int cores, TimeSlices slices = {}) : station(simulator, cores, slices, Stream(1, 0, "test", "ticks")) {
    station.busy = &busy;
    station.jobs = &jobs;
  }
  void at(Nanos time, std::uint32_t task, Nanos demand) {
    simulator.run(time);
    station.submit(task, demand, *this, 3, task);
  }
  void on_event(std::uint32_t kind, std::uint32_t task) override {
    CHECK(kind == 3);
    ends.resize(std::max<std::size_t>(ends.size(), task + 1));
    ends[task] = simulator.now();
    order.push_back(task);
  }
  Simulator simulator;
  Level busy, jobs;
  SlicedStation station;
  std::vector<Nanos> ends;
  std::vector<std::uint32_t> order;
};

}  // namespace

TEST_CASE("a task alone runs through, whatever its slice") {
  Cores cores(1);
  cores.at(0, 0, 50'000 * us);
  cores.simulator.run();
  CHECK(cores.ends[0] == 50'000 * us);
}

TEST_CASE("a task that comes while another runs waits for it, or for its slice and the tick or a wake-up after it") {
  Cores cores(1);
  cores.at(0, 0, 30'000 * us);
  cores.at(1 * us, 1, 100 * us);
  cores.simulator.run();
  // The first has at most a slice, then runs to the next tick; the second needs no more than it asked for.
  CHECK(cores.ends[1] <= (1'400 + 4'000 + 100) * us);
  CHECK(cores.ends[0] == 30'100 * us);
}

TEST_CASE("short tasks are all served, whatever is left of their slices") {
  Cores cores(1, {.slice = 1'000'000 * us, .tick = 4'000 * us});
  for (std::uint32_t task = 0; task < 4; ++task) cores.at(task * us, task, 200 * us);
  cores.simulator.run();
  std::vector<std::uint32_t> sorted = cores.order;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(*std::max_element(cores.ends.begin(), cores.ends.end()) == 800 * us);
}

TEST_CASE("a task that wakes up when the slice of the running one is over runs at once") {
  Cores cores(1, {.tick = never_ticks});
  cores.at(0, 0, 60'000 * us);
  int at_once = 0;
  for (std::uint32_t task = 1; task <= 10; ++task) {  // 5 ms apart: the slice is over each time
    const Nanos when = task * 5'000 * us;
    cores.at(when, task, 50 * us);
    cores.simulator.run(when + 51 * us);
    at_once += cores.ends.size() > task && cores.ends[task] == when + 50 * us ? 1 : 0;
  }
  CHECK(at_once == 10);
}

TEST_CASE("ticks begin new slices of a task alone: who comes soon after one waits for the next") {
  int at_once = 0;
  constexpr int times = 2000;
  for (int k = 0; k < times; ++k) {
    Cores cores(1);
    const Nanos when = (20'000 + 2 * k) * us;  // over one tick, evenly
    cores.at(0, 0, 60'000 * us);
    cores.at(when, 1, 50 * us);
    cores.simulator.run();
    at_once += cores.ends[1] == when + 50 * us ? 1 : 0;
    CHECK(cores.ends[1] <= when + (4'000 + 50) * us);
  }
  CHECK(at_once / static_cast<double>(times) == Approx(1 - 1.4 / 4).margin(0.002));
}

TEST_CASE("a task that had waited keeps its slice only until it has had as much as who ran before it") {
  const auto end_of_third = [](Nanos when) {
    Cores cores(1, {.tick = never_ticks});
    cores.at(0, 1, 500 * us);
    cores.at(200 * us, 0, 3'000 * us);  // waits, while the other gets 300 us more
    cores.at(when, 2, 50 * us);
    cores.simulator.run();
    return cores.ends[2];
  };
  CHECK(end_of_third(700 * us) == 3'550 * us);  // the second has had 200 us: it goes on
  CHECK(end_of_third(900 * us) == 950 * us);    // it has had 400 us
}

TEST_CASE("tasks that never sleep share a core equally") {
  Cores cores(1);
  for (std::uint32_t task = 0; task < 5; ++task) cores.at(0, task, 100'000 * us);
  cores.simulator.run();
  const auto [first, last] = std::minmax_element(cores.ends.begin(), cores.ends.end());
  CHECK(*last == 500'000 * us);
  CHECK(*first >= (500'000 - 5 * 8'000) * us);  // each ends within a few ticks of the others
}

TEST_CASE("cores share the tasks, and none idles while one waits") {
  Cores cores(4);
  for (std::uint32_t task = 0; task < 8; ++task) cores.at(0, task, 10'000 * us);
  cores.simulator.run();
  CHECK(*std::max_element(cores.ends.begin(), cores.ends.end()) == 20'000 * us);
  CHECK(cores.busy.integral(cores.simulator.now()) == Approx(0.080));
}

TEST_CASE("work is conserved under any load, and utilisation is that of M/G/1") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    struct Load : Handler {
      Load(std::uint64_t seed)
          : arrivals(seed, 0, "test", "arrivals"),
            demands(seed, 0, "test", "demands"),
            station(simulator, 2, {}, Stream(seed, 0, "test", "ticks")) {
        station.busy = &busy;
        for (std::uint32_t task = 0; task < 200; ++task) asleep.push_back(task);
        simulator.schedule(0, *this, 0, 0);
      }
      void on_event(std::uint32_t kind, std::uint32_t task) override {
        if (kind == 1) {
          asleep.push_back(task);
          ++done;
          return;
        }
        const Nanos demand = to_nanos(law.sample(demands));
        asked += demand;
        ++came;
        station.submit(asleep.back(), demand, *this, 1, asleep.back());
        asleep.pop_back();
        if (came < 20'000) simulator.schedule(to_nanos(0.0005 * arrivals.exponential()), *this, 0, 0);
      }
      Stream arrivals, demands;
      Distribution law = Distribution::lognormal(0.0007, 1.5);
      Simulator simulator;
      Level busy;
      SlicedStation station;
      std::vector<std::uint32_t> asleep;
      Nanos asked = 0;
      int came = 0, done = 0;
    } load(seed);
    load.simulator.run();
    CHECK(load.done == load.came);
    CHECK(load.busy.integral(load.simulator.now()) == Approx(to_seconds(load.asked)));
  }
}

TEST_CASE("slices must be above 0") {
  Simulator simulator;
  CHECK_THROWS_AS(SlicedStation(simulator, 0, {}, Stream(1, 0, "a", "b")), std::invalid_argument);
  CHECK_THROWS_AS(SlicedStation(simulator, 1, {.slice = 0}, Stream(1, 0, "a", "b")), std::invalid_argument);
  CHECK_THROWS_AS(SlicedStation(simulator, 1, {.tick = 0}, Stream(1, 0, "a", "b")), std::invalid_argument);
}

TEST_CASE("Cleared cores tell nobody, and serve who comes after as new tasks") {
  Cores cores(1);
  cores.at(0, 0, 100 * us);
  cores.at(10 * us, 1, 100 * us);
  cores.simulator.run(20 * us);
  cores.station.clear();
  cores.at(30 * us, 1, 40 * us);
  cores.simulator.run();
  CHECK(cores.order == std::vector<std::uint32_t>{1});
  CHECK(cores.ends[1] == 70 * us);
  CHECK(cores.busy.integral(100 * us) == Approx(60e-6));
  CHECK(cores.jobs.integral(100 * us) == Approx(20e-6 + 10e-6 + 40e-6));
}

TEST_CASE("what is taken back leaves the core to others, whether it runs or waits, and nobody is told") {
  Cores cores(1);
  cores.at(0, 0, 1'000 * us);
  cores.at(100 * us, 1, 300 * us);
  cores.at(200 * us, 2, 400 * us);
  cores.simulator.run(500 * us);
  CHECK(cores.station.cancel(2));  // waits
  CHECK(cores.station.cancel(0));  // runs
  CHECK_FALSE(cores.station.cancel(0));
  CHECK_FALSE(cores.station.cancel(7));
  cores.simulator.run();
  CHECK(cores.order == std::vector<std::uint32_t>{1});
  CHECK(cores.ends[1] == 800 * us);
  CHECK(cores.busy.integral(1'000 * us) == Approx(800e-6));
  CHECK(cores.jobs.integral(1'000 * us) == Approx((500 + 700 + 300) * 1e-6));
}

TEST_CASE(
    "with delay_dequeue a task that had more than its share is behind when it wakes, without it that is forgotten") {
  const auto ends = [](bool delay_dequeue) {
    Cores cores(1, {.delay_dequeue = delay_dequeue, .place_lag = false});
    for (std::uint32_t task = 0; task < 3; ++task) cores.at(task * 10'000 * us, task, 1'400 * us);  // a slice each
    cores.at(40'000 * us, 0, 1'000 * us);
    cores.at(40'001 * us, 1, 100 * us);  // waits for the first to sleep
    cores.at(41'050 * us, 0, 50 * us);   // which wakes again, ahead by half of its 1000 us
    cores.at(41'051 * us, 2, 50 * us);
    cores.simulator.run();
    return cores.ends;
  };
  CHECK(ends(true) == std::vector<Nanos>{41'200 * us, 41'100 * us, 41'150 * us});
  CHECK(ends(false) == std::vector<Nanos>{41'150 * us, 41'100 * us, 41'200 * us});
}

TEST_CASE(
    "with place_lag a task that had less than its share runs at once when it wakes, without it that is forgotten") {
  const auto ends = [](bool place_lag) {
    Cores cores(1, {.tick = never_ticks, .place_lag = place_lag});
    cores.at(0, 0, 3'000 * us);
    cores.at(1'000 * us, 1, 300 * us);  // waits until the third wakes, and is short by 300 us when it sleeps at 2300
    cores.at(2'000 * us, 2, 100 * us);
    cores.at(10'000 * us, 0, 2'000 * us);
    cores.at(10'500 * us, 1, 100 * us);
    cores.simulator.run();
    return cores.ends;
  };
  CHECK(ends(true) == std::vector<Nanos>{12'100 * us, 10'600 * us, 2'400 * us});
  CHECK(ends(false) == std::vector<Nanos>{12'000 * us, 12'100 * us, 2'400 * us});
}

TEST_CASE("a task that wakes up begins a slice, however much it had left of the one before") {
  Cores cores(1);
  for (std::uint32_t task = 0; task < 3; ++task) cores.at(task * 10'000 * us, task, 1'400 * us);
  cores.at(30'000 * us, 0, 1'000 * us);  // would leave it 400 us
  cores.at(40'000 * us, 2, 100 * us);
  cores.at(40'001 * us, 1, 50 * us);
  cores.at(40'001 * us, 0, 50 * us);
  cores.simulator.run();
  // When the one that runs is done, two wait with the same deadline: the first is first.
  CHECK(cores.ends == std::vector<Nanos>{40'200 * us, 40'150 * us, 40'100 * us});
}
