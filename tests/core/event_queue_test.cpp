// The event list against a sorted list, over many random histories; and the queues that the benchmarks compare it with,
// which must give the same order for the comparison to be one.

#include "core/event_queue.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/random.h"
#include "tests/bench/event_queues.h"
#include "tests/support/catch.h"

using namespace capplan::core;
using namespace capplan::bench;

namespace {

struct Earlier {
  bool operator()(const Event& a, const Event& b) const { return before(a, b); }
};

/// A delay: often 0, so that ties are many; now and then far away.
Nanos delay(Stream& stream) {
  const std::uint64_t kind = stream.below(20);
  if (kind == 0) return static_cast<Nanos>(stream.below(1'000'000'000'000));
  return kind < 6 ? 0 : static_cast<Nanos>(stream.below(kind < 12 ? 4 : 100'000));
}

/// Grows and shrinks a queue at random, never asking for less than the time reached, and checks every event against an
/// ordered set.
template <class Queue>
void check_history(std::uint64_t seed, int steps) {
  Stream stream(seed, 0, "test", "history");
  Queue queue;
  std::set<Event, Earlier> expected;
  std::uint64_t sequence = 0;
  Nanos now = 0;
  std::uint64_t lean = 5;  // of ten steps so many push
  for (int step = 0; step < steps || !expected.empty(); ++step) {
    if (step % 500 == 0) lean = step < steps ? 2 + stream.below(7) : 0;
    if (step < steps && (expected.empty() || stream.below(10) < lean)) {
      const Event event{now + delay(stream), sequence++, nullptr, 0, 0};
      queue.push(event);
      expected.insert(event);
    } else if (!expected.empty()) {
      const Event event = queue.top();
      REQUIRE(event.sequence == expected.begin()->sequence);
      REQUIRE(event.time == expected.begin()->time);
      now = event.time;
      queue.pop();
      expected.erase(expected.begin());
    }
    REQUIRE(queue.size() == expected.size());
    REQUIRE(queue.empty() == expected.empty());
  }
}

}  // namespace

TEST_CASE("Events leave the heap as a stable sort would have them") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "sort");
    std::vector<Event> events;
    const std::uint64_t n = 1 + stream.below(2000);
    for (std::uint64_t i = 0; i < n; ++i) events.push_back({static_cast<Nanos>(stream.below(n)), i, nullptr, 0, 0});
    EventQueue queue;
    for (const Event& event : events) queue.push(event);
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    for (const Event& event : events) {
      REQUIRE(queue.top().sequence == event.sequence);
      queue.pop();
    }
    CHECK(queue.empty());
  }
}

TEST_CASE("Removing events leaves the order of the rest") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "remove");
    const std::uint64_t n = seed;  // sizes 0 to 99 pass every shape of the last level
    EventQueue queue;
    std::vector<Event> kept;
    for (std::uint64_t i = 0; i < n; ++i) {
      const Event event{static_cast<Nanos>(stream.below(20)), i, nullptr, static_cast<std::uint32_t>(stream.below(3)),
                        0};
      queue.push(event);
      if (event.kind != 0) kept.push_back(event);
    }
    queue.remove_if([](const Event& event) { return event.kind == 0; });
    REQUIRE(queue.size() == kept.size());
    std::sort(kept.begin(), kept.end(), before);
    for (const Event& event : kept) {
      REQUIRE(queue.top().sequence == event.sequence);
      queue.pop();
    }
  }
}

TEST_CASE("Random histories of the heap match an ordered set") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) check_history<EventQueue>(seed, 4000);
}

TEST_CASE("The queues that it is measured against pop in the same order") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    check_history<BinaryHeap>(seed, 4000);
    check_history<CalendarQueue>(seed, 4000);
    check_history<LadderQueue>(seed, 4000);
  }
}

TEST_CASE("They pop in the same order in the hold model too") {
  for (const std::size_t n : {1, 2, 5, 64, 1000, 20'000}) {
    CAPTURE(n);
    const std::uint64_t expected = hold_checksum<EventQueue>(n, 100'000);
    CHECK(hold_checksum<BinaryHeap>(n, 100'000) == expected);
    CHECK(hold_checksum<CalendarQueue>(n, 100'000) == expected);
    CHECK(hold_checksum<LadderQueue>(n, 100'000) == expected);
  }
}
