// What PgBouncer does when servers go away, when it goes away itself, and how several processes share the port.

#include "tests/models/pgbouncer_clients.h"

using namespace capplan;
using namespace capplan::models;

TEST_CASE("a server that ends within a statement ends its client too") {
  BouncerClients b({{"default_pool_size", 1}});
  b.server.breaking = {0};
  b.query(10 * ms, b.connect(0), 5 * ms);
  b.query(11 * ms, b.connect(0), 5 * ms);
  b.simulator.run(100 * ms);
  CHECK(info(b.queries[0].outcome.error).name == "server conn crashed?");
  CHECK(b.queries[0].outcome.closed);
  CHECK(b.queries[0].answered == 17 * ms);
  CHECK(b.server.disconnects.empty());
  CHECK(b.queries[1].answered == 24 * ms);  // on a new server: 2 ms, then 5 ms
}

TEST_CASE("a server that has ended while idle is not used again") {
  BouncerClients b;
  b.query(10 * ms, b.connect(0), 5 * ms);
  b.at(50 * ms, [&] { b.server.dead = {0}; });
  b.query(60 * ms, b.connect(0), 5 * ms);
  b.simulator.run(100 * ms);
  CHECK(b.queries[1].outcome.error == ClientError::none);
  CHECK(b.server.executes.back() == StandIn::Call{62 * ms, 1});
}

TEST_CASE("a client between the statements of a transaction learns of its server's end with the next one") {
  BouncerClients b;
  const auto first = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);
  b.at(20 * ms, [&] { b.server.dead = {0}; });
  b.query(2 * s, first, 1 * ms, true);
  b.simulator.run(3 * s);
  CHECK(info(b.queries[1].outcome.error).name == "server conn crashed?");
  CHECK(b.queries[1].answered == 2 * s);
}

TEST_CASE("where the server is not there who waits goes on waiting, and who comes later fails at once") {
  BouncerClients b({{"server_login_retry", "1s"}, {"query_wait_timeout", "5s"}});
  b.server.connect_errors = {ClientError::connection_refused, ClientError::connection_refused};
  b.query(10 * ms, b.connect(0), 1 * ms);
  b.query(100 * ms, b.connect(0), 1 * ms);
  b.simulator.run(4 * s);
  CHECK(b.queries[1].outcome.error == ClientError::server_login_retry);
  CHECK(b.queries[1].answered == 100 * ms);
  const core::Nanos again = b.tick_from(1010 * ms), third = b.tick_from(again + 1 * s);
  CHECK(times_of(b.server.connects) == Times{10 * ms, again, third});
  CHECK(b.queries[0].outcome.error == ClientError::none);
  CHECK(b.queries[0].answered == third + 3 * ms);
}

TEST_CASE("when PgBouncer goes away its clients are cut off and its servers released") {
  BouncerClients b({{"default_pool_size", 1}, {"query_cpu", "2ms"}});
  const auto running = b.connect(0), waiting = b.connect(0), idle = b.connect(0), turning = b.connect(0);
  b.query(10 * ms, running, 1 * s);
  b.query(20 * ms, waiting, 1 * ms);
  b.query(99 * ms + 500 * us, turning, 1 * ms);  // its packet has its turn when it happens
  Fallible& bouncer = *dynamic_cast<Fallible*>(b.bouncer.get());
  b.at(100 * ms, [&] { bouncer.go_down(); });
  const auto refused = b.connect(200 * ms);
  b.query(250 * ms, idle, 1 * ms);
  b.at(300 * ms, [&] { bouncer.come_back(); });
  b.simulator.run(290 * ms);
  for (const int cut : {0, 1, 2}) {
    INFO(cut);
    CHECK(info(b.queries[cut].outcome.error).name == "server closed the connection unexpectedly");
    CHECK(b.queries[cut].answered == 100 * ms);
    CHECK(b.queries[cut].outcome.closed);
  }
  CHECK(b.server.disconnects == Calls{{100 * ms, 0}});
  CHECK(info(b.clients[refused].outcome.error).name == "Connection refused");
  CHECK(b.clients[refused].connected == 200 * ms + 100 * us);
  CHECK(b.queries[3].outcome.error == ClientError::server_closed);  // found out by its next statement
  CHECK(b.queries[3].answered == 250 * ms);

  // Back: the first client waits until a server has told its settings, 2 ms; then for nothing but its turns.
  const auto fresh = b.connect(400 * ms);
  b.query(500 * ms, fresh, 1 * ms);
  b.simulator.run(600 * ms);
  CHECK(b.clients[fresh].connected == 403 * ms);
  CHECK(b.queries[4].answered == 503 * ms);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"bouncers", "b", "clients"}) == Approx(4 * 0.1 + 0.2));
  CHECK(total(meters, {"bouncers", "b", "waiting"}) == Approx(0.002 + 0.079));
  CHECK(total(meters, {"bouncers", "b", "utilization"}) == Approx(0.087 + 0.002));
}

TEST_CASE("clients of a restarted PgBouncer whose server is down are dropped after client_login_timeout") {
  BouncerClients b({{"client_login_timeout", "1s"}, {"server_login_retry", "10s"}});
  Fallible& bouncer = *dynamic_cast<Fallible*>(b.bouncer.get());
  b.server.connect_errors = {ClientError::connection_refused};
  b.at(10 * ms, [&] {
    bouncer.go_down();
    bouncer.come_back();
  });
  const auto client = b.connect(20 * ms);
  b.simulator.run(5 * s);
  CHECK(info(b.clients[client].outcome.error).name == "client_login_timeout (server down)");
  CHECK(b.clients[client].connected == b.tick_from(1020 * ms));
}

TEST_CASE("a login that the processor does not come to ends after client_login_timeout") {
  BouncerClients b({{"client_login_timeout", "1s"}, {"login_cpu", "5s"}});
  b.connect(0);
  const auto second = b.connect(10 * ms);
  b.simulator.run(4 * s);
  CHECK(info(b.clients[second].outcome.error).name == "client_login_timeout");
  CHECK(b.clients[second].connected == b.tick_from(1010 * ms + 1));
  b.simulator.run(20 * s);  // its turn comes, and nobody is there
  CHECK(total(b.read(), {"bouncers", "b", "cpu"}) == Approx(10));
}

TEST_CASE("several processes share nothing but the port") {
  BouncerClients b({{"processes", 4}, {"default_pool_size", 1}, {"max_client_conn", 30}, {"query_cpu", "2ms"}});
  for (int i = 0; i < 80; ++i) b.query(1 * s, b.connect(i * 10 * ms), 10 * s);
  b.simulator.run(2 * s);
  // Each has a pool of its own: four servers.
  CHECK(b.server.connects.size() == 4);
  const core::Recording meters = b.read();
  double clients = 0, cpu = 0;
  for (const std::string process : {"b.1", "b.2", "b.3", "b.4"}) {
    const double one = total(meters, {"bouncers", process, "clients"});
    clients += one;
    cpu += total(meters, {"bouncers", process, "cpu"});
    CHECK(one > 4);  // of 128 client-seconds; a share of 1/4 of 80 lies within 9..31 for all but 1 in 1000
    CHECK(one < 60);
  }
  CHECK(total(meters, {"bouncers", "b", "clients"}) == Approx(clients));
  CHECK(clients == Approx(80 * 2 - 0.01 * 79 * 80 / 2));
  CHECK(total(meters, {"bouncers", "b", "cpu"}) == Approx(cpu));
  CHECK(cpu == Approx(80 * 0.001 + 80 * 0.001));
}
