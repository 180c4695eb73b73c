// Processor sharing: timelines worked by hand, each with its algebra, then what must hold of any: work is conserved,
// jobs of one demand leave in order, means are those of M/G/1-PS. Times of the timelines are in nanoseconds.

#include "core/shared_station.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <vector>

#include "core/distribution.h"
#include "core/queueing.h"
#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Told {
  Nanos at;
  std::uint32_t job;
  friend bool operator==(const Told&, const Told&) = default;
};
using Ends = std::vector<Told>;

struct Cores : Handler {
  explicit Cores(int cores, std::vector<double> speed = {}) : station(simulator, cores, std::move(speed)) {}
  void at(Nanos time, std::uint32_t job, Nanos demand) {
    simulator.run(time);
    station.submit(demand, *this, 3, job);
  }
  void on_event(std::uint32_t kind, std::uint32_t job) override {
    CHECK(kind == 3);
    told.push_back({simulator.now(), job});
  }
  Ends end() {
    simulator.run();
    return told;
  }
  Simulator simulator;
  SharedStation station;
  Ends told;
};

/// Poisson arrivals to shared cores.
struct Load : Handler {
  Load(double rate, int cores, Distribution demand_, std::uint64_t seed)
      : mean_gap(1 / rate),
        demand(std::move(demand_)),
        arrivals(seed, 0, "test", "arrivals"),
        demands(seed, 0, "test", "demands"),
        station(simulator, cores) {
    station.busy = &busy;
    station.jobs = &jobs;
    simulator.schedule(0, *this, 0, 0);
  }
  void on_event(std::uint32_t kind, std::uint32_t place) override {
    if (kind == 1) {
      ++served;
      response += to_seconds(simulator.now() - since[place]);
      free.push_back(place);
      return;
    }
    if (free.empty()) {
      free.push_back(static_cast<std::uint32_t>(since.size()));
      since.push_back(0);
    }
    const std::uint32_t at = free.back();
    free.pop_back();
    since[at] = simulator.now();
    const Nanos span = to_nanos(demand.sample(demands));
    work += to_seconds(span);
    ++offered;
    station.submit(span, *this, 1, at);
    if (offered < limit) simulator.schedule(to_nanos(mean_gap * arrivals.exponential()), *this, 0, 0);
  }
  double mean_gap;
  Distribution demand;
  Stream arrivals, demands;
  Simulator simulator;
  SharedStation station;
  Level busy, jobs;
  std::vector<Nanos> since;
  std::vector<std::uint32_t> free;
  double offered = 0, served = 0, work = 0, response = 0, limit = 1e18;
};

}  // namespace

TEST_CASE("A job alone takes its demand") {
  Cores cores(1);
  cores.at(5, 1, 100);
  cores.at(1000, 2, 7);
  CHECK(cores.end() == Ends{{105, 1}, {1007, 2}});
}

TEST_CASE("Two jobs on one core share it") {
  // 1 needs 100 from 0, alone to 40: 60 left. 2 needs 30 from 40; each at rate 1/2: 2 is done after 60, at 100.
  // Then 1 has 60 - 30 = 30 left, alone: done at 130.
  Cores cores(1);
  cores.at(0, 1, 100);
  cores.at(40, 2, 30);
  CHECK(cores.end() == Ends{{100, 2}, {130, 1}});
}

TEST_CASE("Jobs up to the number of cores do not disturb each other") {
  Cores cores(3);
  cores.at(0, 1, 100);
  cores.at(10, 2, 50);
  cores.at(20, 3, 200);
  CHECK(cores.end() == Ends{{60, 2}, {100, 1}, {220, 3}});
}

TEST_CASE("Three jobs on two cores get two thirds of one each") {
  // All of 100 from 0 at rate 2/3: after 150 all are done, in the order they came.
  Cores cores(2);
  for (const std::uint32_t job : {1, 2, 3}) cores.at(0, job, 100);
  CHECK(cores.end() == Ends{{150, 1}, {150, 2}, {150, 3}});
  // 60, 100, 140 from 0: at 2/3 the first is done at 90, when the others have 40 and 80 left; two on two cores run at
  // full speed: done at 130 and 170.
  Cores unequal(2);
  unequal.at(0, 1, 140);
  unequal.at(0, 2, 60);
  unequal.at(0, 3, 100);
  CHECK(unequal.end() == Ends{{90, 2}, {130, 3}, {170, 1}});
}

