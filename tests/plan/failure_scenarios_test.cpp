// The shipped scenarios of failures, replicas and PgBouncer's settings: each shows the effect of its mechanism, in the
// figure and the direction that its first lines promise.

#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;

namespace {

using Path = std::vector<std::string>;

core::Estimate figure(const std::string& name, const std::vector<std::string>& sets, const Path& path,
                      int replications = 4) {
  const std::string file = std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml";
  RunOptions options;
  options.stopping = {replications, replications, 0.05};
  const core::Estimate e = run(resolve(read_draft(file), parse_overrides(sets)), options).at(path);
  REQUIRE(e.known);
  return e;
}

/// Whether the figure is surely greater with `more` than with `less`.
void check_greater(const std::string& name, const std::string& more, const std::string& less, const Path& path,
                   int replications = 4) {
  INFO(name << ": " << more << " against " << less);
  CHECK(figure(name, {more}, path, replications).lo > figure(name, {less}, path, replications).hi);
}

}  // namespace

TEST_CASE("with one of two replicas lost the other does not carry the load, with one of three the others do") {
  check_greater("replicas", "server.replica.replicas=2", "server.replica.replicas=3",
                {"requests", "read", "latency_s", "p95"});
  check_greater("replicas", "server.replica.replication_lag=500ms", "server.replica.replication_lag=10ms",
                {"servers", "replica", "stale_read_ratio"});
}

TEST_CASE("errors of a failover last as long as the promotion, or as long as PgBouncer's pause") {
  const Path errors = {"requests", "order", "error_ratio"};
  check_greater("failover", "server.replica.promote_after=30s", "server.replica.promote_after=10s", errors);
  check_greater("failover", "bouncer.main.server_login_retry=15s", "bouncer.main.server_login_retry=1s", errors);
  // Ten seconds of the fifty-eight that are looked at.
  CHECK(figure("failover", {"bouncer.main.server_login_retry=1s"}, errors).value == Approx(10.0 / 58).epsilon(0.05));
}

TEST_CASE("a connection storm hits a server that PgBouncer does not shield") {
  const std::string direct = "pool.app.to=server.primary", pooled = "pool.app.to=bouncer.main";
  check_greater("connection-storm", direct, pooled, {"requests", "read", "latency_s", "p99"}, 6);
  check_greater("connection-storm", direct, pooled, {"servers", "primary", "connections"});
}

TEST_CASE("the reserve shortens the waits of bursts") {
  check_greater("reserve-pool", "bouncer.main.reserve_pool_size=0", "bouncer.main.reserve_pool_size=5",
                {"bouncers", "main", "wait_s", "p95"}, 20);
}

TEST_CASE("statements that PgBouncer does not keep are parsed anew") {
  const Path parsed = {"queries", "load", "parsed_ratio"};
  check_greater("prepared-statements", "bouncer.main.max_prepared_statements=75",
                "bouncer.main.max_prepared_statements=150", {"servers", "primary", "cpu"});
  CHECK(figure("prepared-statements", {"bouncer.main.max_prepared_statements=75"}, parsed).value ==
        Approx(0.5).epsilon(0.05));
  CHECK(figure("prepared-statements", {"pool.app.statement_cache_size=0"}, parsed).value == 1);
}

TEST_CASE("several processes share what one has to do alone") {
  check_greater("several-bouncers", "bouncer.main.processes=1", "bouncer.main.processes=2",
                {"bouncers", "main", "cpu"});
  check_greater("several-bouncers", "bouncer.main.processes=1", "bouncer.main.processes=4",
                {"requests", "point", "latency_s", "p99"});
}

TEST_CASE("the longer a cache is away, the longer the database answers for it") {
  check_greater("cache-restart", "failure.restart.for=40s", "failure.restart.for=100ms", {"servers", "primary", "cpu"});
  check_greater("cache-restart", "failure.restart.for=40s", "failure.restart.for=100ms",
                {"requests", "view", "latency_s", "p95"});
}

TEST_CASE("a pool that looks at its idle connections outlives a restart, one that does not fails once for each") {
  // A statement takes a millisecond, two a second come: hardly any is under way when the server goes, and none comes
  // while it is away for 50 ms but by chance. What fails is the first statement on a connection that died.
  const auto failed = [](const std::string& pool) {
    const Scenario s = test::resolved(
        "[scenario]\nname = \"restart\"\nduration = \"60s\"\nwarmup = \"0s\"\n"
        "[server.primary]\nkind = \"postgres\"\n"
        "[pool.app]\nto = \"server.primary\"\n" +
        pool +
        "[query.read]\npool = \"app\"\ncpu = \"1ms\"\n[request.read]\nsteps = [{ query = \"read\" }]\n"
        "[workload.api]\nkind = \"open\"\nrate = \"2/s\"\nmix = { read = 1 }\n"
        "[failure.restart]\ntarget = \"server.primary\"\nat = \"20s\"\nfor = \"50ms\"\n");
    RunOptions options;
    options.stopping = {5, 5, 0.05};
    return run(s, options).at({"requests", "read", "errors", "server closed the connection unexpectedly"}).value;
  };
  CHECK(failed("kind = \"asyncpg\"\nmin_size = 8\nmax_size = 8\n") == 0);
  CHECK(failed("kind = \"sqlalchemy\"\npool_size = 8\n") > 0);  // without pre_ping
}
