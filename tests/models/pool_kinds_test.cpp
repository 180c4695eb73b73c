// What is SQLAlchemy's, pg-pool's, sqlx's and HikariCP's own, each rule by the clock, at hand-worked times: who opens
// and how many at once, which idle connection is taken, round trips before and after a use, timeouts and their names,
// what ends a connection. Behind the pool stands a server on which nobody waits; opening a connection takes it 2 ms.

#include "tests/models/pool_users.h"

using namespace capplan;
using namespace capplan::models;

using Calls = std::vector<StandIn::Call>;

namespace {
const std::vector<std::string> connections = {"pools", "p", "connections"};
}  // namespace

// SQLAlchemy

TEST_CASE(
    "SQLAlchemy: acquirers open up to pool_size and max_overflow, and what comes back to a full queue is closed") {
  PoolUsers users("sqlalchemy", {{"pool_size", 1}, {"max_overflow", 1}, {"reset_on_return", "none"}});
  users.use(10 * ms, 5 * ms);
  users.use(10 * ms, 6 * ms);
  users.use(10 * ms, 5 * ms);  // waits for the first to end, at 17 ms
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{10 * ms, 10 * ms});  // none ahead
  CHECK(users.granted() == Times{12 * ms, 12 * ms, 17 * ms});
  CHECK(users.server.disconnects == Calls{{22 * ms, 0}});  // the second has been idle since 18 ms
  CHECK(total(users.read(), {"pools", "p", "opened_per_s"}) == 2);
}

TEST_CASE("SQLAlchemy: pool_timeout is of the wait alone, and has SQLAlchemy's words") {
  PoolUsers users("sqlalchemy", {{"pool_size", 1}, {"max_overflow", 0}, {"pool_timeout", "5ms"}}, 8 * ms);
  users.use(0, 3 * ms);  // opens for 8 ms
  users.use(1 * ms, 1 * ms);
  users.run(1 * s);
  CHECK(users.granted() == Times{8 * ms, -1});
  CHECK(users.uses[1].ended == 6 * ms);
  CHECK(info(users.uses[1].error).name == "QueuePool limit reached, connection timed out");
}

TEST_CASE("SQLAlchemy: the connection idle longest is taken, with use_lifo the one used last") {
  for (const bool lifo : {false, true}) {
    PoolUsers users("sqlalchemy", {{"use_lifo", lifo}, {"reset_on_return", "none"}});
    users.use(10 * ms, 5 * ms);
    users.use(10 * ms, 6 * ms);
    users.use(50 * ms, 1 * ms);
    users.run(60 * ms);
    CHECK(users.uses[2].lease == users.uses[lifo ? 1 : 0].lease);
  }
}

TEST_CASE("SQLAlchemy: a connection older than pool_recycle is opened anew by whoever takes it") {
  PoolUsers users("sqlalchemy", {{"pool_recycle", "1s"}, {"reset_on_return", "none"}});
  users.use(0, 5 * ms);
  users.use(900 * ms, 5 * ms);
  users.use(2000 * ms, 5 * ms);
  users.run(3 * s);
  CHECK(users.granted() == Times{2 * ms, 900 * ms, 2002 * ms});
  CHECK(users.server.disconnects == Calls{{2000 * ms, 0}});
}

TEST_CASE("SQLAlchemy: pre_ping is a round trip before each use but the first") {
  PoolUsers users("sqlalchemy",
                  {{"pre_ping", true}, {"ping_cpu", "1ms"}, {"round_trip", "2ms"}, {"reset_on_return", "none"}});
  users.use(10 * ms, 5 * ms);
  users.use(50 * ms, 5 * ms);  // asks from 51 to 52 ms
  users.run(100 * ms);
  CHECK(users.granted() == Times{12 * ms, 53 * ms});
  CHECK(at(users.server.executes) == Times{13 * ms, 51 * ms, 54 * ms});
  CHECK(histogram(users.read(), {"pools", "p", "wait_s"}).max() == 3 * ms);
}

