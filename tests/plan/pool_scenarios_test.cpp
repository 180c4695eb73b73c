// The shipped scenarios about pools: each shows one mechanism, by one setting and the figure that it changes. And the
// limits on connections that are checked before a run.

#include <fmt/format.h>

#include "plan/study/connection_limits.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;

namespace {

Scenario shipped(const std::string& name, const std::vector<std::string>& sets = {}) {
  return resolve(read_draft(std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml"),
                 parse_overrides(sets));
}

/// The same five replications of both.
struct Pair {
  Pair(const std::string& name, const std::vector<std::string>& sets, const std::string& shorter = {}) {
    RunOptions options;
    options.stopping = {5, 5, 0.05};
    std::vector<std::string> common;
    if (!shorter.empty()) common.push_back("scenario.duration=" + shorter);
    std::vector<std::string> changed = common;
    changed.insert(changed.end(), sets.begin(), sets.end());
    before = run(shipped(name, common), options);
    after = run(shipped(name, changed), options);
  }
  Result before, after;

  core::Estimate at(const Result& result, const std::vector<std::string>& path) const {
    const core::Estimate estimate = result.at(path);
    INFO(fmt::format("{}", fmt::join(path, " ")));
    CHECK(estimate.known);
    return estimate;
  }
  /// After over before; the intervals of the two do not meet.
  double ratio(const std::vector<std::string>& path) const {
    const core::Estimate a = at(before, path), b = at(after, path);
    INFO(fmt::format("{}: {} in {}..{}, then {} in {}..{}", fmt::join(path, " "), a.value, a.lo, a.hi, b.value, b.lo,
                     b.hi));
    CHECK((a.hi < b.lo || b.hi < a.lo));
    return b.value / a.value;
  }
};

std::string warned(const std::vector<Warning>& warnings, const std::string& code) {
  for (const Warning& warning : warnings)
    if (warning.code == code) return warning.text;
  return {};
}

bool says(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  }
  return !text.empty();
}

}  // namespace

TEST_CASE("connections opened ahead spare the first requests the wait") {
  const Pair pair("pool-warmup", {"pool.app.min_size=40"});
  CHECK(pair.ratio({"pools", "app", "wait_s", "mean"}) < 0.5);
}

TEST_CASE("a pool that one thread opens grows slower than the load, unless it keeps its connections") {
  const Pair pair("pool-growth", {"pool.app.minimumIdle=40"});
  CHECK(pair.ratio({"pools", "app", "wait_s", "mean"}) < 0.5);
}

TEST_CASE("overflow connections are opened and closed all the time") {
  const Pair size("pool-overflow", {"pool.app.pool_size=50", "pool.app.max_overflow=0"}, "20s");
  CHECK(size.at(size.before, {"servers", "primary", "connects_per_s"}).value > 5);
  CHECK(size.ratio({"servers", "primary", "connects_per_s"}) < 0.1);
  CHECK(size.ratio({"requests", "page", "latency_s", "mean"}) < 1);
}

TEST_CASE("a ping before each use costs a round trip") {
  const Pair pair("pool-overflow", {"pool.app.pre_ping=true"}, "20s");
  const double more = pair.at(pair.after, {"requests", "page", "latency_s", "mean"}).value -
                      pair.at(pair.before, {"requests", "page", "latency_s", "mean"}).value;
  CHECK(more > 0.0008);  // 1 ms of most uses, and what the longer hold does to the overflow
  CHECK(more < 0.003);
}

TEST_CASE("round trips around a statement take connections, and with them latency") {
  const Pair pair("pool-round-trips", {"pool.app.test_before_acquire=false"}, "20s");
  CHECK(pair.ratio({"pools", "app", "utilization"}) == Approx(5.0 / 7).epsilon(0.02));  // of 7 ms held, 2 less
  CHECK(pair.ratio({"requests", "page", "latency_s", "p95"}) < 0.8);
}

TEST_CASE("clients that are forgotten are opened anew by nearly every request") {
  const Pair pair("pool-idle", {"pool.app.idleTimeoutMillis=5min"});
  // A gap of 20 s in the mean exceeds 10 s with probability exp(-1/2), that of 5 min hardly ever.
  CHECK(pair.at(pair.before, {"pools", "app", "opened_per_s"}).value == Approx(0.05 * std::exp(-0.5)).epsilon(0.1));
  CHECK(pair.ratio({"pools", "app", "opened_per_s"}) < 0.05);
  CHECK(pair.ratio({"requests", "page", "latency_s", "mean"}) < 0.5);
}

