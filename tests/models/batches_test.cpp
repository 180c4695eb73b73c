// Rows in statements of limited size, rows of several requests in one, and steps chosen by how long the last ones took:
// by hand.

#include "models/service/adaptive.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

std::vector<Section> host() {
  return {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
          section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 10}})};
}
core::Recording run_with(const std::vector<Section>& more, core::Nanos length = 1 * s) {
  std::vector<Section> sections = host();
  sections.insert(sections.end(), more.begin(), more.end());
  return run(sections, length);
}
Section insert(Keys more = {}) {
  more.insert(more.end(), {{"pool", "p"}, {"cpu", "2ms"}, {"cpu_per_row", "10us"}});
  return query("insert", more);
}
core::Histogram latency(const core::Recording& seen) { return histogram(seen, {"requests", "r", "latency_s"}); }

}  // namespace

TEST_CASE("2,500 rows are three statements of at most 1,000, each its own cost and its rows'") {
  const auto took = [](const Keys& query, int times = 1) {
    const Raw steps = List{Raw(table({{"query", "insert"}, {"rows", 2500}, {"times", times}}))};
    return latency(run_with({insert(query), request("r", steps), requests_at({100 * ms})}, 10 * s)).max();
  };
  CHECK(took({{"batch_size", 1000}}) == 31 * ms);  // 3 x 2 ms + 2,500 x 10 us
  CHECK(took({}) == 27 * ms);                      // all in one
  CHECK(took({{"batch_size", 1}}) == 5025 * ms);   // one by one
  CHECK(took({{"batch_size", 1000}}, 2) == 62 * ms);
}

TEST_CASE("a batch is sent when it is full or its first row has waited long enough") {
  const core::Recording seen =
      run_with({insert(), section("batch", "", "b", {{"query", "insert"}, {"max_size", 100}, {"max_wait", "20ms"}}),
                request("r", List{Raw(table({{"batch", "b"}, {"rows", 40}}))}),
                requests_at({100 * ms, 105 * ms, 110 * ms, 200 * ms})});
  // At 110 ms the third does not fit: 80 rows go, 2.8 ms. It waits alone until 130 ms, as the fourth until 220 ms: 2.4
  // ms.
  CHECK(total(seen, {"batches", "b", "statements_per_s"}) == 3);
  CHECK(total(seen, {"batches", "b", "rows_per_statement"}) == 160);
  CHECK(total(seen, {"queries", "insert", "executed_per_s"}) == 3);
  CHECK(latency(seen).mean() == Approx((0.0128 + 0.0078 + 0.0224 + 0.0224) / 4));
  CHECK(total(seen, {"requests", "r", "stages_s", "batch"}) == Approx(0.0128 + 0.0078 + 0.0224 + 0.0224));
  const core::Recording full =
      run_with({insert(), section("batch", "", "b", {{"query", "insert"}, {"max_size", 100}, {"max_wait", "20ms"}}),
                request("r", List{Raw(table({{"batch", "b"}, {"rows", 50}}))}), requests_at({100 * ms, 105 * ms})});
  CHECK(latency(full).max() == 8 * ms);  // full at 105 ms, written at 108 ms
}

TEST_CASE("an error of a batch is the error of all its members") {
  std::vector<Section> sections = {
      server({{"max_connections", 4}, {"connect_time", "1ms"}}),
      section("pool", "asyncpg", "p", {{"to", "server.s"}, {"max_size", 1}, {"min_size", 0}, {"timeout", "10ms"}}),
      query("slow", {{"pool", "p"}, {"cpu", "100ms"}}),
      insert(),
      section("batch", "", "b", {{"query", "insert"}, {"max_size", 3}}),
      request("slow", steps({{"slow", 1}})),
      request("r", List{Raw(table({{"batch", "b"}}))}),
      replay({{50 * ms, 60 * ms, 60 * ms, 60 * ms}, {1, 0, 0, 0}, {"r", "slow"}, 100 * ms, "times"},
             {{"repeat", false}})};
  const core::Recording seen = run(sections, 1 * s);
  CHECK(total(seen, {"requests", "r", "errors", "asyncpg TimeoutError"}) == 3);
}

TEST_CASE("the optimizer turns to the optimized way above 500 ms and to the simple one below 50 ms") {
  Adaptive adaptive(10, 500 * ms, 50 * ms);
  const auto after = [&](int times, core::Nanos took) {
    for (int i = 0; i < times; ++i) adaptive.took(took);
    return adaptive.choose();
  };
  CHECK(adaptive.choose() == Adaptive::plain);
  CHECK(after(10, 600 * ms) == Adaptive::plain);  // more than ten are needed
  CHECK(after(1, 600 * ms) == Adaptive::optimized);
  CHECK(after(4, 100 * ms) == Adaptive::optimized);  // a mean of 400 ms: neither
  CHECK(after(9, 40 * ms) == Adaptive::simple);      // nine of 40, one of 100: 46 ms
  CHECK(after(10, 50 * ms) == Adaptive::simple);     // 50 ms is not below 50 ms; it stays
  CHECK(after(10, 510 * ms) == Adaptive::optimized);
}

TEST_CASE("a request goes the way that its optimizer chose") {
  std::vector<core::Nanos> times;
  for (int i = 0; i < 40; ++i) times.push_back((1 + i) * s);
  const core::Recording seen =
      run_with({query("plain", {{"pool", "p"}, {"cpu", "600ms"}}), query("quick", {{"pool", "p"}, {"cpu", "200ms"}}),
                request("r", steps({{"plain", 1}}), {{"adaptive", table({{"optimized", steps({{"quick", 1}})}})}}),
                requests_at(times)},
               60 * s);
  // After eleven of 600 ms all go the optimized way, whose 200 ms is neither slow nor fast.
  CHECK(total(seen, {"queries", "plain", "executed_per_s"}) == 11);
  CHECK(total(seen, {"queries", "quick", "executed_per_s"}) == 29);
  CHECK(total(seen, {"requests", "r", "adaptive_switches_per_s"}) == 1);
  CHECK(total(seen, {"requests", "r", "adaptive_optimized_ratio"}) == 29);
}
