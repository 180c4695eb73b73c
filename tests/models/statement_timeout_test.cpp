// Time limits on statements, and the count of slow ones, at hand-worked times: what is cut where, whose limit holds,
// and what becomes of the connection and of the transaction.

#include "tests/models/cluster.h"

using namespace capplan;
using namespace capplan::models;

namespace {

constexpr std::string_view cancelled = "canceling statement due to statement timeout";

double of_server(const core::Recording& seen, const char* what) { return total(seen, {"servers", "s", what}); }

/// The name of what a client was answered; empty if all went well.
std::string_view error(const Cluster& b, std::uint32_t client) { return info(b.clients[client].answer.error).name; }

}  // namespace

TEST_CASE("a statement whose time is over leaves the core to others, and its connection stays") {
  Cluster b({}, {{"cores", 1}, {"statement_timeout", "20ms"}});
  const auto slow = b.connect(0, b.primary()), other = b.connect(0, b.primary());
  b.execute(10 * ms, slow, {.cpu = 100 * ms});
  b.execute(25 * ms, other, {.cpu = 6 * ms});
  b.simulator.run(40 * ms);
  CHECK(b.clients[slow].answered == 30 * ms);
  CHECK(error(b, slow) == cancelled);
  CHECK_FALSE(b.clients[slow].answer.closed);
  CHECK(b.clients[other].answered == 33'500'000);  // 2.5 of its 6 ms by 30 ms, the rest alone
  b.execute(50 * ms, slow, {.cpu = 20 * ms - 1});
  b.simulator.run(200 * ms);
  CHECK(b.clients[slow].answered == 70 * ms - 1);
  CHECK(error(b, slow).empty());
  const core::Recording seen = b.read();
  CHECK(of_server(seen, "cpu") == Approx(0.0235 + 0.020));
  CHECK(of_server(seen, "active") == Approx(0.020 + 0.0085 + 0.020));
  CHECK(of_server(seen, "connects_per_s") == 2);
}

TEST_CASE("one that reads is cut when its reads are done, and one that commits is not") {
  Cluster b({}, {{"statement_timeout", "7ms"}});
  const auto reads = b.connect(0, b.primary()), commits = b.connect(0, b.primary());
  b.execute(10 * ms, reads, {.cpu = 5 * ms, .io = 20 * ms, .flush = true});
  b.execute(10 * ms, commits, {.cpu = 5 * ms, .flush = true});
  b.simulator.run(100 * ms);
  CHECK(b.clients[reads].answered == 35 * ms);
  CHECK(error(b, reads) == cancelled);
  CHECK(b.clients[commits].answered == 19 * ms);
  CHECK(error(b, commits).empty());
  CHECK(of_server(b.read(), "commits_per_s") == 1);
}

TEST_CASE("what stands still for want of quota is cut too") {
  Cluster b({}, {{"cores", 1}, {"cpu_quota", 0.5}, {"statement_timeout", "70ms"}});
  const auto slow = b.connect(0, b.primary()), next = b.connect(0, b.primary());
  b.execute(10 * ms, slow, {.cpu = 300 * ms});  // 50 ms of it by 60 ms, then none until 100 ms
  b.execute(90 * ms, next, {.cpu = 5 * ms});
  b.simulator.run(200 * ms);
  CHECK(b.clients[slow].answered == 80 * ms);
  CHECK(error(b, slow) == cancelled);
  CHECK(b.clients[next].answered == 105 * ms);
  CHECK(of_server(b.read(), "cpu") == Approx(0.055));
}

TEST_CASE("in Linux's time slices one that waits is cut as one that runs is") {
  Cluster b({}, {{"cores", 1}, {"scheduler", "linux"}, {"tick", "1s"}, {"statement_timeout", "20ms"}});
  const auto slow = b.connect(0, b.primary()), other = b.connect(0, b.primary());
  b.execute(10 * ms, slow, {.cpu = 100 * ms});
  b.execute(25 * ms, other, {.cpu = 6 * ms});  // runs at once: the other's slice is long over
  b.simulator.run(40 * ms);
  CHECK(b.clients[slow].answered == 30 * ms);
  CHECK(error(b, slow) == cancelled);
  CHECK(b.clients[other].answered == 31 * ms);
  b.execute(50 * ms, slow, {.cpu = 100 * ms});
  b.simulator.run(71 * ms);
  CHECK(b.clients[slow].answered == 70 * ms);
  b.execute(72 * ms, other, {.cpu = 4 * ms});
  b.simulator.run(200 * ms);
  CHECK(b.clients[other].answered == 76 * ms);
  CHECK(of_server(b.read(), "cpu") == Approx(0.015 + 0.006 + 0.020 + 0.004));
}

