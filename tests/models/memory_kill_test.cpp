// A PostgreSQL host whose memory is limited, at hand-worked times and bytes: what adds up, whom the kernel's kill ends,
// what is said during recovery, and what follows through a pool and a PgBouncer.

#include "tests/models/cluster.h"

using namespace capplan;
using namespace capplan::models;

namespace {

constexpr double MB = 1024.0 * 1024;
constexpr std::string_view closed = "server closed the connection unexpectedly";
constexpr std::string_view recovering = "the database system is in recovery mode";

/// Of 1 GB half is shared; a connection has 64 MB of it, a sort 128 MB.
const Keys limited = {{"memory_limit", "1GB"},
                      {"shared_buffers", "512MB"},
                      {"backend_memory", "64MB"},
                      {"work_mem", "128MB"},
                      {"recovery_time", "1s"}};

double of_server(const core::Recording& seen, const char* what) { return total(seen, {"servers", "s", what}); }

}  // namespace

TEST_CASE("sorts that take more than the limit end every connection, and nobody connects during recovery") {
  Cluster b({}, limited);
  std::vector<std::uint32_t> sorting;
  for (int i = 0; i < 3; ++i) sorting.push_back(b.connect(0, b.primary()));
  const auto idle = b.connect(0, b.primary());
  // 512 + 4 x 64 and 1, 2, 3 x 128 MB: 896, 1024, 1152.
  for (int i = 0; i < 3; ++i) b.execute((10 + 10 * i) * ms, sorting[i], {.cpu = 1 * s, .sorts = 1});
  b.execute(200 * ms, idle, {.cpu = 1 * ms});
  const auto refused = b.connect(1029 * ms, b.primary()), again = b.connect(1031 * ms, b.primary());
  b.execute(1100 * ms, again, {.cpu = 100 * ms, .sorts = 3});
  b.simulator.run(3 * s);
  for (const auto client : sorting) {
    CHECK(b.clients[client].answered == 30 * ms);
    CHECK(info(b.clients[client].answer.error).name == closed);
    CHECK(b.clients[client].answer.closed);
  }
  CHECK(b.clients[idle].answered == 200 * ms);
  CHECK(info(b.clients[idle].answer.error).name == closed);
  CHECK(info(b.clients[refused].outcome.error).name == recovering);
  CHECK(b.clients[again].outcome.error == ClientError::none);
  CHECK(b.clients[again].answered == 1200 * ms);
  const core::Recording seen = b.read();
  CHECK(of_server(seen, "oom_kills_per_s") == 1);
  CHECK(of_server(seen, "recovering") == Approx(1));
  CHECK(of_server(seen, "refused_connections_per_s") == 1);
  CHECK(of_server(seen, "memory") / MB ==
        Approx(512 * 3 + 256 * 0.030 + 128 * 0.020 + 128 * 0.010 + 64 * 1.969 + 384 * 0.100));
}

TEST_CASE("connections alone may be too much, and the one that is has no answer") {
  Cluster b({}, changed(limited, {{"backend_memory", "100MB"}}));
  std::vector<std::uint32_t> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(b.connect(i * ms, b.primary()));  // 512 + 5 x 100 fit
  b.simulator.run(100 * ms);
  for (int i = 0; i < 5; ++i) CHECK(b.clients[clients[i]].outcome.error == ClientError::none);
  CHECK(info(b.clients[clients[5]].outcome.error).name == closed);
  CHECK_FALSE(b.primary().alive(b.clients[clients[0]].outcome.value));
  CHECK(of_server(b.read(), "oom_kills_per_s") == 1);
}

TEST_CASE("what a statement or a connection held is free at its end") {
  Cluster b({}, limited);
  const auto client = b.connect(0, b.primary());
  for (int i = 0; i < 20; ++i) b.execute((10 + 20 * i) * ms, client, {.cpu = 10 * ms, .sorts = 3});
  for (int i = 0; i < 40; ++i) {
    const auto passing = b.connect((500 + 10 * i) * ms, b.primary());
    b.at((505 + 10 * i) * ms, [&b, passing] { b.primary().disconnect(b.clients[passing].outcome.value); });
  }
  // One that goes away in the midst of a statement holds both until its end: 64 + 384 MB more, for 100 ms.
  const auto leaving = b.connect(1 * s, b.primary());
  b.execute(1 * s + ms, leaving, {.cpu = 100 * ms, .sorts = 3});
  b.at(1 * s + 2 * ms, [&] { b.primary().disconnect(b.clients[leaving].outcome.value); });
  b.simulator.run(2 * s);
  const core::Recording seen = b.read();
  CHECK(of_server(seen, "oom_kills_per_s") == 0);
  CHECK(of_server(seen, "memory") / MB ==
        Approx(512 * 2 + 64 * 2 + 20 * 384 * 0.010 + 40 * 64 * 0.005 + 64 * 0.101 + 384 * 0.100));
}