TEST_CASE("SQLAlchemy: where a ping fails, no connection opened before is trusted") {
  PoolUsers users("sqlalchemy", {{"pre_ping", true}, {"ping_cpu", "1ms"}, {"reset_on_return", "none"}});
  for (int i = 0; i < 2; ++i) users.use(10 * ms, 5 * ms);
  users.at(40 * ms, [&] { users.server.breaking = {0, 1}; });
  users.use(50 * ms, 20 * ms);  // fails at 51 ms, opens until 53 ms
  users.use(60 * ms, 20 * ms);  // does not even ask
  users.use(200 * ms, 1 * ms);  // a connection opened since is asked again
  users.run(1 * s);
  CHECK(users.granted() == Times{12 * ms, 12 * ms, 53 * ms, 62 * ms, 201 * ms});
  CHECK(users.server.disconnects == Calls{{60 * ms, 1}});
}

TEST_CASE("SQLAlchemy: a return rolls back unless the request has ended its transaction") {
  PoolUsers users("sqlalchemy", {{"pool_size", 1}, {"max_overflow", 0}, {"reset_cpu", "1ms"}, {"round_trip", "2ms"}});
  users.use(10 * ms, 5 * ms);        // opens until 12, at the server 13..18, back 19; rolls back 20..21, free at 22
  users.use(12 * ms, 5 * ms, true);  // at the server 23..28, free at 29 ms
  users.use(12 * ms, 5 * ms);
  users.run(35 * ms);
  CHECK(users.granted() == Times{12 * ms, 22 * ms, 29 * ms});
  CHECK(at(users.server.executes) == Times{13 * ms, 20 * ms, 23 * ms, 30 * ms});
}

