// Pools that change while they run: the tuner's rule and the autoscaler's on a pool that is played, look by look; and
// what a real one does when it grows, shrinks, and instances come and go.

#include "models/pool/pool_scaling.h"
#include "tests/models/pool_users.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A pool whose utilization and waiters are as told, second by second.
struct Played : Scaled {
  explicit Played(core::Simulator& simulator_, int max_, int instances_) : simulator(simulator_) {
    now.max = max_;
    now.instances = instances_;
  }
  PoolUse use() const override {
    PoolUse seen = now;
    const double seconds = core::to_seconds(simulator.now());
    for (int s = 0; s < static_cast<int>(seconds); ++s) {
      seen.utilization_s += utilization(s);
      seen.waiting_s += waiting(s);
    }
    return seen;
  }
  void resize(int max) override { sizes.push_back(now.max = max); }
  void start_instance() override {
    ++now.instances;
    changes.emplace_back(simulator.now(), now.instances);
  }
  void stop_instance() override {
    --now.instances;
    changes.emplace_back(simulator.now(), now.instances);
  }
  core::Simulator& simulator;
  PoolUse now;
  std::function<double(int)> utilization = [](int) { return 0.0; }, waiting = [](int) { return 0.0; };
  std::vector<int> sizes;
  std::vector<std::pair<core::Nanos, int>> changes;
};

constexpr PoolTuner script = {
    .every = 60 * s, .above = 0.8, .grow = 0.2, .below = 0.3, .shrink = 0.1, .min = 5, .max = 30};

}  // namespace

TEST_CASE("the tuner grows by 20 % above 0.8, shrinks by 10 % below 0.3, each minute, within its bounds") {
  core::Simulator simulator;
  Played pool(simulator, 20, 1);
  pool.utilization = [](int second) { return second < 180 ? 0.9 : second < 300 ? 0.5 : 0.2; };
  PoolScaling scaling(simulator, pool, script, std::nullopt);
  scaling.start();
  simulator.run(2000 * s);
  // 20, then 24, 28, 33 cut to 30; nothing for two minutes; 27, 24, 21, 18, ... down to the least.
  const std::vector<int> first(pool.sizes.begin(), pool.sizes.begin() + 7);
  CHECK(first == std::vector<int>{24, 28, 30, 27, 24, 21, 18});
  CHECK(pool.sizes.back() == 5);
  for (std::size_t i = 4; i < pool.sizes.size(); ++i) CHECK(pool.sizes[i] < pool.sizes[i - 1]);
}

TEST_CASE("the tuner moves a small pool by one at least, and no pool away from where it stands") {
  core::Simulator simulator;
  Played small(simulator, 3, 1), idle_small(simulator, 3, 1), large(simulator, 50, 1);
  small.utilization = large.utilization = [](int) { return 1.0; };
  PoolScaling a(simulator, small, script, std::nullopt), b(simulator, idle_small, script, std::nullopt),
      c(simulator, large, script, std::nullopt);
  for (PoolScaling* each : {&a, &b, &c}) each->start();
  simulator.run(130 * s);
  CHECK(small.sizes == std::vector<int>{4, 5});
  CHECK(idle_small.sizes.empty());  // below the least already
  CHECK(large.sizes.empty());       // above the greatest already
}

TEST_CASE("the autoscaler starts what the metric asks for, after the delay, and stops it after the cooldown") {
  core::Simulator simulator;
  Played pool(simulator, 10, 2);
  pool.utilization = [](int second) { return second < 60 ? 1.0 : 0.2; };
  const Autoscale rule = {.target = 0.5, .min = 1, .max = 6, .every = 15 * s, .delay = 30 * s, .cooldown = 300 * s};
  PoolScaling scaling(simulator, pool, std::nullopt, rule);
  scaling.start();
  simulator.run(600 * s);
  // At 15 s: 2 x 1.0 / 0.5 = 4. At 45 s the four are there and still full: ceil(4 x 2) = 8, at most 6.
  // From 75 s on 0.2 / 0.5: ceil(6 x 0.4) = 3, as soon as the change at 45 s is 300 s ago.
  const std::vector<std::pair<core::Nanos, int>> expected = {{45 * s, 3},  {45 * s, 4},  {75 * s, 5}, {75 * s, 6},
                                                             {345 * s, 5}, {345 * s, 4}, {345 * s, 3}};
  CHECK(pool.changes == expected);
}

TEST_CASE("the autoscaler leaves alone what is within a tenth of its target, and can go by waiters") {
  core::Simulator simulator;
  Played near(simulator, 10, 4), waiting(simulator, 10, 4);
  near.utilization = [](int) { return 0.54; };
  waiting.waiting = [](int) { return 40.0; };
  Autoscale rule = {.target = 0.5, .min = 1, .max = 20, .every = 15 * s, .delay = 5 * s, .cooldown = 1000 * s};
  PoolScaling a(simulator, near, std::nullopt, rule);
  rule.metric = Autoscale::Metric::waiting;
  rule.target = 5;
  PoolScaling b(simulator, waiting, std::nullopt, rule);
  a.start();
  b.start();
  simulator.run(21 * s);
  CHECK(near.changes.empty());
  CHECK(waiting.now.instances == 8);  // ten waiters each, twice the target
}

TEST_CASE("a pool that is made larger opens for those who wait, one made smaller lets go on return") {
  PoolUsers users(
      "pg-pool", {{"max", 1}, {"idleTimeoutMillis", "0"}, {"tuner", table({{"every", "1s"}, {"min", 1}, {"max", 2}})}});
  users.use(0, 1400 * ms);
  users.use(1 * ms, 1500 * ms);     // waits until the tuner has seen a full second, opens for 2 ms
  users.use(2000 * ms, 5500 * ms);  // as the first is back: one of two
  users.run(20 * s);
  CHECK(users.granted() == Times{2 * ms, 1002 * ms, 2000 * ms});
  // One of two in use: nothing. A quarter of them in the eighth second: to one, and the one idle longest goes.
  CHECK(users.server.disconnects == std::vector<StandIn::Call>{{8000 * ms, 1}});
  const core::Recording meters = users.read();
  CHECK(total(meters, {"pools", "p", "size"}) == Approx(1 * 1 + 2 * 7 + 1 * 12));
  // All of one until 1 s, then 402 ms, 1500 ms and 5500 ms of one of two.
  CHECK(total(meters, {"pools", "p", "utilization"}) == Approx(0.998 + (0.402 + 1.5 + 5.5) / 2));
}

TEST_CASE("an instance that is started takes its share of requests, one that is stopped is emptied") {
  PoolUsers users(
      "fixed",
      {{"size", 1},
       {"autoscale", table({{"target", 0.5}, {"max", 2}, {"every", "1s"}, {"delay", "100ms"}, {"cooldown", "3s"}})}});
  users.use(10 * ms, 1000 * ms);    // full: a second instance, at 1.1 s
  users.use(1500 * ms, 2000 * ms);  // turns: the first is number 0, this is number 1
  users.use(1600 * ms, 100 * ms);
  users.run(20 * s);
  CHECK(at(users.server.connects) == Times{0, 1100 * ms});
  CHECK(users.granted() == Times{10 * ms, 1500 * ms, 1600 * ms});
  CHECK(users.uses[2].lease == users.uses[0].lease);
  REQUIRE(users.server.disconnects.size() == 1);
  CHECK(users.server.disconnects[0].connection == 1);
  CHECK(total(users.read(), {"pools", "p", "instances"}) ==
        Approx(20 + core::to_seconds(users.server.disconnects[0].at) - 1.1));
}