TEST_CASE("a host that goes away while it recovers is back when the failure says so") {
  Cluster b({}, limited);
  const auto client = b.connect(0, b.primary());
  b.execute(30 * ms, client, {.cpu = 1 * s, .sorts = 4});  // 512 + 64 + 512
  b.fail(500 * ms, 2 * s, "server.s");
  const auto before = b.connect(400 * ms, b.primary()), within = b.connect(1500 * ms, b.primary()),
             after = b.connect(2100 * ms, b.primary());
  b.simulator.run(3 * s);
  CHECK(info(b.clients[before].outcome.error).name == recovering);
  CHECK(info(b.clients[within].outcome.error).name == "Connection refused");
  CHECK(b.clients[after].outcome.error == ClientError::none);
  CHECK(of_server(b.read(), "recovering") == Approx(0.470));
}

TEST_CASE("replicas have a memory each: a kill on one leaves the others alone") {
  Cluster b({{"replicas", 2}}, limited);
  const auto first = b.connect(0, b.replicas()), second = b.connect(0, b.replicas());
  b.execute(10 * ms, first, {.cpu = 100 * ms, .sorts = 4});
  b.execute(10 * ms, second, {.cpu = 100 * ms, .sorts = 3});
  b.simulator.run(2 * s);
  CHECK(info(b.clients[first].answer.error).name == closed);
  CHECK(b.clients[second].answer.error == ClientError::none);
  const core::Recording seen = b.read();
  CHECK(total(seen, {"servers", "r", "oom_kills_per_s"}) == 1);
  CHECK(total(seen, {"servers", "r.1", "recovering"}) == Approx(1));
  CHECK(total(seen, {"servers", "r.2", "recovering"}) == 0);
  CHECK(total(seen, {"servers", "r", "memory"}) / MB == Approx(2 * 512 * 2 + 64 * 0.010 + 64 * 2 + 384 * 0.100));
}

TEST_CASE("a kill cuts what is in flight, PgBouncer passes on that the server recovers, and the service goes on") {
  // One statement of 90 ms every 50 ms, so two at once; with one more at 1 s three.
  std::vector<core::Nanos> times;
  for (int i = 0; i < 80; ++i) times.push_back(i * 50 * ms + 1 * ms);
  times.insert(std::upper_bound(times.begin(), times.end(), 1 * s), 1 * s);
  const core::Recording seen = run(
      {server(changed(limited, {{"connect_time", "0"}, {"connect_cpu", "0"}, {"cores", 64}})),
       section("bouncer", "pgbouncer", "b",
               {{"server", "s"}, {"pool_mode", "transaction"}, {"query_cpu", "0"}, {"server_login_retry", "100ms"}}),
       section("pool", "fixed", "p", {{"to", "bouncer.b"}, {"size", 10}}),
       query("q", {{"pool", "p"}, {"cpu", "90ms"}, {"sorts", 1}}), request("r", steps({{"q", 1}})), requests_at(times)},
      5 * s);
  CHECK(of_server(seen, "oom_kills_per_s") == 1);
  const auto errors = [&](std::string_view name) {
    return total(seen, {"requests", "r", "errors", std::string(name)});
  };
  CHECK(errors("server conn crashed?") >= 3);
  CHECK(errors(recovering) + errors("server login has been failing (server_login_retry)") >= 15);
  CHECK(errors(recovering) >= 1);
  CHECK(total(seen, {"requests", "r", "completed_per_s"}) >= 55);
  CHECK(total(seen, {"requests", "r", "completed_per_s"}) + total(seen, {"requests", "r", "error_ratio"}) == 81);
}

TEST_CASE("without a limit sorts cost nothing, and a limit that could never hold is refused") {
  const std::vector<Section> sections = {server({{"work_mem", "1GB"}}),
                                         section("pool", "fixed", "p", {{"to", "server.s"}}),
                                         query("q", {{"pool", "p"}, {"cpu", "10ms"}, {"sorts", 100}}),
                                         request("r", steps({{"q", 1}})), requests_at({100 * ms, 101 * ms})};
  CHECK(total(run(sections, 1 * s), {"requests", "r", "completed_per_s"}) == 2);
  CHECK_THROWS_AS(server({{"memory_limit", "512MB"}, {"shared_buffers", "512MB"}}), core::InputError);
  CHECK_THROWS_AS(server({{"memory_limit", "2GB"}, {"memory", "1GB"}}), core::InputError);
  CHECK_THROWS_AS(server({{"recovery_time", "1s"}}), core::InputError);
  CHECK_NOTHROW(server({{"memory_limit", "1GB"}, {"memory", "1GB"}}));
}
