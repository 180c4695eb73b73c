// Pools in a service that runs, against what was measured on the real libraries or worked out by hand: what giving a
// connection back adds to a request, who starves where all ask again at once, and how openings count.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

Section io_query(const std::string& io) {
  return section("query", "", "q", {{"pool", "p"}, {"cpu", "1us"}, {"io", io}});
}
Section one_step() { return section("request", "", "r", {{"steps", List{Raw(table({{"query", "q"}}))}}}); }
Section host_of(Keys keys) { return section("server", "postgres", "s", std::move(keys)); }
Section every_second() {
  return section("workload", "open", "w", {{"rate", "1/s"}, {"arrivals", "constant"}, {"mix", table({{"r", 1}})}});
}
Section users(int count) { return section("workload", "closed", "w", {{"users", count}, {"mix", table({{"r", 1}})}}); }
core::Histogram latency(const core::Recording& seen) { return histogram(seen, {"requests", "r", "latency_s"}); }

/// The mean latency of requests far apart, each of one statement of 10 ms on one core; opening takes no time.
double alone(const std::string& kind, Keys pool) {
  pool.emplace_back("to", "server.s");
  const std::vector<Section> sections = {
      host_of({{"cores", 1}, {"connect_time", "0"}, {"connect_cpu", "0"}}), section("pool", kind, "p", pool),
      section("query", "", "q", {{"pool", "p"}, {"cpu", "10ms"}}), one_step(), every_second()};
  return latency(run(sections, 20 * s, 1, 2 * s)).mean();
}

}  // namespace

