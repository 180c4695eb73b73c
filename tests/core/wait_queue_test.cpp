// The queue of waiters with a patience: order, tickets, and one timer for all of them.

#include "core/wait_queue.h"

#include <deque>
#include <utility>
#include <vector>

#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

/// Owns a queue of numbers and notes who left and when.
struct Owner : Handler {
  Owner(Simulator& simulator_, Nanos patience) : simulator(simulator_), queue(simulator_, patience, *this, 7) {}
  void on_event(std::uint32_t kind, std::uint32_t) override {
    CHECK(kind == 7);
    queue.expire([this](int waiter) { left.emplace_back(waiter, simulator.now()); });
  }
  Simulator& simulator;
  WaitQueue<int> queue;
  std::vector<std::pair<int, Nanos>> left;
};

using Left = std::vector<std::pair<int, Nanos>>;

}  // namespace

TEST_CASE("Waiters are served in the order they came") {
  Simulator simulator;
  Owner owner(simulator, never);
  CHECK(owner.queue.empty());
  for (int i = 0; i < 5; ++i) {
    simulator.run(10 * i);
    owner.queue.push(i);
  }
  CHECK(owner.queue.size() == 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(owner.queue.front() == i);
    CHECK(owner.queue.front_since() == 10 * i);
    CHECK(owner.queue.pop() == i);
  }
  CHECK(owner.queue.empty());
  CHECK(simulator.pending() == 0);  // without a patience there is no timer
}

TEST_CASE("A ticket takes its waiter out, from the head, the middle and the tail") {
  Simulator simulator;
  Owner owner(simulator, never);
  std::vector<WaitQueue<int>::Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(owner.queue.push(i));
  owner.queue.erase(tickets[2]);
  owner.queue.erase(tickets[0]);
  owner.queue.erase(tickets[4]);
  CHECK(owner.queue.size() == 2);
  CHECK(owner.queue.pop() == 1);
  CHECK(owner.queue.pop() == 3);
  CHECK(owner.queue.empty());
  owner.queue.erase(owner.queue.push(9));
  CHECK(owner.queue.empty());
}

TEST_CASE("A waiter leaves when its patience ends, to the nanosecond") {
  Simulator simulator;
  Owner owner(simulator, 100);
  owner.queue.push(1);
  simulator.run(30);
  owner.queue.push(2);
  owner.queue.push(3);
  simulator.run(99);
  CHECK(owner.left.empty());
  simulator.run();
  CHECK(owner.left == Left{{1, 100}, {2, 130}, {3, 130}});
  CHECK(owner.queue.empty());
}

TEST_CASE("The patience of who comes later does not suffer from who was served") {
  Simulator simulator;
  Owner owner(simulator, 100);
  owner.queue.push(1);
  simulator.run(50);
  owner.queue.push(2);
  CHECK(owner.queue.pop() == 1);
  simulator.run(149);
  CHECK(owner.left.empty());
  simulator.run(150);
  CHECK(owner.left == Left{{2, 150}});
  // Empty in between: the timer still under way is for nobody, and the next waiter has one.
  simulator.run(200);
  owner.queue.push(3);
  CHECK(owner.queue.pop() == 3);
  simulator.run(260);
  owner.queue.push(4);
  simulator.run();
  CHECK(owner.left == Left{{2, 150}, {4, 360}});
}

TEST_CASE("A single timer is under way however many wait and are served") {
  Simulator simulator;
  Owner owner(simulator, second);
  for (int i = 0; i < 100'000; ++i) {
    simulator.run(simulator.now() + 10);
    owner.queue.push(i);
    if (i >= 50) owner.queue.pop();
    REQUIRE(simulator.pending() <= 1);
  }
  CHECK(owner.left.empty());
  CHECK(simulator.events() < 10);
}

TEST_CASE("Who leaves may come back while others leave") {
  Simulator simulator;
  struct Again : Handler {
    explicit Again(Simulator& simulator) : queue(simulator, 100, *this, 0) {}
    void on_event(std::uint32_t, std::uint32_t) override {
      queue.expire([this](int waiter) {
        left.push_back(waiter);
        if (waiter < 10) queue.push(waiter + 10);
      });
    }
    WaitQueue<int> queue;
    std::vector<int> left;
  } owner(simulator);
  owner.queue.push(1);
  owner.queue.push(2);
  simulator.run(100);
  CHECK(owner.left == std::vector<int>{1, 2});
  CHECK(owner.queue.size() == 2);
  simulator.run();
  CHECK(owner.left == std::vector<int>{1, 2, 11, 12});
  CHECK(simulator.now() == 200);
}

TEST_CASE("Random histories match a plain list of waiters") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "waiters");
    const Nanos patience = 1 + static_cast<Nanos>(stream.below(60));
    Simulator simulator;
    Owner owner(simulator, patience);
    struct Waiting {
      int waiter;
      Nanos since;
      WaitQueue<int>::Ticket ticket;
    };
    std::deque<Waiting> expected;
    Left expected_left;
    for (int step = 0; step < 2000; ++step) {
      const std::uint64_t what = stream.below(10);
      if (what < 5) {
        expected.push_back({step, simulator.now(), owner.queue.push(step)});
      } else if (what < 6 && !expected.empty()) {
        REQUIRE(owner.queue.pop() == expected.front().waiter);
        expected.pop_front();
      } else if (what < 7 && !expected.empty()) {
        const auto i = static_cast<std::ptrdiff_t>(stream.below(expected.size()));
        owner.queue.erase(expected[static_cast<std::size_t>(i)].ticket);
        expected.erase(expected.begin() + i);
      } else {
        const Nanos until = simulator.now() + static_cast<Nanos>(stream.below(20));
        while (!expected.empty() && expected.front().since + patience <= until) {
          expected_left.emplace_back(expected.front().waiter, expected.front().since + patience);
          expected.pop_front();
        }
        simulator.run(until);
      }
      REQUIRE(owner.queue.size() == expected.size());
      REQUIRE(owner.left == expected_left);
    }
  }
}
