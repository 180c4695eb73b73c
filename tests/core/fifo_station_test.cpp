// The multi-server station: timelines worked by hand, and Little's law, M/M/c and M/M/c+D on long runs. Limits of the
// long runs: the batch means of the run itself, at five standard errors.

#include "core/fifo_station.h"

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/queueing.h"
#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::uint32_t done = 1, left = 2;

struct Told {
  Nanos at;
  std::uint32_t how, job;
  friend bool operator==(const Told&, const Told&) = default;
};

/// Submits jobs at given times and notes how they end.
struct Line : Handler {
  explicit Line(int servers, Nanos patience = never, std::size_t room = ~std::size_t{0})
      : station(simulator, servers, patience, room) {}
  std::uint32_t at(Nanos time, std::uint32_t job, Nanos service) {
    simulator.run(time);
    return station.submit(service, {this, done, left, job});
  }
  void on_event(std::uint32_t how, std::uint32_t job) override { told.push_back({simulator.now(), how, job}); }
  std::vector<Told> end() {
    simulator.run();
    return told;
  }
  Simulator simulator;
  FifoStation station;
  std::vector<Told> told;
};

using Ends = std::vector<Told>;

/// An open Markov queue on the station: arrivals, services, and what became of them.
struct MarkovLine : Handler {
  MarkovLine(double rate, int servers, Nanos patience, std::uint64_t seed, std::size_t room = ~std::size_t{0})
      : mean_gap(1 / rate),
        arrivals(seed, 0, "test", "arrivals"),
        services(seed, 0, "test", "services"),
        station(simulator, servers, patience, room) {
    station.busy = &busy;
    station.waiting = &waiting;
    station.wait = &wait;
    simulator.schedule(0, *this, 0, 0);
  }
  void on_event(std::uint32_t kind, std::uint32_t) override {
    if (kind == done) ++served;
    if (kind == left) ++lost;
    if (kind != 0) return;
    ++offered;
    const Nanos service = to_nanos(services.exponential());
    work += to_seconds(service);
    if (station.submit(service, {this, done, left, 0}) == FifoStation::refused) ++refused;
    simulator.schedule(to_nanos(mean_gap * arrivals.exponential()), *this, 0, 0);
  }
  double mean_gap;
  double offered = 0, served = 0, lost = 0, refused = 0, work = 0;
  Stream arrivals, services;
  Simulator simulator;
  FifoStation station;
  Level busy, waiting;
  Histogram wait;
};

}  // namespace

TEST_CASE("One server serves in the order of arrival") {
  // 1: 0-10. 2 comes at 3, waits to 10, done 15. 3 comes at 4, waits to 15, done 16. 4 comes at 20, done 22.
  Line line(1);
  CHECK(line.at(0, 1, 10) == FifoStation::served);
  CHECK(line.at(3, 2, 5) < FifoStation::refused);
  CHECK(line.at(4, 3, 1) < FifoStation::refused);
  CHECK(line.at(20, 4, 2) == FifoStation::served);
  CHECK(line.end() == Ends{{10, done, 1}, {15, done, 2}, {16, done, 3}, {22, done, 4}});
}

TEST_CASE("Two servers take the next job as they come free") {
  // A: 1 to 10, then 3 (waits from 2) ... B: 2 from 1 to 4, then 3 at 4 to 9, then 4 (waits from 3) at 9 to 10.
  Line line(2);
  Histogram wait;
  line.station.wait = &wait;
  line.at(0, 1, 10);
  line.at(1, 2, 3);
  line.at(2, 3, 5);
  line.at(3, 4, 1);
  CHECK(line.end() == Ends{{4, done, 2}, {9, done, 3}, {10, done, 1}, {10, done, 4}});
  // Waits 0, 0, 2, 6.
  CHECK(wait.count() == 4);
  CHECK(wait.mean() == Approx(2e-9));
  CHECK(wait.max() == 6);
}

TEST_CASE("Meters of a station show busy servers and waiting jobs") {
  Line line(1);
  Level busy, waiting;
  line.station.busy = &busy;
  line.station.waiting = &waiting;
  line.at(0, 1, 10 * second);
  line.at(2 * second, 2, 5 * second);
  line.at(4 * second, 3, 5 * second);
  line.end();  // busy 0-20; waiting 1 in 2-4, 2 in 4-10, 1 in 10-15
  line.simulator.run(30 * second);
  CHECK(busy.integral(30 * second) == Approx(20));
  CHECK(waiting.integral(30 * second) == Approx(2 + 12 + 5));
  CHECK(busy.value() == 0);
  CHECK(waiting.value() == 0);
}

TEST_CASE("A job whose patience ends leaves unserved") {
  // 1: 0-100. 2 comes at 10 and would wait 90: leaves at 40. 3 comes at 80, is served at 100 within its 30.
  Line line(1, 30);
  line.at(0, 1, 100);
  line.at(10, 2, 5);
  line.at(80, 3, 5);
  CHECK(line.end() == Ends{{40, left, 2}, {100, done, 1}, {105, done, 3}});
}

TEST_CASE("Patience counts the wait, not the service") {
  Line line(1, 30);
  line.at(0, 1, 100);
  CHECK(line.end() == Ends{{100, done, 1}});
}

