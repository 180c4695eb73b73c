// Idempotency keys: 409 while the first is worked on, its answer afterwards, a second try after a failure; and the
// Bloom filter's false positives against (1 - e^(-kn/b))^k.

#include <cmath>

#include "models/service/bloom_filter.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

double of(const core::Recording& seen, const std::string& what) {
  return total(seen, {"requests", "r", "idempotency", what});
}

/// Two requests, the second of them certainly a repetition of the first, which takes 100 ms.
core::Recording sent_twice(core::Nanos second, const Keys& keys = {}, const Keys& pool = {}) {
  Keys idempotency = {{"cache", "c"}, {"repeats", 1.0}, {"repeat_after", "1ms"}};
  idempotency.insert(idempotency.end(), keys.begin(), keys.end());
  Keys of_pool = {{"to", "server.s"}};
  of_pool.insert(of_pool.end(), pool.begin(), pool.end());
  return run(
      {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}), section("pool", "fixed", "p", of_pool),
       section("cache", "lru", "c", {{"latency", "2ms"}}), query("q", {{"pool", "p"}, {"cpu", "100ms"}}),
       request("r", steps({{"q", 1}}), {{"idempotency", table(idempotency)}}), requests_at({10 * ms, second})},
      1 * s);
}

}  // namespace

TEST_CASE("a repetition is refused while the first is worked on, and then gets its answer") {
  const core::Recording early = sent_twice(50 * ms);
  CHECK(total(early, {"requests", "r", "errors", "409 Request still processing"}) == 1);
  CHECK(total(early, {"queries", "q", "executed_per_s"}) == 1);
  const core::Recording late = sent_twice(200 * ms);
  CHECK(total(late, {"requests", "r", "error_ratio"}) == 0);
  CHECK(total(late, {"queries", "q", "executed_per_s"}) == 1);
  CHECK(of(late, "replayed_ratio") == 1);
  CHECK(of(late, "repeated_ratio") == 1);
  CHECK(of(late, "lookup_ratio") == 1);
  CHECK(of(late, "false_positive_ratio") == 0);
  // The new key costs no look-up: 100 ms; the repetition one: 2 ms.
  CHECK(histogram(late, {"requests", "r", "latency_s"}).mean() == Approx((0.1 + 0.002) / 2));
}

TEST_CASE("an answer is kept for its time to live") {
  CHECK(total(sent_twice(300 * ms, {{"ttl", "50ms"}}), {"queries", "q", "executed_per_s"}) == 2);
}

TEST_CASE("what failed may be sent again under its key") {
  // One connection, held by the first for 100 ms; the patience of the second and third ends at once.
  const Raw idempotency = table({{"cache", "c"}, {"repeats", 0.0}, {"repeat_after", "1ms"}});
  const core::Recording seen =
      run({server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
           section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 1}, {"timeout", "10ms"}}),
           section("cache", "lru", "c", {}), query("q", {{"pool", "p"}, {"cpu", "100ms"}}),
           request("r", steps({{"q", 1}}), {{"idempotency", idempotency}}), requests_at({10 * ms, 20 * ms, 300 * ms})},
          1 * s);
  CHECK(total(seen, {"requests", "r", "error_ratio"}) == 1);
  CHECK(total(seen, {"queries", "q", "executed_per_s"}) == 2);
  CHECK(total(seen, {"caches", "c", "entries"}) < 2.0);  // the failed one has left nothing behind
}

TEST_CASE("a Bloom filter takes new keys for known as often as Bloom says") {
  struct Case {
    int bits_a_key, hashes;
  };
  for (const Case& one : {Case{8, 6}, Case{10, 7}, Case{4, 4}}) {
    const int n = 20'000, asked = 1'000;
    double expected = 0, seen = 0;
    BloomFilter filter(static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(one.bits_a_key), one.hashes);
    for (std::uint64_t key = 0; key < n; ++key) filter.add(key * 7);
    for (std::uint64_t key = 0; key < 50 * asked; ++key) {  // each adds a little, which the formula follows
      seen += filter.add((std::uint64_t{1} << 40) + key);
      expected += std::pow(
          1 - std::exp(-one.hashes * (n + static_cast<double>(key)) / (static_cast<double>(n) * one.bits_a_key)),
          one.hashes);
    }
    INFO(one.bits_a_key << " bits a key");
    CHECK(seen == Approx(expected).margin(5 * std::sqrt(expected)).epsilon(0.02));
    CHECK(filter.add(7));  // never forgets
  }
}

TEST_CASE("a full filter costs look-ups") {
  const auto lookups = [](int before) {
    const Raw idempotency = table({{"cache", "c"},
                                   {"repeats", 0.0},
                                   {"repeat_after", "1ms"},
                                   {"bits", 100'000},
                                   {"hashes", 4},
                                   {"keys_before", before}});
    return run(
        {server({}), section("pool", "fixed", "p", {{"to", "server.s"}}), section("cache", "lru", "c", {}),
         query("q", {{"pool", "p"}, {"cpu", "1ms"}}), request("r", steps({{"q", 1}}), {{"idempotency", idempotency}}),
         section("workload", "open", "w", {{"rate", "200/s"}, {"mix", table({{"r", 1}})}})},
        20 * s);
  };
  CHECK(of(lookups(0), "false_positive_ratio") < 4000 * 0.01);
  const core::Recording full = lookups(50'000);
  const double share = of(full, "false_positive_ratio") / total(full, {"requests", "r", "offered_per_s"});
  const double expected = std::pow(1 - std::exp(-4 * 52'000.0 / 100'000), 4);  // with half of those to come
  CHECK(share == Approx(expected).margin(5 * std::sqrt(expected * (1 - expected) / 4000) + 0.01));
  CHECK(of(full, "lookup_ratio") == of(full, "false_positive_ratio"));
}
