// Application pools by the clock, at hand-worked times: who gets which connection and when, what a return costs, what a
// timeout covers. Behind the pool stands a server on which nobody waits; opening a connection takes it 2 ms.

#include <random>

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// People who acquire at a given time, run one statement of a given length, and release.
class PoolUsers : public Bench, private Caller {
 public:
  PoolUsers(const std::string& kind, Keys keys, core::Nanos connect_time = 2 * ms) : server(simulator, connect_time) {
    build.add_endpoint("server.s", server);
    keys.emplace_back("to", "server.s");
    const Section described = section("pool", kind, "p", keys);
    pool = described.spec->make_pool(build, described);
    pool->start();
  }

  struct Use {
    core::Nanos length = 0;
    core::Nanos granted = -1, ended = -1;
    std::uint32_t lease = 0;
    ClientError error = ClientError::none;
  };
  StandIn server;
  std::unique_ptr<Pool> pool;
  std::deque<Use> uses;

  void use(core::Nanos time, core::Nanos length) {
    const auto number = static_cast<std::uint32_t>(uses.size());
    uses.push_back({length});
    at(time, [this, number] { pool->acquire(number, {this, 0, number}); });
  }
  void run(core::Nanos until = core::never) { simulator.run(until); }
  std::vector<core::Nanos> granted() const {
    std::vector<core::Nanos> times;
    for (const Use& one : uses) times.push_back(one.granted);
    return times;
  }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    Use& one = uses[index];
    if (kind == 0 && outcome.error != ClientError::none) {
      one.error = outcome.error;
      one.ended = simulator.now();
    } else if (kind == 0) {
      one.granted = simulator.now();
      one.lease = outcome.value;
      pool->execute(one.lease, {.request = no_request, .cpu = one.length}, {this, 1, index});
    } else {
      one.error = outcome.error;
      one.ended = simulator.now();
      pool->release(one.lease);
    }
  }
};

using Times = std::vector<core::Nanos>;

Times at(const std::vector<StandIn::Call>& calls) {
  Times times;
  for (const StandIn::Call& call : calls) times.push_back(call.at);
  return times;
}

}  // namespace

TEST_CASE("a fixed pool opens everything at the start and serves waiters first in, first out") {
  PoolUsers users("fixed", {{"size", 1}});
  users.use(10 * ms, 5 * ms);
  users.use(11 * ms, 5 * ms);
  users.use(12 * ms, 5 * ms);
  users.run(50 * ms);
  CHECK(at(users.server.connects) == Times{0});
  // One connection: each use begins where the one before ends.
  CHECK(users.granted() == Times{10 * ms, 15 * ms, 20 * ms});
  const core::Recording meters = users.read();
  CHECK(total(meters, {"pools", "p", "acquired_per_s"}) == 3);
  CHECK(total(meters, {"pools", "p", "utilization"}) == Approx(0.015));    // 3 x 5 ms of the one connection
  CHECK(total(meters, {"pools", "p", "waiting"}) == Approx(0.012));        // 4 ms + 8 ms
  CHECK(total(meters, {"pools", "p", "connections"}) == Approx(0.048));    // open from 2 ms to 50 ms
  const core::Histogram wait = histogram(meters, {"pools", "p", "wait_s"});
  CHECK(wait.count() == 3);
  CHECK(wait.mean() == Approx(0.004));                                     // (0 + 4 + 8) / 3 ms
  CHECK(wait.max() == 8 * ms);
}

TEST_CASE("the connection released last is used first") {
  PoolUsers users("fixed", {{"size", 3}});
  users.use(10 * ms, 5 * ms);  // free again at 15, 16 and 17 ms
  users.use(10 * ms, 6 * ms);
  users.use(10 * ms, 7 * ms);
  users.use(20 * ms, 1 * ms);
  users.use(20 * ms, 1 * ms);
  users.run();
  CHECK(at(users.server.connects) == Times{0, 0, 0});
  CHECK(users.uses[3].lease == users.uses[2].lease);
  CHECK(users.uses[4].lease == users.uses[1].lease);
}

