// What leads to what in a scenario: unit cases, and what holds for every shipped one.

#include "models/topology.h"

#include <set>

#include "models/catalog.h"
#include "plan/scenario/connection_counts.h"
#include "plan/scenario/sections.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/shipped_scenarios.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::models;
using plan::Scenario;

namespace {

SectionId id(const Scenario& scenario, const std::string& path) { return section_of(scenario.sections, path); }

std::vector<std::string> paths(const Scenario& scenario, const std::vector<SectionId>& ids) {
  std::vector<std::string> result;
  for (const SectionId each : ids) result.push_back(scenario.at(each).path());
  return result;
}

using Paths = std::vector<std::string>;

const std::string service = R"(
[server.primary]
kind = "postgres"
[server.replica]
kind = "postgres"
replicas = 2
[bouncer.main]
kind = "pgbouncer"
server = "primary"
default_pool_size = 20
reserve_pool_size = 5
max_db_connections = 22
[pool.app]
kind = "asyncpg"
to = "main"
min_size = 5
max_size = 10
instances = 3
[pool.read]
kind = "fixed"
to = "server.replica"
size = 4
[http_pool.out]
kind = "httpx"
[cache.near]
kind = "lru"
max_entries = 10
[index.chunks]
kind = "flat"
rows = 1000
dimensions = 8
[container.app]
[workers.web]
concurrency = 4
[workers.celery]
concurrency = 2
[query.search]
pool = "read"
index = "chunks"
[query.save]
pool = "app"
cpu = "1ms"
[query.many]
pool = "app"
cpu = "1ms"
[batch.rows]
query = "many"
[call.embed]
http_pool = "out"
time = "10ms"
[job.mail]
workers = "celery"
steps = [{ query = "save" }]
[request.search]
workers = "web"
container = "app"
caches = ["near"]
keys = { zipf = 1, count = 100 }
steps = [{ call = "embed" }, { query = "search", times = 2 }, { cpu = "1ms" }, { query = "search" }, { enqueue = "mail" }]
adaptive = { optimized = [{ query = "save" }] }
[request.write]
steps = [{ batch = "rows" }]
[workload.users]
kind = "open"
rate = "1/s"
mix = { search = 1, write = 1 }
[failure.one]
target = "server.replica.2"
at = "1min"
[budget.monthly]
request = "search"
objective = "99%"
)";

}  // namespace

TEST_CASE("every section that is built has a role, and what is only judged has none") {
  for (const Spec& spec : catalog()) {
    INFO(spec.path());
    CHECK(role_of(spec.section) != Role::judgement);
  }
  CHECK(role_of("alert") == Role::judgement);
  CHECK(role_of("budget") == Role::judgement);
}

TEST_CASE("a topology leads from a request to its servers, through pools, bouncers, calls and batches") {
  const Scenario s = test::resolved(service);
  const Topology& t = s.topology;
  CHECK(paths(s, path_of(t, id(s, "request.search"))) ==
        Paths{"workers.web", "container.app", "cache.near", "call.embed", "http_pool.out", "pool.read",
              "server.replica", "index.chunks", "pool.app", "bouncer.main", "server.primary"});
  CHECK(paths(s, path_of(t, id(s, "request.write"))) ==
        Paths{"batch.rows", "pool.app", "bouncer.main", "server.primary"});
  CHECK(paths(s, path_of(t, id(s, "job.mail"))) ==
        Paths{"workers.celery", "pool.app", "bouncer.main", "server.primary"});
  CHECK(paths(s, node_at(t, id(s, "request.search")).steps) ==
        Paths{"call.embed", "query.search", "query.search", "job.mail"});
  CHECK(paths(s, node_at(t, id(s, "request.search")).adaptive_steps) == Paths{"query.save"});
  CHECK(paths(s, node_at(t, id(s, "workload.users")).steps) == Paths{"request.search", "request.write"});
}

TEST_CASE("a topology says who connects to an endpoint, what searches an index and what names a section") {
  const Scenario s = test::resolved(service);
  const Topology& t = s.topology;
  CHECK(paths(s, clients_of(t, id(s, "bouncer.main"))) == Paths{"pool.app"});
  CHECK(paths(s, clients_of(t, id(s, "server.primary"))) == Paths{"bouncer.main"});
  CHECK(paths(s, clients_of(t, id(s, "server.replica"))) == Paths{"pool.read"});
  CHECK(paths(s, queries_at(t, id(s, "index.chunks"))) == Paths{"query.search"});
  CHECK(paths(s, queries_at(t, id(s, "server.primary"))) == Paths{"query.save", "query.many"});
  CHECK(node_at(t, id(s, "server.replica")).server == id(s, "server.primary"));  // the only one without replicas
  std::vector<std::string> names;
  for (const Reference& r : references_to(t, id(s, "query.save"))) names.push_back(s.at(r.from).path() + "." + r.key);
  CHECK(names == Paths{"job.mail.steps[0].query", "request.search.adaptive.optimized[0].query"});
  CHECK(references_to(t, id(s, "server.replica")).size() == 2);  // the pool, and the failure of one of its hosts
  CHECK(references_to(t, id(s, "request.search")).size() == 2);  // the mix, and the budget
}

TEST_CASE("connections are counted from pools through a bouncer to its server") {
  const Scenario s = test::resolved(service);
  const plan::ConnectionShare pool = plan::share_of(s, id(s, "pool.app"));
  CHECK(pool.most == 30);
  CHECK(pool.at_start == 15);
  const plan::ConnectionShare bouncer = plan::share_of(s, id(s, "bouncer.main"));
  CHECK(bouncer.most == 22);  // one login of 20 and 5, within max_db_connections
  CHECK(plan::sum(plan::shares_at(s, id(s, "server.primary")), &plan::ConnectionShare::most) == 22);
}

TEST_CASE("a copy of a scenario has the same topology") {
  std::vector<Scenario> copies;
  {
    const Scenario original = test::resolved(service);
    copies.push_back(original);
  }
  const Scenario& s = copies.front();
  CHECK(paths(s, clients_of(s.topology, id(s, "bouncer.main"))) == Paths{"pool.app"});
}

TEST_CASE("in every shipped scenario each name leads to a section and each way of a statement ends at a server") {
  for (const std::string& name : test::shipped_names()) {
    const Scenario s = test::shipped(name);
    const Topology& t = s.topology;
    INFO(name);
    REQUIRE(t.nodes.size() == s.sections.size());
    for (const Reference& reference : t.references) {
      INFO(s.at(reference.from).path() << "." << reference.key);
      REQUIRE(reference.to >= 0);
      REQUIRE(reference.to < static_cast<SectionId>(t.nodes.size()));
    }
    for (std::size_t i = 0; i < t.nodes.size(); ++i) {
      const Node& node = t.nodes[i];
      INFO(s.sections[i].path());
      CHECK(section_of(s.sections, s.sections[i].path()) == static_cast<SectionId>(i));
      const bool stands_before = node.role == Role::pool || node.role == Role::bouncer;
      if (stands_before || (node.role == Role::query && node.http_pool == no_section)) {
        REQUIRE(node.server != no_section);
        CHECK(node_at(t, node.server).role == Role::server);
      }
      if (node.role == Role::query) CHECK((node.pool == no_section) != (node.http_pool == no_section));
      if (node.role == Role::request || node.role == Role::job)
        for (const SectionId each : path_of(t, static_cast<SectionId>(i))) CHECK(each != no_section);
    }
  }
}
