// Caches, shared answers and idempotency keys where clients give up and try again, by the clock: who is told what when
// an attempt fails, what an abandoned one leaves behind, what is computed anew in the background, steps of every kind
// with caches of their own.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A host on which nobody waits, and one cache that answers at once.
core::Recording run_with(const std::vector<Section>& more, const Keys& cache = {}, core::Nanos length = 1 * s) {
  std::vector<Section> sections = {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
                                   section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 64}}),
                                   section("cache", "lru", "c", changed({{"latency", "0"}}, cache))};
  sections.insert(sections.end(), more.begin(), more.end());
  return run(sections, length);
}
Section statement(const char* cpu, const char* name = "q") { return query(name, {{"pool", "p"}, {"cpu", cpu}}); }
Section call(const Keys& keys) { return section("call", "", "c", keys); }
Raw calling() { return List{Raw(table({{"call", "call.c"}}))}; }
Raw one_key() { return table({{"count", 1}}); }
Raw cached() { return List{Raw("c")}; }
Keys retried(int max, const char* backoff) { return {{"max", max}, {"backoff", backoff}, {"jitter", "0%"}}; }

double figure(const core::Recording& seen, const std::string& name) { return total(seen, {"requests", "r", name}); }
double error(const core::Recording& seen, ClientError which) {
  return total(seen, {"requests", "r", "errors", std::string(info(which).name)});
}
double calls(const core::Recording& seen) { return total(seen, {"calls", "c", "calls_per_s"}); }
double executed(const core::Recording& seen) { return total(seen, {"queries", "q", "executed_per_s"}); }
core::Histogram latency(const core::Recording& seen) { return histogram(seen, {"requests", "r", "latency_s"}); }

}  // namespace

TEST_CASE("a step of any kind is left out when a cache of its own has the key") {
  const auto twice = [](const Keys& step, double latency_of_first) {
    Keys with_cache = step;
    with_cache.emplace_back("caches", cached());
    const core::Recording seen = run_with(
        {statement("3ms"), statement("10ms", "w"), call({{"time", "10ms"}}),
         section("batch", "", "b", {{"query", "w"}, {"max_size", 1}}), section("container", "", "k", {{"cores", 1}}),
         section("workers", "", "k", {}), section("job", "", "j", {{"steps", steps({{"w", 1}})}, {"workers", "k"}}),
         request("r", List{Raw(table(with_cache)), Raw(table({{"query", "q"}}))},
                 {{"keys", one_key()}, {"container", "k"}}),
         requests_at({10 * ms, 100 * ms})});
    CHECK(executed(seen) == 2);
    CHECK(latency(seen).mean() == Approx((latency_of_first + 0.003 + 0.003) / 2));
    CHECK(total(seen, {"caches", "c", "hit_ratio"}) == 1);
    return seen;
  };
  CHECK(calls(twice({{"call", "c"}, {"times", 2}}, 0.020)) == 2);  // both times of the first
  CHECK(total(twice({{"cpu", "10ms"}}, 0.010), {"requests", "r", "stages_s", "service_cpu"}) == Approx(0.010));
  CHECK(total(twice({{"batch", "b"}}, 0.010), {"queries", "w", "executed_per_s"}) == 1);
  CHECK(total(twice({{"enqueue", "j"}}, 0), {"jobs", "j", "offered_per_s"}) == 1);
}

TEST_CASE("the other ways of adaptive steps have caches of their own, and need keys for them") {
  const Raw with_cache = List{Raw(table({{"query", "q"}, {"caches", cached()}}))};
  const Raw adaptive = table({{"optimized", with_cache}, {"slow", "5ms"}, {"fast", "0"}, {"window", 1}});
  // The third is the first to know of two slow ones: it fills the cache that the fourth finds.
  const core::Recording seen =
      run_with({statement("10ms"), request("r", steps({{"q", 1}}), {{"adaptive", adaptive}, {"keys", one_key()}}),
                requests_at({10 * ms, 30 * ms, 50 * ms, 70 * ms})});
  CHECK(executed(seen) == 3);
  CHECK_THROWS_AS(
      run_with({statement("10ms"), request("r", steps({{"q", 1}}), {{"adaptive", adaptive}}), requests_at({10 * ms})}),
      core::InputError);
}

TEST_CASE("when an attempt fails those who wait for its answer fail with it, and all ask anew when they try again") {
  const core::Recording seen = run_with(
      {call({{"time", "10ms"}, {"error_rate", "100%"}}),
       request("r", calling(),
               {{"caches", cached()}, {"keys", one_key()}, {"coalesce", true}, {"retries", table(retried(1, "5ms"))}}),
       requests_at({10 * ms, 15 * ms})});
  // The first calls from 10 to 20 ms, the other waits for it; at 25 ms the same again, to 35 ms.
  CHECK(calls(seen) == 2);
  CHECK(figure(seen, "coalesced_ratio") == 2);
  CHECK(figure(seen, "retries_ratio") == 2);
  CHECK(error(seen, ClientError::call_failed) == 2);
  CHECK(figure(seen, "offered_per_s") == 2);
}

TEST_CASE("an attempt that its client gave up fills the caches if it goes on") {
  const auto seen = [](const char* after) {
    return run_with(
        {call({{"time", "30ms"}}),
         request("r", calling(),
                 {{"caches", cached()}, {"keys", one_key()}, {"timeout", "10ms"}, {"after_timeout", after}}),
         requests_at({10 * ms, 60 * ms})});
  };
  CHECK(calls(seen("goes-on")) == 1);
  CHECK(figure(seen("goes-on"), "completed_per_s") == 1);
  CHECK(calls(seen("stops")) == 2);
  CHECK(figure(seen("stops"), "completed_per_s") == 0);
}

