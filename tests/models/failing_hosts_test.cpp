// Servers that go away and come back, replicas behind one address, failover: at hand-worked times; the share of stale
// reads against its closed form; and whole services through a failure, with caches and bouncers.

#include <cmath>

#include "tests/models/cluster.h"

using namespace capplan;
using namespace capplan::models;

namespace {

constexpr std::string_view closed = "server closed the connection unexpectedly";

}  // namespace

TEST_CASE("a host that goes away takes along what runs on it, and refuses until it is back") {
  for (const char* scheduler : {"ideal", "linux"}) {
    Cluster b({}, {{"cores", 1}, {"scheduler", scheduler}});
    const auto computing = b.connect(0, b.primary()), reading = b.connect(0, b.primary()),
               writing = b.connect(0, b.primary()), idle = b.connect(0, b.primary());
    b.execute(10 * ms, computing, {.cpu = 1 * s});
    b.execute(10 * ms, reading, {.io = 1 * s});
    b.execute(98 * ms, writing, {.flush = true});
    b.fail(100 * ms, 200 * ms, "server.s");
    const auto refused = b.connect(150 * ms, b.primary());
    b.execute(160 * ms, idle, {.cpu = 1 * ms});
    const auto again = b.connect(200 * ms, b.primary());
    b.execute(210 * ms, again, {.cpu = 5 * ms, .io = 5 * ms, .flush = true});
    b.simulator.run(3 * s);
    for (const auto client : {computing, reading, writing}) {
      INFO(client);
      CHECK(b.clients[client].answered == 100 * ms);
      CHECK(info(b.clients[client].answer.error).name == closed);
      CHECK(b.clients[client].answer.closed);
    }
    CHECK(b.clients[idle].answered == 160 * ms);
    CHECK(info(b.clients[idle].answer.error).name == closed);
    CHECK(info(b.clients[refused].outcome.error).name == "Connection refused");
    CHECK(b.clients[refused].connected == 150 * ms + 100 * us);
    CHECK(b.clients[again].answer.error == ClientError::none);
    CHECK(b.clients[again].answered == 224 * ms);  // nothing of before is in its way
    const core::Recording meters = b.read();
    CHECK(total(meters, {"servers", "s", "connections"}) == Approx(4 * 0.1 + 2.8));
    CHECK(total(meters, {"servers", "s", "cpu"}) == Approx(0.090 + 0.005));
    CHECK(total(meters, {"servers", "s", "disk"}) == Approx(0.090 + 0.005));
    CHECK(total(meters, {"servers", "s", "wal_flush"}) == Approx(0.002 + 0.004));
    CHECK(total(meters, {"servers", "s", "active"}) == Approx(0.090 + 0.090 + 0.002 + 0.014));
  }
}

TEST_CASE("a login under way when the host goes away is cut off, and its number is not given out twice") {
  Cluster b({}, {{"connect_time", "50ms"}, {"max_connections", 4}});
  const auto first = b.connect(0, b.primary());
  b.fail(10 * ms, 20 * ms, "server.s");
  const auto second = b.connect(30 * ms, b.primary());  // before the event of the first one's login has come
  b.simulator.run(1 * s);
  CHECK(b.clients[first].connected == 10 * ms);
  CHECK(info(b.clients[first].outcome.error).name == closed);
  CHECK(b.clients[second].connected == 80 * ms);
  CHECK(b.clients[second].outcome.error == ClientError::none);
  CHECK(total(b.read(), {"servers", "s", "connections"}) == Approx(0.01 + 0.97));
}

TEST_CASE("dead connections take no slot, whether their owners know or not") {
  Cluster b({}, {{"max_connections", 5}, {"superuser_reserved_connections", 0}});
  for (int i = 0; i < 5; ++i) b.connect(0, b.primary());
  b.fail(10 * ms, 20 * ms, "server.s");
  std::vector<std::uint32_t> fresh;
  for (int i = 0; i < 6; ++i) fresh.push_back(b.connect(30 * ms, b.primary()));
  b.at(40 * ms, [&] {
    CHECK_FALSE(b.primary().alive(b.clients[0].outcome.value));
    CHECK(b.primary().alive(b.clients[fresh[0]].outcome.value));
    b.primary().disconnect(b.clients[0].outcome.value);
    b.primary().disconnect(b.clients[fresh[0]].outcome.value);
  });
  const auto last = b.connect(50 * ms, b.primary());
  b.simulator.run(100 * ms);
  for (int i = 0; i < 5; ++i) CHECK(b.clients[fresh[i]].outcome.error == ClientError::none);
  CHECK(b.clients[fresh[5]].outcome.error == ClientError::too_many_clients);
  CHECK(b.clients[last].outcome.error == ClientError::none);
}

