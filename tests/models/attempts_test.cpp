// Attempts of a request by the clock: its client gives up and what goes on; is refused at a web server, a limit or a
// breaker; a container is throttled or killed. Every nanosecond of what is answered stands in its account.

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A host on which nobody waits for a core and logins are free, and a pool of `size`.
std::vector<Section> host(int size) {
  return {server({{"cores", 64}, {"connect_time", "0"}, {"connect_cpu", "0"}, {"disk", table({{"fsync", "4ms"}})}}),
          section("pool", "fixed", "p", {{"to", "server.s"}, {"size", size}})};
}
core::Recording run_with(std::vector<Section> sections, const std::vector<Section>& more, core::Nanos length = 1 * s) {
  sections.insert(sections.end(), more.begin(), more.end());
  return run(sections, length);
}
Section statement(const char* cpu, const char* name = "q") { return query(name, {{"pool", "p"}, {"cpu", cpu}}); }
Section call(const Keys& keys) { return section("call", "", "c", keys); }
Raw calling() { return List{Raw(table({{"call", "call.c"}}))}; }
Keys retried(int max, const char* backoff) { return {{"max", max}, {"backoff", backoff}}; }

double figure(const core::Recording& seen, const std::string& name) { return total(seen, {"requests", "r", name}); }
double error(const core::Recording& seen, ClientError which) {
  return total(seen, {"requests", "r", "errors", std::string(info(which).name)});
}
double stage(const core::Recording& seen, const std::string& name) {
  return total(seen, {"requests", "r", "stages_s", name});
}
core::Histogram latency(const core::Recording& seen) { return histogram(seen, {"requests", "r", "latency_s"}); }
double statements(const core::Recording& seen) { return total(seen, {"servers", "s", "statements_per_s"}); }
double pool_use(const core::Recording& seen) { return total(seen, {"pools", "p", "utilization"}); }

}  // namespace

TEST_CASE("a client who gives up leaves his statement running, and nothing is begun after it") {
  const auto give_up = [](const char* after) {
    return run_with(
        host(1), {statement("30ms"), request("r", steps({{"q", 3}}), {{"timeout", "50ms"}, {"after_timeout", after}}),
                  requests_at({100 * ms})});
  };
  const core::Recording stops = give_up("stops"), goes_on = give_up("goes-on");
  for (const core::Recording& seen : {stops, goes_on}) {
    CHECK(figure(seen, "error_ratio") == 1);
    CHECK(error(seen, ClientError::request_timeout) == 1);
    CHECK(latency(seen).count() == 0);
  }
  CHECK(statements(stops) == 2);  // the second ran from 130 to 160 ms, over his patience at 150 ms
  CHECK(pool_use(stops) == Approx(0.060));
  CHECK(statements(goes_on) == 3);
  CHECK(pool_use(goes_on) == Approx(0.090));
  // The work that goes on for nobody counts as inside until it ends.
  const auto inside = [](const core::Recording& seen) {
    double sum = 0;
    for (const double average : seen.in_flight) sum += average / 1000;
    return sum;
  };
  CHECK(inside(stops) == Approx(0.060));
  CHECK(inside(goes_on) == Approx(0.090));
}

TEST_CASE("who gives up in a pool's line takes no statement when his turn comes") {
  const core::Recording seen =
      run_with(host(1), {statement("30ms"), request("r", steps({{"q", 1}}), {{"timeout", "40ms"}}),
                         requests_at({100 * ms, 101 * ms, 102 * ms, 103 * ms})});
  // They would be served at 100, 130, 160 and 190 ms; the third and fourth give up at 142 and 143 ms, the second, at
  // the server since 130 ms, at 141 ms.
  CHECK(figure(seen, "completed_per_s") == 1);
  CHECK(error(seen, ClientError::request_timeout) == 3);
  CHECK(statements(seen) == 2);
}

