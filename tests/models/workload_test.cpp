// Workloads: when requests come, of which class, and what those who wait for an answer do with it.

#include <cmath>

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// Workloads whose requests go to `arrivals`; x, y and z are request classes 0, 1 and 2.
struct Load : Bench {
  Load() {
    for (const char* name : {"x", "y", "z"}) build.add_request_class(name, static_cast<std::uint32_t>(name[0] - 'x'));
  }
  Load(const std::string& kind, const Keys& keys) : Load() { add(kind, "w", keys); }

  std::vector<std::unique_ptr<Workload>> workloads;
  void add(const std::string& kind, const std::string& name, Keys keys) {
    if (std::none_of(keys.begin(), keys.end(), [](const auto& key) { return key.first == "mix"; }))
      keys.emplace_back("mix", table({{"x", 1}}));
    add(section("workload", kind, name, keys));
  }
  void add(const Section& described) {
    workloads.push_back(described.spec->make_workload(build, described));
    workloads.back()->start();
  }
  /// Every request is answered after this.
  void answer_after(core::Nanos time, bool failed = false) {
    arrivals.answer = [=, this](Workload& from, const Arrival& arrival) {
      if (time == 0) return from.finished(arrival.user, failed);
      at(simulator.now() + time, [&from, arrival, failed] { from.finished(arrival.user, failed); });
    };
  }
  std::vector<core::Nanos> times() const {
    std::vector<core::Nanos> result;
    for (const Arrivals::One& one : arrivals.all) result.push_back(one.at);
    return result;
  }
};

using Times = std::vector<core::Nanos>;

const ArrivalTrace four = {{0, 10 * ms, 10 * ms, 35 * ms}, {0, 1, 0, 1}, {"x", "y"}, 50 * ms, "four"};

}  // namespace

TEST_CASE("constant arrivals come at even times") {
  Load load("open", {{"rate", "200/s"}, {"arrivals", "constant"}});
  load.simulator.run(21 * ms);
  CHECK(load.times() == Times{5 * ms, 10 * ms, 15 * ms, 20 * ms});
}

TEST_CASE("open arrivals have the rate and the dispersion they are asked for") {
  struct Case {
    Raw arrivals;
    double cv, excess_kurtosis;  // of the gaps: 6 / shape for a gamma law
  };
  for (const Case& one : {Case{"poisson", 1, 6}, Case{Raw(table({{"gamma", table({{"cv", 2.0}})}})), 2, 24},
                          Case{Raw(table({{"gamma", table({{"cv", 0.5}})}})), 0.5, 1.5}}) {
    Load load("open", {{"rate", "1000/s"}, {"arrivals", one.arrivals}});
    load.simulator.run(200 * s);
    const Times times = load.times();
    const auto n = static_cast<double>(times.size());
    // Of a renewal process over time t: variance of the count cv^2 rate t.
    CHECK(n == Approx(200'000).margin(5 * one.cv * std::sqrt(200'000.0)));
    double squares = 0;
    const double mean = core::to_seconds(times.back()) / n;
    std::vector<double> counts(2000, 0);
    for (std::size_t i = 0; i < times.size(); ++i) {
      squares += std::pow(core::to_seconds(times[i] - (i > 0 ? times[i - 1] : 0)) - mean, 2);
      if (times[i] < 200 * s) counts[static_cast<std::size_t>(times[i] / (100 * ms))] += 1;
    }
    CHECK(std::sqrt(squares / n) / mean == Approx(one.cv).epsilon(2.5 * std::sqrt((one.excess_kurtosis + 2) / n)));
    double dispersion = 0;
    for (const double count : counts) dispersion += std::pow(count - n / 2000, 2) / (n / 2000) / 2000;
    // Windows of 100 arrivals on average: within 2 % of the limit cv^2, and five standard deviations of a variance.
    CHECK(dispersion == Approx(one.cv * one.cv).epsilon(0.02 + 5 * std::sqrt(2 / 2000.0)));
  }
}