TEST_CASE("a connection closed while its statement runs keeps its slot until the statement's end") {
  Cluster b;
  const auto client = b.connect(0, b.primary());
  b.execute(10 * ms, client, {.cpu = 50 * ms});
  b.at(20 * ms, [&] { b.primary().disconnect(b.clients[client].outcome.value); });
  b.simulator.run(100 * ms);
  CHECK(b.clients[client].answered == -1);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"servers", "s", "cpu"}) == Approx(0.050));
  CHECK(total(meters, {"servers", "s", "connections"}) == Approx(0.060));
}

TEST_CASE("replicas are dealt connections in turn, by number, or by chance") {
  const auto dealt = [](const char* balance) {
    Cluster b({{"replicas", 3}, {"balance", balance}}, {{"max_connections", 1000}, {"cores", 1}});
    for (int i = 0; i < 3; ++i) b.connect(i * ms, b.replicas());
    b.at(10 * ms, [&] { b.replicas().disconnect(b.clients[1].outcome.value); });
    for (int i = 0; i < 297; ++i) b.connect(20 * ms, b.replicas());
    b.simulator.run(1 * s);
    std::vector<int> hosts(4);
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < b.clients.size(); ++i) {
      order.push_back(b.host_of(i));
      if (b.clients[i].outcome.error == ClientError::none) ++hosts[b.host_of(i)];
    }
    CHECK(hosts[0] == 0);
    return std::pair(hosts, order);
  };
  const auto [by_turn, turns] = dealt("roundrobin");
  CHECK(std::vector(turns.begin(), turns.begin() + 6) == std::vector<std::uint32_t>{1, 2, 3, 1, 2, 3});
  const auto [by_number, numbers] = dealt("leastconn");
  CHECK(std::vector(numbers.begin(), numbers.begin() + 4) == std::vector<std::uint32_t>{1, 2, 3, 2});  // 2 had none
  const auto [by_chance, chances] = dealt("random");
  std::vector<int> first_hundred(4);
  for (int i = 0; i < 100; ++i) ++first_hundred[chances[i]];
  for (int host = 1; host <= 3; ++host) CHECK(std::abs(first_hundred[host] - 33.3) < 4 * 4.7);  // 4 standard deviations
}

TEST_CASE("a replica that went away is dealt connections until that is noticed, then the others are") {
  Cluster b({{"replicas", 2}, {"down_after", "1s"}});
  const auto alive = b.connect(0, b.replicas()), cut = b.connect(0, b.replicas());
  b.execute(50 * ms, alive, {.cpu = 100 * ms});
  b.execute(50 * ms, cut, {.cpu = 100 * ms});
  b.fail(100 * ms, 10 * s, "server.r.2");
  std::vector<std::uint32_t> soon, later, back;
  for (int i = 0; i < 4; ++i) soon.push_back(b.connect(500 * ms + i, b.replicas()));
  for (int i = 0; i < 4; ++i) later.push_back(b.connect(2 * s + i, b.replicas()));
  for (int i = 0; i < 4; ++i) back.push_back(b.connect(11 * s + i, b.replicas()));
  b.simulator.run(20 * s);
  CHECK(b.clients[alive].answer.error == ClientError::none);
  CHECK(info(b.clients[cut].answer.error).name == closed);
  const auto served = [&](const std::vector<std::uint32_t>& which, std::uint32_t host) {
    return std::count_if(which.begin(), which.end(), [&](std::uint32_t client) {
      return b.clients[client].outcome.error == ClientError::none && b.host_of(client) == host;
    });
  };
  CHECK(served(soon, 1) == 2);
  CHECK(served(soon, 2) == 0);
  CHECK(served(later, 1) == 4);
  CHECK(served(back, 1) == 2);
  CHECK(served(back, 2) == 2);
}