TEST_CASE("a transaction whose client gave up is rolled back") {
  const core::Recording seen = run_with(
      host(1),
      {query("q", {{"pool", "p"}, {"cpu", "30ms"}, {"commit", true}}),
       request("r", steps({{"q", 3}}), {{"timeout", "50ms"}, {"transaction", true}, {"transaction_cpu", "1ms"}}),
       requests_at({100 * ms, 300 * ms})});
  // BEGIN, two statements, the second over at 161 ms, ROLLBACK without a flush; the connection is free at 162 ms.
  CHECK(statements(seen) == 8);
  CHECK(total(seen, {"servers", "s", "wal_flushes_per_s"}) == 0);
  CHECK(pool_use(seen) == Approx(2 * 0.062));
}

TEST_CASE("a call that fails within a transaction rolls it back before the request ends") {
  const core::Recording seen =
      run_with(host(1), {statement("10ms"), call({{"time", "5ms"}, {"error_rate", "100%"}}),
                         request("r", List{Raw(table({{"query", "q"}})), Raw(table({{"call", "call.c"}}))},
                                 {{"transaction", true}, {"transaction_cpu", "1ms"}}),
                         requests_at({100 * ms})});
  CHECK(error(seen, ClientError::call_failed) == 1);
  CHECK(statements(seen) == 3);
  CHECK(pool_use(seen) == Approx(0.017));  // 1 + 10 + 5 + 1 ms: the connection is held during the call
}

TEST_CASE("a request tried again books its failed attempts and its pauses, and nothing is lost from its account") {
  // The slow one has the connection from 99 to 179 ms. The first attempt waits for it from 100 to 120, the second from
  // 130 to 150, the third, after a pause of 20 ms, from 170 on, and is served from 179 to 189.
  const core::Recording seen = run_with(
      host(1), {statement("80ms", "slow"), statement("10ms"), request("other", steps({{"slow", 1}})),
                request("r", steps({{"q", 1}}), {{"timeout", "20ms"}, {"retries", table(retried(3, "10ms"))}}),
                replay({{99 * ms, 100 * ms}, {1, 0}, {"r", "other"}, 200 * ms, "times"}, {{"repeat", false}})});
  CHECK(latency(seen).max() == 89 * ms);
  CHECK(figure(seen, "retries_ratio") == 2);
  CHECK(stage(seen, "failed") == Approx(0.040));
  CHECK(stage(seen, "backoff") == Approx(0.030));
  CHECK(stage(seen, "pool_wait") == Approx(0.009));
  CHECK(stage(seen, "cpu") == Approx(0.010));
  CHECK(figure(seen, "error_ratio") == 0);
}

TEST_CASE("a call that is given up frees its permit at once") {
  const core::Recording seen =
      run_with({}, {call({{"time", "100ms"}, {"concurrency", 1}}), request("r", calling(), {{"timeout", "30ms"}}),
                    requests_at({100 * ms, 110 * ms, 125 * ms})});
  // The first holds the permit until 130 ms, the second from then until 140 ms, the third until 155 ms.
  CHECK(error(seen, ClientError::request_timeout) == 3);
  CHECK(total(seen, {"calls", "c", "utilization"}) == Approx(0.055));
  CHECK(histogram(seen, {"calls", "c", "wait_s"}).max() == 20 * ms);
}

TEST_CASE("a call's timeout ends a try and counts for its semaphore no longer") {
  const core::Recording seen = run_with(
      {}, {call({{"time", "100ms"}, {"concurrency", 1}, {"timeout", "20ms"}, {"retries", table(retried(1, "50ms"))}}),
           request("r", calling()), requests_at({100 * ms, 100 * ms})});
  // 100-120 the first, 120-140 the second; again 170-190 and 190-210, and both are failures at last.
  CHECK(error(seen, ClientError::call_timeout) == 2);
  CHECK(total(seen, {"calls", "c", "utilization"}) == Approx(0.080));
  CHECK(total(seen, {"calls", "c", "retries_ratio"}) == 2);
}

TEST_CASE("max_in_flight counts who goes on for nobody") {
  const auto third = [](const char* after) {
    return error(run_with(host(10), {statement("50ms"),
                                     request("r", steps({{"q", 2}}),
                                             {{"timeout", "20ms"}, {"max_in_flight", 2}, {"after_timeout", after}}),
                                     requests_at({100 * ms, 100 * ms, 160 * ms})}),
                 ClientError::shed);
  };
  CHECK(third("stops") == 0);    // both were over at 150 ms
  CHECK(third("goes-on") == 1);  // both run until 200 ms
}