TEST_CASE("whoever waits for the answer of an attempt that is given up gets it if that goes on, or else its error") {
  const auto seen = [](const char* after) {
    return run_with({call({{"time", "22ms"}}),
                     request("r", calling(),
                             {{"keys", one_key()}, {"coalesce", true}, {"timeout", "20ms"}, {"after_timeout", after}}),
                     requests_at({10 * ms, 15 * ms})});
  };
  // The first is given up at 30 ms; its call would end at 32 ms; the other would be given up at 35 ms.
  const core::Recording goes_on = seen("goes-on"), stops = seen("stops");
  CHECK(figure(goes_on, "completed_per_s") == 1);
  CHECK(latency(goes_on).mean() == Approx(0.017));
  CHECK(error(goes_on, ClientError::request_timeout) == 1);
  CHECK(error(stops, ClientError::request_timeout) == 2);
  CHECK(calls(stops) == 1);
}

TEST_CASE("who gives up waiting for another's answer gives back his place at once") {
  const core::Recording seen = run_with({statement("100ms"),
                                         request("r", steps({{"q", 1}}),
                                                 {{"keys", one_key()},
                                                  {"coalesce", true},
                                                  {"timeout", "50ms"},
                                                  {"bulkhead", table({{"max_concurrent", 2}, {"max_waiting", 0}})}}),
                                         requests_at({10 * ms, 20 * ms, 65 * ms, 75 * ms})});
  // The first is given up at 60 ms, and stays inside until its statement ends at 110 ms. The second, who waits for it,
  // is given up at 70 ms: there is no room at 65 ms, and there is at 75 ms.
  CHECK(error(seen, ClientError::queue_full) == 1);
  CHECK(error(seen, ClientError::request_timeout) == 3);
  CHECK(executed(seen) == 1);
}

TEST_CASE("what is computed anew in the background passes no guard, and is no request") {
  for (const bool in_container : {false, true}) {
    INFO(in_container);
    const Raw work = in_container ? Raw(List{Raw(table({{"cpu", "50ms"}}))}) : steps({{"q", 1}});
    const core::Recording seen = run_with({statement("50ms"), section("container", "", "k", {{"cores", 1}}),
                                           request("r", work,
                                                   {{"caches", cached()},
                                                    {"keys", one_key()},
                                                    {"max_in_flight", 1},
                                                    {"timeout", "60ms"},
                                                    {"container", "k"}}),
                                           requests_at({10 * ms, 200 * ms, 210 * ms, 300 * ms})},
                                          {{"ttl", "100ms"}, {"stale_while_revalidate", "1s"}});
    // Filled at 60 ms; stale at 200 ms, and computed anew until 250 ms; fresh at 300 ms.
    CHECK(figure(seen, "offered_per_s") == 4);
    CHECK(figure(seen, "completed_per_s") == 4);
    CHECK(figure(seen, "refreshed_per_s") == 1);
    CHECK(latency(seen).mean() == Approx(0.050 / 4));
    CHECK(total(seen, {"caches", "c", "stale_ratio"}) == 2);
    if (in_container)
      CHECK(total(seen, {"containers", "k", "cpu"}) == Approx(0.100));
    else
      CHECK(executed(seen) == 2);
    double inside = 0;
    for (const double average : seen.in_flight) inside += average / 1000;
    CHECK(inside == Approx(0.100));
  }
}

TEST_CASE("a job computes itself what it finds stale") {
  const core::Recording seen =
      run_with({statement("50ms"), section("workers", "", "k", {}),
                section("job", "", "j",
                        {{"steps", steps({{"q", 1}})}, {"workers", "k"}, {"caches", cached()}, {"keys", one_key()}}),
                request("r", List{Raw(table({{"enqueue", "j"}}))}), requests_at({10 * ms, 80 * ms, 200 * ms})},
               {{"ttl", "100ms"}, {"stale_while_revalidate", "1s"}});
  CHECK(executed(seen) == 2);
  CHECK(total(seen, {"jobs", "j", "completed_per_s"}) == 3);
  CHECK(histogram(seen, {"jobs", "j", "latency_s"}).mean() == Approx(0.100 / 3));
  CHECK_THROWS_AS(section("job", "", "j", {{"steps", steps({{"q", 1}})}, {"workers", "k"}, {"coalesce", true}}),
                  core::InputError);
}

TEST_CASE("a retry goes under the idempotency key of its request") {
  const Raw keys = table({{"cache", "c"}, {"repeats", 0.0}, {"repeat_after", "1ms"}});
  const auto seen = [&](const char* backoff, const char* after) {
    return run_with({statement("100ms"),
                     request("r", steps({{"q", 1}}),
                             {{"idempotency", keys},
                              {"timeout", "60ms"},
                              {"after_timeout", after},
                              {"retries", table(retried(1, backoff))}}),
                     requests_at({10 * ms})});
  };
  // Given up at 70 ms, done at 110 ms. At 90 ms it is still being worked on, at 170 ms there is its answer.
  const core::Recording early = seen("20ms", "goes-on"), late = seen("100ms", "goes-on");
  CHECK(error(early, ClientError::idempotency_conflict) == 1);
  CHECK(executed(early) == 1);
  CHECK(figure(late, "completed_per_s") == 1);
  CHECK(latency(late).mean() == Approx(0.160));
  CHECK(executed(late) == 1);
  CHECK(total(late, {"requests", "r", "idempotency", "replayed_ratio"}) == 1);
  CHECK(total(late, {"requests", "r", "idempotency", "false_positive_ratio"}) == 0);
  // One that stops forgets its key, so that the next works anew, and is given up too.
  const core::Recording again = seen("100ms", "stops");
  CHECK(executed(again) == 2);
  CHECK(error(again, ClientError::request_timeout) == 1);
}
