// Hit ratio over cache size: from a scenario's popularity against Che, from a file against counting, and what it says
// when asked for what is not there.

#include "plan/study/hit_curve.h"

#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/cache_formulas.h"
#include "core/error.h"
#include "core/zipf.h"
#include "plan/format/document.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/tables.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

Scenario cached(const std::string& shift = "0/s") {
  return resolve({"cached.toml", parse_toml(R"(
[server.s]
kind = "postgres"
[pool.p]
kind = "fixed"
to = "server.s"
[cache.near]
kind = "sieve"
max_entries = 700
[query.q]
pool = "p"
cpu = "1ms"
[request.r]
steps = [{ query = "q" }]
caches = ["near"]
keys = { zipf = 0.8, count = 5000, shift = ")" + shift +
                                                R"(" }
[request.plain]
steps = [{ query = "q" }]
[workload.w]
kind = "open"
rate = "10/s"
mix = { r = 1 }
)",
                                            "cached.toml")});
}

}  // namespace

TEST_CASE("a popularity that moves has no curve") {
  CHECK_THROWS_WITH(hit_curves(cached("10/s"), {}), ContainsSubstring("request.r.keys.shift: a popularity that moves"));
}

TEST_CASE("a curve of a popularity is Che's, and its sizes reach their hit ratios") {
  const HitCurves curves = hit_curves(cached(), {.draws = 1'000'000});
  REQUIRE(curves.curves.size() == 1);
  const HitCurve& curve = curves.curves.front();
  CHECK(curve.name == "r");
  CHECK(curve.distinct.value == Approx(5000).epsilon(0.01));
  const auto popularity = core::zipf_popularity(5000, 0.8);
  bool stated = false;
  for (const HitCurvePoint& point : curve.points) {
    INFO(point.entries << " entries");
    stated = stated || (point.stated && point.entries == 700);
    CHECK(point.hit_ratio.lo <= point.hit_ratio.value);
    CHECK(point.hit_ratio.value <= point.hit_ratio.hi);
    if (point.entries >= 50)
      CHECK(point.hit_ratio.value == Approx(core::lru_hit_ratio(popularity, point.entries).hit_ratio).margin(0.01));
  }
  CHECK(stated);
  for (const HitCurveTarget& target : curve.targets) {
    REQUIRE(target.entries.known);
    CHECK(core::lru_hit_ratio(popularity, target.entries.value).hit_ratio == Approx(target.hit_ratio).margin(0.01));
  }
}

TEST_CASE("the keys of a file are counted one by one") {
  std::string text = "key\n";
  for (int round = 0; round < 4; ++round) text += "a\nb\nc\n";
  const test::ScratchFile file(text, ".csv");
  const HitCurves curves = hit_curves(file.path(), {.entries = {1, 2, 3}, .hit_ratios = {0.5, 0.9}});
  const HitCurve& curve = curves.curves.front();
  CHECK(curve.asked == 12);
  CHECK(curve.distinct.value == 3);
  CHECK(curve.points[1].hit_ratio.value == 0);
  CHECK(curve.points[2].hit_ratio.value == Approx(0.75));
  CHECK(curve.targets[0].entries.value == 3);
  CHECK_FALSE(curve.targets[1].entries.known);
  const auto json = nlohmann::json::parse(to_json(curves));
  CHECK(json["schema"] == "capplan.cache/1");
  CHECK(json["curves"][0]["points"][2]["hit_ratio"]["value"] == Approx(0.75));
  CHECK(json["curves"][0]["targets"][1]["entries"].is_null());
  CHECK_THAT(text_table(curves), ContainsSubstring("at most 75.0% hit"));
  CHECK_THAT(csv(curves), ContainsSubstring(",3,0.75,"));
}

TEST_CASE("the same seed gives the same curve") {
  CHECK(to_json(hit_curves(cached(), {.draws = 100'000, .seed = 7})) ==
        to_json(hit_curves(cached(), {.draws = 100'000, .seed = 7})));
  CHECK(to_json(hit_curves(cached(), {.draws = 100'000, .seed = 7})) !=
        to_json(hit_curves(cached(), {.draws = 100'000, .seed = 8})));
}

TEST_CASE("a request without keys has no curve") {
  CHECK_THROWS_WITH(hit_curves(cached(), {.request = "s"}), ContainsSubstring("there is no request \"s\""));
  CHECK_THROWS_WITH(hit_curves(cached(), {.request = "plain"}), ContainsSubstring("with keys"));
}

TEST_CASE("of listed keys small sizes are what an LRU of that size answers, and keys are counted") {
  models::KeyTrace trace;
  trace.source = "drawn";
  const core::Zipf law(30'000, 0.7);
  core::Stream stream(1, 0, "keys", "of a test");
  for (int i = 0; i < 60'000; ++i) trace.keys.push_back(law.sample(stream));
  const HitCurve curve = hit_curves(trace, "drawn", {.entries = {1, 2, 10, 100, 4000, 20'000}}).curves.front();
  CHECK(curve.exact_entries == exact_sizes);
  CHECK(curve.distinct.value == static_cast<double>(std::set(trace.keys.begin(), trace.keys.end()).size()));
  for (const HitCurvePoint& point : curve.points) {
    std::list<std::uint64_t> order;  // an LRU, most recent first
    std::map<std::uint64_t, std::list<std::uint64_t>::iterator> at;
    double hits = 0;
    for (const std::uint64_t key : trace.keys) {
      if (const auto found = at.find(key); found != at.end()) {
        ++hits;
        order.erase(found->second);
      } else if (static_cast<double>(order.size()) == point.entries) {
        at.erase(order.back());
        order.pop_back();
      }
      order.push_front(key);
      at[key] = order.begin();
    }
    INFO(point.entries << " entries");
    const double exact = hits / static_cast<double>(trace.keys.size());
    if (point.entries <= exact_sizes) {
      CHECK(point.hit_ratio.value == exact);
      CHECK(point.hit_ratio.lo == point.hit_ratio.hi);
    } else {
      CHECK(point.hit_ratio.value == Approx(exact).margin(0.02));
      CHECK(point.hit_ratio.lo < point.hit_ratio.hi);
    }
  }
}

TEST_CASE("what of a curve is exact and what is sampled is said") {
  models::KeyTrace few;
  few.source = "few";
  few.keys = {1, 1, 2, 3, 1};
  const HitCurves curves = hit_curves(few, "few", {.entries = {1}});
  CHECK(curves.curves.front().points.front().hit_ratio.value == Approx(0.2));
  CHECK_THAT(text_table(curves), ContainsSubstring("all figures are exact: counted on every key"));
  CHECK_THAT(text_table(hit_curves(cached(), {.draws = 10'000})), ContainsSubstring("keys are drawn"));
}
