// Application pools by the clock, at hand-worked times: who gets which connection and when, what a return costs, what a
// timeout covers. Behind the pool stands a server on which nobody waits; opening a connection takes it 2 ms.

#include <random>

#include "tests/models/pool_users.h"

using namespace capplan;
using namespace capplan::models;

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
  CHECK(total(meters, {"pools", "p", "utilization"}) == Approx(0.015));  // 3 x 5 ms of the one connection
  CHECK(total(meters, {"pools", "p", "waiting"}) == Approx(0.012));      // 4 ms + 8 ms
  CHECK(total(meters, {"pools", "p", "connections"}) == Approx(0.048));  // open from 2 ms to 50 ms
  const core::Histogram wait = histogram(meters, {"pools", "p", "wait_s"});
  CHECK(wait.count() == 3);
  CHECK(wait.mean() == Approx(0.004));  // (0 + 4 + 8) / 3 ms
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
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 1}, {"max_size", 3}, {"reset_query", false}});
  for (int i = 0; i < 4; ++i) users.use(10 * ms, 5 * ms);
  users.run(30 * ms);
  CHECK(at(users.server.connects) == Times{0, 10 * ms, 10 * ms});
  // The first finds one idle, two open for 2 ms each at the same time, the fourth waits for the first to end.
  CHECK(users.granted() == Times{10 * ms, 12 * ms, 12 * ms, 15 * ms});
  CHECK(histogram(users.read(), {"pools", "p", "wait_s"}).mean() == Approx(0.009 / 4));  // 0 + 2 + 2 + 5 ms
}

TEST_CASE("the first of min_size connections is opened alone, the others together when it is there") {
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 4}, {"max_size", 5}});
  users.run(10 * ms);
  CHECK(at(users.server.connects) == Times{0, 2 * ms, 2 * ms, 2 * ms});
}

TEST_CASE("where the first of them fails nobody tries the others") {
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 4}, {"max_size", 5}}, 2 * ms,
                  {ClientError::too_many_clients});
  users.use(1 * ms, 5 * ms);  // counts on one of them until then
  users.run(20 * ms);
  CHECK(at(users.server.connects) == Times{0, 2 * ms});
  CHECK(users.granted() == Times{4 * ms});
}

TEST_CASE("who comes while min_size connections are being opened waits for all of them") {
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 2}, {"max_size", 5}});
  for (int i = 0; i < 3; ++i) users.use(1 * ms, 5 * ms);
  users.run(7 * ms);
  CHECK(at(users.server.connects) == Times{0, 2 * ms, 4 * ms});  // create_pool returns at 4 ms, the third opens one
  CHECK(users.granted() == Times{4 * ms, 4 * ms, 6 * ms});
}

TEST_CASE("an acquire timeout ends a wait in the queue at its exact time") {
  PoolUsers users("asyncpg",
                  {{"wakeup", "0"}, {"min_size", 0}, {"max_size", 1}, {"timeout", "5ms"}, {"reset_query", false}},
                  4 * ms);
  users.use(0, 3 * ms);       // opens until 4 ms, holds until 7 ms
  users.use(1 * ms, 1 * ms);  // may wait until 6 ms
  users.use(3 * ms, 1 * ms);  // may wait until 8 ms
  users.run(1 * s);
  CHECK(users.granted() == Times{4 * ms, -1, 7 * ms});
  CHECK(users.uses[1].error == ClientError::asyncpg_timeout);
  CHECK(users.uses[1].ended == 6 * ms);
  const core::Recording meters = users.read();
  CHECK(total(meters, {"pools", "p", "timeouts_per_s"}) == 1);
  CHECK(histogram(meters, {"pools", "p", "wait_s"}).count() == 3);  // of who gave up too
  CHECK(histogram(meters, {"pools", "p", "wait_s"}).max() == 5 * ms);
}

