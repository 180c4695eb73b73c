// A semaphore, a bulkhead and a pool of workers against their closed forms; who waits, leaves and is sent away by hand.

#include "models/service/semaphore.h"

#include "core/queueing.h"
#include "tests/models/replications.h"

using namespace capplan;
using namespace capplan::models;

namespace {

Raw calling(const char* name = "call.c") { return List{Raw(table({{"call", name}}))}; }

Section load(const char* rate, const char* name = "r") {
  return section("workload", "open", "w", {{"rate", rate}, {"mix", table({{name, 1}})}});
}

/// Users of a semaphore of `permits` who come, stay, and write down how they fared: "in 3" at 20 ms.
struct Users : Script, private Caller {
  explicit Users(const SemaphoreRules& rules) : semaphore(simulator, rules) {}
  Semaphore semaphore;
  std::vector<std::string> log;

  void come(core::Nanos time, int who, core::Nanos stay) {
    stays[who] = stay;
    at(time, [=, this] {
      switch (semaphore.enter({this, 0, static_cast<std::uint32_t>(who)}, tickets[who])) {
        case Semaphore::Entry::in:
          return enters(who);
        case Semaphore::Entry::refused:
          return write("refused", who);
        case Semaphore::Entry::waits:
          return;
      }
    });
  }
  std::map<int, std::uint32_t> tickets;

 private:
  std::map<int, core::Nanos> stays;
  void write(const std::string& what, int who) {
    log.push_back(what + " " + std::to_string(who) + " at " + std::to_string(simulator.now() / ms));
  }
  void enters(int who) {
    write("in", who);
    at(simulator.now() + stays[who], [this] { semaphore.leave(); });
  }
  void on_reply(std::uint32_t, std::uint32_t who, Outcome outcome) override {
    if (outcome.error == ClientError::none)
      enters(static_cast<int>(who));
    else
      write(outcome.error == ClientError::codel_shed ? "shed" : "gave up", static_cast<int>(who));
  }
};

}  // namespace

TEST_CASE("permits go to the first in line; who finds no room is refused; who is out of patience leaves") {
  Users users({.permits = 2, .max_waiting = 2, .max_wait = 15 * ms, .timeout_error = ClientError::queue_timeout});
  users.come(0, 1, 10 * ms);
  users.come(1 * ms, 2, 30 * ms);
  users.come(2 * ms, 3, 50 * ms);
  users.come(3 * ms, 4, 10 * ms);
  users.come(4 * ms, 5, 10 * ms);
  users.come(12 * ms, 6, 10 * ms);
  users.simulator.run();
  CHECK(users.log == std::vector<std::string>{"in 1 at 0", "in 2 at 1", "refused 5 at 4", "in 3 at 10",
                                              "gave up 4 at 18", "gave up 6 at 27"});
}

TEST_CASE("who is taken out of the line is passed over") {
  Users users({.permits = 1});
  users.come(0, 1, 10 * ms);
  users.come(1 * ms, 2, 10 * ms);
  users.come(2 * ms, 3, 10 * ms);
  users.at(5 * ms, [&] { users.semaphore.cancel(users.tickets[2]); });
  users.simulator.run();
  CHECK(users.log == std::vector<std::string>{"in 1 at 0", "in 3 at 10"});
}

TEST_CASE("controlled delay sends away who waited twice the target once a whole interval had no short wait") {
  // One permit, 10 ms each, two come every 10 ms: the wait of the n-th grows by 5 ms from one to the next.
  Users users({.permits = 1, .codel = Codel(5 * ms, 50 * ms)});
  for (int i = 0; i < 40; ++i) users.come(i * 5 * ms, i, 10 * ms);
  users.simulator.run();
  const auto shed = std::count_if(users.log.begin(), users.log.end(), [](const auto& l) { return l[0] == 's'; });
  const auto served = std::count_if(users.log.begin(), users.log.end(), [](const auto& l) { return l[0] == 'i'; });
  // Intervals end at 60, 120 and 180 ms. The least wait of the first is its first, 5 ms, no congestion; of the second
  // 35 ms: so from 130 ms on, but for the first of each interval, who waited more than 10 ms goes: 14 to 25, then every
  // other one until the interval of 190 ms lets 35 in, then 36, 37 and 39.
  CHECK(shed == 12 + 4 + 3);
  CHECK(served == 21);
  CHECK(users.log[14] == "shed 14 at 140");
  // With a little less than one permit can serve nobody is.
  Users few({.permits = 1, .codel = Codel(5 * ms, 50 * ms)});
  for (int i = 0; i < 40; ++i) few.come(i * 11 * ms, i, 10 * ms);
  few.simulator.run();
  CHECK(few.log.size() == 40);
  for (const std::string& line : few.log) CHECK(line[0] == 'i');
}

