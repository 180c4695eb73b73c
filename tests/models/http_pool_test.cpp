// HTTP clients' connections by the clock, at hand-worked times: when a socket is opened, which one is taken, when it is
// kept, and the timeouts' names. Opening one takes 20 ms; the other side has room for all.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// Requests that come at given times and take given times to be answered.
struct Requests : Bench, private Caller {
  Requests(const std::string& kind, Keys keys) {
    const Section described = section("http_pool", kind, "h", keys);
    pool = described.spec->make_pool(build, described);
    pool->start();
  }
  struct One {
    core::Nanos length;
    core::Nanos sent = -1, ended = -1;
    std::uint32_t lease = 0;
    ClientError error = ClientError::none;
  };
  std::unique_ptr<Pool> pool;
  std::deque<One> all;

  void send(core::Nanos time, core::Nanos length) {
    const auto number = static_cast<std::uint32_t>(all.size());
    all.push_back({length});
    at(time, [this, number] { pool->acquire(number, {this, 0, number}); });
  }
  std::vector<core::Nanos> ended() const {
    std::vector<core::Nanos> times;
    for (const One& one : all) times.push_back(one.ended);
    return times;
  }
  double opened() { return total(read(), {"http_pools", "h", "opened_per_s"}); }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    One& one = all[index];
    if (kind == 0 && outcome.error == ClientError::none) {
      one.sent = simulator.now();
      one.lease = outcome.value;
      pool->execute(one.lease, {.request = no_request, .cpu = one.length}, {this, 1, index});
      return;
    }
    one.error = outcome.error;
    one.ended = simulator.now();
    if (kind == 1) pool->release(one.lease, {});
  }
};

using Times = std::vector<core::Nanos>;

}  // namespace

TEST_CASE("Node's agent opens a socket where none is free, keeps it, and queues beyond maxSockets") {
  Requests requests("node-agent", {{"maxSockets", 2}});
  for (int i = 0; i < 3; ++i) requests.send(0, (10 + i) * ms);
  requests.send(100 * ms, 10 * ms);
  requests.simulator.run(1 * s);
  // Two handshakes of 20 ms; the third takes over at 30 ms; the last finds a socket free.
  CHECK(requests.ended() == Times{30 * ms, 31 * ms, 42 * ms, 110 * ms});
  CHECK(requests.all[3].lease == requests.all[2].lease);  // the socket used last
  const core::Recording seen = requests.read();
  CHECK(total(seen, {"http_pools", "h", "opened_per_s"}) == 2);
  CHECK(total(seen, {"http_pools", "h", "utilization"}) == Approx(0.043));
}

TEST_CASE("without keepAlive every request makes a socket, except one that takes over from another") {
  Requests requests("node-agent", {{"maxSockets", 1}, {"keepAlive", false}});
  requests.send(0, 10 * ms);
  requests.send(1 * ms, 10 * ms);
  requests.send(100 * ms, 10 * ms);
  requests.simulator.run(1 * s);
  CHECK(requests.ended() == Times{30 * ms, 40 * ms, 130 * ms});
  CHECK(requests.opened() == 2);
}

TEST_CASE("Node's agent keeps maxFreeSockets, for its timeout, and takes the one free longest with fifo") {
  Requests few("node-agent", {{"maxFreeSockets", 1}, {"timeout", "500ms"}});
  for (int i = 0; i < 3; ++i) few.send(0, 10 * ms);
  few.send(400 * ms, 10 * ms);
  few.send(1000 * ms, 10 * ms);  // free since 410 ms: gone
  few.simulator.run(2 * s);
  CHECK(few.ended() == Times{30 * ms, 30 * ms, 30 * ms, 410 * ms, 1030 * ms});
  CHECK(few.opened() == 4);
  for (const char* scheduling : {"lifo", "fifo"}) {
    Requests two("node-agent", {{"scheduling", scheduling}});
    two.send(0, 10 * ms);
    two.send(0, 11 * ms);
    two.send(100 * ms, 10 * ms);
    two.simulator.run(1 * s);
    CHECK(two.all[2].lease == two.all[scheduling[0] == 'l' ? 1 : 0].lease);
  }
}

TEST_CASE("httpx closes what becomes idle while there are more connections than it keeps, idle or not") {
  Requests requests("httpx", {{"max_connections", 10}, {"max_keepalive_connections", 2}});
  for (int i = 0; i < 4; ++i) requests.send(0, (10 + i) * ms);
  requests.send(100 * ms, 10 * ms);
  requests.simulator.run(200 * ms);
  // Of four the first two to end are closed though none is idle; the others are kept.
  const core::Recording seen = requests.read();
  CHECK(total(seen, {"http_pools", "h", "connections"}) == Approx(0.010 + 0.011 + 2 * 0.180));
  CHECK(requests.ended() == Times{30 * ms, 31 * ms, 32 * ms, 33 * ms, 110 * ms});
  CHECK(requests.all[4].lease == requests.all[2].lease);  // the one opened first of those left
}

TEST_CASE("httpx drops an idle connection after keepalive_expiry: the next request pays for another") {
  for (const char* expiry : {"1s", "5s"}) {
    Requests requests("httpx", {{"keepalive_expiry", expiry}});
    requests.send(0, 10 * ms);
    requests.send(2 * s, 10 * ms);
    requests.simulator.run(3 * s);
    CHECK(requests.all[1].ended == 2 * s + (expiry[0] == '1' ? 30 * ms : 10 * ms));
  }
}

TEST_CASE("httpx's timeouts of waiting and of connecting have names of their own") {
  Requests waiting("httpx", {{"max_connections", 1}, {"pool_timeout", "5ms"}});
  waiting.send(0, 10 * ms);
  waiting.send(1 * ms, 10 * ms);
  waiting.simulator.run(1 * s);
  CHECK(waiting.ended() == Times{30 * ms, 6 * ms});
  CHECK(info(waiting.all[1].error).name == "PoolTimeout");

  Requests connecting("httpx", {{"connect_timeout", "15ms"}});
  connecting.send(0, 10 * ms);
  connecting.simulator.run(1 * s);
  CHECK(connecting.ended() == Times{15 * ms});
  CHECK(info(connecting.all[0].error).name == "ConnectTimeout");
}

TEST_CASE("a query on an HTTP pool spends its time on the network, and pays for the connections it misses") {
  const auto run_with = [](const Keys& keys) {
    return run({section("http_pool", "httpx", "h", keys),
                query("embed", {{"http_pool", "h"}, {"cpu", exponential("45ms")}}), request("r", steps({{"embed", 1}})),
                section("workload", "open", "w", {{"rate", "100/s"}, {"mix", table({{"r", 1}})}})},
               200 * s);
  };
  const auto mean = [](const core::Recording& seen, const char* stage) {
    return total(seen, {"requests", "r", "stages_s", stage}) / total(seen, {"requests", "r", "completed_per_s"});
  };
  const core::Recording kept = run_with({{"max_keepalive_connections", 100}, {"keepalive_expiry", "1h"}}),
                        dropped = run_with({{"max_keepalive_connections", 0}});
  // 20 000 answers of 45 ms, exponential: within four standard errors of 0.3 ms.
  CHECK(mean(kept, "network") == Approx(0.045).margin(0.0013));
  CHECK(mean(dropped, "network") == Approx(mean(kept, "network")).epsilon(1e-3));  // the same random numbers
  CHECK(mean(kept, "pool_wait") < 0.0001);
  CHECK(mean(dropped, "pool_wait") == Approx(0.020).epsilon(1e-6));
}
