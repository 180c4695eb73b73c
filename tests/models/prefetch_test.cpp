// Workers that prefetch: who gets which job at hand-worked times, and the two closed forms between which Celery lies.

#include "models/service/prefetching_workers.h"

#include <cmath>

#include "core/queueing.h"
#include "tests/models/replications.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// Jobs that come, take a worker for a given time, and write down where and when they began: "2 on 0 at 10".
struct Jobs : Script, private Caller {
  explicit Jobs(const PrefetchRules& rules) : workers(simulator, rules) {}
  PrefetchingWorkers workers;
  std::vector<std::string> log;
  std::map<int, std::uint32_t> tickets;

  void come(core::Nanos time, int job, core::Nanos length) {
    lengths[job] = length;
    at(time, [=, this] {
      const auto entry = workers.enter({this, 0, static_cast<std::uint32_t>(job)}, tickets[job]);
      if (entry == Gate::Entry::in) begins(job, tickets[job]);
      if (entry == Gate::Entry::refused) log.push_back(std::to_string(job) + " refused");
    });
  }

 private:
  std::map<int, core::Nanos> lengths;
  void begins(int job, std::uint32_t node) {
    log.push_back(std::to_string(job) + " on " + std::to_string(node) + " at " + std::to_string(simulator.now() / ms));
    at(simulator.now() + lengths[job], [=, this] { workers.leave(node); });
  }
  void on_reply(std::uint32_t, std::uint32_t job, Outcome outcome) override {
    begins(static_cast<int>(job), outcome.value);
  }
};

using Log = std::vector<std::string>;

std::vector<Section> celery(const Keys& keys, const char* rate) {
  return {section("call", "", "c", {{"time", exponential("10ms")}}),
          section("workers", "", "k", changed({{"concurrency", 4}}, keys)),
          section("job", "", "j", {{"workers", "k"}, {"steps", List{Raw(table({{"call", "call.c"}}))}}}),
          request("r", List{Raw(table({{"enqueue", "job.j"}}))}),
          section("workload", "open", "w", {{"rate", rate}, {"mix", table({{"r", 1}})}})};
}

}  // namespace

TEST_CASE("a job that a node has taken waits behind a long one there, while another node is free") {
  const auto ran = [](std::size_t window, bool late) {
    Jobs jobs({.nodes = 2, .of_node = 1, .window = window, .acks_late = late});
    jobs.come(0, 1, 100 * ms);
    jobs.come(0, 2, 10 * ms);
    jobs.come(1 * ms, 3, 10 * ms);
    jobs.come(2 * ms, 4, 10 * ms);
    jobs.come(3 * ms, 5, 10 * ms);
    jobs.simulator.run();
    return jobs.log;
  };
  // Node 0 has taken job 3, node 1 job 4; job 5 is the broker's until node 1 has begun job 4 and takes it.
  CHECK(ran(1, false) == Log{"1 on 0 at 0", "2 on 1 at 0", "4 on 1 at 10", "5 on 1 at 20", "3 on 0 at 100"});
  // Nobody takes what he cannot begin.
  CHECK(ran(1, true) == Log{"1 on 0 at 0", "2 on 1 at 0", "3 on 1 at 10", "4 on 1 at 20", "5 on 1 at 30"});
  // A window of two that counts what runs is one that does not count it.
  CHECK(ran(2, true) == ran(1, false));
  // Everything is dealt in turn: 3 and 5 to node 0.
  CHECK(ran(1000, false) == Log{"1 on 0 at 0", "2 on 1 at 0", "4 on 1 at 10", "3 on 0 at 100", "5 on 0 at 110"});
}

TEST_CASE("the workers of one node share what it has taken, and who waits no longer is passed over") {
  Jobs jobs({.nodes = 1, .of_node = 2, .window = 2, .max_waiting = 3});
  jobs.come(0, 1, 100 * ms);
  jobs.come(0, 2, 10 * ms);
  for (int i = 3; i <= 6; ++i) jobs.come(i * ms, i, 10 * ms);  // two taken, one the broker's, one too many
  jobs.at(8 * ms, [&] { jobs.workers.cancel(jobs.tickets[3]); });
  jobs.come(9 * ms, 7, 10 * ms);
  jobs.simulator.run();
  CHECK(jobs.log == Log{"1 on 0 at 0", "2 on 0 at 0", "6 refused", "4 on 0 at 10", "5 on 0 at 20", "7 on 0 at 30"});
}

TEST_CASE("with acks_late and a multiplier of 1 workers are M/M/c, without limit each node has a queue of its own") {
  const core::MarkovQueue queue{320, 100, 4};
  const Replications reserve_nothing(
      celery({{"nodes", 2}, {"worker_prefetch_multiplier", 1}, {"acks_late", true}}, "320/s"));
  reserve_nothing.check_mean({"workers", "k", "wait_s"}, core::mmc(queue).mean_wait);
  reserve_nothing.check_rate({"workers", "k", "waiting"}, core::mmc(queue).mean_waiting);
  reserve_nothing.check_rate({"workers", "k", "utilization"}, 3.2);
  reserve_nothing.check_rate({"workers", "k", "reserved"}, 0);

  // Every fourth of 280 a second: Erlang-4 arrivals. GI/M/1: sigma = A*(mu (1 - sigma)), wait sigma / (mu (1 - sigma)).
  double sigma = 0.5;
  for (int i = 0; i < 1000; ++i) sigma = std::pow(280 / (280 + 100 * (1 - sigma)), 4);
  const Replications dealt(celery({{"nodes", 4}, {"worker_prefetch_multiplier", 0}}, "280/s"));
  dealt.check_mean({"workers", "k", "wait_s"}, sigma / (100 * (1 - sigma)));
  dealt.check_rate({"workers", "k", "reserved"}, 280 * sigma / (100 * (1 - sigma)));
}

TEST_CASE("what prefetching workers cannot be is refused") {
  const auto made = [](const Keys& keys) { return section("workers", "", "k", keys); };
  CHECK_NOTHROW(made({{"concurrency", 8}, {"nodes", 4}, {"worker_prefetch_multiplier", 4}}));
  CHECK_THROWS_AS(made({{"concurrency", 8}, {"nodes", 3}, {"worker_prefetch_multiplier", 4}}), core::InputError);
  CHECK_THROWS_AS(made({{"nodes", 2}}), core::InputError);
  CHECK_THROWS_AS(made({{"acks_late", true}}), core::InputError);
}
