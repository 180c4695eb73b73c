// PgBouncer's other timeouts and checks, at hand-worked times: statements, transactions, clients and logins that take
// too long, servers that are looked at before they are used again.

#include "tests/models/pgbouncer_clients.h"

using namespace capplan;
using namespace capplan::models;

TEST_CASE("query_timeout counts the wait for a server, and has two texts") {
  BouncerClients b({{"default_pool_size", 1}, {"query_timeout", "1s"}});
  const auto first = b.connect(0), second = b.connect(0), third = b.connect(0);
  b.query(10 * ms, first, 5 * s);    // runs from 12 ms
  b.query(20 * ms, second, 1 * ms);  // waits
  b.simulator.run(10 * ms);
  b.query(5 * s, third, 800 * ms);  // a server of its own at once: not too long
  b.simulator.run(20 * s);
  const core::Nanos running = b.tick_from(1 * s + 10 * ms + 1);
  CHECK(info(b.queries[0].outcome.error).name == "query timeout");
  CHECK(b.queries[0].answered == running);
  CHECK(b.server.disconnects == Calls{{running, 0}});  // the statement goes on there, unheard
  // The first one's end makes room: the second is served or has waited too long, whichever its own time says.
  const core::Nanos waited = b.tick_from(1 * s + 20 * ms);
  if (waited <= running) {
    CHECK(info(b.queries[1].outcome.error).name == "query_timeout");
    CHECK(b.queries[1].answered == waited);
  } else {
    CHECK(b.queries[1].outcome.error == ClientError::none);
    CHECK(b.queries[1].answered == running + 3 * ms);
  }
  CHECK(b.queries[2].outcome.error == ClientError::none);
}

TEST_CASE("a waiting client's query_timeout closes it at the first tick after it") {
  BouncerClients b({{"default_pool_size", 1}, {"query_timeout", "1s"}, {"max_db_connections", 1}});
  b.query(10 * ms, b.connect(0, {0, 0}), 900 * ms);  // done at 912 ms
  const auto second = b.connect(0, {0, 1});
  b.query(500 * ms, b.connect(0, {0, 0}), 960 * ms);  // next on the same server, until 1872 ms
  b.query(20 * ms, second, 1 * ms);                   // of another user: there is no room for its server
  b.simulator.run(1800 * ms);
  CHECK(info(b.queries[2].outcome.error).name == "query_timeout");
  CHECK(b.queries[2].answered == b.tick_from(1020 * ms));
  CHECK(b.queries[2].outcome.closed);
}

TEST_CASE("idle_transaction_timeout closes server and client, who learns of it with its next statement") {
  BouncerClients b({{"idle_transaction_timeout", Raw("1s")}});
  const auto first = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);  // until 13 ms, then the block stays open
  b.query(3 * s, first, 1 * ms);
  b.simulator.run(2900 * ms);
  const core::Nanos closed = b.tick_from(1013 * ms + 1);
  CHECK(b.server.disconnects == Calls{{closed, 0}});
  CHECK_FALSE(b.bouncer->alive(b.clients[first].number));
  b.simulator.run(4 * s);
  CHECK(info(b.queries[1].outcome.error).name == "idle transaction timeout");
  CHECK(b.queries[1].answered == 3 * s);
  CHECK(b.queries[1].outcome.closed);
  CHECK(total(b.read(), {"bouncers", "b", "clients"}) == Approx(core::to_seconds(closed)));
}

