// Giving a connection back, by the clock: whether the caller waits for it, who has the connection then, and what a
// connection that was closed in use leaves behind. Behind the pool stands a server on which nobody waits; opening a
// connection takes it 2 ms.

#include "tests/models/pool_users.h"

using namespace capplan;
using namespace capplan::models;

TEST_CASE("asyncpg, SQLAlchemy and HikariCP reset in the caller, sqlx in a task of its own, pg-pool not at all") {
  const auto went_on = [](const std::string& kind, Keys keys) {
    keys.emplace_back("round_trip", "2ms");
    PoolUsers users(kind, keys);
    users.use(100 * ms, 5 * ms);
    users.run(1 * s);
    return users.uses[0].went_on - users.uses[0].ended;
  };
  CHECK(went_on("asyncpg", {{"reset_cpu", "1ms"}}) == 3 * ms);
  CHECK(went_on("asyncpg", {{"reset_query", false}}) == 0);
  CHECK(went_on("sqlalchemy", {{"reset_cpu", "1ms"}}) == 3 * ms);
  CHECK(went_on("sqlalchemy", {{"reset_on_return", "none"}}) == 0);
  CHECK(went_on("hikaricp", {}) == 0);
  CHECK(went_on("hikaricp", {{"autoCommit", false}, {"rollback_cpu", "1ms"}}) == 3 * ms);
  CHECK(went_on("sqlx", {}) == 0);
  CHECK(went_on("pg-pool", {}) == 0);
  CHECK(went_on("fixed", {}) == 0);
}

TEST_CASE("a thread that returns a connection and asks again at once has it before the thread that it woke") {
  for (const char* kind : {"sqlalchemy", "hikaricp"}) {
    const bool hikari = kind == std::string("hikaricp");
    PoolUsers users(kind, hikari ? Keys{{"maximumPoolSize", 1}, {"aliveBypassWindowMs", "1h"}}
                                 : Keys{{"pool_size", 1}, {"max_overflow", 0}, {"reset_on_return", "none"}});
    users.use(10 * ms, 5 * ms);
    users.uses[0].asks_again = true;
    users.use(13 * ms, 5 * ms);
    users.run(1 * s);
    const core::Nanos first = users.uses[0].ended;
    CHECK(users.uses[2].granted == first);
    CHECK(users.uses[1].granted == first + 5 * ms);
  }
}

TEST_CASE("where a connection is handed over, or an event loop turns, the waiter has it first") {
  const auto next = [](const std::string& kind, const Keys& keys) {
    PoolUsers users(kind, keys);
    users.use(10 * ms, 5 * ms);
    users.uses[0].asks_again = true;
    users.use(13 * ms, 5 * ms);
    users.run(1 * s);
    return users.uses[1].granted - users.uses[0].ended;
  };
  CHECK(next("fixed", {{"size", 1}}) == 0);
  CHECK(next("pg-pool", {{"max", 1}}) == 0);
  CHECK(next("sqlx", {{"max_connections", 1}, {"ping_cpu", "1ms"}}) == 2 * ms);  // a ping after, and one before
  CHECK(next("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"reset_query", false}, {"wakeup", "0"}}) == 0);
  const core::Nanos turn = next("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"reset_query", false}});
  CHECK(turn >= 10 * us);  // half to one and a half of 20 us
  CHECK(turn <= 30 * us);
}

TEST_CASE("a driver's BEGIN is a round trip of its own, once a lease and not within a transaction of the request") {
  const Keys keys = {{"pool_size", 1}, {"max_overflow", 0}, {"round_trip", "2ms"}, {"reset_cpu", "1ms"}};
  Keys begins = keys;
  begins.emplace_back("driver", "psycopg2");
  PoolUsers users("sqlalchemy", begins);
  users.use(10 * ms, 5 * ms);        // opens until 12; BEGIN 13..14, statement 16..21, ROLLBACK 23..24
  users.use(50 * ms, 5 * ms, true);  // its own BEGIN and COMMIT
  users.run(1 * s);
  CHECK(at(users.server.executes) == Times{13 * ms, 16 * ms, 23 * ms, 51 * ms});
  CHECK(users.uses[0].ended == 22 * ms);
  CHECK(users.uses[0].went_on == 25 * ms);
}

TEST_CASE("asyncpg: who takes the holder of a connection that was closed in use opens another, though others idle") {
  PoolUsers users("asyncpg", {{"min_size", 2}, {"max_size", 2}, {"reset_query", false}});
  users.server.breaking = {0};
  users.use(10 * ms, 5 * ms);
  users.use(11 * ms, 20 * ms);  // ends with its connection, at 31 ms
  users.use(100 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(users.uses[2].granted == 102 * ms);
}

TEST_CASE("asyncpg: max_queries closes one connection after the other, and each is opened by the next who comes") {
  PoolUsers users("asyncpg", {{"min_size", 5}, {"max_size", 5}, {"max_queries", 2}, {"reset_query", false}});
  for (int i = 1; i <= 100; ++i) users.use(i * 10 * ms, 1 * ms);
  users.run(1010 * ms);
  // Two uses a connection: closed for the 9 ms, of 20, from the second one's end to the next acquirer, who opens it for
  // 2 ms; the other four idle all the time.
  const double open = total(users.read(), {"pools", "p", "connections"}) / 1.01;
  CHECK(open == Approx(4.45).epsilon(0.02));
}

TEST_CASE("SQLAlchemy: with pool_size = 0 max_overflow still limits, and all are kept") {
  PoolUsers users("sqlalchemy", {{"pool_size", 0}, {"max_overflow", 10}, {"pool_timeout", "1s"}});
  for (int i = 0; i < 30; ++i) users.use(10 * ms, 2 * s);
  users.run(1500 * ms);
  int served = 0, late = 0;
  for (const PoolUsers::Use& one : users.uses) {
    served += one.granted >= 0;
    late += one.error == ClientError::sqlalchemy_timeout;
  }
  CHECK(served == 10);
  CHECK(late == 20);
  users.run(10 * s);
  CHECK(users.server.disconnects.empty());
}

TEST_CASE("NullPool: each use opens a connection, rolls back and closes it, in the caller") {
  PoolUsers users("null", {{"round_trip", "2ms"}, {"reset_cpu", "1ms"}, {"driver", "psycopg2"}});
  for (int i = 0; i < 2; ++i) users.use(10 * ms, 5 * ms);
  users.use(100 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{10 * ms, 10 * ms, 100 * ms});
  CHECK(users.uses[0].granted == 12 * ms);
  CHECK(users.uses[0].ended == 22 * ms);    // BEGIN 13..14, the statement 16..21
  CHECK(users.uses[0].went_on == 25 * ms);  // ROLLBACK 23..24
  CHECK(at(users.server.disconnects) == Times{25 * ms, 25 * ms, 115 * ms});
}

TEST_CASE(
    "dispatch to the warm: a request goes to an instance with an idle connection, else to one that has none yet") {
  PoolUsers users("pg-pool", {{"instances", 3}, {"max", 1}, {"dispatch", "warm"}});
  users.use(10 * ms, 5 * ms);
  users.use(12 * ms, 5 * ms);   // the first instance is busy
  users.use(100 * ms, 5 * ms);  // in turn it would be the third's, which is cold
  users.use(200 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{10 * ms, 12 * ms});
  CHECK(users.granted() == Times{12 * ms, 14 * ms, 100 * ms, 200 * ms});
}
