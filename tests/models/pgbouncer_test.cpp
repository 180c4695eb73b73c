// PgBouncer by the clock, at hand-worked times: what a link to a server spans in each mode, who is served next, how
// many servers are opened and how fast, and its one core.

#include "tests/models/pgbouncer_clients.h"

using namespace capplan;
using namespace capplan::models;

TEST_CASE("in transaction mode a link spans a transaction") {
  BouncerClients b({{"default_pool_size", 1}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);  // the login takes 2 ms, then 12..13 ms
  b.query(11 * ms, second, 1 * ms);       // waits for the end of the first one's transaction
  b.query(20 * ms, first, 1 * ms);        // 20..21 ms, ends it
  b.simulator.run(100 * ms);
  CHECK(b.answered() == Times{13 * ms, 22 * ms, 21 * ms});
  CHECK(b.server.executes == Calls{{12 * ms, 0}, {20 * ms, 0}, {21 * ms, 0}});
  const core::Recording meters = b.read();
  CHECK(total(meters, {"bouncers", "b", "utilization"}) == Approx(0.010 / 1));  // linked 12..22 ms
  CHECK(total(meters, {"bouncers", "b", "waiting"}) == Approx(0.012));          // 2 ms + 10 ms
  CHECK(histogram(meters, {"bouncers", "b", "wait_s"}).mean() == Approx(0.006));
  CHECK(total(meters, {"bouncers", "b", "clients"}) == Approx(0.2));
}

TEST_CASE("in statement mode a transaction is refused, and closes client and server") {
  BouncerClients b({{"default_pool_size", 1}, {"pool_mode", "statement"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);
  b.query(11 * ms, second, 1 * ms);
  b.simulator.run(100 * ms);
  CHECK(info(b.queries[0].outcome.error).name == "transaction blocks not allowed in statement pooling mode");
  CHECK(b.queries[0].outcome.closed);
  CHECK(b.server.disconnects == Calls{{13 * ms, 0}});
  CHECK(times_of(b.server.connects) == Times{10 * ms, 13 * ms});
  CHECK(b.answered() == Times{13 * ms, 16 * ms});
  CHECK(total(b.read(), {"bouncers", "b", "clients"}) == Approx(2 * 0.013 + 0.087));
}

TEST_CASE("in session mode a link spans the session, and a reset follows it") {
  BouncerClients b({{"default_pool_size", 1}, {"pool_mode", "session"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms);
  b.query(15 * ms, second, 1 * ms);
  b.query(20 * ms, first, 1 * ms);
  b.disconnect(30 * ms, first);
  b.simulator.run(100 * ms);
  // 30 us of DISCARD ALL, then the waiter's statement.
  CHECK(b.server.executes == Calls{{12 * ms, 0}, {20 * ms, 0}, {30 * ms, 0}, {30 * ms + 30 * us, 0}});
  CHECK(b.answered() == Times{13 * ms, 31 * ms + 30 * us, 21 * ms});
}

TEST_CASE("who waits while a server is being reset gets that one, not another") {
  BouncerClients b({{"default_pool_size", 2}, {"pool_mode", "session"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms);
  b.disconnect(30 * ms, first);
  b.query(30 * ms + 10 * us, second, 1 * ms);
  b.simulator.run(100 * ms);
  CHECK(b.server.connects.size() == 1);
  CHECK(b.queries[1].answered == 31 * ms + 30 * us);
}

TEST_CASE("a client that leaves within a transaction costs its server connection") {
  BouncerClients b({{"default_pool_size", 1}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);
  b.query(15 * ms, second, 1 * ms);
  b.disconnect(20 * ms, first);
  b.simulator.run(100 * ms);
  CHECK(b.server.disconnects == Calls{{20 * ms, 0}});
  CHECK(b.server.executes == Calls{{12 * ms, 0}, {22 * ms, 1}});
}

TEST_CASE("waiting clients are served first in, first out") {
  BouncerClients b({{"default_pool_size", 1}});
  for (int i = 0; i < 4; ++i) b.query((10 + i) * ms, b.connect(0), 5 * ms);
  b.simulator.run(100 * ms);
  CHECK(b.answered() == Times{17 * ms, 22 * ms, 27 * ms, 32 * ms});
}

TEST_CASE("the server used last is used next, or the one idle longest with server_round_robin") {
  for (const bool round_robin : {false, true}) {
    BouncerClients b({{"default_pool_size", 2}, {"server_round_robin", round_robin}});
    const auto first = b.connect(0), second = b.connect(0);
    b.query(10 * ms, first, 20 * ms);   // server 0 from 12 to 32 ms
    b.query(10 * ms, second, 20 * ms);  // server 1 from 14 to 34 ms
    b.query(50 * ms, first, 1 * ms);
    b.query(60 * ms, first, 1 * ms);
    b.simulator.run(100 * ms);
    CHECK(b.server.executes[2].connection == (round_robin ? 0U : 1U));
    CHECK(b.server.executes[3].connection == 1U);
  }
}

TEST_CASE("servers are opened one login at a time") {
  BouncerClients b({{"default_pool_size", 4}});
  for (int i = 0; i < 5; ++i) b.query(10 * ms, b.connect(0), 100 * ms);
  b.simulator.run(300 * ms);
  // Four logins of 2 ms in a row; the fifth client waits for the first statement to end.
  CHECK(times_of(b.server.connects) == Times{10 * ms, 12 * ms, 14 * ms, 16 * ms});
  CHECK(times_of(b.server.executes) == Times{12 * ms, 14 * ms, 16 * ms, 18 * ms, 112 * ms});
}

TEST_CASE("min_pool_size opens one server at each tick, once a client is there") {
  BouncerClients b({{"min_pool_size", 3}});
  const core::Nanos tick = b.tick_from(0);
  b.connect(tick + 400 * ms);  // after the second tick
  b.simulator.run(5 * s);
  const core::Nanos third = tick + 2 * BouncerClients::tick_period;
  CHECK(times_of(b.server.connects) ==
        Times{third, third + BouncerClients::tick_period, third + 2 * BouncerClients::tick_period});
}

TEST_CASE("min_pool_size opens nothing for a pool whose clients have left") {
  BouncerClients b({{"min_pool_size", 3}});
  const core::Nanos tick = b.tick_from(0);
  b.disconnect(tick + 20 * ms, b.connect(tick + 10 * ms));
  b.simulator.run(5 * s);
  CHECK(b.server.connects.empty());
}

TEST_CASE("min_pool_size never goes beyond default_pool_size") {
  BouncerClients b({{"min_pool_size", 5}, {"default_pool_size", 2}});
  b.connect(0);
  b.simulator.run(5 * s);
  CHECK(b.server.connects.size() == 2);
}

TEST_CASE("every packet takes its turn on one core, and the account says so") {
  BouncerClients b({{"query_cpu", "2ms"}, {"default_pool_size", 2}});
  const auto first = b.connect(0), second = b.connect(0);  // 1 ms each
  b.query(1 * s, first, 5 * ms);                           // opens the servers
  b.query(1 * s, second, 50 * ms);
  b.accounts.open(7);
  b.accounts.open(8);
  b.query(2 * s, first, 5 * ms, false, 7);   // in 0..1, server 1..6, out 6..7 ms
  b.query(2 * s, second, 5 * ms, false, 8);  // in 1..2, server 2..7, out 7..8 ms
  b.simulator.run(2500 * ms);
  CHECK(b.clients[0].connected == 1 * ms);
  CHECK(b.clients[1].connected == 2 * ms);
  CHECK(b.queries[2].answered == 2007 * ms);
  CHECK(b.queries[3].answered == 2008 * ms);
  const auto stage = [&](std::uint32_t account, Stage which) {
    return b.accounts.of(account)[static_cast<std::size_t>(which)];
  };
  CHECK(stage(7, Stage::bouncer) == 2 * ms);
  CHECK(stage(8, Stage::bouncer) == 3 * ms);  // 1 ms of it behind the other
  CHECK(stage(7, Stage::bouncer_wait) == 0);
  // Two logins of 1 ms, four queries of 2 ms.
  CHECK(total(b.read(), {"bouncers", "b", "cpu"}) == Approx(0.010));
}

TEST_CASE("waiting for a server is a stage of its own") {
  BouncerClients b({{"default_pool_size", 1}, {"query_cpu", "2ms"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.accounts.open(3);
  b.query(1 * s, first, 20 * ms);                     // in 0..1, login 1..3, server 3..23, out 23..24 ms
  b.query(1 * s + 1 * ms, second, 5 * ms, false, 3);  // in 1..2, waits 2..24, server 24..29, out 29..30 ms
  b.simulator.run(2 * s);
  CHECK(b.answered() == Times{1024 * ms, 1030 * ms});
  CHECK(b.accounts.of(3)[static_cast<std::size_t>(Stage::bouncer_wait)] == 22 * ms);
  CHECK(b.accounts.of(3)[static_cast<std::size_t>(Stage::bouncer)] == 2 * ms);
}