TEST_CASE("an acquire timeout covers the opening, which is given up with it") {
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 0}, {"max_size", 1}, {"timeout", "5ms"}}, 8 * ms);
  users.use(0, 1 * ms);
  users.use(4 * ms, 1 * ms);  // waits until the first has given up, opens, and comes too late itself
  users.run(1 * s);
  CHECK(users.uses[0].error == ClientError::asyncpg_timeout);
  CHECK(users.uses[0].ended == 5 * ms);
  CHECK(users.granted() == Times{-1, -1});
  CHECK(users.uses[1].ended == 9 * ms);
  CHECK(at(users.server.connects) == Times{0, 5 * ms});
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{8 * ms, 0}, {13 * ms, 1}});
  const core::Recording meters = users.read();
  CHECK(total(meters, {"pools", "p", "timeouts_per_s"}) == 2);
  CHECK(total(meters, {"pools", "p", "connections"}) == 0);  // nobody ever had one
}

TEST_CASE("what a fixed pool opens too late for one serves the next") {
  PoolUsers users("fixed", {{"size", 1}, {"timeout", "5ms"}}, 8 * ms);
  users.server.breaking = {0};
  users.use(10 * ms, 1 * ms);             // ends with the connection
  users.use(10 * ms + 500 * us, 1 * ms);  // opens it anew from 11 ms on, may wait until 15.5 ms
  users.use(16 * ms, 1 * ms);
  users.run(1 * s);
  CHECK(users.uses[1].ended == 15 * ms + 500 * us);
  CHECK(users.granted() == Times{10 * ms, -1, 19 * ms});
  CHECK(at(users.server.connects) == Times{0, 11 * ms});
}

TEST_CASE("an acquire timeout covers queueing and opening together") {
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 1}, {"max_size", 1}, {"timeout", "5ms"}}, 4 * ms);
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
  PoolUsers users("asyncpg",
                  {{"wakeup", "0"}, {"min_size", 1}, {"max_size", 1}, {"round_trip", "2ms"}, {"reset_cpu", "1ms"}});
  users.use(10 * ms, 5 * ms);  // at the server 11..16 ms, back at 17 ms; reset 18..19 ms, free at 20 ms
  users.use(12 * ms, 5 * ms);  // at the server from 21 ms
  users.run(20 * ms + 500 * us);
  CHECK(users.uses[0].ended == 17 * ms);
  CHECK(users.granted() == Times{10 * ms, 20 * ms});
  CHECK(at(users.server.executes) == Times{11 * ms, 18 * ms});
  CHECK(total(users.read(), {"pools", "p", "utilization"}) == Approx(0.0105));  // held from 10 ms on
}

TEST_CASE("a connection is closed by the release that finds max_queries statements run, resets included") {
  PoolUsers users("asyncpg",
                  {{"wakeup", "0"}, {"min_size", 1}, {"max_size", 1}, {"max_queries", 3}, {"reset_cpu", "1ms"}});
  for (int i = 0; i < 3; ++i) users.use((1 + i) * 10 * ms, 5 * ms);
  users.run(100 * ms);
  // 1 statement and reset, then a third statement: closed at 25 ms without a reset. The third user opens another.
  CHECK(at(users.server.executes) == Times{10 * ms, 15 * ms, 20 * ms, 32 * ms, 37 * ms});
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{25 * ms, 0}});
  CHECK(at(users.server.connects) == Times{0, 30 * ms});
}

TEST_CASE("an idle connection is closed max_inactive_connection_lifetime after its last use") {
  PoolUsers users("asyncpg", {{"wakeup", "0"},
                              {"min_size", 2},
                              {"max_size", 2},
                              {"max_inactive_connection_lifetime", "1s"},
                              {"reset_query", false}});
  users.use(600 * ms, 5 * ms);   // uses one, idle again at 605 ms
  users.use(5000 * ms, 5 * ms);  // finds none: min_size is not kept
  users.run(5500 * ms);
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{1002 * ms, 0}, {1605 * ms, 1}});
  CHECK(at(users.server.connects) == Times{0, 2 * ms, 5000 * ms});
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
  PoolUsers users("asyncpg", {{"wakeup", "0"}, {"min_size", 0}, {"max_size", 1}});
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