TEST_CASE("a session's own limit stands in the place of the server's, and the driver's beside it") {
  Cluster b({}, {{"statement_timeout", "20ms"}});
  const auto longer = b.connect(0, b.primary(), {.statement_timeout = 50 * ms}),
             none = b.connect(0, b.primary(), {.statement_timeout = 0}),
             shorter = b.connect(0, b.primary(), {.command_timeout = 10 * ms}),
             later = b.connect(0, b.primary(), {.command_timeout = 30 * ms});
  for (const auto client : {longer, none, shorter, later}) b.execute(10 * ms, client, {.cpu = 100 * ms});
  b.simulator.run(200 * ms);
  CHECK(b.clients[longer].answered == 60 * ms);
  CHECK(b.clients[none].answered == 110 * ms);
  CHECK(error(b, none).empty());
  CHECK(b.clients[shorter].answered == 20 * ms);
  CHECK(error(b, shorter) == "asyncpg TimeoutError (command_timeout)");
  CHECK(b.clients[later].answered == 30 * ms);
  CHECK(error(b, later) == cancelled);
}

TEST_CASE("a host that goes away takes the clocks of its statements along") {
  Cluster b({}, {{"statement_timeout", "20ms"}});
  const auto cut = b.connect(0, b.primary());
  b.execute(10 * ms, cut, {.cpu = 100 * ms});
  b.fail(15 * ms, 16 * ms, "server.s");
  const auto next = b.connect(17 * ms, b.primary());
  b.execute(18 * ms, next, {.cpu = 15 * ms});  // the other's time would have been over at 30 ms
  b.simulator.run(100 * ms);
  CHECK(b.clients[cut].answered == 15 * ms);
  CHECK(b.clients[next].answered == 33 * ms);
  CHECK(error(b, next).empty());
}

TEST_CASE("statements count as slow from log_min_duration_statement on, those cut short do not") {
  Cluster b({}, {{"log_min_duration_statement", "10ms"}, {"statement_timeout", "50ms"}});
  const auto client = b.connect(0, b.primary());
  b.execute(100 * ms, client, {.cpu = 10 * ms - 1});
  b.execute(200 * ms, client, {.cpu = 10 * ms});
  b.execute(300 * ms, client, {.cpu = 1 * ms, .io = 9 * ms});
  b.execute(400 * ms, client, {.cpu = 1 * s});
  b.simulator.run(1 * s);
  CHECK(of_server(b.read(), "slow_statements_per_s") == 2);
}

TEST_CASE("a transaction whose statement is cut is rolled back on its connection, which is used again") {
  const core::Recording seen =
      run({server({{"cores", 8}, {"connect_time", "0"}, {"connect_cpu", "0"}, {"disk", table({{"fsync", "4ms"}})}}),
           section("pool", "pg-pool", "p", {{"to", "server.s"}, {"max", 1}, {"statement_timeout", "20ms"}}),
           query("write", {{"pool", "p"}, {"cpu", "1ms"}, {"commit", true}}),
           query("slow", {{"pool", "p"}, {"cpu", "100ms"}}),
           request("r", steps({{"write", 1}, {"slow", 1}}), {{"transaction", true}, {"transaction_cpu", "1ms"}}),
           requests_at({10 * ms, 11 * ms})},
          1 * s);
  // BEGIN, write, 20 ms of the slow one, ROLLBACK without a flush: 23 ms each, one after the other.
  CHECK(total(seen, {"requests", "r", "error_ratio"}) == 2);
  CHECK(total(seen, {"requests", "r", "errors", std::string(cancelled)}) == 2);
  CHECK(total(seen, {"servers", "s", "commits_per_s"}) == 0);
  CHECK(total(seen, {"servers", "s", "statements_per_s"}) == 8);
  CHECK(total(seen, {"servers", "s", "active"}) == Approx(0.046));
  CHECK(total(seen, {"pools", "p", "opened_per_s"}) == 1);
}

TEST_CASE("limits that nobody would keep are refused: those of a pool that connects to PgBouncer") {
  const auto refusal = [](const Keys& pool, const Keys& host) -> std::string {
    try {
      run({server(host), section("bouncer", "pgbouncer", "b", {{"server", "server.s"}}),
           section("pool", "asyncpg", "p", pool), query("q", {{"pool", "p"}, {"cpu", "1ms"}}),
           request("r", steps({{"q", 1}})), requests_at({1 * ms})},
          10 * ms);
    } catch (const core::InputError& refused) {
      return refused.problems().front().key + ": " + refused.problems().front().what;
    }
    return {};
  };
  CHECK(refusal({{"to", "bouncer.b"}, {"statement_timeout", "1s"}}, {}).find("PgBouncer") != std::string::npos);
  CHECK(refusal({{"to", "bouncer.b"}, {"command_timeout", "1s"}}, {}).find("PgBouncer") != std::string::npos);
  CHECK(refusal({{"to", "server.s"}, {"command_timeout", "1s"}}, {{"scheduler", "linux"}}).empty());
  CHECK(refusal({{"to", "server.s"}, {"command_timeout", "1s"}}, {}).empty());
  CHECK(refusal({{"to", "bouncer.b"}}, {{"statement_timeout", "1s"}}).empty());
}