TEST_CASE("a request takes the round trips that its library sends") {
  // The reset's own round trip and its millisecond.
  CHECK(alone("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"round_trip", "2ms"}, {"reset_cpu", "1ms"}}) ==
        Approx(0.015).epsilon(1e-6));
  CHECK(alone("sqlalchemy", {{"round_trip", "2ms"}}) == Approx(0.01402).epsilon(1e-6));
  // Measured through a proxy of 100 ms: pool.fetch of asyncpg 0.27 takes 2.11 round trips, a request of SQLAlchemy 1.4
  // with psycopg2 3.16, of which 1.05 are the closing rollback.
  CHECK((alone("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"round_trip", "100ms"}}) - 0.010) / 0.1 ==
        Approx(2.11).epsilon(0.06));
  CHECK((alone("sqlalchemy", {{"driver", "psycopg2"}, {"round_trip", "100ms"}}) - 0.010) / 0.1 ==
        Approx(3.16).epsilon(0.06));
}

TEST_CASE("the stages of a request add up to its latency, giving back among them") {
  const std::vector<Section> sections = {
      host_of({{"cores", 1}}),
      section("pool", "sqlalchemy", "p", {{"to", "server.s"}, {"round_trip", "2ms"}, {"driver", "psycopg2"}}),
      section("query", "", "q", {{"pool", "p"}, {"cpu", "10ms"}}), one_step(), every_second()};
  const core::Recording seen = run(sections, 20 * s, 1, 2 * s);
  const core::Histogram all = latency(seen);
  CHECK(total(seen, {"requests", "r", "stages_s", "release"}) == Approx(static_cast<double>(all.count()) * 0.00202));
  CHECK(all_stages(seen, "r") == Approx(all.mean() * static_cast<double>(all.count())).epsilon(1e-9));
}

TEST_CASE("logging in takes twice the time on a core of half the speed") {
  const auto first = [](const char* speed) {
    const std::vector<Section> sections = {
        host_of({{"cores", 1}, {"speed", Raw(std::stod(speed))}, {"connect_time", "0"}, {"connect_cpu", "10ms"}}),
        section("pool", "asyncpg", "p", {{"to", "server.s"}, {"min_size", 0}, {"max_size", 1}, {"reset_query", false}}),
        section("query", "", "q", {{"pool", "p"}, {"cpu", "10ms"}}), one_step(), every_second()};
    return latency(run(sections, 1500 * ms)).max();
  };
  CHECK(first("1") == 20 * ms);
  CHECK(first("0.5") == 40 * ms);
}

TEST_CASE("whoever comes while create_pool opens min_size connections waits for all of them") {
  // The first alone takes 10 ms, the other two together 10 ms more, the statement 10 ms.
  const std::vector<Section> sections = {
      host_of({{"cores", 4}, {"connect_time", "0"}, {"connect_cpu", "10ms"}}),
      section("pool", "asyncpg", "p", {{"to", "server.s"}, {"min_size", 3}, {"max_size", 3}, {"reset_query", false}}),
      section("query", "", "q", {{"pool", "p"}, {"cpu", "10ms"}}), one_step(), users(1)};
  CHECK(latency(run(sections, 100 * ms)).max() == 30 * ms);
}

TEST_CASE("SQLAlchemy: of 100 threads that share 10 connections without a pause, most get none") {
  // SQLAlchemy 1.4.46 with psycopg2: 4.59 % of the requests time out, and 33 threads are served at all.
  const std::vector<Section> sections = {
      host_of({{"cores", 16}}),
      section(
          "pool", "sqlalchemy", "p",
          {{"to", "server.s"}, {"pool_size", 10}, {"max_overflow", 0}, {"pool_timeout", "2s"}, {"wakeup", "200us"}}),
      io_query("10ms"), one_step(), users(100)};
  const core::Recording seen = run(sections, 100 * s, 1, 10 * s);
  const double ended = total(seen, {"requests", "r", "ended_per_s"});
  CHECK(total(seen, {"requests", "r", "error_ratio"}) / ended == Approx(0.0459).epsilon(0.08));
  CHECK(total(seen, {"pools", "p", "waiting"}) / 90 > 67);
}

TEST_CASE("asyncpg: of 100 tasks that share 10 connections without a pause, a few wait twice as long") {
  // asyncpg 0.27: the median waits 1.86 s, the slowest in a hundred 3.70 s.
  const std::vector<Section> sections = {
      host_of({{"cores", 8}}),
      section("pool", "asyncpg", "p", {{"to", "server.s"}, {"min_size", 10}, {"max_size", 10}, {"timeout", "10s"}}),
      io_query("200ms"), one_step(), users(100)};
  const core::Histogram wait = histogram(run(sections, 400 * s, 1, 20 * s), {"pools", "p", "wait_s"});
  CHECK(wait.quantile(0.5) == Approx(1.86).epsilon(0.04));
  CHECK(wait.quantile(0.99) == Approx(3.70).epsilon(0.04));
}

TEST_CASE("asyncpg: through a PgBouncer in transaction mode a reset queues for a server like a query") {
  // Measured at a load of 0.8 of five servers, statements of 0.4 s on average: 0.81 s until the caller goes on,
  // over 110 s; 0.62 s is what it would be without the reset.
  const std::vector<Section> sections = {
      host_of({{"cores", 8}, {"disk", table({{"concurrency", 100}})}}),
      section("bouncer", "pgbouncer", "b",
              {{"server", "s"}, {"pool_mode", "transaction"}, {"default_pool_size", 5}, {"max_client_conn", 100}}),
      section("pool", "asyncpg", "p", {{"to", "bouncer.b"}, {"min_size", 20}, {"max_size", 20}}),
      section("query", "", "q", {{"pool", "p"}, {"cpu", "1us"}, {"io", exponential("400ms")}}),
      one_step(),
      section("workload", "open", "w", {{"rate", "10/s"}, {"mix", table({{"r", 1}})}})};
  CHECK(latency(run(sections, 4000 * s, 1, 100 * s)).mean() == Approx(0.81).epsilon(0.1));
}

TEST_CASE("PgBouncer: with server_lifetime = 0 a server connection is used once and then closed") {
  // PgBouncer 1.18: 816 openings for 815 requests.
  const std::vector<Section> sections = {
      host_of({{"cores", 8}}),
      section("bouncer", "pgbouncer", "b", {{"server", "s"}, {"pool_mode", "transaction"}, {"server_lifetime", "0"}}),
      section("pool", "fixed", "p", {{"to", "bouncer.b"}, {"size", 20}}),
      io_query("5ms"),
      one_step(),
      section("workload", "open", "w", {{"rate", "8/s"}, {"mix", table({{"r", 1}})}})};
  const core::Recording seen = run(sections, 100 * s);
  const double requests = total(seen, {"requests", "r", "completed_per_s"});
  const double opened = total(seen, {"servers", "s", "connects_per_s"});
  CHECK(opened >= requests);
  CHECK(opened <= requests + 5);
}

TEST_CASE(
    "functions on demand that are reused while warm need a connection each that is busy, not each that there is") {
  // 50 requests a second of 3 ms before a server with 112 slots: in turn, 300 functions hold all of them and most are
  // refused; reused, about one connection is busy.
  const auto errors = [](const char* dispatch) {
    const std::vector<Section> sections = {
        host_of({{"cores", 2}, {"max_connections", 112}, {"connect_cpu", "5ms"}, {"connect_time", "5ms"}}),
        section("pool", "pg-pool", "p", {{"to", "server.s"}, {"instances", 300}, {"max", 1}, {"dispatch", dispatch}}),
        section("query", "", "q", {{"pool", "p"}, {"cpu", "3ms"}}), one_step(),
        section("workload", "open", "w", {{"rate", "50/s"}, {"mix", table({{"r", 1}})}})};
    const core::Recording seen = run(sections, 100 * s);
    return total(seen, {"requests", "r", "error_ratio"}) / total(seen, {"requests", "r", "ended_per_s"});
  };
  CHECK(errors("round-robin") > 0.5);
  CHECK(errors("warm") == 0);
}