TEST_CASE("SQLAlchemy: without a limit nobody waits") {
  PoolUsers users("sqlalchemy", {{"pool_size", 2}, {"max_overflow", -1}, {"reset_on_return", "none"}});
  for (int i = 0; i < 50; ++i) users.use(10 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(users.server.connects.size() == 50);
  CHECK(users.server.disconnects.size() == 48);  // two are kept
  CHECK(total(users.read(), {"pools", "p", "in_use"}) == Approx(50 * 0.005));
}

// pg-pool

TEST_CASE("pg-pool: requests open clients of their own, any number at once, and none ahead") {
  PoolUsers users("pg-pool", {{"max", 3}, {"min", 2}});
  for (int i = 0; i < 4; ++i) users.use(10 * ms, 5 * ms);
  users.use(30 * ms, 1 * ms);
  users.run(40 * ms);
  CHECK(at(users.server.connects) == Times{10 * ms, 10 * ms, 10 * ms});
  CHECK(users.granted() == Times{12 * ms, 12 * ms, 12 * ms, 17 * ms, 30 * ms});
  CHECK(users.uses[4].lease == users.uses[3].lease);  // the one used last
}

TEST_CASE("pg-pool: waiting and connecting have a timeout each, and words of their own") {
  PoolUsers users("pg-pool", {{"max", 1}, {"connectionTimeoutMillis", "5ms"}}, 8 * ms);
  users.use(0, 1 * ms);       // connects for 5 ms
  users.use(1 * ms, 1 * ms);  // waits until 5 ms, then connects for another 5 ms
  users.use(2 * ms, 1 * ms);  // waits for 5 ms
  users.run(1 * s);
  CHECK(users.granted() == Times{-1, -1, -1});
  CHECK(info(users.uses[0].error).name == "Connection terminated due to connection timeout");
  CHECK(users.uses[0].ended == 5 * ms);
  CHECK(users.uses[1].error == users.uses[0].error);
  CHECK(users.uses[1].ended == 10 * ms);
  CHECK(info(users.uses[2].error).name == "timeout exceeded when trying to connect");
  CHECK(users.uses[2].ended == 7 * ms);
  CHECK(users.server.disconnects == Calls{{8 * ms, 0}, {13 * ms, 1}});  // both would have come
}

TEST_CASE("pg-pool: an idle client is closed after idleTimeoutMillis while there are more than min") {
  PoolUsers users("pg-pool", {{"max", 3}, {"min", 1}, {"idleTimeoutMillis", "1s"}});
  for (const core::Nanos length : {5 * ms, 6 * ms, 7 * ms}) users.use(0, length);
  users.use(500 * ms, 5 * ms);  // the one that was idle last, which so goes last, or stays
  users.run(5 * s);
  CHECK(users.server.disconnects == Calls{{1007 * ms, 0}, {1008 * ms, 1}});
}

TEST_CASE("pg-pool: a client goes after maxUses leases, or after maxLifetimeSeconds, at once if it is idle") {
  PoolUsers worn("pg-pool", {{"max", 1}, {"maxUses", 2}});
  for (int i = 0; i < 3; ++i) worn.use(10 * ms * (1 + i), 5 * ms);
  worn.run(50 * ms);
  CHECK(worn.server.disconnects == Calls{{25 * ms, 0}});
  CHECK(worn.granted() == Times{12 * ms, 20 * ms, 32 * ms});

  PoolUsers old("pg-pool", {{"max", 2}, {"maxLifetimeSeconds", "1s"}, {"idleTimeoutMillis", "0"}});
  old.use(0, 5 * ms);
  old.use(1 * ms, 1500 * ms);
  old.run(5 * s);
  CHECK(old.server.disconnects == Calls{{1002 * ms, 0}, {1503 * ms, 1}});
}

// sqlx

TEST_CASE("sqlx: min_connections are opened one after the other, one to begin with in any case") {
  PoolUsers three("sqlx", {{"min_connections", 3}}), none("sqlx", {});
  three.run(20 * ms);
  none.run(20 * ms);
  CHECK(at(three.server.connects) == Times{0, 2 * ms, 4 * ms});
  CHECK(at(none.server.connects) == Times{0});
}

TEST_CASE("sqlx: a ping before each use and one after it, with the permit held") {
  PoolUsers users("sqlx", {{"max_connections", 1}, {"round_trip", "2ms"}, {"ping_cpu", "0"}});
  users.use(10 * ms, 5 * ms);  // asks until 12, at the server 13..18, back 19; asks until 21 ms
  users.use(11 * ms, 5 * ms);
  users.run(29 * ms);
  CHECK(users.granted() == Times{12 * ms, 23 * ms});
  CHECK(at(users.server.executes) == Times{11 * ms, 13 * ms, 20 * ms, 22 * ms, 24 * ms});
  CHECK(total(users.read(), {"pools", "p", "utilization"}) == Approx(0.019));  // from 10 ms to the end
  PoolUsers blunt("sqlx", {{"max_connections", 1}, {"round_trip", "2ms"}, {"test_before_acquire", false}});
  blunt.use(10 * ms, 5 * ms);
  blunt.run(20 * ms);
  CHECK(blunt.granted() == Times{10 * ms});
}

TEST_CASE("sqlx: a server without a free slot is asked again, after 10 ms, 20 ms and so on") {
  const ClientError full = ClientError::too_many_clients;
  PoolUsers users("sqlx", {{"max_connections", 1}}, 2 * ms, {full, full, full});
  users.use(10 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{0, 10 * ms, 22 * ms, 44 * ms});  // the first is the pool's own
  CHECK(users.granted() == Times{46 * ms});
  CHECK(total(users.read(), {"pools", "p", "connect_errors_per_s"}) == 3);
}

TEST_CASE("sqlx: a pause is at most a fifth of the time left, which ends it") {
  PoolUsers users("sqlx", {{"max_connections", 1}, {"acquire_timeout", "32ms"}}, 2 * ms,
                  std::deque<ClientError>(100, ClientError::reserved_slots));
  users.use(10 * ms, 5 * ms);  // fails at 12 ms, with 30 ms left: again 6 ms later
  users.run(1 * s);
  CHECK(at(users.server.connects)[2] == 18 * ms);
  CHECK(users.uses[0].ended == 42 * ms);
  CHECK(info(users.uses[0].error).name == "pool timed out while waiting for an open connection");
}

TEST_CASE("sqlx: another refusal is the acquirer's") {
  PoolUsers users("sqlx", {{"max_connections", 1}}, 2 * ms,
                  {ClientError::max_client_conn, ClientError::max_client_conn});
  users.use(10 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(users.uses[0].error == ClientError::max_client_conn);
  CHECK(users.uses[0].ended == 12 * ms);
}

TEST_CASE("sqlx: acquire_timeout ends a ping that takes too long, and the connection serves the next") {
  PoolUsers users("sqlx", {{"max_connections", 1}, {"acquire_timeout", "5ms"}, {"ping_cpu", "8ms"}});
  users.use(10 * ms, 1 * ms);
  users.use(40 * ms, 1 * ms);
  users.run(1 * s);
  CHECK(users.uses[0].error == ClientError::sqlx_timeout);
  CHECK(users.uses[0].ended == 15 * ms);
  CHECK(at(users.server.connects) == Times{0});
  CHECK(at(users.server.executes) == Times{10 * ms, 40 * ms});
}

TEST_CASE("sqlx: the idle are closed by maintenance, up to a period late, and min_connections opened again") {
  PoolUsers users("sqlx", {{"min_connections", 1}, {"idle_timeout", "1s"}, {"ping_cpu", "0"}});
  users.use(500 * ms, 5 * ms);  // idle since 505 ms: for less than 1 s at the first look, at 1002 ms
  users.run(2500 * ms);
  CHECK(users.server.disconnects == Calls{{2002 * ms, 0}});
  CHECK(at(users.server.connects) == Times{0, 2002 * ms});
}

TEST_CASE("sqlx: a connection older than max_lifetime is closed on return, or by maintenance") {
  PoolUsers users("sqlx", {{"max_lifetime", "1s"}, {"ping_cpu", "0"}});
  users.use(900 * ms, 200 * ms);
  users.use(1500 * ms, 5 * ms);
  users.run(4 * s);
  CHECK(users.server.disconnects == Calls{{1100 * ms, 0}, {3002 * ms, 1}});
}

// HikariCP

TEST_CASE("HikariCP: one connection at the start, the others one by one, 30 ms of sleep after each") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 4}});
  users.run(1 * s);
  // The housekeeper comes 100 ms after the first is there.
  CHECK(at(users.server.connects) == Times{0, 102 * ms, 134 * ms, 166 * ms});
}

