// Trying again: pauses by hand, what is tried, the budget's bound; and attempts of whole requests against
// (1 - p^(n+1)) / (1 - p).

#include "models/service/retry.h"

#include "tests/models/replications.h"

using namespace capplan;
using namespace capplan::models;

namespace {

Retries retries(const RetryRules& rules) { return {rules, core::Stream(1, 0, "r", "jitter")}; }

const RetryRules doubling{.max = 4, .backoff = 100 * ms, .factor = 2, .max_backoff = 500 * ms};

/// Requests that call a service which fails with chance `p`, and are tried `max` times more.
std::vector<Section> flaky(const char* p, const Keys& retry, const char* rate = "100/s") {
  return {section("call", "", "c", {{"time", exponential("5ms")}, {"error_rate", p}}),
          request("r", List{Raw(table({{"call", "call.c"}}))}, {{"retries", table(retry)}}),
          section("workload", "open", "w", {{"rate", rate}, {"mix", table({{"r", 1}})}})};
}

}  // namespace

TEST_CASE("pauses double up to their limit, and there are so many") {
  Retries plain = retries(doubling);
  CHECK(plain.next(1, ClientError::call_failed, 7) == 100 * ms);
  CHECK(plain.next(2, ClientError::call_failed, 7) == 200 * ms);
  CHECK(plain.next(3, ClientError::call_failed, 7) == 400 * ms);
  CHECK(plain.next(4, ClientError::call_failed, 7) == 500 * ms);
  CHECK_FALSE(plain.next(5, ClientError::call_failed, 7).has_value());
}

TEST_CASE("jitter spreads a pause evenly to both sides, the same for the same request and try") {
  RetryRules rules = doubling;
  rules.jitter = 0.5;
  Retries first = retries(rules), second = retries(rules);
  double sum = 0;
  core::Nanos least = s, most = 0;
  for (std::uint64_t draws = 0; draws < 4000; ++draws) {
    const core::Nanos pause = *first.next(1, ClientError::call_failed, draws);
    sum += static_cast<double>(pause);
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  CHECK(least >= 50 * ms);
  CHECK(most <= 150 * ms);
  CHECK(most - least > 98 * ms);
  // Uniform over 100 ms: a standard deviation of 28.9 ms, of the mean 0.46 ms; four of them.
  CHECK(sum / 4000 == Approx(100.0 * ms).margin(1.9 * ms));
  CHECK(*second.next(1, ClientError::call_failed, 3999) == *first.next(1, ClientError::call_failed, 3999));
  CHECK(*second.next(1, ClientError::call_failed, 3998) != *first.next(2, ClientError::call_failed, 3998) / 2);
}

TEST_CASE("only what was asked for is tried again, and never what a breaker refused") {
  RetryRules rules = doubling;
  rules.on = 1U << static_cast<unsigned>(Failure::timeout);
  Retries timeouts = retries(rules);
  CHECK(timeouts.next(1, ClientError::request_timeout, 1).has_value());
  CHECK(timeouts.next(1, ClientError::query_wait_timeout, 1).has_value());
  for (const ClientError of_a_pool :
       {ClientError::asyncpg_timeout, ClientError::sqlalchemy_timeout, ClientError::sqlx_timeout,
        ClientError::pg_pool_timeout, ClientError::hikari_timeout})
    CHECK(timeouts.next(1, of_a_pool, 1).has_value());
  CHECK_FALSE(timeouts.next(1, ClientError::shed, 1).has_value());
  CHECK_FALSE(timeouts.next(1, ClientError::call_failed, 1).has_value());
  CHECK_FALSE(retries(doubling).next(1, ClientError::breaker_open, 1).has_value());
  CHECK(retries(doubling).next(1, ClientError::shed, 1).has_value());
}

TEST_CASE("a budget allows its share of the requests, and what it saved up") {
  RetryRules rules = doubling;
  rules.share = 0.25;
  rules.burst = 3;
  Retries budget = retries(rules);
  core::Counter denied;
  budget.denied = &denied;
  int allowed = 0;
  for (int i = 0; i < 100; ++i) {
    budget.request();
    allowed += budget.next(1, ClientError::call_failed, 1).has_value();
  }
  // Three saved up, then one for each four requests: the 100 requests pay in 25, of which the first 0.25 overflows.
  CHECK(allowed == 27);
  CHECK(denied.total == 73);
}

TEST_CASE("attempts are (1 - p^(n+1)) / (1 - p), and p^(n+1) of the requests fail") {
  for (const double p : {0.1, 0.5}) {
    const double three = 1 + p + p * p + p * p * p;
    const Replications seen(flaky(p == 0.1 ? "10%" : "50%", {{"max", 3}, {"backoff", "10ms"}, {"jitter", 0.5}}));
    seen.check_rate({"calls", "c", "calls_per_s"}, 100 * three);
    seen.check_rate({"requests", "r", "retries_ratio"}, 100 * (three - 1));
    seen.check_rate({"requests", "r", "error_ratio"}, 100 * std::pow(p, 4));
  }
}

TEST_CASE("a call tries again by itself, and its request sees the last answer") {
  const std::vector<Section> sections = {
      section("call", "", "c",
              {{"time", "5ms"},
               {"error_rate", "50%"},
               {"error_time", "1ms"},
               {"retries", table({{"max", 2}, {"backoff", "10ms"}})}}),
      request("r", List{Raw(table({{"call", "call.c"}}))}),
      section("workload", "open", "w", {{"rate", "100/s"}, {"mix", table({{"r", 1}})}})};
  const Replications seen(sections);
  seen.check_rate({"calls", "c", "retries_ratio"}, 100 * 0.75);
  seen.check_rate({"requests", "r", "errors", "call failed"}, 100 * 0.125);
  // 5 ms, or 1 + 10 + 5, or 1 + 10 + 1 + 20 + 5, with chances 4 : 2 : 1 of those answered.
  seen.check_mean({"requests", "r", "latency_s"}, (4 * 0.005 + 2 * 0.016 + 0.037) / 7);
}

TEST_CASE("with everything failing, a budget keeps the load at one and its share") {
  const Replications free(flaky("100%", {{"max", 3}, {"backoff", "10ms"}}));
  free.check_rate({"calls", "c", "calls_per_s"}, 400);
  const Replications bound(flaky("100%", {{"max", 3}, {"backoff", "10ms"}, {"budget", "20%"}}));
  bound.check_rate({"calls", "c", "calls_per_s"}, 120);
  bound.check_rate({"requests", "r", "error_ratio"}, 100);
}