TEST_CASE("classes are drawn by weight, and another workload changes neither times nor classes") {
  const Keys keys = {{"rate", "1000/s"}, {"mix", table({{"x", 3}, {"y", 1}})}};
  Load alone("open", keys);
  alone.simulator.run(20 * s);
  double of_x = 0;
  for (const Arrivals::One& one : alone.arrivals.all) of_x += one.request_class == 0;
  const auto n = static_cast<double>(alone.arrivals.all.size());
  CHECK(of_x / n == Approx(0.75).margin(5 * std::sqrt(0.75 * 0.25 / n)));

  Load both;
  both.add("open", "another", {{"rate", "500/s"}, {"mix", table({{"z", 1}})}});
  both.add("open", "w", keys);
  both.simulator.run(20 * s);
  std::vector<Arrivals::One> others = both.arrivals.all;
  std::erase_if(others, [](const Arrivals::One& one) { return one.request_class == 2; });
  CHECK(others == alone.arrivals.all);
}

TEST_CASE("users come in batches as Locust spawns them, and send at once") {
  const auto came = [](const char* rate) {
    Load load("closed", {{"users", 25}, {"spawn_rate", rate}, {"think", "10s"}});
    load.simulator.run(2 * s);
    return load.times();
  };
  Times ten(10, 0);
  ten.insert(ten.end(), 10, 1 * s);
  ten.insert(ten.end(), 5, 2 * s);
  CHECK(came("10/s") == ten);                                                     // 10 each second
  CHECK(came("2.5/s") == Times{0, 0, 800 * ms, 800 * ms, 1600 * ms, 1600 * ms});  // 2 each 2 / 2.5 s
  CHECK(came("0.5/s") == Times{0, 2 * s});                                        // 1 each 2 s
  Load load("closed", {{"users", 25}});
  CHECK(load.times() == Times(25, 0));
}

TEST_CASE("a user thinks from the end of a request") {
  Load load;
  load.answer_after(3 * ms);
  load.add("closed", "w", {{"users", 1}, {"think", "1s"}});
  load.simulator.run(2500 * ms);
  CHECK(load.times() == Times{0, 1003 * ms, 2006 * ms});
}

TEST_CASE("users without think time do not make time stand still") {
  const auto sent_within_a_millisecond = [](bool failed) {
    Load load;
    load.answer_after(0, failed);
    load.add("closed", "w", {{"users", 1}});
    load.simulator.run(1 * ms);
    return load.arrivals.all.size();
  };
  CHECK(sent_within_a_millisecond(true) == 2);      // again after a millisecond
  CHECK(sent_within_a_millisecond(false) == 1001);  // a request that takes no time takes a microsecond
}

TEST_CASE("throughput of users is their number over response and think time") {
  Load load;
  load.answer_after(250 * ms);
  load.add("closed", "w", {{"users", 20}, {"think", table({{"uniform", List{Raw("0.5s"), Raw("1.5s")}}})}});
  load.simulator.run(1000 * s);
  // X = N / (R + Z) = 20 / 1.25 s. Counts of 20 renewal processes over t: variance 20 t (1/12) / 1.25^3 s.
  CHECK(static_cast<double>(load.arrivals.all.size()) ==
        Approx(16'000).margin(20 + 5 * std::sqrt(20 * 1000 / 12.0 / std::pow(1.25, 3))));
}

TEST_CASE("a trace is replayed at its times, faster if asked, and over again") {
  Load plain;
  plain.add(replay(four, {{"repeat", false}}));
  plain.simulator.run();
  CHECK(plain.times() == four.at);
  CHECK(plain.arrivals.all[1].request_class == 1);
  CHECK(plain.arrivals.all[2].request_class == 0);
  CHECK(plain.arrivals.all[3].number == 3);

  Load fast;
  fast.add(replay(four, {{"speed", 2.0}}));
  fast.simulator.run(60 * ms);
  CHECK(fast.times() ==
        Times{0, 5 * ms, 5 * ms, 17'500 * us, 25 * ms, 30 * ms, 30 * ms, 42'500 * us, 50 * ms, 55 * ms, 55 * ms});
  CHECK(fast.arrivals.all[4].number == 4);  // drawn anew, not a copy of the first round
}

TEST_CASE("a trace that is empty or takes no time is not repeated for ever") {
  Load empty;
  empty.add(replay({{}, {}, {"x"}, 50 * ms, "empty"}));
  CHECK(empty.simulator.run(1 * s));
  CHECK(empty.arrivals.all.empty());
  Load instant;
  instant.add(replay({{0, 0}, {0, 0}, {"x"}, 0, "instant"}));
  CHECK(instant.simulator.run(1 * s));
  CHECK(instant.arrivals.all.size() == 2);
}
