// Group commit: one flush at low load, at most the rest of one and a whole one under load, and as many flushes as the
// flush time allows, whatever the number of jobs.

#include "core/batch_station.h"

#include <cmath>
#include <vector>

#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

struct Told {
  Nanos at;
  std::uint32_t job;
  friend bool operator==(const Told&, const Told&) = default;
};
using Ends = std::vector<Told>;

struct Log : Handler {
  explicit Log(const Distribution& flush) : station(simulator, flush, Stream(1, 0, "test", "flush")) {
    station.busy = &busy;
    station.batches = &batches;
    station.jobs = &jobs;
  }
  void at(Nanos time, std::uint32_t job) {
    simulator.run(time);
    station.submit(*this, 4, job);
  }
  void on_event(std::uint32_t kind, std::uint32_t job) override {
    CHECK(kind == 4);
    told.push_back({simulator.now(), job});
  }
  Ends end() {
    simulator.run();
    return told;
  }
  Simulator simulator;
  BatchStation station;
  Level busy;
  Counter batches, jobs;
  Ends told;
};

/// Poisson arrivals to a log; notes how long each took.
struct Load : Handler {
  Load(double rate, const Distribution& flush, std::uint64_t seed)
      : mean_gap(1 / rate),
        arrivals(seed, 0, "test", "arrivals"),
        station(simulator, flush, Stream(seed, 0, "test", "flush")) {
    station.busy = &busy;
    station.batches = &batches;
    station.jobs = &jobs;
    simulator.schedule(0, *this, 0, 0);
  }
  void on_event(std::uint32_t kind, std::uint32_t job) override {
    if (kind == 1) {
      took.record(simulator.now() - came[job]);
      return;
    }
    came.push_back(simulator.now());
    station.submit(*this, 1, static_cast<std::uint32_t>(came.size() - 1));
    simulator.schedule(to_nanos(mean_gap * arrivals.exponential()), *this, 0, 0);
  }
  double mean_gap;
  Stream arrivals;
  Simulator simulator;
  BatchStation station;
  std::vector<Nanos> came;
  Histogram took;
  Level busy;
  Counter batches, jobs;
};

constexpr double flush_time = 400e-6;

}  // namespace

TEST_CASE("A job alone takes one flush") {
  Log log(Distribution::deterministic(100e-9));
  log.at(0, 1);
  log.at(500, 2);
  CHECK(log.end() == Ends{{100, 1}, {600, 2}});
  CHECK(log.batches.total == 2);
  CHECK(log.jobs.total == 2);
}

TEST_CASE("Jobs that come during a flush share the next one") {
  // 1 starts a flush at 0. 2, 3 and 4 come while it runs: all are done by the flush from 100 to 200. 5 comes at 200.
  Log log(Distribution::deterministic(100e-9));
  log.at(0, 1);
  log.at(10, 2);
  log.at(50, 3);
  log.at(99, 4);
  log.at(200, 5);
  CHECK(log.end() == Ends{{100, 1}, {200, 2}, {200, 3}, {200, 4}, {300, 5}});
  CHECK(log.batches.total == 3);
  CHECK(log.jobs.total == 5);
  CHECK(log.busy.integral(1000) == Approx(300e-9));
  CHECK(log.busy.value() == 0);
}

TEST_CASE("Who is told of a flush may write again at once") {
  struct Writer : Handler {
    Simulator simulator;
    BatchStation station{simulator, Distribution::deterministic(100e-9), Stream(1, 0, "test", "flush")};
    int rounds = 0;
    void on_event(std::uint32_t, std::uint32_t job) override {
      if (++rounds < 20) station.submit(*this, 0, job);
    }
  } writer;
  // Two writers in step: the first is alone in its flush, from then on they share or alternate; each loses at most one.
  writer.station.submit(writer, 0, 1);
  writer.station.submit(writer, 0, 2);
  writer.simulator.run();
  CHECK(writer.rounds >= 20);
  CHECK(writer.simulator.now() <= 22 * 100);
}

TEST_CASE("At low load a job takes about one flush, under load at most two") {
  // At 10/s a flush of 400 us meets another in 0.4 % of the cases.
  Load low(10, Distribution::deterministic(flush_time), 1);
  low.simulator.run(10'000 * second);
  CHECK(low.took.mean() == Approx(flush_time).epsilon(0.01));
  for (const double rate : {100.0, 1000.0, 10'000.0, 100'000.0}) {
    CAPTURE(rate);
    Load load(rate, Distribution::deterministic(flush_time), 1);
    load.simulator.run(to_nanos(100'000 / rate));
    CHECK(to_seconds(load.took.max()) <= 2 * flush_time);
    CHECK(load.took.mean() >= flush_time * (1 - 1e-9));
  }
}

TEST_CASE("Under load the log flushes without pause, and each flush takes all that waits") {
  const double rate = 100'000;
  Load load(rate, Distribution::deterministic(flush_time), 1);
  load.simulator.run(10 * second);
  CHECK(load.batches.total == Approx(10 / flush_time).epsilon(0.01));
  CHECK(load.jobs.total == Approx(rate * 10).epsilon(0.01));
  CHECK(load.jobs.total / load.batches.total == Approx(rate * flush_time).epsilon(0.02));
  CHECK(load.busy.integral(10 * second) == Approx(10).epsilon(0.001));
  // A job comes at a uniform place of a flush: half of it is left, and then its own.
  CHECK(load.took.mean() == Approx(1.5 * flush_time).epsilon(0.01));
}

TEST_CASE("Every job is told once, whatever the flush times") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Load load(100 * std::pow(1.2, static_cast<double>(seed % 25)), Distribution::gamma(flush_time, 0.7), seed);
    load.simulator.run(5 * second);
    const auto told = static_cast<double>(load.took.count());
    CHECK(load.jobs.total == told);
    CHECK(static_cast<double>(load.came.size()) - told <= 100);  // what the last two flushes hold
    CHECK(load.batches.total <= told);
    CHECK(load.busy.integral(5 * second) <= 5);
  }
}

TEST_CASE("A cleared log tells nobody, and its next flush is a whole one") {
  struct Times : Handler {
    explicit Times(Simulator& simulator_) : simulator(simulator_) {}
    void on_event(std::uint32_t, std::uint32_t index) override { told.push_back({simulator.now(), index}); }
    Simulator& simulator;
    std::vector<std::pair<Nanos, std::uint32_t>> told;
  };
  Simulator simulator;
  Times times(simulator);
  BatchStation log(simulator, Distribution::deterministic(100e-9), Stream(1, 0, "log", "fsync"));
  log.submit(times, 0, 1);
  simulator.run(10);
  log.submit(times, 0, 2);
  log.clear();
  simulator.run(50);
  log.submit(times, 0, 3);
  simulator.run();
  CHECK(times.told == std::vector<std::pair<Nanos, std::uint32_t>>{{150, 3}});
}