TEST_CASE("an asyncpg pool opens min_size ahead and the rest in those who need them, all at once") {
  PoolUsers users("asyncpg", {{"min_size", 1}, {"max_size", 3}, {"reset_query", false}});
  for (int i = 0; i < 4; ++i) users.use(10 * ms, 5 * ms);
  users.run(30 * ms);
  CHECK(at(users.server.connects) == Times{0, 10 * ms, 10 * ms});
  // The first finds one idle, two open for 2 ms each at the same time, the fourth waits for the first to end.
  CHECK(users.granted() == Times{10 * ms, 12 * ms, 12 * ms, 15 * ms});
  CHECK(histogram(users.read(), {"pools", "p", "wait_s"}).mean() == Approx(0.009 / 4));  // 0 + 2 + 2 + 5 ms
}

TEST_CASE("who comes while min_size connections are being opened waits for one of them") {
  PoolUsers users("asyncpg", {{"min_size", 2}, {"max_size", 5}});
  for (int i = 0; i < 3; ++i) users.use(1 * ms, 5 * ms);
  users.run(8 * ms);
  CHECK(at(users.server.connects) == Times{0, 0, 1 * ms});
  CHECK(users.granted() == Times{2 * ms, 2 * ms, 3 * ms});
}

TEST_CASE("an acquire timeout ends a wait in the queue at its exact time") {
  PoolUsers users("asyncpg", {{"min_size", 0}, {"max_size", 1}, {"timeout", "5ms"}, {"reset_query", false}}, 4 * ms);
  users.use(0, 3 * ms);       // opens until 4 ms, holds until 7 ms
  users.use(1 * ms, 1 * ms);  // may wait until 6 ms
  users.use(3 * ms, 1 * ms);  // may wait until 8 ms
  users.run(1 * s);
  CHECK(users.granted() == Times{4 * ms, -1, 7 * ms});
  CHECK(users.uses[1].error == ClientError::asyncpg_timeout);
  CHECK(users.uses[1].ended == 6 * ms);
  const core::Recording meters = users.read();
  CHECK(total(meters, {"pools", "p", "timeouts_per_s"}) == 1);
  CHECK(histogram(meters, {"pools", "p", "wait_s"}).count() == 2);  // of those served
}

TEST_CASE("an acquire timeout covers the opening, and what was opened serves the next") {
  PoolUsers users("asyncpg", {{"min_size", 0}, {"max_size", 1}, {"timeout", "5ms"}}, 8 * ms);
  users.use(0, 1 * ms);
  users.use(6 * ms, 1 * ms);
  users.run(1 * s);
  CHECK(users.uses[0].error == ClientError::asyncpg_timeout);
  CHECK(users.uses[0].ended == 5 * ms);
  CHECK(users.granted() == Times{-1, 8 * ms});
  CHECK(at(users.server.connects) == Times{0});
}

TEST_CASE("an acquire timeout covers queueing and opening together") {
  PoolUsers users("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"timeout", "5ms"}}, 4 * ms);
  users.server.breaking = {0};
  users.use(10 * ms, 3 * ms);  // ends with the connection
  users.use(10 * ms, 1 * ms);  // queues for 3 ms, then opens for 4 ms
  users.run(1 * s);
  CHECK(at(users.server.connects) == Times{0, 13 * ms});
  CHECK(users.uses[1].error == ClientError::asyncpg_timeout);
  CHECK(users.uses[1].ended == 15 * ms);
}

TEST_CASE("a fixed pool's timeout has a name of its own") {
  PoolUsers users("fixed", {{"size", 1}, {"timeout", "1ms"}});
  users.use(10 * ms, 5 * ms);
  users.use(10 * ms, 5 * ms);
  users.run();
  CHECK(info(users.uses[1].error).name == "pool_timeout");
  CHECK(users.uses[1].ended == 11 * ms);
}

TEST_CASE("the reset on return is a round trip with the connection still held") {
  PoolUsers users("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"round_trip", "2ms"}, {"reset_cpu", "1ms"}});
  users.use(10 * ms, 5 * ms);  // at the server 11..16 ms, back at 17 ms; reset 18..19 ms, free at 20 ms
  users.use(12 * ms, 5 * ms);  // at the server from 21 ms
  users.run(20 * ms + 500 * us);
  CHECK(users.uses[0].ended == 17 * ms);
  CHECK(users.granted() == Times{10 * ms, 20 * ms});
  CHECK(at(users.server.executes) == Times{11 * ms, 18 * ms});
  CHECK(total(users.read(), {"pools", "p", "utilization"}) == Approx(0.0105));  // held from 10 ms on
}

TEST_CASE("a connection is closed by the release that finds max_queries statements run, resets included") {
  PoolUsers users("asyncpg", {{"min_size", 1}, {"max_size", 1}, {"max_queries", 3}, {"reset_cpu", "1ms"}});
  for (int i = 0; i < 3; ++i) users.use((1 + i) * 10 * ms, 5 * ms);
  users.run(100 * ms);
  // 1 statement and reset, then a third statement: closed at 25 ms without a reset. The third user opens another.
  CHECK(at(users.server.executes) == Times{10 * ms, 15 * ms, 20 * ms, 32 * ms, 37 * ms});
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{25 * ms, 0}});
  CHECK(at(users.server.connects) == Times{0, 30 * ms});
}

