// PgBouncer's limits and timeouts, at hand-worked times: who is turned away and with which words, what is closed and
// when. Whatever depends on time alone happens on the grid of a timer that ticks three times a second.

#include "tests/models/pgbouncer_clients.h"

using namespace capplan;
using namespace capplan::models;

TEST_CASE("one client more than max_client_conn is refused at once") {
  BouncerClients b({{"max_client_conn", 2}, {"query_cpu", "2ms"}});
  const auto first = b.connect(0);
  b.connect(0);
  const auto third = b.connect(5 * ms);
  b.disconnect(10 * ms, first);
  const auto fourth = b.connect(11 * ms);
  b.simulator.run(100 * ms);
  CHECK(info(b.clients[third].outcome.error).name == "no more connections allowed (max_client_conn)");
  CHECK(b.clients[third].outcome.closed);
  CHECK(b.clients[third].connected == 6 * ms);  // its turn on the core
  CHECK(b.clients[fourth].outcome.error == ClientError::none);
}

TEST_CASE("query_wait_timeout fires at the first tick after it and closes the client") {
  for (int offset = 0; offset < 330; offset += 30) {
    BouncerClients b({{"default_pool_size", 1}, {"query_wait_timeout", "1s"}});
    const auto first = b.connect(0), second = b.connect(0);
    b.query(10 * ms, first, 60 * s);
    const core::Nanos asked = (500 + offset) * ms;
    b.query(asked, second, 1 * ms);
    b.simulator.run(10 * s);
    const BouncerClients::Query& late = b.queries[1];
    CHECK(info(late.outcome.error).name == "query_wait_timeout");
    CHECK(late.outcome.closed);
    CHECK(late.answered == b.tick_from(asked + 1 * s));
    CHECK(late.answered - asked >= 1 * s);
    CHECK(late.answered - asked < 1 * s + BouncerClients::tick_period);
    const core::Recording meters = b.read();
    CHECK(total(meters, {"bouncers", "b", "query_wait_timeouts_per_s"}) == 1);
    CHECK(total(meters, {"bouncers", "b", "clients"}) == Approx(10 + core::to_seconds(late.answered)));
  }
}

TEST_CASE("the reserve opens when the first waiter has waited reserve_pool_timeout") {
  BouncerClients b({{"default_pool_size", 1}, {"reserve_pool_size", 1}, {"reserve_pool_timeout", "100ms"}});
  const core::Nanos tick = b.tick_from(500 * ms);
  b.query(10 * ms, b.connect(0), 60 * s);
  b.query(tick + 10 * ms, b.connect(0), 60 * s);
  SECTION("at the next tick if nothing else happens") {
    b.simulator.run(2 * s);
    CHECK(times_of(b.server.connects) == Times{10 * ms, tick + BouncerClients::tick_period});
  }
  SECTION("at the next packet, which ends a pass of the loop too") {
    b.query(tick + 105 * ms, b.connect(0), 1 * ms);  // too early by 5 ms
    b.query(tick + 115 * ms, b.connect(0), 1 * ms);
    b.simulator.run(20 * s);
    // The reserve is one: the other two wait in vain.
    CHECK(times_of(b.server.connects) == Times{10 * ms, tick + 115 * ms});
    CHECK(b.queries[2].answered == -1);
    CHECK(b.server.executes[1].at == tick + 117 * ms);
  }
}

TEST_CASE("reserve_pool_timeout of 0 leaves the reserve closed") {
  BouncerClients b({{"default_pool_size", 1}, {"reserve_pool_size", 5}, {"reserve_pool_timeout", "0"}});
  for (int i = 0; i < 3; ++i) b.query(10 * ms, b.connect(0), 60 * s);
  b.simulator.run(30 * s);
  CHECK(b.server.connects.size() == 1);
}

TEST_CASE("at max_db_connections the connection idle longest of the database gives way") {
  BouncerClients b({{"max_db_connections", 2}});
  b.query(10 * ms, b.connect(0, {0, 0}), 1 * ms);  // server 0, idle from 13 ms
  b.query(20 * ms, b.connect(0, {0, 1}), 1 * ms);  // server 1, idle from 23 ms
  b.query(30 * ms, b.connect(0, {1, 2}), 1 * ms);  // of another database: does not count
  b.query(50 * ms, b.connect(0, {0, 3}), 1 * ms);
  b.simulator.run(100 * ms);
  CHECK(b.server.disconnects == Calls{{50 * ms, 0}});
  CHECK(b.server.executes.back() == StandIn::Call{52 * ms, 3});
}

TEST_CASE("where nothing can give way the client waits without an error, until something can") {
  BouncerClients b({{"max_db_connections", 1}});
  b.query(10 * ms, b.connect(0, {0, 0}), 500 * ms);  // until 512 ms
  b.query(50 * ms, b.connect(0, {0, 1}), 1 * ms);
  b.simulator.run(1 * s);
  CHECK(b.server.disconnects == Calls{{512 * ms, 0}});
  CHECK(times_of(b.server.connects) == Times{10 * ms, 512 * ms});
  CHECK(b.queries[1].answered == 515 * ms);
}

