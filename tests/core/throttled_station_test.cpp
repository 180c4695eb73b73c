// A quota of processor time by the clock: who runs until when, what a period brings, what cpu.stat would say; and
// without one the closed forms of processor sharing.

#include "core/throttled_station.h"

#include "core/queueing.h"
#include "core/random.h"
#include "tests/support/catch.h"

namespace capplan::core {

namespace {

constexpr Nanos ms = millisecond;

/// Jobs submitted at given times, and when each was done.
struct Jobs : Handler {
  Jobs(int cores, double quota) : station(simulator, cores, quota, 100 * ms) {
    station.busy = &busy;
    station.throttled = &throttled;
    station.periods = &periods;
    station.cut_periods = &cut;
  }
  void at(Nanos time, Nanos demand) {
    demands.push_back(demand);
    done.push_back(-1);
    simulator.schedule(time, *this, 0, static_cast<std::uint32_t>(demands.size() - 1));
  }
  void on_event(std::uint32_t kind, std::uint32_t index) override {
    if (kind == 0)
      station.submit(demands[index], *this, 1, index);
    else
      done[index] = simulator.now();
  }
  Simulator simulator;
  ThrottledStation station;
  Level busy, throttled;
  Counter periods, cut;
  std::vector<Nanos> demands, done;
};

}  // namespace

TEST_CASE("Half a core stops a job every 50 ms until the next period begins") {
  Jobs jobs(4, 0.5);
  jobs.at(0, 120 * ms);
  jobs.simulator.run();
  // 0-50 runs, 50-100 stands, 100-150 runs, 150-200 stands, 200-220 runs.
  CHECK(jobs.done[0] == 220 * ms);
  CHECK(jobs.busy.integral(220 * ms) == Approx(0.120));
  CHECK(jobs.throttled.integral(220 * ms) == Approx(0.100));
  CHECK(jobs.periods.total == 3);
  CHECK(jobs.cut.total == 2);
}

TEST_CASE("A job that is taken back leaves its share and its quota to the others") {
  Jobs jobs(1, 0.5);
  jobs.at(0, 80 * ms);
  jobs.at(0, 30 * ms);
  jobs.simulator.run(20 * ms);  // each has had 10
  CHECK(jobs.station.cancel(jobs, 1, 0));
  CHECK_FALSE(jobs.station.cancel(jobs, 1, 0));
  CHECK_FALSE(jobs.station.cancel(jobs, 0, 1));
  jobs.simulator.run();
  CHECK(jobs.done[0] == -1);
  CHECK(jobs.done[1] == 40 * ms);
  // One that stands still is taken back: nobody does any longer, and the next has a new quota.
  Jobs stopped(1, 0.5);
  stopped.at(0, 80 * ms);
  stopped.simulator.run(70 * ms);
  CHECK(stopped.station.cancel(stopped, 1, 0));
  stopped.simulator.run(120 * ms);
  CHECK(stopped.throttled.integral(120 * ms) == Approx(0.020));
  CHECK(stopped.busy.integral(120 * ms) == Approx(0.050));
}

TEST_CASE("Four threads on four cores use two cores' quota in half the period") {
  Jobs jobs(4, 2);
  for (int i = 0; i < 4; ++i) jobs.at(10 * ms, 70 * ms);
  jobs.simulator.run();
  // 200 ms of processor time in a period: all run 10-60, stand 60-100, run 100-120.
  for (const Nanos done : jobs.done) CHECK(done == 120 * ms);
  CHECK(jobs.throttled.integral(120 * ms) == Approx(0.040));
  // The same on one core that is never throttled: shared, 4 x 70 ms.
  Jobs one(1, 2);
  for (int i = 0; i < 4; ++i) one.at(10 * ms, 70 * ms);
  one.simulator.run();
  CHECK(one.done[3] == 290 * ms);
  CHECK(one.cut.total == 0);
}

TEST_CASE("A quota is full again in each period, and what was not used is lost") {
  Jobs jobs(1, 0.2);
  jobs.at(90 * ms, 15 * ms);   // idle so far: 10 ms of this period's 20, then 5 ms of the next one's
  jobs.at(130 * ms, 20 * ms);  // 15 ms are left of the second period: until 145, and from 200 to 205
  jobs.simulator.run();
  CHECK(jobs.done[0] == 105 * ms);
  CHECK(jobs.done[1] == 205 * ms);
}

TEST_CASE("Jobs more than cores share what the quota lets run") {
  Jobs jobs(2, 1);
  for (int i = 0; i < 4; ++i) jobs.at(0, 30 * ms);
  jobs.simulator.run();
  // Both cores run: 100 ms of processor time are used at 50 ms, 25 ms a job; 5 ms each are left, 10 ms from 100 on.
  for (const Nanos done : jobs.done) CHECK(done == 110 * ms);
}

TEST_CASE("Cleared jobs are never told, and what comes after them is") {
  Jobs jobs(1, 0.5);
  jobs.at(0, 40 * ms);
  jobs.at(0, 40 * ms);
  jobs.simulator.run(20 * ms);
  jobs.station.clear();
  jobs.at(10 * ms, 10 * ms);
  jobs.simulator.run();
  CHECK(jobs.done == std::vector<Nanos>{-1, -1, 40 * ms});
}

TEST_CASE("Without a quota, and with one that is never used up, it is processor sharing") {
  for (const double quota : {0.0, 2.0}) {
    Simulator simulator;
    ThrottledStation station(simulator, 2, quota, 100 * ms);
    struct Load : Handler {
      Simulator& simulator;
      ThrottledStation& station;
      Stream gaps{1, 0, "load", "gaps"}, demands{1, 0, "load", "demands"};
      std::vector<Nanos> begun;
      double sum = 0;
      std::size_t ended = 0;
      Load(Simulator& s, ThrottledStation& t) : simulator(s), station(t) {}
      void on_event(std::uint32_t kind, std::uint32_t index) override {
        if (kind == 1) {
          sum += to_seconds(simulator.now() - begun[index]);
          ++ended;
          return;
        }
        begun.push_back(simulator.now());
        station.submit(to_nanos(0.01 * demands.exponential()), *this, 1, static_cast<std::uint32_t>(begun.size() - 1));
        simulator.schedule(to_nanos(gaps.exponential() / 120), *this, 0, 0);
      }
    } load(simulator, station);
    simulator.schedule(0, load, 0, 0);
    simulator.run(2000 * second);
    // 120/s of 10 ms on two cores. A mean over 240,000 at 60 % wanders by less than 2 %.
    CHECK(load.sum / static_cast<double>(load.ended) == Approx(mmc_ps({120, 100, 2}).mean_response).epsilon(0.02));
  }
}

}  // namespace capplan::core