TEST_CASE("a tuned pool grows until the waits are gone") {
  const Pair pair("pool-tuner", {"pool.app.tuner.max=100"}, "5min");
  CHECK(pair.at(pair.before, {"pools", "app", "size"}).value == 10);
  CHECK(pair.ratio({"pools", "app", "size"}) == Approx(1.2));
  CHECK(pair.ratio({"pools", "app", "wait_s", "p95"}) < 0.5);
}

TEST_CASE("instances that start later let more requests fail") {
  const Pair pair("autoscale", {"pool.app.autoscale.delay=2min"}, "5min");
  CHECK(pair.ratio({"requests", "search", "error_ratio"}) > 2);
  CHECK(pair.ratio({"pools", "app", "instances"}) < 1);
}

TEST_CASE("httpx keeps fewer connections than it uses, and opens one for nearly every call") {
  const Pair pair("http-pool", {"http_pool.embeddings.max_keepalive_connections=100"}, "20s");
  CHECK(pair.at(pair.before, {"http_pools", "embeddings", "opened_per_s"}).value > 500);
  CHECK(pair.ratio({"http_pools", "embeddings", "opened_per_s"}) < 0.05);
  CHECK(pair.ratio({"requests", "embed", "latency_s", "p50"}) == Approx(45.0 / 70).epsilon(0.1));
}

TEST_CASE("an agent without keepAlive pays for handshakes, unless its calls queue") {
  const Pair pair("http-agent", {"http_pool.api.keepAlive=false"}, "20s");
  CHECK(pair.ratio({"requests", "call", "latency_s", "mean"}) > 1.1);
  CHECK(pair.ratio({"http_pools", "api", "opened_per_s"}) > 2);
}

TEST_CASE("five pools of three services fit on one server, as shipped") {
  RunOptions options;
  options.stopping = {3, 3, 0.05};
  const Result result = run(shipped("services", {"scenario.duration=10s"}), options);
  for (const char* code : {"W30", "W31", "W32", "W33", "W34"}) CHECK(warned(result.warnings, code).empty());
  for (const char* pool : {"codebase", "workflow", "read", "write", "analytics"})
    CHECK(result.at({"pools", pool, "acquired_per_s"}).value > 0);
}

TEST_CASE("every limit on connections is checked, with the sum, the limit and a remedy") {
  const auto warnings = [](const std::vector<std::string>& sets) {
    return connection_warnings(shipped("services", sets));
  };
  // 2 x 100 and 2 x 50 of asyncpg, 50 and 10 of pg-pool.
  CHECK(says(
      warned(warnings({"bouncer.main.max_client_conn=300"}), "W30"),
      {"bouncer.main", "360 client connections", "pool.codebase 200, pool.workflow 100, pool.read 50, pool.write 10",
       "max_client_conn is 300", "Raise max_client_conn to 360"}));
  CHECK(warned(warnings({"bouncer.main.max_client_conn=360"}), "W30").empty());
  // Three users of 65 + 5 each, and 5 direct.
  CHECK(says(warned(warnings({"bouncer.main.default_pool_size=65"}), "W31"),
             {"server.primary", "up to 215 connections", "bouncer.main 210, pool.analytics 5", "there are 197",
              "max_connections 200 - 3 reserved", "Set max_connections = 218"}));
  CHECK(warned(warnings({"bouncer.main.default_pool_size=59"}), "W31").empty());  // 3 x 64 + 5 = 197
  CHECK(warned(warnings({"bouncer.main.default_pool_size=65", "bouncer.main.max_db_connections=192"}), "W31").empty());
  CHECK(says(warned(warnings({"bouncer.main.max_client_conn=20"}), "W32"),
             {"open 30 client connections at the start", "pool.codebase 20, pool.workflow 10", "to 30"}));
  CHECK(says(warned(warnings({"pool.codebase.to=server.primary", "pool.codebase.min_size=100"}), "W32"),
             {"server.primary", "200 connections are opened at the start", "Set max_connections = 203"}));
  CHECK(says(warned(warnings({"bouncer.main.max_db_connections=50"}), "W33"),
             {"the 3 pools of database app", "90 server connections", "max_db_connections is 50"}));
  CHECK(says(warned(warnings({"bouncer.main.max_user_connections=20"}), "W33"),
             {"the 1 pool of user codebase", "30 server connections", "never reaches its size"}));
  CHECK(says(warned(warnings({"bouncer.main.pool_mode=session"}), "W34"),
             {"200 client connections of app/codebase", "there are 30", "pool_mode = \"transaction\""}));
  CHECK(warned(warnings({}), "W34").empty());
}