TEST_CASE("max_user_connections counts a user's connections over all databases") {
  BouncerClients b({{"max_user_connections", 1}});
  b.query(10 * ms, b.connect(0, {0, 0}), 1 * ms);
  b.query(30 * ms, b.connect(0, {0, 1}), 1 * ms);  // another user: does not count
  b.query(50 * ms, b.connect(0, {1, 0}), 1 * ms);
  b.simulator.run(100 * ms);
  CHECK(b.server.disconnects == Calls{{50 * ms, 0}});
  CHECK(b.server.connects.size() == 3);
}

TEST_CASE("min_pool_size evicts nobody") {
  BouncerClients b({{"max_db_connections", 1}, {"min_pool_size", 1}});
  b.query(10 * ms, b.connect(0, {0, 0}), 1 * ms);
  b.connect(20 * ms, {0, 1});
  b.simulator.run(5 * s);
  CHECK(b.server.connects.size() == 1);
  CHECK(b.server.disconnects.empty());
}

TEST_CASE("after a failed login without a live server clients fail at once until a login succeeds") {
  BouncerClients b;
  b.server.connect_errors = {ClientError::too_many_clients};
  b.query(10 * ms, b.connect(0), 1 * ms);
  b.query(11 * ms, b.connect(0), 1 * ms);
  b.query(100 * ms, b.connect(0), 1 * ms);
  b.query(15'010 * ms, b.connect(0), 1 * ms);  // server_login_retry after the last attempt: tries, but does not wait
  b.query(15'011 * ms, b.connect(0), 1 * ms);  // the login is not over yet
  b.query(15'013 * ms, b.connect(0), 1 * ms);
  b.simulator.run(20 * s);
  // The two who waited for it get the server's own error at the end of the failed login.
  CHECK(b.answered() == Times{12 * ms, 12 * ms, 100 * ms, 15'010 * ms, 15'011 * ms, 15'014 * ms});
  CHECK(b.queries[1].outcome.error == ClientError::too_many_clients);
  for (const int failed : {2, 3, 4}) {
    CHECK(b.queries[failed].outcome.error == ClientError::server_login_retry);
    CHECK(b.queries[failed].outcome.closed);
  }
  CHECK(b.queries[5].outcome.error == ClientError::none);
  CHECK(times_of(b.server.connects) == Times{10 * ms, 15'010 * ms});
}

TEST_CASE("a failed login leaves the waiters of a pool that has a server, and stops its growth") {
  BouncerClients b;
  b.server.connect_errors = {ClientError::none, ClientError::too_many_clients};
  b.query(10 * ms, b.connect(0), 50 * ms);   // 12..62 ms
  b.query(20 * ms, b.connect(0), 50 * ms);   // its login fails at 22 ms; waits until 62 ms
  b.query(100 * ms, b.connect(0), 50 * ms);  // no new attempt: 112..162 ms
  b.simulator.run(10 * s);
  CHECK(b.answered() == Times{62 * ms, 112 * ms, 162 * ms});
  CHECK(b.server.connects.size() == 2);
}

TEST_CASE("a server idle for server_idle_timeout is closed at the next tick, but for min_pool_size") {
  for (const int kept : {0, 1}) {
    BouncerClients b({{"server_idle_timeout", "2s"}, {"min_pool_size", kept}});
    b.query(10 * ms, b.connect(0), 20 * ms);  // server 0 until 32 ms
    b.query(10 * ms, b.connect(0), 20 * ms);  // server 1 until 34 ms
    b.simulator.run(10 * s);
    Calls closed = {{b.tick_from(2032 * ms), 0}, {b.tick_from(2034 * ms), 1}};
    if (kept == 1) closed.pop_back();
    CHECK(b.server.disconnects == closed);
  }
}

TEST_CASE("servers beyond server_lifetime are closed one by one, a share of it apart") {
  BouncerClients b({{"server_lifetime", "4s"}, {"default_pool_size", 2}});
  b.query(10 * ms, b.connect(0), 20 * ms);
  b.query(10 * ms, b.connect(0), 20 * ms);
  b.simulator.run(20 * s);
  const core::Nanos first = b.tick_from(4012 * ms);
  CHECK(times_of(b.server.disconnects) == Times{first, b.tick_from(first + 2 * s)});  // 4 s / 2 apart
}

TEST_CASE("a server beyond server_lifetime is closed when it is released") {
  BouncerClients b({{"server_lifetime", "1s"}, {"default_pool_size", 1}});
  b.query(10 * ms, b.connect(0), 3 * s);
  b.query(20 * ms, b.connect(0), 1 * ms);
  b.simulator.run(3500 * ms);
  CHECK(b.server.disconnects == Calls{{3012 * ms, 0}});
  CHECK(b.server.executes.back() == StandIn::Call{3014 * ms, 1});
}