TEST_CASE("connect_jitter spreads openings that would be in lockstep, one by one and the same each time") {
  const auto connects = [](const char* jitter) {
    PoolUsers users("fixed", {{"size", 5}, {"instances", 4}, {"connect_jitter", jitter}});
    users.run(1 * s);
    return at(users.server.connects);
  };
  CHECK(connects("0") == Times(20, 0));
  const Times spread = connects("100ms");
  CHECK(spread == connects("100ms"));
  CHECK(std::set<core::Nanos>(spread.begin(), spread.end()).size() == 20);
  CHECK(spread.back() <= 100 * ms);
  CHECK(spread.back() - spread.front() > 40 * ms);  // 20 even draws within 40 of 100 ms: 1 in 10^6
}

TEST_CASE("who gives up while an opening is on its way to the server leaves no trace there") {
  PoolUsers users("asyncpg",
                  {{"wakeup", "0"}, {"min_size", 0}, {"max_size", 1}, {"timeout", "1us"}, {"connect_jitter", "10s"}});
  users.use(0, 1 * ms);
  users.run(20 * s);
  CHECK(users.uses[0].error == ClientError::asyncpg_timeout);
  CHECK(users.server.connects.empty());
  CHECK(users.server.disconnects.empty());
}

TEST_CASE("any idle connection may be the one that is taken") {
  PoolUsers users("fixed", {{"size", 3}, {"reuse", "random"}});
  for (int i = 0; i < 300; ++i) users.use((1 + i) * 10 * ms, 1 * ms);
  users.run();
  std::map<std::uint32_t, int> times;
  for (const PoolUsers::Use& one : users.uses) ++times[one.lease];
  CHECK(times.size() == 3);
  for (const auto& [lease, count] : times) CHECK(std::abs(count - 100) < 4 * 8.2);  // binomial: sd 8.2
}

TEST_CASE("with a wake-up that takes time, who comes within it takes the connection, and the woken waiter goes last") {
  PoolUsers users("sqlalchemy",
                  {{"pool_size", 1}, {"max_overflow", 0}, {"reset_on_return", "none"}, {"wakeup", "1ms"}});
  users.use(8 * ms, 5 * ms);              // opens until 10 ms, free at 15 ms
  users.use(11 * ms, 5 * ms);             // woken at 15 ms, looks at 16 ms, finds nothing
  users.use(12 * ms, 5 * ms);             // woken at 20.5 ms, and has it at 21.5 ms
  users.use(15 * ms + 500 * us, 5 * ms);  // finds it free
  users.run(50 * ms);
  CHECK(users.granted() == Times{10 * ms, 27 * ms + 500 * us, 21 * ms + 500 * us, 15 * ms + 500 * us});
  CHECK(total(users.read(), {"pools", "p", "waiting"}) ==
        Approx((4 + 8.5 + 10.5) * 1e-3));  // on the way is not in line
}

TEST_CASE("who was overtaken keeps the deadline that it came with") {
  PoolUsers users("sqlalchemy", {{"pool_size", 1},
                                 {"max_overflow", 0},
                                 {"reset_on_return", "none"},
                                 {"wakeup", "1ms"},
                                 {"pool_timeout", "10ms"}});
  users.use(8 * ms, 5 * ms);
  users.use(11 * ms, 5 * ms);
  users.use(15 * ms + 500 * us, 9 * ms);
  users.use(17 * ms, 5 * ms);
  users.run(50 * ms);
  CHECK(users.uses[1].error == ClientError::sqlalchemy_timeout);
  CHECK(users.uses[1].ended == 21 * ms);
  CHECK(users.granted() == Times{10 * ms, -1, 15 * ms + 500 * us, 25 * ms + 500 * us});
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