TEST_CASE("reads of a key written within the lag are stale on a replica, never on the primary") {
  Cluster b({{"replicas", 1}, {"replication_lag", "100ms"}});
  const auto writer = b.connect(0, b.primary()), reader = b.connect(0, b.replicas());
  b.execute(10 * ms, writer, {.flush = true, .key = 7});  // committed at 14 ms
  b.execute(11 * ms, reader, {.cpu = us, .key = 7});      // nothing is committed yet
  b.execute(50 * ms, reader, {.cpu = us, .key = 7});      // stale
  b.execute(60 * ms, reader, {.cpu = us, .key = 8});      // another key
  b.execute(70 * ms, reader, {.cpu = us});                // no key: not counted
  b.execute(80 * ms, writer, {.cpu = us, .key = 7});      // on the primary
  b.execute(113 * ms, reader, {.cpu = us, .key = 7});     // stale
  b.execute(115 * ms, reader, {.cpu = us, .key = 7});     // it is there
  b.simulator.run(1 * s);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"servers", "r", "reads_per_s"}) == 5);
  CHECK(total(meters, {"servers", "r", "stale_read_ratio"}) == 2);
}

TEST_CASE("the share of stale reads is what the rate of writes to each key says") {
  // Keys by Zipf, reads and writes alike: sum over keys of p (1 - exp(-w p lag)).
  const double writes = 50, lag = 0.2;
  const int keys = 20;
  double norm = 0, expected = 0;
  for (int k = 1; k <= keys; ++k) norm += 1.0 / k;
  for (int k = 1; k <= keys; ++k) expected += 1 / (k * norm) * -std::expm1(-writes / (k * norm) * lag);
  const Raw popularity = table({{"zipf", 1.0}, {"count", keys}});
  const std::vector<Section> sections = {
      server({{"cores", 64}}),
      server({{"cores", 64}, {"replicas", 2}, {"replication_lag", "200ms"}}, "r"),
      section("pool", "fixed", "write", {{"to", "server.s"}, {"size", 50}}),
      section("pool", "fixed", "read", {{"to", "server.r"}, {"size", 50}}),
      query("write", {{"pool", "write"}, {"cpu", "10us"}, {"commit", true}}),
      query("read", {{"pool", "read"}, {"cpu", "10us"}}),
      request("write", steps({{"write", 1}}), {{"keys", popularity}}),
      request("read", steps({{"read", 1}}), {{"keys", popularity}}),
      section("workload", "open", "w", {{"rate", "50/s"}, {"mix", table({{"write", 1}})}}),
      section("workload", "open", "r", {{"rate", "500/s"}, {"mix", table({{"read", 1}})}})};
  const core::Recording seen = run(sections, 400 * s);
  const double share = total(seen, {"servers", "r", "stale_read_ratio"}) / total(seen, {"servers", "r", "reads_per_s"});
  // Reads of one key within a lag see the same writes, so what counts is the number of lags: 2000 a key.
  CHECK(std::abs(share - expected) < 4 * std::sqrt(expected * (1 - expected) / 2000));
  CHECK(expected > 0.2);
}

TEST_CASE("a replica takes the place of the primary, and the old one comes back as a replica") {
  Cluster b({{"replicas", 2}, {"promote_after", "1s"}, {"down_after", "0"}});
  b.fail(100 * ms, 10 * s, "server.s");
  const auto before = b.connect(0, b.primary());
  const auto refused = b.connect(1 * s, b.primary());
  const auto promoted = b.connect(2 * s, b.primary());
  std::vector<std::uint32_t> reads, back;
  for (int i = 0; i < 4; ++i) reads.push_back(b.connect(3 * s + i, b.replicas()));
  const auto writes = b.connect(11 * s, b.primary());
  for (int i = 0; i < 4; ++i) back.push_back(b.connect(12 * s + i, b.replicas()));
  b.simulator.run(20 * s);
  CHECK(b.host_of(before) == 0);
  CHECK(b.clients[refused].outcome.error == ClientError::connection_refused);
  CHECK(b.host_of(promoted) == 1);
  for (const auto client : reads) CHECK(b.host_of(client) == 2);  // n - 1
  CHECK(b.host_of(writes) == 1);
  std::vector<std::uint32_t> hosts;
  for (const auto client : back) hosts.push_back(b.host_of(client));
  CHECK(std::count(hosts.begin(), hosts.end(), 0U) == 2);
  CHECK(std::count(hosts.begin(), hosts.end(), 2U) == 2);
}

TEST_CASE("a primary that is back before anybody was promoted stays the primary") {
  Cluster b({{"replicas", 1}, {"promote_after", "1s"}});
  b.fail(100 * ms, 500 * ms, "server.s");
  const auto client = b.connect(5 * s, b.primary());
  b.simulator.run(10 * s);
  CHECK(b.clients[client].outcome.error == ClientError::none);
  CHECK(b.host_of(client) == 0);
}

