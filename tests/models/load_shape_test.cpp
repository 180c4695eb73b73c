// Loads that change over time: how many come in each stretch, how evenly, and what users of stages, copies of a capture
// and keys that lose their popularity do.

#include <cmath>
#include <map>

#include "models/workload/shape.h"
#include "tests/models/support.h"
#include "tests/support/sample.h"

using namespace capplan;
using namespace capplan::models;

namespace {

using Times = std::vector<core::Nanos>;

struct Load : Bench {
  explicit Load(std::uint64_t seed = 1) : Bench(seed) {
    for (const char* name : {"x", "y", "z"}) build.add_request_class(name, static_cast<std::uint32_t>(name[0] - 'x'));
  }
  std::unique_ptr<Workload> workload;
  void start(const Section& described) {
    workload = described.spec->make_workload(build, described);
    workload->start();
  }
  Times times() const {
    Times result;
    for (const Arrivals::One& one : arrivals.all) result.push_back(one.at);
    return result;
  }
};

Section open(Keys keys) {
  keys.emplace_back("mix", table({{"x", 1}}));
  return section("workload", "open", "w", keys);
}

Times arrivals(const Section& described, core::Nanos until, std::uint64_t seed = 1) {
  Load load(seed);
  load.start(described);
  load.simulator.run(until);
  return load.times();
}

Raw stages(const std::vector<std::pair<const char*, double>>& all) {
  List list;
  for (const auto& [duration, target] : all) list.push_back(Raw(table({{"duration", duration}, {"target", target}})));
  return list;
}

/// Counts in even bins against what the curve expects of each.
void check_counts(const Section& described, core::Nanos until, std::size_t bins) {
  const core::RateCurve curve = rate_curve(described.params);
  std::vector<double> counts(bins, 0), expected;
  const Times times = arrivals(described, until);
  for (const core::Nanos at : times)
    counts[std::min(bins - 1, static_cast<std::size_t>(at / (until / static_cast<core::Nanos>(bins))))] += 1;
  for (std::size_t b = 0; b < bins; ++b) {
    const double width = core::to_seconds(until) / static_cast<double>(bins);
    const double begin = static_cast<double>(b) * width;
    expected.push_back(curve.integral(begin + width) - curve.integral(begin));
    REQUIRE(expected.back() > 5);
  }
  // Independent Poisson counts: the statistic has the number of bins as its degrees of freedom.
  CHECK(test::chi_square(counts, expected) < test::chi_square_limit(bins + 1));
}

double dispersion(const Times& times, core::Nanos width, core::Nanos until) {
  std::vector<double> counts(static_cast<std::size_t>(until / width), 0);
  for (const core::Nanos at : times)
    if (static_cast<std::size_t>(at / width) < counts.size()) counts[static_cast<std::size_t>(at / width)] += 1;
  double mean = 0, squares = 0;
  for (const double count : counts) mean += count / static_cast<double>(counts.size());
  for (const double count : counts) squares += (count - mean) * (count - mean) / static_cast<double>(counts.size() - 1);
  return squares / mean;
}

std::string refused(const Keys& keys) {
  try {
    open(keys);
  } catch (const core::InputError& error) {
    return error.problems().front().key + ": " + error.problems().front().what;
  }
  return "";
}

}  // namespace

TEST_CASE("arrivals of a shaped load are as many as its integrated rate says, stretch by stretch") {
  SECTION("stages and a spike") {
    Raw spikes = List{Raw(table({{"at", "70s"}, {"length", "5s"}, {"times", 4}}))};
    check_counts(open({{"rate", "100/s"},
                       {"shape", table({{"stages", stages({{"30s", 3}, {"0s", 1}, {"20s", 1}, {"20s", 2}})},
                                        {"spikes", spikes}})}}),
                 100 * s, 100);
  }
  SECTION("days") {
    check_counts(open({{"rate", "200/s"},
                       {"shape", table({{"day", "60s"}, {"starts", "06:00"}, {"diurnal", table({{"peak", 2.5}})}})}}),
                 150 * s, 75);
  }
  SECTION("weeks, and stages that lead into them") {
    check_counts(open({{"rate", "100/s"},
                       {"shape", table({{"day", "10s"},
                                        {"starts", "fri 12:00"},
                                        {"stages", stages({{"8s", 2}})},
                                        {"diurnal", table({{"peak", 1.5}, {"at", "10:00"}})},
                                        {"weekly", table({{"sat", 0.4}, {"sun", 0.3}})}})}}),
                 200 * s, 80);
  }
}