TEST_CASE("A later and shorter job overtakes") {
  // 1 needs 1000 from 0. 2 needs 10 from 100 at rate 1/2: done at 120. 3 the same from 500: done at 520.
  // 1 lost 10 to each: done at 1020.
  Cores cores(1);
  cores.at(0, 1, 1000);
  cores.at(100, 2, 10);
  cores.at(500, 3, 10);
  CHECK(cores.end() == Ends{{120, 2}, {520, 3}, {1020, 1}});
}

TEST_CASE("The speed table slows what is crowded") {
  // One core; speed 1 alone, 0.8 with two, 0.5 with three and more.
  // 1 and 2 of 80 from 0: each at 0.8 / 2 = 0.4: done at 200.
  Cores two(1, {1, 0.8, 0.5});
  two.at(0, 1, 80);
  two.at(0, 2, 80);
  CHECK(two.end() == Ends{{200, 1}, {200, 2}});
  // Four of 10 from 0: the last entry holds, 0.5 / 4 each: done at 80.
  Cores four(1, {1, 0.8, 0.5});
  for (const std::uint32_t job : {1, 2, 3, 4}) four.at(0, job, 10);
  CHECK(four.end() == Ends{{80, 1}, {80, 2}, {80, 3}, {80, 4}});
  // Two cores at speed 0.8 with two jobs: 40 and 80 from 0; the first is done at 50, the other has 40 left, at 1: 90.
  Cores cores(2, {1, 0.8});
  cores.at(0, 1, 40);
  cores.at(0, 2, 80);
  CHECK(cores.end() == Ends{{50, 1}, {90, 2}});
}

TEST_CASE("A cancelled job leaves its share to the others") {
  // 1 and 2 of 100 from 0 at 1/2. At 60 each has 70 left; 2 is cancelled, 1 goes on alone: done at 130.
  Cores cores(1);
  cores.at(0, 1, 100);
  cores.at(0, 2, 100);
  cores.simulator.run(60);
  CHECK(cores.station.cancel(cores, 3, 2));
  CHECK_FALSE(cores.station.cancel(cores, 3, 2));
  CHECK_FALSE(cores.station.cancel(cores, 4, 1));
  CHECK(cores.end() == Ends{{130, 1}});
  CHECK_FALSE(cores.station.cancel(cores, 3, 1));
}

TEST_CASE("The next to finish may be cancelled, and the last") {
  // 1 of 10 and 2 of 100 from 0 at 1/2; 1 is cancelled at 10, when 2 has 95 left: done at 105.
  Cores cores(1);
  cores.at(0, 1, 10);
  cores.at(0, 2, 100);
  cores.simulator.run(10);
  CHECK(cores.station.cancel(cores, 3, 1));
  CHECK(cores.end() == Ends{{105, 2}});
  cores.at(200, 3, 50);
  CHECK(cores.station.cancel(cores, 3, 3));
  cores.at(210, 4, 50);
  CHECK(cores.end() == Ends{{105, 2}, {260, 4}});
}

TEST_CASE("A job that needs nothing is done at once, and tells after the submit") {
  Cores cores(1);
  cores.at(10, 1, 0);
  CHECK(cores.told.empty());
  CHECK(cores.end() == Ends{{10, 1}});
}

