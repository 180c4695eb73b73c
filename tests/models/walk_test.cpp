// The walk of a request by the clock: its statements and connections, transactions, caches, errors, and an account in
// which every nanosecond of its latency stands.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A host on which nobody waits for a core and logins are free, and a pool of `size`.
std::vector<Section> host(int size, const Keys& keys = {}) {
  Keys all = {{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}, {"disk", table({{"fsync", "4ms"}})}};
  return {server(all), section("pool", "fixed", "p", [&] {
            Keys pool = {{"to", "server.s"}, {"size", size}};
            pool.insert(pool.end(), keys.begin(), keys.end());
            return pool;
          }())};
}

core::Recording run_with(std::vector<Section> sections, const std::vector<Section>& more, core::Nanos length = 1 * s) {
  sections.insert(sections.end(), more.begin(), more.end());
  return run(sections, length);
}

double stage(const core::Recording& recording, const std::string& name) {
  return total(recording, {"requests", "r", "stages_s", name});
}
core::Histogram latency(const core::Recording& recording) {
  return histogram(recording, {"requests", "r", "latency_s"});
}

}  // namespace

TEST_CASE("steps run in order, each as often as it says") {
  const core::Recording seen =
      run_with(host(1), {query("list", {{"pool", "p"}, {"cpu", "1ms"}}), query("item", {{"pool", "p"}, {"cpu", "2ms"}}),
                         request("r", steps({{"list", 1}, {"item", 10}})), requests_at({10 * ms})});
  CHECK(latency(seen).max() == 21 * ms);  // 1 + 10 x 2 ms
  CHECK(stage(seen, "cpu") == Approx(0.021));
  CHECK(total(seen, {"queries", "list", "executed_per_s"}) == 1);
  CHECK(total(seen, {"queries", "item", "executed_per_s"}) == 10);
  CHECK(histogram(seen, {"queries", "item", "latency_s"}).mean() == Approx(0.002));
  CHECK(total(seen, {"pools", "p", "acquired_per_s"}) == 11);
}

TEST_CASE("a connection is held for a query or for the whole request") {
  const auto two_at_once = [](const char* connection) {
    return run_with(host(1),
                    {query("q", {{"pool", "p"}, {"cpu", "1ms"}}),
                     request("r", steps({{"q", 2}}), {{"connection", connection}}), requests_at({10 * ms, 10 * ms})});
  };
  // They take turns, A B A B: over after 3 and 4 ms.
  const core::Recording by_query = two_at_once("per-query");
  CHECK(latency(by_query).mean() == Approx(0.0035));
  CHECK(total(by_query, {"pools", "p", "acquired_per_s"}) == 4);
  CHECK(stage(by_query, "pool_wait") == Approx(0.001 + 0.002));
  // A A B B: over after 2 and 4 ms.
  const core::Recording by_request = two_at_once("per-request");
  CHECK(latency(by_request).mean() == Approx(0.003));
  CHECK(total(by_request, {"pools", "p", "acquired_per_s"}) == 2);
}

TEST_CASE("a transaction flushes once, at COMMIT, if something was written") {
  const auto two_statements = [](bool transaction, bool writes) {
    return run_with(host(1),
                    {query("q", {{"pool", "p"}, {"cpu", "1ms"}, {"commit", writes}}),
                     request("r", steps({{"q", 2}}), {{"transaction", transaction}, {"transaction_cpu", "500us"}}),
                     requests_at({10 * ms})});
  };
  const auto flushes = [](const core::Recording& seen) { return total(seen, {"servers", "s", "wal_flushes_per_s"}); };
  const core::Recording each = two_statements(false, true);
  CHECK(latency(each).max() == 10 * ms);  // 2 x (1 + 4 ms)
  CHECK(flushes(each) == 2);
  const core::Recording together = two_statements(true, true);
  CHECK(latency(together).max() == 7 * ms);  // 0.5 + 1 + 1 + 0.5 + 4 ms
  CHECK(flushes(together) == 1);
  CHECK(total(together, {"pools", "p", "acquired_per_s"}) == 1);
  CHECK(total(together, {"servers", "s", "statements_per_s"}) == 4);
  CHECK(total(together, {"queries", "q", "executed_per_s"}) == 2);
  const core::Recording reading = two_statements(true, false);
  CHECK(latency(reading).max() == 3 * ms);
  CHECK(flushes(reading) == 0);
}