TEST_CASE("transaction_timeout counts from the transaction's first statement, whatever its pauses") {
  BouncerClients b({{"transaction_timeout", "1s"}, {"idle_transaction_timeout", "900ms"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms, true);
  b.query(500 * ms, first, 1 * ms, true);  // its pauses are short
  b.query(900 * ms, first, 10 * s, true);  // ended within
  b.query(20 * ms, second, 900 * ms);      // another transaction, short enough
  b.simulator.run(5 * s);
  CHECK(info(b.queries[2].outcome.error).name == "transaction timeout");
  CHECK(b.queries[2].answered == b.tick_from(1010 * ms + 1));
  CHECK(b.queries[3].outcome.error == ClientError::none);
}

TEST_CASE("client_idle_timeout closes clients without a server connection, never one within a transaction") {
  BouncerClients b({{"client_idle_timeout", Raw("1s")}});
  const auto first = b.connect(0), second = b.connect(0);
  b.query(10 * ms, first, 1 * ms);         // idle from 13 ms
  b.query(10 * ms, second, 1 * ms, true);  // in a transaction from 15 ms
  b.query(4 * s, first, 1 * ms);
  b.query(4 * s, second, 1 * ms);
  b.simulator.run(4500 * ms);
  CHECK(info(b.queries[2].outcome.error).name == "client_idle_timeout");
  CHECK(b.queries[3].outcome.error == ClientError::none);
  const double gone = core::to_seconds(b.tick_from(1013 * ms + 1));
  CHECK(total(b.read(), {"bouncers", "b", "clients"}) == Approx(gone + 4.5));
}

TEST_CASE("clients beyond max_db_client_connections and max_user_client_connections are refused at once") {
  BouncerClients b({{"max_db_client_connections", 2}, {"max_user_client_connections", 2}});
  const auto a = b.connect(0, {0, 0});
  b.connect(0, {0, 1});
  const auto db = b.connect(10 * ms, {0, 2});    // the third of database 0
  b.connect(10 * ms, {1, 0});                    // the second of user 0
  const auto user = b.connect(20 * ms, {2, 0});  // the third of user 0
  b.disconnect(30 * ms, a);
  const auto later = b.connect(40 * ms, {0, 0});
  b.simulator.run(100 * ms);
  CHECK(info(b.clients[db].outcome.error).name == "client connections exceeded (max_db_client_connections)");
  CHECK(info(b.clients[user].outcome.error).name == "client connections exceeded (max_user_client_connections)");
  CHECK(b.clients[later].outcome.error == ClientError::none);
}

TEST_CASE("a server unused for server_check_delay is checked before its next use") {
  for (const char* delay : {"2s", "30s"}) {
    BouncerClients b({{"server_check_delay", Raw(delay)}});
    b.query(10 * ms, b.connect(0), 1 * ms);  // idle from 13 ms
    b.query(5 * s, b.connect(0), 1 * ms);
    b.simulator.run(6 * s);
    const bool checked = std::string(delay) == "2s";
    CHECK(b.server.connects.size() == 1);
    CHECK(b.server.executes.size() == (checked ? 3 : 2));
    CHECK(b.queries[1].answered == 5 * s + 1 * ms + (checked ? 30 * us : 0));
  }
}

TEST_CASE("several servers set aside are checked for as many clients as wait, the last set aside first") {
  BouncerClients b({{"server_check_delay", Raw("1s")}});
  b.query(10 * ms, b.connect(0), 20 * ms);  // server 0, idle from 32 ms
  b.query(10 * ms, b.connect(0), 20 * ms);  // server 1, idle from 34 ms
  b.query(5 * s, b.connect(0), 1 * ms);
  b.query(5 * s, b.connect(0), 1 * ms);
  b.query(5 * s, b.connect(0), 1 * ms);  // no third one: it is opened
  b.simulator.run(6 * s);
  // PgBouncer's list has the last used first; each is put at the head of the other list, so the first used ends there.
  CHECK(b.server.executes[2] == StandIn::Call{5 * s, 0});
  CHECK(b.server.executes[3] == StandIn::Call{5 * s, 1});
  CHECK(b.server.connects.size() == 3);
}

TEST_CASE("server_check_delay of 0 checks before every use, an empty server_check_query never") {
  BouncerClients always({{"server_check_delay", Raw("0")}});
  BouncerClients never({{"server_check_delay", "0"}, {"server_check_query", ""}});
  for (BouncerClients* b : {&always, &never}) {
    b->query(10 * ms, b->connect(0), 1 * ms);
    b->query(20 * ms, b->connect(0), 1 * ms);
    b->simulator.run(100 * ms);
  }
  CHECK(always.server.executes.size() == 3);
  CHECK(always.queries[1].answered == 21 * ms + 30 * us);
  CHECK(never.queries[1].answered == 21 * ms);
}

TEST_CASE("server_reset_query_always resets after each transaction; without server_reset_query nothing is reset") {
  BouncerClients always({{"server_reset_query_always", true}});
  BouncerClients none({{"pool_mode", "session"}, {"server_reset_query", ""}});
  for (BouncerClients* b : {&always, &none}) {
    const auto first = b->connect(0);
    b->query(10 * ms, first, 1 * ms);
    b->disconnect(20 * ms, first);
    b->query(30 * ms, b->connect(0), 1 * ms);
    b->simulator.run(100 * ms);
  }
  CHECK(always.server.executes == Calls{{12 * ms, 0}, {13 * ms, 0}, {30 * ms, 0}, {31 * ms, 0}});
  CHECK(none.server.executes == Calls{{12 * ms, 0}, {30 * ms, 0}});
}

TEST_CASE(
    "a login that takes longer than server_connect_timeout has failed, and is closed when it succeeds after all") {
  BouncerClients b({{"server_connect_timeout", "1s"}, {"server_login_retry", "1s"}, {"query_wait_timeout", "20s"}});
  b.server.connect_time = 3 * s;
  b.query(10 * ms, b.connect(0), 1 * ms);
  b.simulator.run(2 * s);
  const core::Nanos failed = b.tick_from(1010 * ms + 1);
  CHECK(times_of(b.server.connects) == Times{10 * ms, failed});  // the retry is due, and the client still waits
  b.server.connect_time = 2 * ms;
  b.simulator.run(10 * s);
  CHECK(b.server.disconnects.size() >= 1);
  CHECK(b.server.disconnects[0].connection == 0);
  CHECK(b.server.disconnects[0].at == 3010 * ms);
  CHECK(b.queries[0].outcome.error == ClientError::none);
}

TEST_CASE("a server set aside gives way at max_db_connections only where nobody of its pool waits") {
  BouncerClients b({{"max_db_connections", 1}, {"server_check_delay", "1s"}});
  b.query(10 * ms, b.connect(0, {0, 0}), 1 * ms);  // idle, set aside after a second
  b.query(3 * s, b.connect(0, {0, 1}), 1 * ms);
  b.simulator.run(4 * s);
  CHECK(b.server.disconnects == Calls{{3 * s, 0}});
  CHECK(b.queries[1].answered == 3 * s + 3 * ms);
}

TEST_CASE("a client that leaves gives up its place in the line, or the server that runs its statement") {
  BouncerClients b({{"default_pool_size", 1}});
  const auto first = b.connect(0), second = b.connect(0), third = b.connect(0);
  b.query(10 * ms, first, 1 * s);
  b.query(20 * ms, second, 1 * ms);
  b.query(30 * ms, third, 1 * ms);
  b.disconnect(40 * ms, second);
  b.disconnect(50 * ms, first);
  b.simulator.run(2 * s);
  CHECK(b.queries[0].answered == -1);
  CHECK(b.queries[1].answered == -1);
  CHECK(b.server.disconnects == Calls{{50 * ms, 0}});
  CHECK(b.queries[2].answered == 53 * ms);
  CHECK(total(b.read(), {"bouncers", "b", "waiting"}) == Approx(0.002 + 0.020 + 0.022));
}
