// What requests do with their caches, by the clock: sharing answers, stale answers, invalidation, time spent storing,
// steps with caches of their own, warming, failures; one key against the renewal argument for stampedes.

#include "models/cache/request_caches.h"
#include "core/cache_formulas.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

std::vector<Section> host() {
  return {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
          section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 64}})};
}

Raw caches(const std::vector<const char*>& names) {
  List list;
  for (const char* name : names) list.push_back(Raw(name));
  return list;
}
Raw one_key() { return table({{"count", 1}}); }
Section cache(const std::string& name, Keys keys = {}, const std::string& kind = "lru") {
  if (std::none_of(keys.begin(), keys.end(), [](const auto& k) { return k.first == "latency"; }))
    keys.emplace_back("latency", "0");
  return section("cache", kind, name, keys);
}
Section slow_query(const char* cpu = "5ms") { return query("q", {{"pool", "p"}, {"cpu", cpu}}); }

core::Recording run_with(const std::vector<Section>& more, core::Nanos length = 1 * s) {
  std::vector<Section> sections = host();
  sections.insert(sections.end(), more.begin(), more.end());
  return run(sections, length);
}
/// Arrivals of two classes, by their names.
Section arrivals_of(const std::vector<core::Nanos>& times, const std::vector<std::uint16_t>& classes,
                    const std::vector<std::string>& names) {
  return replay({times, classes, names, times.back(), "times"}, {{"repeat", false}});
}
core::Histogram latency(const core::Recording& seen, const std::string& name = "r") {
  return histogram(seen, {"requests", name, "latency_s"});
}
double executed(const core::Recording& seen) { return total(seen, {"queries", "q", "executed_per_s"}); }
double hits(const core::Recording& seen, const std::string& name) { return total(seen, {"caches", name, "hit_ratio"}); }

}  // namespace

TEST_CASE("requests for a key that is being computed share its answer") {
  const core::Recording seen =
      run_with({cache("c"), slow_query(),
                request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}, {"coalesce", true}}),
                requests_at({10 * ms, 11 * ms, 13 * ms, 16 * ms, 20 * ms})});
  CHECK(executed(seen) == 1);
  CHECK(latency(seen).mean() == Approx((0.005 + 0.004 + 0.002 + 0 + 0) / 5));
  CHECK(total(seen, {"requests", "r", "coalesced_ratio"}) == 2);
  CHECK(total(seen, {"requests", "r", "stages_s", "cache"}) == Approx(0.006));  // waiting for another's answer
  CHECK(hits(seen, "c") == 2);
}

TEST_CASE("without coalescing each of them computes its own") {
  const core::Recording seen = run_with(
      {cache("c"), slow_query(), request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
       requests_at({10 * ms, 11 * ms, 13 * ms, 16 * ms, 20 * ms})});
  CHECK(executed(seen) == 3);
}

TEST_CASE("those who wait share the error too") {
  const core::Recording seen =
      run_with({section("pool", "fixed", "small", {{"to", "server.s"}, {"size", 1}, {"timeout", "10ms"}}),
                query("hold", {{"pool", "small"}, {"cpu", "100ms"}}), request("h", steps({{"hold", 1}})),
                query("q", {{"pool", "small"}, {"cpu", "1ms"}}),
                request("r", steps({{"q", 1}}), {{"keys", one_key()}, {"coalesce", true}}),
                arrivals_of({10 * ms, 20 * ms, 25 * ms, 40 * ms}, {0, 1, 1, 1}, {"h", "r"})});
  // The first waits from 20 to 30 ms and fails; who came at 25 ms hears it then; who came at 40 ms tries anew.
  CHECK(total(seen, {"requests", "r", "error_ratio"}) == 3);
  CHECK(total(seen, {"pools", "small", "timeouts_per_s"}) == 2);
  CHECK(total(seen, {"requests", "r", "coalesced_ratio"}) == 1);
}