TEST_CASE("a web server takes two connections for each request and refuses the next") {
  const Section nginx =
      section("web", "", "nginx", {{"worker_processes", 2}, {"worker_connections", 3}, {"proxy_read_timeout", "40ms"}});
  const core::Recording seen =
      run_with({}, {nginx, call({{"time", "60ms"}}), request("r", calling(), {{"web", "web.nginx"}}),
                    requests_at({100 * ms, 101 * ms, 102 * ms, 103 * ms, 141 * ms})});
  // Six connections, three requests; the fourth is refused; the first gets 504 at 140 ms, and the fifth its place.
  CHECK(error(seen, ClientError::worker_connections) == 1);
  CHECK(error(seen, ClientError::gateway_timeout) == 4);
  CHECK(total(seen, {"webs", "nginx", "refused_ratio"}) == 1);
  CHECK(total(seen, {"webs", "nginx", "utilization"}) == Approx(4 * 0.040));
}

TEST_CASE("an open breaker refuses requests at once, and its state is a share of time") {
  std::vector<core::Nanos> times;
  for (int i = 0; i < 100; ++i) times.push_back((100 + 10 * i) * ms);  // 100, 110, ... 1090 ms
  const core::Recording seen = run_with(
      {},
      {call({{"time", "1ms"}, {"error_rate", "100%"}}),
       request("r", calling(), {{"breaker", table({{"min_calls", 5}, {"open", "300ms"}, {"half_open_calls", 2}})}}),
       requests_at(times)},
      2 * s);
  // Opens at 141 ms; the tries at 450 and 460 fail, so that it opens again at 461; the tries at 770 and 780 fail, and
  // it opens at 781; the try at 1090 fails, and no second one comes.
  CHECK(error(seen, ClientError::call_failed) == 5 + 2 + 2 + 1);
  CHECK(error(seen, ClientError::breaker_open) == 90);
  CHECK(figure(seen, "breaker_refused_ratio") == 90);
  CHECK(figure(seen, "breaker_opened_per_s") == 3);
  CHECK(figure(seen, "breaker_open") == Approx(3 * 0.309));
}

TEST_CASE("what a request computes is throttled with its container") {
  const Section box = section("container", "", "api", {{"cores", 4}, {"cpu_quota", 0.5}});
  const core::Recording seen =
      run_with(host(1), {box, statement("5ms"),
                         request("r", List{Raw(table({{"cpu", "120ms"}})), Raw(table({{"query", "q"}}))},
                                 {{"container", "container.api"}}),
                         requests_at({100 * ms})});
  CHECK(latency(seen).max() == 225 * ms);  // 120 ms in three periods, and the statement
  CHECK(stage(seen, "service_cpu") == Approx(0.120));
  CHECK(stage(seen, "service_wait") == Approx(0.100));
  CHECK(stage(seen, "cpu") == Approx(0.005));
  CHECK(total(seen, {"containers", "api", "throttled"}) == Approx(0.100));
  CHECK(total(seen, {"containers", "api", "throttled_periods_ratio"}) == 2);
  CHECK(total(seen, {"containers", "api", "cpu"}) == Approx(0.120));
}

TEST_CASE("a database in a container is throttled with all its backends") {
  const core::Recording seen =
      run({server({{"cores", 4}, {"cpu_quota", 2}, {"connect_time", "0"}, {"connect_cpu", "0"}}),
           section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 4}}), statement("70ms"),
           request("r", steps({{"q", 1}})), requests_at({110 * ms, 110 * ms, 110 * ms, 110 * ms})},
          1 * s);
  // Four backends use the 200 ms of a period in 50: they run from 110 to 160, stand until 200, and run to 220.
  CHECK(latency(seen).count() == 4);
  CHECK(latency(seen).mean() == Approx(0.110));
  CHECK(stage(seen, "cpu_wait") == Approx(4 * 0.040));
  CHECK(total(seen, {"servers", "s", "throttled"}) == Approx(0.040));
}