TEST_CASE("Equal jobs leave in the order they came") {
  Cores cores(3);
  Ends expected;
  for (std::uint32_t job = 0; job < 300; ++job) {
    cores.at(0, job, 1000);
    expected.push_back({100'000, job});
  }
  CHECK(cores.end() == expected);
}

TEST_CASE("Who is told of an end may submit and cancel") {
  struct Chain : Handler {
    Simulator simulator;
    SharedStation station{simulator, 1};
    Ends told;
    void on_event(std::uint32_t, std::uint32_t job) override {
      told.push_back({simulator.now(), job});
      if (job == 1) {
        CHECK(station.cancel(*this, 0, 2));
        station.submit(50, *this, 0, 3);
      }
    }
  } chain;
  // 1 of 10 and 2 of 90 at 1/2: 1 done at 20. Then 3 of 50 alone: done at 70.
  chain.station.submit(10, chain, 0, 1);
  chain.station.submit(90, chain, 0, 2);
  chain.simulator.run();
  CHECK(chain.told == Ends{{20, 1}, {70, 3}});
}

TEST_CASE("Levels show jobs and busy cores") {
  Cores cores(2);
  Level busy, jobs;
  cores.station.busy = &busy;
  cores.station.jobs = &jobs;
  for (const std::uint32_t job : {1, 2, 3}) cores.at(0, job, 100 * second);  // all done at 150 s
  cores.simulator.run(200 * second);
  CHECK(busy.integral(200 * second) == Approx(2 * 150));
  CHECK(jobs.integral(200 * second) == Approx(3 * 150));
  CHECK(jobs.value() == 0);
}

TEST_CASE("A station without cores or of no speed is refused by name") {
  Simulator simulator;
  CHECK_THROWS_WITH(SharedStation(simulator, 0), ContainsSubstring("cores"));
  CHECK_THROWS_WITH(SharedStation(simulator, 1, {1, 0}), ContainsSubstring("speed"));
  CHECK_THROWS_WITH(SharedStation(simulator, 1, {-1}), ContainsSubstring("speed"));
}

TEST_CASE("A million jobs get exactly the work they asked for") {
  for (const int cores : {1, 8}) {
    CAPTURE(cores);
    Load load(0.8 * cores / 0.002, cores, Distribution::lognormal(0.002, 0.8), 1);
    load.limit = 1'000'000;
    load.simulator.run();
    CHECK(load.served == 1'000'000);
    CHECK(load.jobs.value() == 0);
    // Each job's end is rounded up to a nanosecond: so much may be lost of 2 ms on average.
    CHECK(load.busy.integral(load.simulator.now()) == Approx(load.work).epsilon(1e-6));
    CHECK(load.jobs.integral(load.simulator.now()) == Approx(load.response).epsilon(1e-9));
  }
}

TEST_CASE("Work is conserved over many seeds, loads and laws") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    const int cores = 1 + static_cast<int>(seed % 5);
    const Distribution demand =
        seed % 2 == 0 ? Distribution::hyperexponential(0.002, 4) : Distribution::uniform(0, 0.004);
    Load load((0.3 + 0.2 * static_cast<double>(seed % 5)) * cores / 0.002, cores, demand, seed);  // the last overloads
    load.limit = 5000;
    load.simulator.run();
    CHECK(load.served == 5000);
    CHECK(load.busy.integral(load.simulator.now()) == Approx(load.work).epsilon(1e-5));
    CHECK(load.response >= load.work * (1 - 1e-5));
  }
}

TEST_CASE("Short jobs beside a long one leave no events behind") {
  // Memory goes with what is in flight: a job of an hour among a thousand short ones a second must not keep a trace of
  // each of them.
  Load load(1000, 1, Distribution::exponential(0.0005), 1);
  load.station.submit(3600 * second, load, 1, 0);
  load.since.push_back(0);
  std::size_t most = 0;
  for (int step = 1; step <= 200; ++step) {
    load.simulator.run(step * second / 2);
    most = std::max(most, load.simulator.pending());
  }
  CHECK(most < 200);
}

TEST_CASE("Mean responses are those of M/G/1 with processor sharing, whatever the law") {
  const double mean = mg1_ps(0.7, 1).mean_response;
  for (const Distribution& demand :
       {Distribution::deterministic(1), Distribution::exponential(1), Distribution::hyperexponential(1, 2)}) {
    CAPTURE(demand.family_name());
    std::vector<double> means;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Load load(0.7, 1, demand, seed);
      load.simulator.run(30'000 * second);
      means.push_back(load.response / load.served);
    }
    double average = 0, square = 0;
    for (const double m : means) average += m / 20;
    for (const double m : means) square += (m - average) * (m - average) / 19;
    CHECK(std::abs(average - mean) <= 5 * std::sqrt(square / 20));
  }
}

TEST_CASE("The mean number of jobs on shared cores is that of M/M/c") {
  const QueueFigures figures = mmc_ps({3.2, 1, 4});
  std::vector<double> means;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Load load(3.2, 4, Distribution::exponential(1), seed);
    load.simulator.run(10'000 * second);
    means.push_back(load.jobs.integral(load.simulator.now()) / 10'000);
  }
  double average = 0, square = 0;
  for (const double m : means) average += m / 20;
  for (const double m : means) square += (m - average) * (m - average) / 19;
  CHECK(std::abs(average - figures.mean_in_system) <= 5 * std::sqrt(square / 20));
}

TEST_CASE("Cleared cores tell nobody, and serve who comes after") {
  Cores cores(1);
  cores.at(0, 1, 100);
  cores.at(10, 2, 50);
  cores.simulator.run(20);
  cores.station.clear();
  cores.at(30, 3, 40);
  CHECK(cores.end() == Ends{{70, 3}});
}