TEST_CASE("limits on clients of a database or user, a pool without limit and a reserve that never opens are checked") {
  const auto warnings = [](const std::vector<std::string>& sets) {
    return connection_warnings(shipped("services", sets));
  };
  CHECK(says(warned(warnings({"bouncer.main.max_db_client_connections=359"}), "W30"),
             {"pools of database app may open 360 client connections", "max_db_client_connections is 359",
              "Raise max_db_client_connections to 360"}));
  CHECK(warned(warnings({"bouncer.main.max_db_client_connections=360"}), "W30").empty());
  CHECK(says(warned(warnings({"bouncer.main.max_user_client_connections=150"}), "W30"),
             {"pools of user codebase may open 200", "max_user_client_connections is 150"}));
  // Three users of 64, and 5 direct; the reserve of 5 each is too much, unless it never opens.
  CHECK(says(warned(warnings({"bouncer.main.default_pool_size=64"}), "W31"), {"up to 212 connections"}));
  CHECK(warned(warnings({"bouncer.main.default_pool_size=64", "bouncer.main.reserve_pool_timeout=0s"}), "W31").empty());
  CHECK(says(warned(warnings({"bouncer.main.default_pool_size=0", "bouncer.main.max_db_connections=50"}), "W33"),
             {"may want 360 server connections", "max_db_connections is 50"}));
}

TEST_CASE("in session mode only connections that pools keep between uses are counted, and what a run has open") {
  const auto session = [](const std::string& kind_and_keys) {
    return test::resolved(
        "[scenario]\nduration = \"1min\"\n[server.s]\nkind = \"postgres\"\nmax_connections = 2000\n[bouncer.b]\n"
        "kind = \"pgbouncer\"\nserver = \"s\"\npool_mode = \"session\"\ndefault_pool_size = 20\nmax_client_conn = "
        "2000\n"
        "[pool.p]\nto = \"bouncer.b\"\n" +
        kind_and_keys +
        "[query.q]\npool = \"p\"\ncpu = \"1ms\"\n[request.r]\nsteps = [{ query = \"q\" }]\n"
        "[workload.w]\nkind = \"open\"\nrate = \"5/s\"\nmix = { r = 1 }\n");
  };
  const auto w34 = [&](const std::string& keys) { return warned(connection_warnings(session(keys)), "W34"); };
  CHECK(says(w34("kind = \"pg-pool\"\nmax = 100\ninstances = 2\n"), {"200 client", "default_pool_size to 200"}));
  CHECK(w34("kind = \"pg-pool\"\nmax = 100\ninstances = 2\nmaxUses = 1\n").empty());
  // Overflow is closed when it comes back.
  CHECK(w34("kind = \"sqlalchemy\"\npool_size = 5\nmax_overflow = 10\ninstances = 4\n").empty());
  CHECK(says(w34("kind = \"sqlalchemy\"\npool_size = 6\nmax_overflow = 10\ninstances = 4\n"), {"24 client"}));
  CHECK(says(w34("kind = \"sqlalchemy\"\npool_size = 0\nmax_overflow = -1\n"),
             {"any number of client connections", "there are 20", "or limit the pools"}));
  RunOptions options;
  options.stopping = {3, 3, 0.05};
  const Result quiet = run(session("kind = \"pg-pool\"\nmax = 100\ninstances = 2\n"), options);
  CHECK(quiet.at({"pools", "p", "connections"}).value < 3);
  CHECK(warned(quiet.warnings, "W34").empty());
}

