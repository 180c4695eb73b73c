// Common random numbers: the n-th request comes at the same time, is of the same class and costs the same under every
// configuration, so that the difference of two answers is not the chance of their draws.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// What statement k of request n cost: [n][k].
using Costs = std::map<std::uint64_t, std::vector<core::Nanos>>;

/// A pool that never makes anybody wait, whose statements take `slowness` times their demand, and that remembers whose
/// statement cost what.
class Observer : public Bench, public Pool {
 public:
  explicit Observer(int slowness) : walk(simulator, accounts), slowness_(slowness) {
    for (const char* name : {"a", "b"})
      walk.queries.push_back({.pool = this,
                              .cpu = core::Distribution::lognormal(0.001, 1),
                              .cpu_stream = build.stream(name, "cpu"),
                              .cold_stream = build.stream(name, "cold"),
                              .io_stream = build.stream(name, "io"),
                              .executed = &counter_,
                              .latency = &histogram_});
    RequestClass request{.per_request = true, .key_stream = build.stream("r", "keys")};
    request.steps.push_back({0, 2});
    request.steps.push_back({1, 3});
    request.pool = this;
    request.offered = request.completed = request.ended = request.failed = &counter_;
    request.latency = &histogram_;
    request.stages.assign(stage_names.size(), &counter_);
    request.breakdown = &breakdown_;
    walk.classes.push_back(std::move(request));
  }
  Walk walk;
  Costs costs;
  std::size_t most_inside = 0;

  void arrive(core::Nanos time, Workload& from, std::uint64_t number) {
    at(time, [=, this, &from] {
      arriving_ = number;
      walk.arrive(from, 42, {0, 0, number});
    });
  }
  void start() override {}
  void acquire(std::uint64_t, Reply reply) override {
    most_inside = std::max(most_inside, ++inside_);
    numbers_.push_back(arriving_);
    reply({ClientError::none, static_cast<std::uint32_t>(numbers_.size() - 1)});
  }
  void execute(std::uint32_t lease, const Statement& statement, Reply reply) override {
    costs[numbers_[lease]].push_back(statement.cpu);
    at(simulator.now() + statement.cpu * slowness_, [reply] { reply({}); });
  }
  void discard(std::uint32_t) override { --inside_; }
  void release(std::uint32_t, Reply done) override {
    --inside_;
    done({});
  }
  bool release_takes_time() const override { return false; }

 private:
  int slowness_;
  std::uint64_t arriving_ = 0;
  std::size_t inside_ = 0;
  std::vector<std::uint64_t> numbers_;  // of the request that holds a lease
  core::Counter counter_;
  core::Breakdown breakdown_;
  core::Histogram histogram_;
};

struct Nobody : Workload {
  void start() override {}
  void finished(std::uint32_t, bool) override {}
};

/// The same service with other pools and cores.
core::Recording service(int cores, int pool, const Section& workload, bool third_class = false) {
  std::vector<Section> sections = {server({{"cores", cores}}),
                                   section("pool", "fixed", "p", {{"to", "server.s"}, {"size", pool}}),
                                   query("a", {{"pool", "p"}, {"cpu", exponential("2ms")}}),
                                   query("b", {{"pool", "p"}, {"cpu", exponential("1ms")}, {"io", exponential("3ms")}}),
                                   request("x", steps({{"a", 1}, {"b", 2}})),
                                   request("y", steps({{"b", 1}}))};
  if (third_class) {
    sections.push_back(request("z", steps({{"a", 1}})));
    sections.push_back(section("workload", "open", "more", {{"rate", "50/s"}, {"mix", table({{"z", 1}})}}));
  }
  sections.push_back(workload);
  return run(sections, 100 * s);
}

}  // namespace

TEST_CASE("a request's statements cost the same however slow the service is and whoever is served between") {
  Nobody nobody;
  Observer fast(1), slow(30);
  for (std::uint64_t number = 0; number < 300; ++number) {
    fast.arrive(static_cast<core::Nanos>(number) * 20 * ms, nobody, number);
    slow.arrive(static_cast<core::Nanos>(number) * 20 * ms, nobody, number);
  }
  fast.simulator.run();
  slow.simulator.run();
  CHECK(fast.costs.size() == 300);
  CHECK(fast.costs == slow.costs);
  CHECK(fast.most_inside < 5);
  CHECK(slow.most_inside > 5);
  CHECK(fast.costs[0].size() == 5);
  // Other numbers, other costs; and no two statements of one request share theirs.
  CHECK(fast.costs[0] != fast.costs[1]);
  for (const auto& [number, costs] : fast.costs)
    for (std::size_t k = 1; k < costs.size(); ++k) CHECK(costs[k] != costs[k - 1]);
}

TEST_CASE("requests come at the same times under every configuration") {
  const Section open = section("workload", "open", "w", {{"rate", "150/s"}, {"mix", table({{"x", 1}, {"y", 2}})}});
  const core::Recording narrow = service(2, 2, open), wide = service(8, 50, open), shared = service(8, 50, open, true);
  for (const char* name : {"x", "y"}) {
    const std::vector<std::string> offered = {"requests", name, "offered_per_s"};
    CHECK(narrow.scalars[meter(narrow, offered)] == wide.scalars[meter(wide, offered)]);
    CHECK(narrow.scalars[meter(narrow, offered)] == shared.scalars[meter(shared, offered)]);
  }
  const std::vector<std::string> latency = {"requests", "x", "latency_s"};
  CHECK(histogram(narrow, latency).mean() > histogram(wide, latency).mean());
}

TEST_CASE("the demands of all requests are the same under every configuration") {
  std::vector<core::Nanos> times;
  for (int i = 0; i < 3000; ++i) times.push_back(i * 10 * ms);  // all are over within the 100 s
  const core::Recording narrow = service(1, 2, requests_at(times, "x")), wide = service(8, 50, requests_at(times, "x"));
  const auto stage = [](const core::Recording& seen, const char* name) {
    return total(seen, {"requests", "x", "stages_s", name});
  };
  CHECK(total(narrow, {"requests", "x", "completed_per_s"}) == 3000);
  CHECK(stage(narrow, "cpu") == Approx(stage(wide, "cpu")).epsilon(1e-6));  // but for nanoseconds of rounding
  CHECK(stage(narrow, "io") == Approx(stage(wide, "io")).epsilon(1e-6));
  CHECK(stage(narrow, "cpu_wait") > stage(wide, "cpu_wait"));
}

TEST_CASE("a user does the same however many others there are") {
  const auto third_user = [](int users) {
    Bench bench;
    bench.build.add_request_class("x", 0);
    bench.build.add_request_class("y", 1);
    bench.arrivals.answer = [&](Workload& from, const Arrival& arrival) {
      bench.at(bench.simulator.now() + 5 * ms, [&from, arrival] { from.finished(arrival.user, false); });
    };
    const Section described =
        section("workload", "closed", "w",
                {{"users", users}, {"think", exponential("1s")}, {"mix", table({{"x", 1}, {"y", 1}})}});
    const auto workload = described.spec->make_workload(bench.build, described);
    workload->start();
    bench.simulator.run(100 * s);
    std::erase_if(bench.arrivals.all, [](const Arrivals::One& one) { return one.user != 2; });
    return bench.arrivals.all;
  };
  const auto few = third_user(3);
  CHECK(few.size() > 50);
  CHECK(few == third_user(40));
}