TEST_CASE("one key costs its origin what renewal theory says, shared or not") {
  const double rate = 40, fill = 0.05, ttl = 0.1;
  for (const bool coalesce : {true, false}) {
    const core::Recording seen = run_with(
        {cache("c", {{"ttl", "100ms"}}), slow_query("50ms"),
         request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}, {"coalesce", coalesce}}),
         section("workload", "open", "w", {{"rate", "40/s"}, {"mix", table({{"r", 1}})}})},
        2000 * s);
    const core::Stampede expected = core::stampede(rate, fill, ttl, coalesce);
    // About 11,000 cycles, each with a Poisson number of loads where they are not shared: a margin of 4 %. Without
    // sharing each load fills the entry anew, so that it lives a little longer than from the first fill's end.
    INFO(coalesce);
    const double loads = executed(seen) / 2000;
    if (coalesce)
      CHECK(loads == Approx(expected.load_rate).epsilon(0.04));
    else
      CHECK((loads > expected.load_rate * 0.7 && loads < expected.load_rate * 1.02));
    if (coalesce) {
      const double asked = total(seen, {"requests", "r", "offered_per_s"});
      CHECK(hits(seen, "c") / asked == Approx(expected.hit_ratio).epsilon(0.04));
      CHECK(total(seen, {"requests", "r", "coalesced_ratio"}) / asked == Approx(expected.delayed_ratio).epsilon(0.04));
      CHECK(latency(seen).mean() == Approx(expected.mean_delay).epsilon(0.04));
    }
  }
}

TEST_CASE("a stale answer is given at once and computed anew behind it") {
  const core::Recording seen =
      run_with({cache("c", {{"ttl", "100ms"}, {"stale_while_revalidate", "1s"}, {"latency", "1ms"}}), slow_query(),
                request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                requests_at({10 * ms, 150 * ms, 152 * ms, 200 * ms})});
  // Filled at 16 ms; stale from 116 ms; computed anew from 151 to 156 ms; the last finds it fresh.
  CHECK(executed(seen) == 2);
  CHECK(latency(seen).count() == 4);
  CHECK(latency(seen).mean() == Approx((0.006 + 0.001 + 0.001 + 0.001) / 4));
  CHECK(total(seen, {"requests", "r", "refreshed_per_s"}) == 1);
  CHECK(total(seen, {"requests", "r", "offered_per_s"}) == 4);
  CHECK(total(seen, {"caches", "c", "stale_ratio"}) == 2);
}

TEST_CASE("a request that changes a key takes it out of the caches, or puts the new value in") {
  const auto hits_after = [](const char* how) {
    const core::Recording seen =
        run_with({cache("near"), cache("far"), slow_query("1ms"),
                  request("r", steps({{"q", 1}}), {{"caches", caches({"near", "far"})}, {"keys", one_key()}}),
                  request("w", steps({{"q", 1}}), {{how, caches({"near", "far"})}, {"keys", one_key()}}),
                  arrivals_of({10 * ms, 20 * ms, 30 * ms, 40 * ms}, {0, 0, 1, 0}, {"r", "w"})});
    return std::pair(hits(seen, "near"), executed(seen));
  };
  CHECK(hits_after("invalidates") == std::pair(1.0, 3.0));     // only the second finds it
  CHECK(hits_after("writes_through") == std::pair(2.0, 2.0));  // the last finds the new value
}

TEST_CASE("whoever stores waits for it") {
  const core::Recording seen = run_with(
      {cache("near", {{"fill_latency", "1ms"}}), cache("far", {{"fill_latency", "2ms"}, {"latency", "4ms"}}),
       slow_query(), request("r", steps({{"q", 1}}), {{"caches", caches({"near", "far"})}, {"keys", one_key()}}),
       request("w", steps({{"q", 1}}), {{"invalidates", caches({"near"})}, {"keys", one_key()}}),
       arrivals_of({10 * ms, 50 * ms, 60 * ms, 80 * ms}, {0, 1, 0, 0}, {"r", "w"})});
  // A miss of both: 4 + 5 + 2 + 1 ms. The write: 5 + 1 ms. A hit in the far one: 4 + 1 ms. One in the near one: 0.
  CHECK(latency(seen).mean() == Approx((0.012 + 0.005 + 0) / 3));
  CHECK(latency(seen, "w").mean() == Approx(0.006));
  CHECK(total(seen, {"requests", "r", "stages_s", "cache"}) == Approx(0.012));
}