TEST_CASE("what replicas cannot be is refused with its place") {
  const auto refused = [](const std::vector<Section>& sections) {
    try {
      System(sections, {.duration = 1 * s});
    } catch (const core::InputError& error) {
      return error.problems().front().key;
    }
    return std::string();
  };
  CHECK(refused({server({}), server({}, "t"), server({{"replicas", 1}}, "r")}) == "server.r.replica_of");
  CHECK(refused({server({}), server({}, "t"), server({{"replicas", 1}, {"replica_of", "t"}}, "r")}).empty());
  CHECK(refused({server({{"replicas", 1}}, "r")}) == "server.r.replica_of");
  CHECK(refused({server({}), server({{"replicas", 1}, {"promote_after", "1s"}}, "r"),
                 server({{"replicas", 1}, {"promote_after", "1s"}}, "q")}) == "server.q.promote_after");
  CHECK(refused({server({}), server({{"replicas", 1}}, "r"), section("pool", "fixed", "p", {{"to", "server.r"}}),
                 query("q", {{"pool", "pool.p"}, {"cpu", "1ms"}, {"commit", true}})}) == "query.q.pool");
  CHECK(refused({server({}), section("failure", "", "f", {{"target", "server.s.2"}, {"at", "1s"}})}) ==
        "failure.f.target");
  const auto failure = [](const std::string& name, const char* at) {
    return section("failure", "", name, {{"target", "server.s"}, {"at", at}, {"for", "1s"}});
  };
  CHECK(refused({server({}), failure("f", "5s"), failure("g", "5500ms")}) == "failure.g.at");
  CHECK(refused({server({}), failure("f", "5s"), failure("g", "4500ms")}) == "failure.g.at");
  CHECK(refused({server({}), failure("f", "5s"), failure("g", "4s"), failure("h", "6s")}).empty());
  CHECK_THROWS_AS(server({{"promote_after", "1s"}}), core::InputError);
}

TEST_CASE("a failure cuts what is in flight, and the service goes on after it") {
  // One statement of 100 ms every 50 ms; the server is away from 1 s to 2 s.
  std::vector<core::Nanos> times;
  for (int i = 0; i < 80; ++i) times.push_back(i * 50 * ms + 1 * ms);
  const auto seen = [&](const std::string& target) {
    return run(
        {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
         section("bouncer", "pgbouncer", "b",
                 {{"server", "s"}, {"pool_mode", "transaction"}, {"query_cpu", "0"}, {"server_login_retry", "100ms"}}),
         section("pool", "fixed", "p", {{"to", "bouncer.b"}, {"size", 10}}),
         query("q", {{"pool", "p"}, {"cpu", "100ms"}}), request("r", steps({{"q", 1}})), requests_at(times),
         section("failure", "", "f", {{"target", target}, {"at", "1s"}, {"for", "1s"}})},
        5 * s);
  };
  const auto errors = [](const core::Recording& recording, const char* name) {
    return total(recording, {"requests", "r", "errors", name});
  };
  const core::Recording server_away = seen("server.s");
  CHECK(errors(server_away, "server conn crashed?") == 2);  // those in flight at 1 s
  CHECK(errors(server_away, "server login has been failing (server_login_retry)") >= 15);
  CHECK(total(server_away, {"requests", "r", "completed_per_s"}) >= 55);
  CHECK(total(server_away, {"requests", "r", "completed_per_s"}) +
            total(server_away, {"requests", "r", "error_ratio"}) ==
        80);
  const core::Recording bouncer_away = seen("bouncer.b");
  CHECK(errors(bouncer_away, closed.data()) >= 2);
  CHECK(errors(bouncer_away, "Connection refused") >= 10);
  CHECK(total(bouncer_away, {"requests", "r", "completed_per_s"}) >= 55);
}

TEST_CASE("a cache that goes away answers nobody, and is empty when it is back") {
  // One key asked for every 100 ms: the first fills the cache; 1 s to 2 s it is away; then it is filled again.
  std::vector<core::Nanos> times;
  for (int i = 0; i < 30; ++i) times.push_back(i * 100 * ms + 50 * ms);
  const core::Recording seen =
      run({server({}), section("pool", "fixed", "p", {{"to", "server.s"}}), section("cache", "lru", "c", {}),
           query("q", {{"pool", "p"}, {"cpu", "1ms"}}),
           request("r", steps({{"q", 1}}), {{"caches", List{Raw("c")}}, {"keys", table({{"count", 1}})}}),
           requests_at(times), section("failure", "", "f", {{"target", "cache.c"}, {"at", "1s"}, {"for", "1s"}})},
          3 * s);
  CHECK(total(seen, {"queries", "q", "executed_per_s"}) == 1 + 10 + 1);
}