TEST_CASE("keys of a trace are asked for in order and over again") {
  const auto hits = [](std::vector<std::uint64_t> keys) {
    const auto trace = std::make_shared<const KeyTrace>(KeyTrace{std::move(keys), "a test"});
    Value given;
    given.data = trace;
    Section asking = request("r", steps({{"q", 1}}), {{"caches", List{Raw("c")}}, {"keys", table({{"count", 1}})}});
    Table values = asking.params.values();
    find(values, "keys")->data = Table{{"trace", given}};
    asking.params = Params(values);
    return total(run_with(host(1), {section("cache", "lru", "c", {{"max_entries", 2}}),
                                    query("q", {{"pool", "p"}, {"cpu", "1ms"}}), asking,
                                    requests_at({10 * ms, 20 * ms, 30 * ms, 40 * ms, 50 * ms, 60 * ms})}),
                 {"caches", "c", "hit_ratio"});
  };
  CHECK(hits({7}) == 5);           // all but the first
  CHECK(hits({7, 7, 9}) == 4);     // 7 7 9 7 7 9: the two first of their kind miss
  CHECK(hits({1, 2, 3}) == 0);     // three in turn never find themselves among two
  CHECK(hits({1, 2, 1, 3}) == 2);  // 1 2 1 3 1 2: 3 drives out 2, and 1 is found twice
}

TEST_CASE("caches are asked in order and filled on the way back") {
  const core::Recording seen = run_with(
      host(1),
      {section("cache", "lru", "near", {{"latency", "1ms"}, {"ttl", "150ms"}}),
       section("cache", "lru", "far", {{"latency", "2ms"}}), query("q", {{"pool", "p"}, {"cpu", "5ms"}}),
       request("r", steps({{"q", 1}}), {{"caches", List{Raw("near"), Raw("far")}}, {"keys", table({{"count", 1}})}}),
       requests_at({100 * ms, 200 * ms, 300 * ms, 350 * ms})});
  // At 100 ms nobody has it: 1 + 2 + 5 ms. At 200 ms the near one has: 1 ms. At 300 ms its entry of 108 ms is too old,
  // the far one has it: 1 + 2 ms, and the near one is filled again. At 350 ms: 1 ms.
  CHECK(latency(seen).count() == 4);
  CHECK(latency(seen).mean() == Approx((0.008 + 0.001 + 0.003 + 0.001) / 4));
  CHECK(stage(seen, "cache") == Approx(0.008));
  CHECK(total(seen, {"caches", "near", "lookups_per_s"}) == 4);
  CHECK(total(seen, {"caches", "near", "hit_ratio"}) == 2);
  CHECK(total(seen, {"caches", "far", "lookups_per_s"}) == 2);
  CHECK(total(seen, {"caches", "far", "hit_ratio"}) == 1);
  CHECK(total(seen, {"queries", "q", "executed_per_s"}) == 1);
}

TEST_CASE("errors are counted under the name the real system gives them") {
  const core::Recording seen = run_with(host(1, {{"timeout", "4ms"}}),
                                        {query("q", {{"pool", "p"}, {"cpu", "5ms"}}), request("r", steps({{"q", 1}})),
                                         requests_at({10 * ms, 10 * ms, 12 * ms})});
  // The second gives up at 14 ms; the third waits from 12 to 15 ms and ends at 20 ms.
  CHECK(total(seen, {"requests", "r", "offered_per_s"}) == 3);
  CHECK(total(seen, {"requests", "r", "completed_per_s"}) == 2);
  CHECK(total(seen, {"requests", "r", "error_ratio"}) == 1);
  CHECK(total(seen, {"requests", "r", "errors", "pool_timeout"}) == 1);
  CHECK(latency(seen).count() == 2);  // of those who were answered
  CHECK(latency(seen).mean() == Approx(0.0065));
  for (const core::Meter& one : seen.meters) CHECK_FALSE(one.path.back().empty());
}