TEST_CASE("requests of one prefix share their keys, others do not") {
  const auto hit_count = [](const char* prefix) {
    return hits(run_with({cache("c"), slow_query("1ms"),
                          request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                          request("w", steps({{"q", 1}}),
                                  {{"caches", caches({"c"})}, {"keys", one_key()}, {"key_prefix", prefix}}),
                          arrivals_of({10 * ms, 20 * ms, 30 * ms}, {0, 1, 1}, {"r", "w"})}),
                "c");
  };
  CHECK(hit_count("") == 2);
  CHECK(hit_count("w:") == 1);
}

TEST_CASE("a type of request has a time to live of its own") {
  const auto hit_count = [](const char* ttl) {
    return hits(
        run_with({cache("c", {{"ttl", "1s"}}), slow_query("1ms"),
                  request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}, {"ttl", ttl}}),
                  requests_at({10 * ms, 100 * ms, 200 * ms})}),
        "c");
  };
  CHECK(hit_count("1s") == 2);
  CHECK(hit_count("150ms") == 1);
  CHECK(hit_count("50ms") == 0);
}

TEST_CASE("a step with a cache of its own is left out when it hits") {
  List both;
  both.push_back(Raw(table({{"query", "embed"}, {"times", 2}, {"caches", caches({"e"})}})));
  both.push_back(Raw(table({{"query", "q"}})));
  const core::Recording seen =
      run_with({cache("e", {{"latency", "1ms"}}), slow_query("3ms"), query("embed", {{"pool", "p"}, {"cpu", "10ms"}}),
                request("r", both, {{"keys", one_key()}}), requests_at({10 * ms, 100 * ms})});
  CHECK(total(seen, {"queries", "embed", "executed_per_s"}) == 2);  // both times of the first request
  CHECK(executed(seen) == 2);
  CHECK(latency(seen).mean() == Approx((0.024 + 0.004) / 2));
  CHECK(hits(seen, "e") == 1);
}

TEST_CASE("steps with caches keep to their transaction") {
  List both;
  both.push_back(Raw(table({{"query", "embed"}, {"caches", caches({"e"})}})));
  both.push_back(Raw(table({{"query", "q"}})));
  const core::Recording seen =
      run_with({cache("e"), slow_query("3ms"), query("embed", {{"pool", "p"}, {"cpu", "10ms"}}),
                request("r", both, {{"keys", one_key()}, {"transaction", true}, {"transaction_cpu", "1ms"}}),
                requests_at({10 * ms, 100 * ms})});
  CHECK(latency(seen).mean() == Approx((0.015 + 0.005) / 2));
  CHECK(total(seen, {"pools", "p", "acquired_per_s"}) == 2);
  CHECK(total(seen, {"servers", "s", "statements_per_s"}) == 7);
}

