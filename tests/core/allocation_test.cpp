// The event loop allocates nothing in steady state: calls of operator new over a million events, once everything has
// grown to what is in flight. What grows is grown before by the same load, at the highest peak it will see.

#include <memory>
#include <vector>

#include "core/batch_station.h"
#include "core/fifo_station.h"
#include "core/histogram.h"
#include "core/shared_station.h"
#include "tests/support/catch.h"
#include "tests/support/count_allocations.h"

using namespace capplan::core;
using capplan::test::allocations_of;

namespace {

constexpr std::uint64_t million = 1'000'000;

/// A closed load: `jobs` jobs that think and are served in turn, so that the number in flight is bounded from the
/// start.
struct Closed : Handler {
  enum Kind : std::uint32_t { think_over, served, left };

  explicit Closed(std::uint32_t jobs_, double mean_think) : jobs(jobs_), think(mean_think) {}
  virtual void submit(Nanos service, std::uint32_t job) = 0;

  void start() {
    for (std::uint32_t job = 0; job < jobs; ++job) submit(1000, job);  // all at once: the highest peak there is
  }
  void on_event(std::uint32_t kind, std::uint32_t job) override {
    if (kind == think_over)
      submit(to_nanos(0.001 * services.exponential()), job);
    else
      simulator.schedule(to_nanos(think * services.exponential()), *this, think_over, job);
  }
  void run_events(std::uint64_t count) {
    const std::uint64_t until = simulator.events() + count;
    while (simulator.events() < until) simulator.run(simulator.now() + 10 * millisecond);
  }
  std::uint64_t steady_allocations() {
    start();
    run_events(million);
    return allocations_of([this] { run_events(million); });
  }

  std::uint32_t jobs;
  double think;
  Simulator simulator;
  Stream services{1, 0, "test", "services"};

 protected:
  ~Closed() = default;
};

struct ClosedFifo final : Closed {
  explicit ClosedFifo(Nanos patience) : Closed(200, 0.05), station(simulator, 4, patience) {
    station.wait = wait.get();
    station.busy = &busy;
    station.waiting = &waiting;
  }
  void submit(Nanos service, std::uint32_t job) override { station.submit(service, {this, served, left, job}); }
  FifoStation station;
  std::unique_ptr<Histogram> wait = std::make_unique<Histogram>();
  Level busy, waiting;
};

struct ClosedShared final : Closed {
  ClosedShared() : Closed(200, 0.05), station(simulator, 4) {
    station.busy = &busy;
    station.jobs = &present;
  }
  void submit(Nanos service, std::uint32_t job) override { station.submit(service, *this, served, job); }
  SharedStation station;
  Level busy, present;
};

struct ClosedBatch final : Closed {
  ClosedBatch()
      : Closed(200, 0.002), station(simulator, Distribution::gamma(0.001, 0.5), Stream(1, 0, "test", "flush")) {
    station.busy = &busy;
  }
  void submit(Nanos, std::uint32_t job) override { station.submit(*this, served, job); }
  BatchStation station;
  Level busy;
};

}  // namespace

TEST_CASE("Counting allocations finds those that there are") {
  CHECK(allocations_of([] { std::vector<int> numbers(100); }) == 1);
  CHECK(allocations_of([] {}) == 0);
}

TEST_CASE("A FIFO station allocates nothing over a million events") {
  CHECK(ClosedFifo(never).steady_allocations() == 0);
  CHECK(ClosedFifo(5 * millisecond).steady_allocations() == 0);  // a part of the jobs loses patience
}

TEST_CASE("A processor-sharing station allocates nothing over a million events") {
  CHECK(ClosedShared().steady_allocations() == 0);
}

TEST_CASE("A batch station allocates nothing over a million events") { CHECK(ClosedBatch().steady_allocations() == 0); }

TEST_CASE("A histogram allocates nothing over a million spans") {
  const auto histogram = std::make_unique<Histogram>();
  Stream stream(1, 0, "test", "spans");
  CHECK(allocations_of([&] {
          for (std::uint64_t i = 0; i < million; ++i) histogram->record(to_nanos(0.01 * stream.exponential()));
        }) == 0);
  CHECK(histogram->count() == million);
}

TEST_CASE("Timers set, cancelled and met allocate nothing over a million of them") {
  struct Timeouts : Handler {
    Simulator simulator;
    Stream stream{1, 0, "test", "timeouts"};
    std::vector<Timer> timers = std::vector<Timer>(100);
    void on_event(std::uint32_t, std::uint32_t) override {}
    void run(std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i) {
        Timer& timer = timers[stream.below(timers.size())];
        simulator.cancel(timer);
        timer = simulator.schedule_timer(to_nanos(stream.exponential()), *this, 0, 0);
        if (i % 4 == 0) simulator.run(simulator.now() + 40 * millisecond);
      }
    }
  } timeouts;
  timeouts.run(million);
  CHECK(allocations_of([&] { timeouts.run(million); }) == 0);
  CHECK(timeouts.simulator.events() > million / 4);
}

TEST_CASE("Drawing from streams and distributions allocates nothing") {
  const Distribution law = Distribution::mixture(
      {1, 1}, {Distribution::lognormal(0.002, 0.8), Distribution::shifted(1, Distribution::gamma(1, 0.5))});
  Stream stream(1, 0, "test", "draws");
  double sum = 0;
  CHECK(allocations_of([&] {
          for (std::uint64_t i = 0; i < million; ++i) sum += law.sample(stream.at(i));
        }) == 0);
  CHECK(sum > 0);
}