TEST_CASE("A station without room refuses and tells nobody") {
  Line line(1, never, 1);
  CHECK(line.at(0, 1, 10) == FifoStation::served);
  CHECK(line.at(1, 2, 10) < FifoStation::refused);
  CHECK(line.at(2, 3, 10) == FifoStation::refused);
  CHECK(line.at(12, 4, 10) < FifoStation::refused);
  CHECK(line.end() == Ends{{10, done, 1}, {20, done, 2}, {30, done, 4}});
  Line loss(1, never, 0);
  CHECK(loss.at(0, 1, 10) == FifoStation::served);
  CHECK(loss.at(1, 2, 10) == FifoStation::refused);
}

TEST_CASE("A cancelled job makes room and is told nothing") {
  Line line(1, never, 2);
  line.at(0, 1, 10);
  const std::uint32_t ticket = line.at(1, 2, 10);
  line.at(2, 3, 10);
  line.station.cancel(ticket);
  CHECK(line.at(3, 4, 10) < FifoStation::refused);
  CHECK(line.end() == Ends{{10, done, 1}, {20, done, 3}, {30, done, 4}});
}

TEST_CASE("A job may be submitted by the one that is done") {
  struct Loop : Handler {
    Simulator simulator;
    FifoStation station{simulator, 1};
    int rounds = 0;
    void on_event(std::uint32_t, std::uint32_t job) override {
      if (++rounds < 10) station.submit(5, {this, done, left, job});
    }
  } loop;
  loop.station.submit(5, {&loop, done, left, 0});
  loop.simulator.run();
  CHECK(loop.rounds == 10);
  CHECK(loop.simulator.now() == 50);
}

TEST_CASE("A station without servers is refused by name") {
  Simulator simulator;
  CHECK_THROWS_WITH(FifoStation(simulator, 0), ContainsSubstring("servers"));
}

TEST_CASE("Every job ends once, and work is conserved, at any number of servers") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    const int servers = 1 + static_cast<int>(seed % 7);
    MarkovLine line(servers * 1.2, servers, seed % 2 == 0 ? never : second, seed, seed % 3 == 0 ? 20 : 1'000'000);
    line.simulator.run(300 * second);
    const double inside = line.busy.value() + line.waiting.value();
    CHECK(line.offered == line.served + line.lost + line.refused + inside);
    CHECK(line.wait.count() == static_cast<std::uint64_t>(line.served + line.busy.value()));
    CHECK(line.busy.integral(300 * second) <= servers * 300.0 * (1 + 1e-12));
    if (line.lost + line.refused > 0) CHECK(line.busy.integral(300 * second) > servers * 300.0 * 0.7);
    if (line.lost > 0) CHECK(line.wait.max() <= second);
  }
}

TEST_CASE("Waits and numbers waiting obey Little's law and the formulas of M/M/c") {
  for (const auto& [servers, load] : {std::pair{1, 0.7}, std::pair{4, 3.2}, std::pair{20, 18.0}}) {
    CAPTURE(servers, load);
    const QueueFigures figures = mmc({load, 1, servers});
    std::vector<double> waits;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      MarkovLine line(load, servers, never, seed);
      const double length = 40'000 / load;
      line.simulator.run(to_nanos(length));
      const Nanos now = line.simulator.now();
      // Little: the time spent waiting is the integral of the number waiting, but for those who still wait.
      const double waited = line.wait.mean() * static_cast<double>(line.wait.count());
      CHECK(waited == Approx(line.waiting.integral(now)).epsilon(0.02));
      CHECK(line.busy.integral(now) == Approx(line.work).epsilon(0.01));
      waits.push_back(line.wait.mean());
    }
    double mean = 0, square = 0;
    for (const double w : waits) mean += w / 20;
    for (const double w : waits) square += (w - mean) * (w - mean) / 19;
    CHECK(std::abs(mean - figures.mean_wait) <= 5 * std::sqrt(square / 20));
  }
}

TEST_CASE("Losses to patience are those of M/M/c+D") {
  for (const double load : {3.0, 4.0, 6.0}) {
    CAPTURE(load);
    const QueueFigures figures = mmc_timeout({load, 1, 4}, 0.5);
    MarkovLine line(load, 4, second / 2, 1);
    line.simulator.run(100'000 * second);
    const double loss = line.lost / line.offered;
    // Losses come in runs: three times the variance of independent ones is ample here.
    CHECK(std::abs(loss - figures.loss) <= 5 * std::sqrt(3 * figures.loss / line.offered));
    CHECK(line.wait.mean() == Approx(figures.mean_wait).epsilon(0.02));
    CHECK(line.busy.integral(line.simulator.now()) / (4 * 100'000) == Approx(figures.utilization).epsilon(0.01));
  }
}

TEST_CASE("A cleared line tells nobody, and serves who comes after") {
  Line line(1, 100);
  line.at(0, 1, 50);
  line.at(10, 2, 50);
  line.simulator.run(20);
  line.station.clear();
  line.at(30, 3, 40);  // served at once, until 70; the dropped one's event comes at 50
  line.at(60, 4, 10);
  CHECK(line.end() == std::vector<Told>{{70, done, 3}, {80, done, 4}});
}