TEST_CASE("the most popular keys are there at the start, and none after a restart") {
  const auto misses = [](const Keys& of_failure, Keys of_request, const std::string& kind = "lru",
                         const Keys& of_cache = {}) {
    of_request.emplace_back("caches", caches({"c"}));
    of_request.emplace_back("keys", table({{"zipf", 1.0}, {"count", 50}}));
    std::vector<core::Nanos> times;
    for (int i = 1; i <= 900; ++i) times.push_back(i * ms);
    std::vector<Section> sections = {cache("c", of_cache, kind), slow_query("100us"),
                                     request("r", steps({{"q", 1}}), of_request), requests_at(times)};
    if (!of_failure.empty()) sections.push_back(section("failure", "", "f", of_failure));
    return executed(run_with(sections));
  };
  const double cold = misses({}, {});
  CHECK(misses({}, {{"warm", 50}}) == 0);
  CHECK(misses({}, {{"warm", 10}}) < cold);
  CHECK(misses({}, {{"warm", 10}}) > 0);
  CHECK(misses({}, {{"warm", "100%"}}) == 0);
  CHECK(misses({}, {{"warm", "20%"}}) == misses({}, {{"warm", 10}}));
  for (const Raw& wrong : {Raw(0), Raw("101%"), Raw("many"), Raw(0.5)})
    CHECK_THROWS_AS(misses({}, {{"warm", wrong}}), core::InputError);
  const Keys shortly = {{"target", "cache.c"}, {"at", "450500us"}, {"for", "1ms"}};
  const Keys for_long = {{"target", "cache.c"}, {"at", "450500us"}, {"for", "100ms"}};
  for (const auto& [kind, keys] :
       std::vector<std::pair<std::string, Keys>>{{"lru", {}},
                                                 {"s3-fifo", {}},
                                                 {"redis", {{"command_time", "0"}, {"fill_latency", "0"}}},
                                                 {"proxy_cache", {}}}) {
    INFO(kind);
    const double again = misses(shortly, {{"warm", 50}}, kind, keys);
    CHECK(again > 20);
    CHECK(again <= 50 + 1);
    // Away for 100 ms, it answers none of the 100 requests of that time.
    CHECK(misses(for_long, {{"warm", 50}}, kind, keys) >= 100 + 20);
    CHECK(misses(for_long, {{"warm", 50}}, kind, keys) <= 100 + 50);
  }
  // All copies are gone, and fill themselves one by one.
  for (const auto& [kind, copies] : {std::pair("lru", "instances"), std::pair("cdn", "pops")}) {
    INFO(kind);
    CHECK(misses(for_long, {{"warm", 50}}, kind, {{copies, 2}}) >= 100 + 40);
    CHECK(misses({}, {{"warm", 50}}, kind, {{copies, 2}}) == 0);
  }
}

TEST_CASE("the popular keys of a trace are those asked for most") {
  Value given;
  given.data = std::make_shared<const KeyTrace>(KeyTrace{{7, 7, 7, 9, 9, 5}, "a test"});
  CHECK(popular_keys(Params(Table{{"trace", given}}), 2) == std::vector<std::uint64_t>{9, 7});
  CHECK(popular_keys(Params(Table{{"trace", given}}), 10).size() == 3);
}

TEST_CASE("who finds nginx' lock taken looks again every half second") {
  const auto latencies = [](const Keys& keys, const char* cpu) {
    Keys all = {{"proxy_cache_lock", true}, {"proxy_cache_valid", "1h"}};
    all.insert(all.end(), keys.begin(), keys.end());
    return latency(run_with({cache("c", all, "proxy_cache"), slow_query(cpu),
                             request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                             requests_at({10 * ms, 20 * ms})},
                            20 * s));
  };
  // The first takes 600 ms, to 610. The other looks at 520 and finds it at 1020 ms.
  CHECK(latencies({}, "600ms").max() == 1000 * ms);
  CHECK(latencies({}, "600ms").mean() == Approx(0.8));
  // It gives up after 700 ms, at 720, and fetches on its own: 700 + 2000 ms.
  CHECK(latencies({{"proxy_cache_lock_timeout", "700ms"}}, "2s").max() == 2700 * ms);
  // A lock that is older than its age lets it fetch at the next look: 500 + 2000 ms.
  CHECK(latencies({{"proxy_cache_lock_age", "300ms"}}, "2s").max() == 2500 * ms);
  CHECK(latencies({{"proxy_cache_lock", false}}, "2s").max() == 2000 * ms);
}