TEST_CASE("an idle connection is closed max_inactive_connection_lifetime after its last use") {
  PoolUsers users("asyncpg", {{"min_size", 2}, {"max_size", 2}, {"max_inactive_connection_lifetime", "1s"},
                              {"reset_query", false}});
  users.use(600 * ms, 5 * ms);   // uses one, idle again at 605 ms
  users.use(5000 * ms, 5 * ms);  // finds none: min_size is not kept
  users.run(5500 * ms);
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{1002 * ms, 0}, {1605 * ms, 1}});
  CHECK(at(users.server.connects) == Times{0, 0, 5000 * ms});
  CHECK(users.uses[1].granted == 5002 * ms);
}

TEST_CASE("requests are dealt to the instances in turn and stay there") {
  PoolUsers users("fixed", {{"size", 1}, {"instances", 2}});
  users.use(10 * ms, 50 * ms);
  users.use(11 * ms, 1 * ms);
  users.use(20 * ms, 1 * ms);  // the first instance's turn, though the second is free
  users.use(21 * ms, 1 * ms);
  users.run();
  CHECK(at(users.server.connects) == Times{0, 0});
  CHECK(users.granted() == Times{10 * ms, 11 * ms, 60 * ms, 21 * ms});
}

TEST_CASE("a broken connection is opened anew by the first who waits") {
  PoolUsers users("fixed", {{"size", 1}});
  users.server.breaking = {0};
  users.use(10 * ms, 5 * ms);
  users.use(11 * ms, 5 * ms);
  users.run();
  CHECK(users.uses[0].error == ClientError::query_wait_timeout);
  CHECK(users.server.disconnects.empty());  // it is gone already
  CHECK(at(users.server.connects) == Times{0, 15 * ms});
  CHECK(users.uses[1].granted == 17 * ms);
}

TEST_CASE("a failed opening goes to its acquirer, and the next waiter tries") {
  PoolUsers users("asyncpg", {{"min_size", 0}, {"max_size", 1}});
  users.server.connect_errors = {ClientError::too_many_clients};
  users.use(0, 5 * ms);
  users.use(1 * ms, 5 * ms);
  users.run(1 * s);
  CHECK(users.uses[0].error == ClientError::too_many_clients);
  CHECK(users.uses[0].ended == 2 * ms);
  CHECK(at(users.server.connects) == Times{0, 2 * ms});
  CHECK(users.uses[1].granted == 4 * ms);
  CHECK(total(users.read(), {"pools", "p", "connect_errors_per_s"}) == 1);
}

TEST_CASE("whoever waits is never overtaken") {
  PoolUsers users("fixed", {{"size", 3}});
  std::mt19937 random(7);
  core::Nanos time = 10 * ms;
  for (int i = 0; i < 2000; ++i) {
    time += random() % 4 * ms;  // many fall on the very millisecond of a release
    users.use(time, (1 + random() % 8) * ms);
  }
  users.run();
  const Times granted = users.granted();
  CHECK(std::is_sorted(granted.begin(), granted.end()));
  CHECK(granted.back() > time);  // there was a queue
}
