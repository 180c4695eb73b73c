// The clock: order of ties, timers and their cancelling, what run() and stop() promise.

#include "core/simulator.h"

#include <atomic>

#include <functional>
#include <utility>
#include <vector>

#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

/// Notes what it is told, when, and may act on it.
struct Recorder : Handler {
  explicit Recorder(Simulator& simulator_) : simulator(simulator_) {}
  void on_event(std::uint32_t kind, std::uint32_t index) override {
    told.push_back({simulator.now(), kind, index});
    if (act) act(kind, index);
  }
  std::vector<std::uint32_t> indices() const {
    std::vector<std::uint32_t> result;
    for (const auto& event : told) result.push_back(event.index);
    return result;
  }

  struct Told {
    Nanos at;
    std::uint32_t kind, index;
    friend bool operator==(const Told&, const Told&) = default;
  };
  Simulator& simulator;
  std::vector<Told> told;
  std::function<void(std::uint32_t, std::uint32_t)> act;
};

using Indices = std::vector<std::uint32_t>;

TEST_CASE("a run without end stops soon after it is cancelled") {
  struct Clockwork : Handler {
    Simulator simulator;
    std::atomic<bool> cancel = false;
    std::uint64_t told = 0;
    void on_event(std::uint32_t, std::uint32_t) override {
      if (++told == 1000) cancel = true;
      simulator.schedule(1, *this, 0, 0);
    }
  } clockwork;
  clockwork.simulator.schedule(0, clockwork, 0, 0);
  CHECK_FALSE(clockwork.simulator.run(never, &clockwork.cancel));
  CHECK(clockwork.told <= 1000 + 65'536);
}

}  // namespace

TEST_CASE("Events happen at their time, with what they were scheduled with") {
  Simulator simulator;
  Recorder recorder(simulator);
  simulator.schedule(30, recorder, 1, 10);
  simulator.schedule(10, recorder, 2, 20);
  simulator.schedule(20, recorder, 3, 30);
  CHECK(simulator.pending() == 3);
  CHECK(simulator.run());
  CHECK(recorder.told == std::vector<Recorder::Told>{{10, 2, 20}, {20, 3, 30}, {30, 1, 10}});
  CHECK(simulator.now() == 30);
  CHECK(simulator.events() == 3);
  CHECK(simulator.pending() == 0);
}

TEST_CASE("Events of one instant happen in the order they were asked for") {
  Simulator simulator;
  Recorder recorder(simulator);
  Indices expected;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    if (i % 3 == 0)
      simulator.schedule_timer(5, recorder, 0, i);  // a timer keeps its place among plain events
    else
      simulator.schedule(5, recorder, 0, i);
    expected.push_back(i);
  }
  simulator.run();
  CHECK(recorder.indices() == expected);
}

TEST_CASE("What an event schedules without delay happens after all that was there") {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.act = [&](std::uint32_t kind, std::uint32_t index) {
    if (kind == 0) simulator.schedule(0, recorder, 1, index + 10);
  };
  simulator.schedule(5, recorder, 0, 1);
  simulator.schedule(5, recorder, 0, 2);
  simulator.run();
  CHECK(recorder.indices() == Indices{1, 2, 11, 12});
  CHECK(simulator.now() == 5);
}

TEST_CASE("A cancelled timer does not happen") {
  Simulator simulator;
  Recorder recorder(simulator);
  const Timer first = simulator.schedule_timer(10, recorder, 0, 1);
  simulator.schedule_timer(20, recorder, 0, 2);
  simulator.cancel(first);
  CHECK(simulator.run());
  CHECK(recorder.indices() == Indices{2});
  CHECK(simulator.events() == 1);
}

TEST_CASE("Cancelling what has happened, twice, or nothing does nothing") {
  Simulator simulator;
  Recorder recorder(simulator);
  simulator.cancel(Timer{});
  const Timer happened = simulator.schedule_timer(10, recorder, 0, 1);
  simulator.run(10);
  simulator.cancel(happened);
  const Timer twice = simulator.schedule_timer(10, recorder, 0, 2);
  simulator.cancel(twice);
  simulator.cancel(twice);
  // The slots of both are used again: the old names must not reach the new timers.
  simulator.schedule_timer(10, recorder, 0, 3);
  simulator.schedule_timer(10, recorder, 0, 4);
  simulator.cancel(happened);
  simulator.cancel(twice);
  simulator.run();
  CHECK(recorder.indices() == Indices{1, 3, 4});
  CHECK(simulator.events() == 3);
}

TEST_CASE("A timer can be cancelled by an event of its own instant, not by itself") {
  Simulator simulator;
  Recorder recorder(simulator);
  Timer other, self;
  recorder.act = [&](std::uint32_t, std::uint32_t index) {
    if (index == 1) simulator.cancel(other);
    if (index == 3) simulator.cancel(self);
  };
  simulator.schedule(10, recorder, 0, 1);
  other = simulator.schedule_timer(10, recorder, 0, 2);
  self = simulator.schedule_timer(10, recorder, 0, 3);
  simulator.schedule_timer(10, recorder, 0, 4);
  simulator.run();
  CHECK(recorder.indices() == Indices{1, 3, 4});
}