TEST_CASE("nginx' cache manager looks every ten seconds, deletes so many files, sleeps, and goes on") {
  Bench bench;
  const Section described =
      section("cache", "proxy_cache", "c", {{"max_size", "3kB"}, {"value_size", "1kB"}, {"manager_files", 2}});
  const auto files = described.spec->make_cache(bench.build, described);
  bench.at(1 * s, [&] {
    for (std::uint64_t key = 1; key <= 9; ++key) {
      files->lookup(key);
      files->store(key);
    }
  });
  bench.simulator.run(20 * s);
  // 9 kB until 10 s, 7, 5 and 3 for 50 ms each; what is left is below max_size.
  const core::Recording seen = bench.read();
  CHECK(total(seen, {"caches", "c", "bytes"}) / 1024 == Approx(9 * 9 + (7 + 5 + 3) * 0.050 + 2 * 9.850));
  CHECK(total(seen, {"caches", "c", "evictions_per_s"}) == 7);
  // What has been inactive for too long answers until it is looked at: here from 8 to 10 s.
  const auto hits_of = [](const std::vector<core::Nanos>& times) {
    return hits(run_with({cache("c", {{"inactive", "4s"}, {"manager_files", 100}}, "proxy_cache"), slow_query("1ms"),
                          request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                          requests_at(times)},
                         20 * s),
                "c");
  };
  CHECK(hits_of({4 * s, 9 * s}) == 1);
  CHECK(hits_of({4 * s, 10 * s + ms}) == 0);
}

TEST_CASE("nginx serves what has expired while it fetches anew") {
  const auto seen = [](const Keys& keys) {
    Keys all = {{"proxy_cache_valid", "2s"}};
    all.insert(all.end(), keys.begin(), keys.end());
    return run_with({cache("c", all, "proxy_cache"), slow_query("100ms"),
                     request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                     requests_at({0, 5000 * ms, 5010 * ms, 5200 * ms})},
                    20 * s);
  };
  const core::Recording plain = seen({}), updating = seen({{"proxy_cache_use_stale_updating", true}}),
                        behind = seen({{"proxy_cache_background_update", true}});
  CHECK(executed(plain) == 3);  // both at 5 s go to the service
  CHECK(executed(updating) == 2);
  CHECK(latency(updating).mean() == Approx((0.1 + 0.1 + 0 + 0) / 4));
  CHECK(executed(behind) == 2);
  CHECK(latency(behind).mean() == Approx(0.1 / 4));
}

TEST_CASE("nginx keeps what is asked for often enough, lately enough, and what its zone has room for") {
  const auto hits_of = [](const Keys& keys, const std::vector<core::Nanos>& times) {
    return hits(run_with({cache("c", keys, "proxy_cache"), slow_query("1ms"),
                          request("r", steps({{"q", 1}}), {{"caches", caches({"c"})}, {"keys", one_key()}}),
                          requests_at(times)},
                         20 * s),
                "c");
  };
  const std::vector<core::Nanos> times = {1 * s, 2 * s, 3 * s, 4 * s, 9 * s};
  CHECK(hits_of({}, times) == 4);
  CHECK(hits_of({{"proxy_cache_min_uses", 3}}, times) == 2);
  CHECK(hits_of({{"inactive", "4s"}}, times) == 3);
  Bench bench;
  const Section small = section("cache", "proxy_cache", "c", {{"keys_zone", "1280B"}});  // ten keys
  const auto zone = small.spec->make_cache(bench.build, small);
  for (std::uint64_t key = 1; key <= 11; ++key) {
    zone->lookup(key);
    zone->store(key);
  }
  CHECK(zone->lookup(1) == Found::miss);
  const Section disk = section("cache", "proxy_cache", "d", {{"max_size", "3kB"}, {"value_size", "1kB"}});
  const auto files = disk.spec->make_cache(bench.build, disk);
  for (std::uint64_t key = 1; key <= 4; ++key) {
    files->lookup(key);
    files->store(key);
  }
  CHECK(files->lookup(4) == Found::hit);
  CHECK(files->lookup(1) == Found::miss);
}
