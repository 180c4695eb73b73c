// The circuit breaker's states by the clock.

#include "models/service/breaker.h"

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A breaker that opens at 3 failures of 6 within 10 s, for 30 s, and then tries 2.
struct Client : Script {
  CircuitBreaker breaker{simulator,
                         {.error_rate = 0.5, .window = 10 * s, .min_calls = 6, .open = 30 * s, .half_open_calls = 2}};
  core::Level open;
  core::Counter opened, refused;
  std::string seen;  // a letter for each call: s, f as it ended, r if it was refused
  Client() {
    breaker.open = &open;
    breaker.opened = &opened;
    breaker.refused = &refused;
  }
  /// A call at `time` that ends `later` with this outcome.
  void call(core::Nanos time, bool fails, core::Nanos later = 0) {
    at(time, [=, this] {
      std::uint32_t permission = 0;
      if (!breaker.allows(permission)) {
        seen += 'r';
        return;
      }
      at(simulator.now() + later, [=, this] {
        seen += fails ? 'f' : 's';
        breaker.ended(permission, fails);
      });
    });
  }
};

using State = CircuitBreaker::State;

}  // namespace

TEST_CASE("a breaker opens at its error rate, tries after its pause, and closes when the tries succeed") {
  Client client;
  for (int i = 0; i < 3; ++i) client.call((2 * i + 1) * 100 * ms, false);
  for (int i = 1; i <= 3; ++i) client.call(2 * i * 100 * ms, true);  // the sixth of six makes 3 of 6
  client.call(601 * ms, false);
  client.call(30 * s, false);
  client.call(30'600 * ms, false, 1 * s);  // 30 s after it opened: half-open
  client.call(30'700 * ms, false, 1 * s);
  client.call(30'800 * ms, false);  // a third try is not permitted
  client.simulator.run(30'900 * ms);
  CHECK(client.seen == "sfsfsfrrr");
  CHECK(client.breaker.state() == State::half_open);
  client.simulator.run(40 * s);
  CHECK(client.seen == "sfsfsfrrrss");
  CHECK(client.breaker.state() == State::closed);
  CHECK(client.opened.total == 1);
  CHECK(client.refused.total == 3);
  CHECK(client.open.integral(40 * s) == Approx(30));  // from 0.6 s to 30.6 s
}

TEST_CASE("a half-open breaker whose tries fail opens for another pause") {
  Client client;
  for (int i = 0; i < 6; ++i) client.call(i * ms, true);
  client.call(31 * s, true);
  client.call(32 * s, false);  // 1 of 2 is its error rate
  client.call(61 * s, false);
  client.call(63 * s, false);
  client.call(64 * s, false);
  client.simulator.run(70 * s);
  CHECK(client.seen == "fffffffsrss");
  CHECK(client.opened.total == 2);
  CHECK(client.breaker.state() == State::closed);
}

TEST_CASE("a breaker forgets what is older than its window, and judges no fewer than its least number") {
  Client few;
  for (int i = 0; i < 5; ++i) few.call(i * ms, true);
  few.simulator.run(1 * s);
  CHECK(few.breaker.state() == State::closed);
  few.call(9'900 * ms, true);  // in the tenth part: all six count
  few.simulator.run(9'950 * ms);
  CHECK(few.breaker.state() == State::open);
  Client old;
  for (int i = 0; i < 5; ++i) old.call(i * ms, true);
  old.call(10 * s, true);  // the first part has left the window
  old.simulator.run(11 * s);
  CHECK(old.breaker.state() == State::closed);
}

TEST_CASE("what began before the breaker changed does not count after it") {
  Client client;
  client.call(0, true, 31 * s);  // a slow one, that ends half-open
  for (int i = 1; i <= 6; ++i) client.call(i * ms, true);
  client.call(30'500 * ms, false, 1 * s);
  client.call(30'600 * ms, false, 1 * s);
  client.simulator.run(40 * s);
  CHECK(client.breaker.state() == State::closed);
}

TEST_CASE("a try that is withdrawn makes room for another") {
  Client client;
  for (int i = 0; i < 6; ++i) client.call(i * ms, true);
  client.simulator.run(31 * s);
  std::uint32_t first = 0, second = 0, third = 0;
  CHECK(client.breaker.allows(first));
  CHECK(client.breaker.allows(second));
  CHECK_FALSE(client.breaker.allows(third));
  client.breaker.withdrawn(first);
  CHECK(client.breaker.allows(third));
  client.breaker.ended(second, false);
  client.breaker.ended(third, false);
  CHECK(client.breaker.state() == State::closed);
}