TEST_CASE("a container that needs more memory than its limit is killed with all that is inside") {
  const Section box = section("container", "", "api",
                              {{"memory_limit", "300MB"},
                               {"memory_base", "100MB"},
                               {"memory_per_request", "60MB"},
                               {"restart_time", "200ms"},
                               {"instances", 2}});
  const core::Recording seen = run_with(
      host(10),
      {box, statement("50ms"),
       request("r", List{Raw(table({{"cpu", "10ms"}})), Raw(table({{"query", "q"}, {"times", 2}}))},
               {{"container", "container.api"}}),
       requests_at({100 * ms, 101 * ms, 102 * ms, 103 * ms, 104 * ms, 105 * ms, 150 * ms, 151 * ms, 400 * ms})});
  // Three fit into each. The seventh kills the first instance, with the three that compute or have a statement running,
  // at 150 ms; the eighth is dealt to the second, and kills it. The ninth comes after the restart.
  CHECK(error(seen, ClientError::container_killed) == 8);
  CHECK(figure(seen, "completed_per_s") == 1);
  CHECK(total(seen, {"containers", "api", "oom_kills_per_s"}) == 2);
  CHECK(total(seen, {"containers", "api", "down"}) == Approx(0.4));
  // Statements that ran went on to their end, and none was begun after the kill.
  CHECK(statements(seen) == 6 + 2);
  CHECK(pool_use(seen) == Approx(8 * 0.050));
}

TEST_CASE("a process that needs more than its heap ends before its container is full") {
  const auto killed = [](const Keys& limits) {
    const Section box =
        section("container", "", "api", changed({{"memory_base", "100MB"}, {"memory_per_request", "60MB"}}, limits));
    const core::Recording seen =
        run_with(host(10), {box, statement("50ms"), request("r", steps({{"q", 1}}), {{"container", "container.api"}}),
                            requests_at({100 * ms, 101 * ms, 102 * ms, 103 * ms})});
    return error(seen, ClientError::container_killed);
  };
  CHECK(killed({{"memory_limit", "400MB"}}) == 0);
  CHECK(killed({{"memory_limit", "400MB"}, {"max_old_space_size", "300MB"}}) == 4);  // the fourth does not fit
  CHECK(killed({{"memory_limit", "300MB"}, {"max_old_space_size", "400MB"}}) == 4);
  CHECK(killed({{"max_old_space_size", "300MB"}}) == 4);
  CHECK(killed({{"max_old_space_size", "400MB"}}) == 0);
}

TEST_CASE("requests to a container that is down are refused") {
  const Section box = section(
      "container", "", "api",
      {{"memory_limit", "200MB"}, {"memory_base", "100MB"}, {"memory_per_request", "60MB"}, {"restart_time", "200ms"}});
  const core::Recording seen =
      run_with({}, {box, call({{"time", "20ms"}}), request("r", calling(), {{"container", "container.api"}}),
                    requests_at({100 * ms, 101 * ms, 102 * ms, 303 * ms})});
  CHECK(error(seen, ClientError::container_killed) == 2);
  CHECK(error(seen, ClientError::container_down) == 1);
  CHECK(figure(seen, "completed_per_s") == 1);
}

TEST_CASE("the k-th attempt of a request draws the same under every configuration, and another than the first") {
  const auto times = [](const char* more_of_others) {
    const std::vector<Section> sections = {
        call({{"time", exponential("5ms")}, {"error_rate", "30%"}}),
        request("r", calling(), {{"retries", table(retried(3, "10ms"))}}),
        section("call", "", "other", {{"time", exponential("7ms")}, {"error_rate", "10%"}}),
        request("o", List{Raw(table({{"call", "call.other"}}))}, {{"retries", table(retried(2, "1ms"))}}),
        section("workload", "open", "w", {{"rate", "100/s"}, {"mix", table({{"r", 1}})}}),
        section("workload", "open", "v", {{"rate", more_of_others}, {"mix", table({{"o", 1}})}})};
    const core::Recording seen = run(sections, 20 * s);
    return std::tuple(latency(seen).mean(), figure(seen, "retries_ratio"), figure(seen, "error_ratio"),
                      latency(seen).max());
  };
  CHECK(times("10/s") == times("200/s"));
  CHECK(std::get<1>(times("10/s")) > 500);
}