TEST_CASE("what PgBouncer refuses fails the request, and the pool connects anew for the next") {
  std::vector<Section> sections = {
      server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
      section("bouncer", "pgbouncer", "b", {{"server", "s"}, {"pool_mode", "statement"}, {"query_cpu", "0"}}),
      section("pool", "fixed", "p", {{"to", "bouncer.b"}, {"size", 1}}),
      query("q", {{"pool", "p"}, {"cpu", "1ms"}}),
      request("r", steps({{"q", 1}}), {{"transaction", true}}),
      request("plain", steps({{"q", 1}}))};
  sections.push_back(replay({{10 * ms, 20 * ms}, {0, 1}, {"r", "plain"}, 20 * ms, ""}, {{"repeat", false}}));
  const core::Recording seen = run(sections, 1 * s);
  CHECK(total(seen, {"requests", "r", "errors", "transaction blocks not allowed in statement pooling mode"}) == 1);
  CHECK(total(seen, {"requests", "plain", "completed_per_s"}) == 1);
  CHECK(total(seen, {"servers", "s", "connects_per_s"}) == 2);
}

TEST_CASE("the stages of the requests add up to their latencies, and so does the number inside") {
  // Everything on the way: two caches, an asyncpg pool that opens and resets, PgBouncer, transactions, disk, commits.
  // 3000 requests, then quiet, so that all are over at the end.
  std::vector<core::Nanos> times;
  core::Stream stream(1, 0, "test", "gaps");
  for (core::Nanos now = 0; times.size() < 3000; times.push_back(now))
    now += core::to_nanos(stream.exponential() / 400);
  for (const char* mode : {"transaction", "session"}) {
    const core::Recording seen = run(
        {server({{"cores", 2}, {"connect_time", "3ms"}}),
         section("bouncer", "pgbouncer", "b",
                 {{"server", "s"}, {"pool_mode", mode}, {"default_pool_size", 5}, {"server_lifetime", "2s"}}),
         section("pool", "asyncpg", "p",
                 {{"to", "bouncer.b"}, {"min_size", 1}, {"max_size", 5}, {"round_trip", "333us"}, {"max_queries", 50}}),
         section("cache", "lru", "near", {{"max_entries", 50}, {"ttl", "1s"}, {"latency", "7us"}}),
         section("cache", "lru", "far", {{"max_entries", 500}, {"latency", "311us"}}),
         query("a", {{"pool", "p"}, {"cpu", exponential("1ms")}, {"io", exponential("300us")}}),
         query("b", {{"pool", "p"}, {"cpu", exponential("700us")}, {"commit", true}}),
         request("r", steps({{"a", 1}, {"b", 2}}),
                 {{"caches", List{Raw("near"), Raw("far")}},
                  {"keys", table({{"zipf", 0.9}, {"count", 5000}})},
                  {"transaction", true}}),
         requests_at(times)},
        30 * s);
    const core::Histogram latencies = latency(seen);
    const auto count = static_cast<double>(latencies.count());
    CHECK(count == 3000);
    CHECK(std::abs(all_stages(seen, "r") - latencies.mean() * count) < 1e-7);  // of hundreds of seconds
    for (const char* busy : {"cache", "pool_wait", "bouncer", "network", "cpu_wait", "cpu", "io", "commit"})
      CHECK(stage(seen, busy) > 0);
    // Little: the number inside, summed over time, is the time of all who were inside.
    double inside = 0;
    for (const double step : seen.in_flight) inside += step * 30 / static_cast<double>(seen.in_flight.size());
    CHECK(inside == Approx(latencies.mean() * count).epsilon(1e-9));
  }
}

TEST_CASE("a warm-up that leaves nothing of the run is refused") {
  CHECK_THROWS_AS(run(host(1), 1 * s, 1, 1 * s), core::InputError);
}

TEST_CASE("a request that holds its connection cannot use two pools") {
  std::vector<Section> sections = host(1);
  sections.push_back(section("pool", "fixed", "other", {{"to", "server.s"}}));
  sections.push_back(query("q", {{"pool", "p"}, {"cpu", "1ms"}}));
  sections.push_back(query("o", {{"pool", "other"}, {"cpu", "1ms"}}));
  sections.push_back(request("r", steps({{"q", 1}, {"o", 1}}), {{"transaction", true}}));
  CHECK_THROWS_AS(run(sections, 1 * s), core::InputError);
}