TEST_CASE("a day keeps the mean of its rate, has its peak at its hour, and comes again") {
  const Section day = open(
      {{"rate", "100/s"}, {"shape", table({{"day", "100s"}, {"diurnal", table({{"peak", 2.5}, {"at", "15:00"}})}})}});
  const core::RateCurve curve = rate_curve(day.params);
  CHECK(curve.integral(100) == Approx(10'000).epsilon(1e-6));
  CHECK(curve.integral(700) == Approx(70'000).epsilon(1e-6));
  CHECK(curve.rate(62.5) == Approx(250).epsilon(1e-3));
  CHECK(curve.rate(362.5) == Approx(250).epsilon(1e-3));
  for (int i = 0; i < 1000; ++i) CHECK(curve.rate(i * 0.1) <= 250.001);
  CHECK(curve.rate(12.5) < 30);  // at 03:00
  CHECK(changes_over_time(day));
  CHECK_FALSE(changes_over_time(open({{"rate", "100/s"}})));
}

TEST_CASE("days of the week have their factors, from the day on which the run starts") {
  const Section week = open(
      {{"rate", "10/s"},
       {"shape", table({{"day", "10s"}, {"starts", "fri 12:00"}, {"weekly", table({{"sat", 0.5}, {"sun", 0}})}})}});
  const core::RateCurve curve = rate_curve(week.params);
  CHECK(curve.rate(4.9) == 10);
  CHECK(curve.rate(5.1) == 5);
  CHECK(curve.rate(15.1) == 0);
  CHECK(curve.rate(24.9) == 0);
  CHECK(curve.rate(25.1) == 10);
  CHECK(curve.rate(70 + 5.1) == 5);
  CHECK(curve.integral(70) == Approx(10 * (50 + 5)));
}

TEST_CASE("a shape keeps the dispersion of the gaps that it bends") {
  const Section steady = open({{"rate", "200/s"},
                               {"arrivals", Raw(table({{"gamma", table({{"cv", 0.5}})}}))},
                               {"shape", table({{"stages", stages({{"100s", 4}, {"100s", 0.5}})}})}});
  const core::RateCurve curve = rate_curve(steady.params);
  const Times times = arrivals(steady, 250 * s);
  double squares = 0, before = 0;
  for (const core::Nanos at : times) {
    const double gap = curve.integral(core::to_seconds(at)) - before;
    before += gap;
    squares += (gap - 1) * (gap - 1) / static_cast<double>(times.size());
  }
  // Gamma gaps of shape 4 have an excess kurtosis of 1.5: the error of a variance is sqrt((1.5 + 2) / n).
  CHECK(squares == Approx(0.25).epsilon(5 * std::sqrt(3.5 / static_cast<double>(times.size()))));
}

TEST_CASE("constant arrivals come at the moments that a ramp asks for") {
  // From 0 to 2/s in 10 s: the integral is t^2 / 10, so that the n-th comes at sqrt(10 n).
  const Times times = arrivals(
      open(
          {{"rate", "2/s"}, {"arrivals", "constant"}, {"shape", table({{"stages", stages({{"0s", 0}, {"10s", 1}})}})}}),
      12 * s);
  REQUIRE(times.size() == 14);
  for (int n = 1; n <= 10; ++n)
    CHECK(core::to_seconds(times[static_cast<std::size_t>(n - 1)]) == Approx(std::sqrt(10.0 * n)).epsilon(1e-9));
  CHECK(core::to_seconds(times[10]) == Approx(10.5));
}

TEST_CASE("rates of a series hold until the next or go in lines, come again, and are scaled to a mean") {
  const auto row = [](const char* at, const char* rate) { return Raw(table({{"at", at}, {"rate", rate}})); };
  const Raw rows = List{row("0s", "2/s"), row("10s", "6/s"), row("20s", "1/s")};
  const core::RateCurve steps = rate_curve(open({{"rates", rows}}).params);
  CHECK(steps.rate(9.9) == 2);
  CHECK(steps.rate(10) == 6);
  CHECK(steps.rate(29.9) == 1);
  CHECK(steps.rate(31) == 2);
  CHECK(steps.integral(30) == Approx(90));
  const core::RateCurve lines = rate_curve(open({{"rates", rows}, {"interpolate", true}}).params);
  CHECK(lines.rate(5) == Approx(4));
  CHECK(lines.rate(25) == Approx(1.5));  // back to the first
  CHECK(lines.integral(30) == Approx(40 + 35 + 15));
  const core::RateCurve scaled = rate_curve(open({{"rates", rows}, {"rate", "30/s"}}).params);
  CHECK(scaled.integral(30) == Approx(900));
  CHECK(scaled.rate(10) == Approx(60));
  check_counts(open({{"rates", rows}, {"rate", "300/s"}}), 60 * s, 60);
}

TEST_CASE("growth compounds by the quarter and is steady within the run") {
  const Section grown = open({{"rate", "100/s"}, {"growth", table({{"per_quarter", "20%"}, {"quarters", 3}})}});
  CHECK(grown_rate(grown.params) == Approx(172.8));
  CHECK_FALSE(changes_over_time(grown));
  const Times once = arrivals(grown, 10 * s), same = arrivals(open({{"rate", "172.8/s"}}), 10 * s);
  REQUIRE(once.size() == same.size());
  for (std::size_t i = 0; i < once.size(); ++i)
    CHECK(std::abs(once[i] - same[i]) <= static_cast<core::Nanos>(i + 1));  // the rate to its last digit
}

TEST_CASE("bursts keep the mean rate and have the dispersion of their formula") {
  const Section bursty = open(
      {{"rate", "100/s"},
       {"arrivals",
        Raw(table({{"mmpp", table({{"rates", List{Raw(1), Raw(8)}}, {"stays", List{Raw("2s"), Raw("500ms")}}})}}))}});
  // Rates 100 x 1 / 2.4 and 100 x 8 / 2.4 (the mean of 1 and 8 by time is 2.4), left at 1/2 and 2 per second.
  const double l1 = 100 / 2.4, l2 = 800 / 2.4, s1 = 0.5, s2 = 2;
  const double a = 2 * s1 * s2 * (l1 - l2) * (l1 - l2) / (std::pow(s1 + s2, 2) * (l1 * s2 + l2 * s1));
  const auto formula = [&](double t) { return 1 + a - a / ((s1 + s2) * t) * (1 - std::exp(-(s1 + s2) * t)); };
  const core::Nanos until = 20'000 * s;
  const Times times = arrivals(bursty, until);
  const auto n = static_cast<double>(times.size());
  CHECK(n == Approx(2e6).margin(5 * std::sqrt(2e6 * (1 + a))));
  for (const core::Nanos width : {100 * ms, 1 * s, 10 * s}) {
    const double expected = formula(core::to_seconds(width));
    // A variance of k counts that are close to independent, of a kurtosis of no more than 6: within 5 errors.
    const double k = static_cast<double>(until / width) / std::max(1.0, 1 / core::to_seconds(width));
    INFO("width " << core::to_seconds(width) << " expected " << expected);
    CHECK(dispersion(times, width, until) == Approx(expected).epsilon(5 * std::sqrt(8 / k)));
  }
  const Times other = arrivals(open({{"rate", "100/s"}}), 1 * s);
  CHECK_FALSE(arrivals(bursty, 1 * s) == other);
}

TEST_CASE("what a shape cannot be is refused by its key") {
  CHECK(
      refused({{"rate", "1/s"}, {"shape", table({{"starts", "noon"}})}}).starts_with("workload.w.shape.starts: must"));
  CHECK(refused({{"rate", "1/s"}, {"shape", table({{"diurnal", table({{"at", "14:00"}})}})}})
            .starts_with("workload.w.shape.diurnal: needs peak"));
  CHECK(refused({{"rate", "1/s"}, {"shape", table({{"stages", stages({{"0s", 0}})}})}}).find("0 for ever") !=
        std::string::npos);
  CHECK(refused({{"rate", "1/s"}, {"interpolate", true}}).starts_with("workload.w.interpolate: is for rates"));
  CHECK(refused({{"rate", "1/s"}, {"growth", table({{"quarters", 2}})}}).starts_with("workload.w.growth: needs"));
  CHECK(refused({{"rates", List{Raw(table({{"at", "1s"}, {"rate", "1/s"}}))}}}).find("begin at 0") !=
        std::string::npos);
  CHECK(refused({{"rate", "1/s"},
                 {"arrivals",
                  Raw(table({{"mmpp", table({{"rates", List{Raw(1), Raw(2)}}, {"stays", List{Raw("1s")}}})}}))}}) !=
        "");
  CHECK(refused({}).starts_with("workload.w.rate: is required"));
}

TEST_CASE("users of stages come and leave in Locust's batches, the last first") {
  const auto stage = [](const char* duration, int users, const char* rate) {
    return Raw(table({{"duration", duration}, {"users", users}, {"spawn_rate", rate}}));
  };
  Load load;
  load.arrivals.answer = [&](Workload& from, const Arrival& arrival) {
    load.at(load.simulator.now() + 100 * ms, [&from, arrival] { from.finished(arrival.user, false); });
  };
  load.start(section("workload", "closed", "w",
                     {{"stages", List{stage("5s", 4, "2/s"), stage("5s", 1, "2/s"), stage("5s", 2, "2/s")}},
                      {"think", "900ms"},
                      {"mix", table({{"x", 1}})}}));
  load.simulator.run(13 * s);
  std::map<core::Nanos, int> sent;
  for (const Arrivals::One& one : load.arrivals.all) ++sent[one.at / s];
  // Two come at 0 and two at 1 s; at 5 s two are told to leave, at 6 s one more; at 10 s one comes back.
  for (const auto& [second, users] :
       std::map<core::Nanos, int>{{0, 2}, {1, 4}, {4, 4}, {5, 2}, {6, 1}, {9, 1}, {10, 2}, {12, 2}})
    CHECK(sent[second] == users);
  for (const Arrivals::One& one : load.arrivals.all)
    if (one.at > 6 * s) CHECK(one.user <= 1);
}

TEST_CASE("constant pacing counts from start to start, and throughput is one over it") {
  const auto sent = [](const Keys& keys, core::Nanos response) {
    Load load;
    load.arrivals.answer = [&](Workload& from, const Arrival& arrival) {
      load.at(load.simulator.now() + response, [&from, arrival] { from.finished(arrival.user, false); });
    };
    Keys all = keys;
    all.insert(all.end(), {{"users", 1}, {"mix", table({{"x", 1}})}});
    load.start(section("workload", "closed", "w", all));
    load.simulator.run(7 * s);
    return load.times();
  };
  CHECK(sent({{"constant_pacing", "2s"}}, 300 * ms) == Times{0, 2 * s, 4 * s, 6 * s});
  CHECK(sent({{"constant_pacing", "2s"}}, 3 * s) == Times{0, 3 * s, 6 * s});  // it cannot catch up
  CHECK(sent({{"constant_throughput", "0.5/s"}}, 300 * ms) == Times{0, 2 * s, 4 * s, 6 * s});
  CHECK_THROWS(sent({{"constant_pacing", "2s"}, {"think", "1s"}}, 1 * s));
}

TEST_CASE("copies of a capture lie an equal share of its length apart") {
  const ArrivalTrace three = {{0, 10 * ms, 30 * ms}, {0, 1, 0}, {"x", "y"}, 40 * ms, "three"};
  Load load;
  load.start(replay(three, {{"copies", 2}}));
  load.simulator.run(79 * ms);
  // One at 0, 10, 30 and so on; the other begins in the midst: at 20 of it, whose next is 30, then from its start.
  CHECK(load.times() ==
        Times{0, 10 * ms, 10 * ms, 20 * ms, 30 * ms, 30 * ms, 40 * ms, 50 * ms, 50 * ms, 60 * ms, 70 * ms, 70 * ms});
}

TEST_CASE("another mix moves as few arrivals of a capture as it can") {
  ArrivalTrace even = {{}, {}, {"x", "y"}, 100 * s, "even"};
  for (int i = 0; i < 100'000; ++i) {
    even.at.push_back(i * ms);
    even.klass.push_back(static_cast<std::uint16_t>(i % 2));
  }
  Load load;
  load.start(replay(even, {{"repeat", false}, {"mix", table({{"x", 7}, {"y", 2}, {"z", 1}})}}));
  load.simulator.run();
  REQUIRE(load.arrivals.all.size() == even.at.size());
  std::vector<double> counts(3, 0);
  for (std::size_t i = 0; i < even.at.size(); ++i) {
    const Arrivals::One& one = load.arrivals.all[i];
    CHECK(one.at == even.at[i]);
    if (i % 2 == 0) CHECK(one.request_class == 0);  // x is to have more: all of its own stay
    counts[one.request_class] += 1;
  }
  const auto close = [](double share) { return 5 * std::sqrt(share * (1 - share) * 100'000); };
  CHECK(counts[0] == Approx(70'000).margin(close(0.7)));
  CHECK(counts[1] == Approx(20'000).margin(close(0.2)));
  CHECK(counts[2] == Approx(10'000).margin(close(0.1)));
}

TEST_CASE("a popularity that moves brings a key that no cache has at every step") {
  Times times;
  for (int i = 0; i < 100'000; ++i) times.push_back(i * ms);
  const auto hits = [&](const Keys& shift) {
    Keys keys = {{"zipf", 10}, {"count", 1'000'000}};  // the first rank has 99.9 % of all
    keys.insert(keys.end(), shift.begin(), shift.end());
    const std::vector<Section> sections = {
        server({}),
        section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 50}}),
        section("cache", "lru", "c", {{"max_entries", 1000}, {"latency", "0"}}),
        query("q", {{"pool", "p"}, {"cpu", "10us"}}),
        request("r", steps({{"q", 1}}), {{"caches", List{Raw("c")}}, {"keys", table(keys)}}),
        requests_at(times)};
    const core::Recording recording = run(sections, 100 * s);
    return total(recording, {"caches", "c", "hit_ratio"}) / total(recording, {"caches", "c", "lookups_per_s"});
  };
  const double still = hits({}), moving = hits({{"shift", "20/s"}});
  CHECK(still > 0.999);
  // Of the 50 requests between two steps the first asks for a new key, unless it is one of the 0.1 % of other ranks.
  CHECK(still - moving == Approx(0.02).epsilon(0.05));
}