TEST_CASE("HikariCP: waiters wait for the one thread that opens, or for a release, whichever is first") {
  const Keys keys = {{"maximumPoolSize", 3}, {"minimumIdle", 0}};
  PoolUsers slow("hikaricp", keys), quick("hikaricp", keys);
  for (int i = 0; i < 3; ++i) slow.use(10 * ms, 100 * ms);
  for (int i = 0; i < 3; ++i) quick.use(10 * ms, 5 * ms);
  slow.run(1 * s);
  quick.run(1 * s);
  CHECK(slow.granted() == Times{12 * ms, 44 * ms, 76 * ms});
  CHECK(quick.granted() == Times{12 * ms, 17 * ms, 22 * ms});
  CHECK(at(quick.server.connects) == Times{10 * ms});  // what was ordered is no longer needed
}

TEST_CASE("HikariCP: the thread tries again after 10 ms, 20 ms and so on, and nobody is told") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 1}, {"minimumIdle", 0}, {"connectionTimeout", "250ms"}});
  const ClientError full = ClientError::too_many_clients;
  users.server.connect_errors = {full, full, full};
  users.use(10 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{10 * ms, 22 * ms, 44 * ms, 86 * ms});
  CHECK(users.granted() == Times{88 * ms});
}

TEST_CASE("HikariCP: who waits for connectionTimeout gets HikariCP's words") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 1}, {"connectionTimeout", "250ms"}});
  for (int i = 0; i < 2; ++i) users.use(10 * ms, 500 * ms);
  users.run(1 * s);
  CHECK(users.uses[1].ended == 260 * ms);
  CHECK(info(users.uses[1].error).name == "Connection is not available, request timed out");
}