TEST_CASE("A slot used again does not revive the event it had before") {
  Simulator simulator;
  Recorder recorder(simulator);
  const Timer cancelled = simulator.schedule_timer(10, recorder, 0, 1);
  simulator.cancel(cancelled);
  const Timer reused = simulator.schedule_timer(30, recorder, 0, 2);
  CHECK(reused.slot == cancelled.slot);
  simulator.run(20);  // passes the place of the cancelled one
  CHECK(recorder.told.empty());
  simulator.run();
  CHECK(recorder.told == std::vector<Recorder::Told>{{30, 0, 2}});
}

TEST_CASE("A million timers set and cancelled leave nothing behind") {
  Simulator simulator;
  Recorder recorder(simulator);
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    simulator.cancel(simulator.schedule_timer(3600 * second, recorder, 0, i));
    most = std::max(most, simulator.pending());
  }
  CHECK(most < 300);
  // The same with a hundred live ones, each replaced in turn, as acquire timeouts are.
  std::vector<Timer> live(100);
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    Timer& timer = live[i % 100];
    simulator.cancel(timer);
    timer = simulator.schedule_timer(3600 * second, recorder, 1, i);
    most = std::max(most, simulator.pending());
  }
  CHECK(most < 600);
  simulator.run();
  CHECK(recorder.told.size() == 100);
  CHECK(simulator.events() == 100);
}

TEST_CASE("Timers set, cancelled and met at random match a plain list") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "timers");
    Simulator simulator;
    Recorder recorder(simulator);
    struct Expected {
      Nanos at;
      std::uint32_t index;
      bool cancelled;
    };
    std::vector<Expected> expected;  // by order of asking, which is the index
    std::vector<Timer> timers;
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t what = stream.below(10);
      if (what < 5) {
        const auto delay = static_cast<Nanos>(stream.below(200));
        timers.push_back(simulator.schedule_timer(delay, recorder, 0, static_cast<std::uint32_t>(expected.size())));
        expected.push_back({simulator.now() + delay, static_cast<std::uint32_t>(expected.size()), false});
      } else if (what < 9 && !timers.empty()) {
        const std::size_t i = stream.below(timers.size());
        simulator.cancel(timers[i]);
        // Of the instant already run through, all has happened.
        if (expected[i].at > simulator.now() || recorder.told.empty())
          expected[i].cancelled = true;
        else if (std::none_of(recorder.told.begin(), recorder.told.end(), [&](const auto& t) { return t.index == i; }))
          expected[i].cancelled = true;
      } else {
        simulator.run(simulator.now() + static_cast<Nanos>(stream.below(30)));
      }
    }
    simulator.run();
    std::erase_if(expected, [](const Expected& e) { return e.cancelled; });
    std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    // Timers asked for at an instant already run through come after those of it that have happened: by time, then
    // index.
    REQUIRE(recorder.told.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      REQUIRE(recorder.told[i].index == expected[i].index);
      REQUIRE(recorder.told[i].at == expected[i].at);
    }
    CHECK(simulator.events() == expected.size());
    CHECK(simulator.pending() == 0);
  }
}

TEST_CASE("A run takes in events at its end and leaves later ones") {
  Simulator simulator;
  Recorder recorder(simulator);
  for (const Nanos at : {9, 10, 11}) simulator.schedule(at, recorder, 0, static_cast<std::uint32_t>(at));
  CHECK(simulator.run(10));
  CHECK(recorder.indices() == Indices{9, 10});
  CHECK(simulator.now() == 10);
  CHECK(simulator.run(10));
  CHECK(recorder.told.size() == 2);
  CHECK(simulator.run(500));
  CHECK(recorder.told.size() == 3);
  CHECK(simulator.now() == 500);
  simulator.schedule(1, recorder, 0, 0);  // from where the run ended, not from the last event
  simulator.run();
  CHECK(simulator.now() == 501);
}

TEST_CASE("Time never goes back") {
  Simulator simulator;
  simulator.run(100);
  CHECK(simulator.run(50));
  CHECK(simulator.now() == 100);
  CHECK(simulator.run());
  CHECK(simulator.now() == 100);
}

TEST_CASE("A stopped run ends after the event it handles, and can go on") {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.act = [&](std::uint32_t, std::uint32_t index) {
    if (index == 1) simulator.stop();
  };
  simulator.schedule(10, recorder, 0, 1);
  simulator.schedule(10, recorder, 0, 2);
  simulator.schedule(20, recorder, 0, 3);
  CHECK_FALSE(simulator.run(1000));
  CHECK(simulator.now() == 10);
  CHECK(recorder.indices() == Indices{1});
  CHECK(simulator.run(1000));
  CHECK(recorder.indices() == Indices{1, 2, 3});
  CHECK(simulator.now() == 1000);
}

TEST_CASE("Two simulators know nothing of each other") {
  Simulator one, other;
  Recorder first(one), second_recorder(other);
  one.schedule(10, first, 0, 1);
  other.schedule(5, second_recorder, 0, 2);
  one.run();
  CHECK(other.now() == 0);
  CHECK(second_recorder.told.empty());
  other.run();
  CHECK(other.now() == 5);
}
