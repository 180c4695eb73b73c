// A deadline over all tries of a call, or of a request, at hand-worked times; and as a property of a loaded service.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

constexpr std::string_view exceeded = "DEADLINE_EXCEEDED";

Raw calling() { return List{Raw(table({{"call", "call.c"}}))}; }
Raw retries(int max, const char* backoff) { return table({{"max", max}, {"backoff", backoff}, {"factor", 1}}); }

core::Recording called_at(const std::vector<core::Nanos>& times, const Keys& call, const Keys& keys = {}) {
  return run({section("call", "", "c", call), request("r", calling(), keys), requests_at(times)}, 2 * s);
}
double failed_with(const core::Recording& seen, std::string_view error) {
  return total(seen, {"requests", "r", "errors", std::string(error)});
}
double tries(const core::Recording& seen) {
  return total(seen, {"calls", "c", "calls_per_s"}) + total(seen, {"calls", "c", "retries_ratio"});
}

}  // namespace

TEST_CASE("a call's deadline ends the try under way, and lets no pause begin that would not end before it") {
  // Tries of 30 ms that fail, 20 ms apart: 0..30, 50..80, 100..130.
  const auto failing = [](const char* deadline) {
    return called_at({100 * ms},
                     {{"time", "30ms"}, {"error_rate", 1.0}, {"retries", retries(9, "20ms")}, {"deadline", deadline}});
  };
  const core::Recording before = failing("100ms"), within = failing("101ms"), after = failing("131ms");
  CHECK(tries(before) == 2);
  CHECK(failed_with(before, "call failed") == 1);
  CHECK(tries(within) == 3);
  CHECK(failed_with(within, exceeded) == 1);
  CHECK(tries(after) == 3);
  CHECK(failed_with(after, "call failed") == 1);
  CHECK(total(failing("10s"), {"calls", "c", "retries_ratio"}) == 9);
}

TEST_CASE("a call's deadline counts its wait for a permit, and frees what the call holds") {
  // The first has the only permit from 100 to 150 ms, the second from then until its own deadline at 160 ms.
  const core::Recording seen =
      called_at({100 * ms, 110 * ms, 300 * ms}, {{"time", "100ms"}, {"concurrency", 1}, {"deadline", "50ms"}});
  CHECK(failed_with(seen, exceeded) == 3);
  CHECK(total(seen, {"calls", "c", "utilization"}) == Approx(0.050 + 0.010 + 0.050));
  CHECK(total(seen, {"calls", "c", "error_ratio"}) == 3);
  // One that is done in time is not ended a second time when its deadline comes.
  const core::Recording done = called_at({100 * ms, 120 * ms}, {{"time", "10ms"}, {"deadline", "50ms"}});
  CHECK(total(done, {"requests", "r", "completed_per_s"}) == 2);
  CHECK(total(done, {"calls", "c", "error_ratio"}) == 0);
}

TEST_CASE("a deadline counts as a failure for the call's breaker") {
  const core::Recording seen =
      called_at({100 * ms, 200 * ms, 300 * ms},
                {{"time", "90ms"}, {"deadline", "50ms"}, {"breaker", table({{"min_calls", 2}, {"open", "10s"}})}});
  CHECK(failed_with(seen, exceeded) == 2);
  CHECK(failed_with(seen, "CallNotPermittedException (circuit breaker open)") == 1);
}

TEST_CASE("a request's deadline is of all its attempts") {
  // Attempts of 40 ms that time out, 10 ms apart: 0..40, 50..90, 100..140.
  const auto waiting = [](const Keys& keys) { return called_at({100 * ms}, {{"time", "1s"}}, keys); };
  const Keys patient = {{"timeout", "40ms"}, {"retries", retries(9, "10ms")}};
  const core::Recording before = waiting(changed(patient, {{"deadline", "100ms"}})),
                        within = waiting(changed(patient, {{"deadline", "105ms"}})),
                        alone = waiting({{"deadline", "100ms"}});
  const auto attempts = [](const core::Recording& seen) { return total(seen, {"calls", "c", "calls_per_s"}); };
  CHECK(attempts(before) == 2);
  CHECK(failed_with(before, "timeout") == 1);
  CHECK(attempts(within) == 3);
  CHECK(failed_with(within, exceeded) == 1);
  CHECK(attempts(alone) == 1);
  CHECK(failed_with(alone, exceeded) == 1);
}

TEST_CASE("no answer comes after the deadline, however long the queue is") {
  const core::Recording seen = run(
      {server({{"cores", 1}}), section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 1}}),
       query("q", {{"pool", "p"}, {"cpu", exponential("10ms")}}),
       request("r", steps({{"q", 1}}), {{"timeout", "60ms"}, {"deadline", "100ms"}, {"retries", retries(3, "5ms")}}),
       section("workload", "open", "w", {{"rate", "90/s"}, {"mix", table({{"r", 1}})}})},
      100 * s);
  const core::Histogram latency = histogram(seen, {"requests", "r", "latency_s"});
  CHECK(latency.count() > 1000);
  CHECK(latency.max() <= 100 * ms);
  CHECK(latency.max() > 60 * ms);
  CHECK(failed_with(seen, exceeded) > 10);
}