TEST_CASE("each of several PgBouncer processes has its limits to itself, and the kernel deals clients unevenly") {
  const auto warnings = [](std::vector<std::string> sets) {
    sets.push_back("bouncer.main.processes=4");
    return connection_warnings(shipped("services", sets));
  };
  // Of 360 clients the fullest of four gets 90 + 3 sqrt(360 x 3/16) = 114.6.
  CHECK(says(warned(warnings({"bouncer.main.max_client_conn=114"}), "W30"),
             {"360 client connections", "max_client_conn is 114 for each of 4 processes", "deal 115 to one",
              "Raise max_client_conn to 115"}));
  CHECK(warned(warnings({"bouncer.main.max_client_conn=115"}), "W30").empty());
  // Of 30 at the start 7.5 + 3 sqrt(30 x 3/16) = 14.6.
  CHECK(says(warned(warnings({"bouncer.main.max_client_conn=14"}), "W32"), {"open 30 client", "to 15, or open fewer"}));
  CHECK(warned(warnings({"bouncer.main.max_client_conn=15"}), "W32").empty());
  // Three users of 25 + 5 in each of four, and 5 direct; or 48 of the database in each of four.
  CHECK(says(warned(warnings({}), "W31"), {"up to 365 connections", "bouncer.main 360", "there are 197"}));
  CHECK(warned(warnings({"bouncer.main.max_db_connections=48"}), "W31").empty());
  CHECK(says(warned(warnings({"bouncer.main.max_db_connections=49"}), "W31"), {"up to 201 connections"}));
  CHECK(says(warned(warnings({"bouncer.main.max_user_connections=20"}), "W33"),
             {"user codebase may want 30 server connections in each process", "max_user_connections is 20"}));
  // Of 200 clients of one user 50 + 3 sqrt(200 x 3/16) = 68.4.
  CHECK(says(
      warned(warnings({"bouncer.main.pool_mode=session"}), "W34"),
      {"200 client connections of app/codebase", "there are 30 for each of 4 processes", "default_pool_size to 69"}));
}

TEST_CASE("replicas share the connections that their address is asked for") {
  const auto w31 = [](const std::vector<std::string>& sets) {
    return warned(connection_warnings(shipped("replicas", sets)), "W31");
  };
  // Three hosts of 97 each; in turn a third goes to each, by chance 97 + 3 sqrt(291 x 2/9) = 121.1 to the fullest.
  CHECK(w31({"pool.read.size=291"}).empty());
  CHECK(says(w31({"pool.read.size=292"}),
             {"server.replica", "up to 292 connections", "on each of 3 replicas", "Set max_connections = 101"}));
  CHECK(says(w31({"pool.read.size=291", "server.replica.balance=random"}), {"Set max_connections = 125"}));
}

TEST_CASE("what a tuner or autoscaler may make of a pool counts, and so does a pool without limit") {
  const auto text = [](const std::string& kind_and_keys) {
    return "[server.s]\nkind = \"postgres\"\n[pool.p]\nto = \"server.s\"\n" + kind_and_keys +
           "[query.q]\npool = \"p\"\ncpu = \"1ms\"\n[request.r]\nsteps = [{ query = \"q\" }]\n"
           "[workload.w]\nkind = \"open\"\nrate = \"1/s\"\nmix = { r = 1 }\n[scenario]\n";
  };
  const auto w31 = [&](const std::string& keys) {
    return warned(connection_warnings(test::resolved(text(keys))), "W31");
  };
  CHECK(w31("kind = \"pg-pool\"\nmax = 97\n").empty());
  CHECK(says(w31("kind = \"pg-pool\"\nmax = 98\n"), {"98 connections", "there are 97"}));
  CHECK(says(w31("kind = \"pg-pool\"\nmax = 20\ntuner = { max = 50 }\ninstances = 2\n"), {"100 connections"}));
  CHECK(says(w31("kind = \"pg-pool\"\nmax = 20\nautoscale = { max = 5 }\n"), {"100 connections"}));
  CHECK(says(w31("kind = \"sqlalchemy\"\npool_size = 80\nmax_overflow = 20\n"), {"100 connections"}));
  CHECK(says(w31("kind = \"sqlalchemy\"\nmax_overflow = -1\n"), {"any number of", "pool.p without limit"}));
}