TEST_CASE("the semaphore of a call is M/M/c, with a patience M/M/c+D, with limited room M/M/c/K") {
  const core::MarkovQueue queue{320, 100, 4};
  const Replications endless({section("call", "", "c", {{"time", exponential("10ms")}, {"concurrency", 4}}),
                              request("r", calling()), load("320/s")});
  endless.check_mean({"calls", "c", "wait_s"}, core::mmc(queue).mean_wait);
  endless.check_mean({"calls", "c", "latency_s"}, core::mmc(queue).mean_response);
  endless.check_rate({"calls", "c", "waiting"}, core::mmc(queue).mean_waiting);
  endless.check_rate({"calls", "c", "utilization"}, 3.2);
  endless.check_rate({"requests", "r", "stages_s", "call"}, 320 * 0.01);
  endless.check_rate({"requests", "r", "stages_s", "call_wait"}, 320 * core::mmc(queue).mean_wait);

  const core::MarkovQueue heavy{480, 100, 4};
  const Replications hasty(
      {section("call", "", "c", {{"time", exponential("10ms")}, {"concurrency", 4}, {"max_wait", "5ms"}}),
       request("r", calling()), load("480/s")});
  hasty.check_rate({"requests", "r", "errors", "semaphore timeout (max_wait)"},
                   480 * core::mmc_timeout(heavy, 0.005).loss);
  const core::QueueFigures limited = core::mmc_timeout(heavy, 0.005);  // its wait is that of those served
  hasty.check_mean({"calls", "c", "wait_s"}, (1 - limited.loss) * limited.mean_wait + limited.loss * 0.005);

  const Replications narrow(
      {section("call", "", "c", {{"time", exponential("10ms")}, {"concurrency", 4}, {"max_waiting", 6}}),
       request("r", calling()), load("480/s")});
  narrow.check_rate({"requests", "r", "errors", "semaphore full (max_waiting)"}, 480 * core::mmck(heavy, 10).loss);
}

TEST_CASE("calls in parallel share the semaphore, and the request goes on with the last of them") {
  const auto seen = [](bool parallel) {
    return run({section("call", "", "c", {{"time", "10ms"}, {"concurrency", 10}}),
                request("r", List{Raw(table({{"call", "call.c"}, {"times", 25}, {"parallel", parallel}})),
                                  Raw(table({{"call", "call.c"}}))}),
                requests_at({100 * ms})},
               1 * s);
  };
  const core::Recording together = seen(true), in_turn = seen(false);
  CHECK(histogram(together, {"requests", "r", "latency_s"}).max() == 40 * ms);  // 10, 10 and 5 at a time, and one more
  CHECK(histogram(in_turn, {"requests", "r", "latency_s"}).max() == 260 * ms);
  for (const core::Recording& recording : {together, in_turn})
    CHECK(total(recording, {"calls", "c", "utilization"}) == Approx(0.260));
  CHECK(total(together, {"requests", "r", "stages_s", "call"}) == Approx(0.040));
  CHECK(histogram(together, {"calls", "c", "wait_s"}).mean() == Approx((10 * 0.010 + 5 * 0.020) / 26));
}

TEST_CASE("an exponential statement behind max_in_flight is M/M/1/K, whatever queues inside") {
  const core::QueueFigures expected = core::mmck({120, 100, 1}, 5);
  std::vector<Section> sections = {server({{"cores", 1}}),
                                   section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 1}}),
                                   query("q", {{"pool", "p"}, {"cpu", exponential("10ms")}}),
                                   request("r", steps({{"q", 1}}), {{"max_in_flight", 5}}), load("120/s")};
  const Replications seen(sections);
  seen.check_rate({"requests", "r", "shed_ratio"}, 120 * expected.loss);
  seen.check_rate({"requests", "r", "errors", "503 shed (max_in_flight)"}, 120 * expected.loss);
  seen.check_rate({"requests", "r", "completed_per_s"}, expected.throughput);
  seen.check_mean({"requests", "r", "latency_s"}, expected.mean_response);
}

TEST_CASE("a bulkhead is M/M/c and books its wait as the queue") {
  const core::MarkovQueue queue{320, 100, 4};
  const Replications seen({section("call", "", "c", {{"time", exponential("10ms")}}),
                           request("r", calling(), {{"bulkhead", table({{"max_concurrent", 4}})}}), load("320/s")});
  seen.check_mean({"requests", "r", "latency_s"}, core::mmc(queue).mean_response);
  seen.check_rate({"requests", "r", "stages_s", "queue"}, 320 * core::mmc(queue).mean_wait);
  seen.check_rate({"requests", "r", "bulkhead_waiting"}, core::mmc(queue).mean_waiting);
  seen.check_rate({"requests", "r", "bulkhead_utilization"}, 3.2);
}

TEST_CASE("workers behind a queue are M/M/c, and the request that fills it does not wait for them") {
  const core::MarkovQueue queue{320, 100, 4};
  const Replications seen(
      {section("call", "", "fast", {{"time", "1ms"}}), section("call", "", "slow", {{"time", exponential("10ms")}}),
       section("workers", "", "celery", {{"concurrency", 4}}),
       section("job", "", "j", {{"steps", calling("call.slow")}, {"workers", "workers.celery"}}),
       request("r", List{Raw(table({{"call", "call.fast"}})), Raw(table({{"enqueue", "job.j"}, {"times", 2}}))}),
       load("160/s")});
  CHECK(histogram(seen.recordings[0], {"requests", "r", "latency_s"}).max() == 1 * ms);
  // Two jobs at a time: a batch of two waits longer than single ones. Bounds: M/M/c, and twice the wait.
  seen.check_rate({"jobs", "j", "completed_per_s"}, 320);
  seen.check_rate({"workers", "celery", "utilization"}, 3.2);
  const Replications single({section("call", "", "slow", {{"time", exponential("10ms")}}),
                             section("workers", "", "celery", {{"concurrency", 4}}),
                             section("job", "", "j", {{"steps", calling("call.slow")}, {"workers", "workers.celery"}}),
                             request("r", List{Raw(table({{"enqueue", "job.j"}}))}), load("320/s")});
  single.check_mean({"workers", "celery", "wait_s"}, core::mmc(queue).mean_wait);
  single.check_mean({"jobs", "j", "latency_s"}, core::mmc(queue).mean_response);
  single.check_rate({"workers", "celery", "waiting"}, core::mmc(queue).mean_waiting);
  single.check_rate({"jobs", "j", "stages_s", "queue"}, 320 * core::mmc(queue).mean_wait);
}