TEST_CASE("HikariCP: the first opened is taken first, and asked for a sign of life when idle for half a second") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 2}, {"round_trip", "2ms"}, {"validation_cpu", "0"}});
  for (const core::Nanos length : {20 * ms, 5 * ms}) users.use(200 * ms, length);
  users.use(300 * ms, 5 * ms);   // the first opened, though the other has been idle longer
  users.use(1000 * ms, 5 * ms);  // asks until 1002 ms
  users.run(2 * s);
  CHECK(users.uses[2].lease == users.uses[0].lease);
  CHECK(users.granted() == Times{200 * ms, 200 * ms, 300 * ms, 1002 * ms});
}

TEST_CASE("HikariCP: where there is no sign of life the acquirer waits for another connection") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 1}, {"round_trip", "2ms"}, {"validation_cpu", "0"}});
  users.at(900 * ms, [&] { users.server.breaking = {0}; });
  users.use(1000 * ms, 5 * ms);
  users.run(2 * s);
  CHECK(at(users.server.connects) == Times{0, 1002 * ms});
  CHECK(users.granted() == Times{1004 * ms});
}

TEST_CASE("HikariCP: maxLifetime ends a connection by its own timer, one in use on return, and it is replaced") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 2}, {"maxLifetime", "1s"}, {"validation_cpu", "0"}});
  users.use(900 * ms, 400 * ms);  // has the first, opened at 2 ms; the second was opened at 104 ms
  users.run(1350 * ms);
  CHECK(users.server.disconnects == Calls{{1104 * ms, 1}, {1300 * ms, 0}});
  CHECK(at(users.server.connects) == Times{0, 102 * ms, 1104 * ms, 1300 * ms});
}

TEST_CASE("HikariCP: lifetimes of connections opened together end apart, up to 2.5 % early") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 10}, {"maxLifetime", "1000s"}});
  users.run(1005 * s);
  REQUIRE(users.server.disconnects.size() == 10);
  std::set<core::Nanos> ages;
  for (const StandIn::Call& call : users.server.disconnects)
    ages.insert(call.at - users.server.connects[call.connection].at - 2 * ms);
  CHECK(*ages.begin() >= 975 * s);
  CHECK(*ages.rbegin() <= 1000 * s);
  CHECK(*ages.rbegin() - *ages.begin() > 5 * s);  // ten even draws within 5 of 25 s: 1 in 10^6
}

TEST_CASE("HikariCP: the housekeeper closes what is idle beyond minimumIdle, every 30 s") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 3}, {"minimumIdle", 1}, {"idleTimeout", "10s"}});
  for (int i = 0; i < 3; ++i) users.use(200 * ms, 500 * ms);
  users.run(40 * s);
  CHECK(users.server.connects.size() == 3);
  CHECK(at(users.server.disconnects) == Times{30'102 * ms, 30'102 * ms});
}

TEST_CASE("HikariCP: keepaliveTime asks idle connections for a sign of life, up to a tenth earlier") {
  PoolUsers users("hikaricp", {{"maximumPoolSize", 1}, {"keepaliveTime", "10s"}, {"validation_cpu", "5ms"}});
  users.run(29 * s);
  const Times asked = at(users.server.executes);
  REQUIRE(asked.size() >= 2);
  CHECK(asked.size() <= 3);
  CHECK(asked[0] >= 9 * s);
  CHECK(asked[0] <= 10 * s + 2 * ms);
  CHECK(total(users.read(), {"pools", "p", "utilization"}) == 0);  // nobody's use
}
