// Rules of thumb: hand-worked values for a small scenario, and what the simulation finds of them.

#include "plan/decide/rules.h"

#include <algorithm>

#include "plan/report/rules_report.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

/// 100/s of exactly 30 ms each on 8 cores: three connections busy on average, of two that there are.
const std::string busy_pool =
    "[scenario]\nduration = \"60s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 8\nmemory = \"32GB\"\nshared_buffers = \"8GB\"\nmax_connections = "
    "200\n"
    "[pool.app]\nkind = \"asyncpg\"\nto = \"server.primary\"\nmin_size = 4\nmax_size = 4\n"
    "[index.chunks]\nkind = \"ivfflat\"\nrows = 1_000_000\ndimensions = 768\nlists = 100\n"
    "[index.graph]\nkind = \"hnsw\"\nrows = 1_000_000\ndimensions = 1536\n"
    "[query.q]\npool = \"app\"\ncpu = \"30ms\"\n"
    "[request.r]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"100/s\"\nmix = { r = 1 }\n";

Rules checked(const std::vector<std::string>& sets = {}) {
  RunOptions options;
  options.threads = 1;
  options.stopping = {5, 5, 0.05};
  const std::optional<Rules> rules = check_rules(test::draft(busy_pool), parse_overrides(sets), options);
  REQUIRE(rules);
  return *rules;
}

const Rule& find(const Rules& rules, const std::string& guide, const std::string& key) {
  for (const Rule& rule : rules.rules)
    for (const RuleSetting& setting : rule.settings)
      if (setting.key == key && rule.guide == guide) return rule;
  FAIL("no rule of " << guide << " for " << key);
  return rules.rules.front();
}

std::string value(const Rule& rule, const std::string& key) {
  for (const RuleSetting& setting : rule.settings)
    if (setting.key == key) return setting.value;
  return "none";
}

TEST_CASE("rules of thumb are computed by their formulas from what the scenario measures") {
  const Rules rules = checked();
  const Rule& pool = find(rules, "dual-server-mcp", "pool.app.max_size");
  CHECK(value(pool, "pool.app.max_size") == "4");  // 100/s x 30 ms / 0.75
  CHECK(value(pool, "pool.app.min_size") == "4");  // 5 at least, but no more than there may be
  CHECK(pool.followed());
  CHECK_FALSE(pool.effect);
  const int cores = std::stoi(value(find(rules, "ai-handoff", "pool.app.max_size"), "pool.app.max_size"));
  CHECK(cores >= 16 + 3);  // 8 cores x 2, and those who are being served or wait
  CHECK(cores <= 16 + 8);
  CHECK(find(rules, "agenthub, codex-vector", "server.primary.shared_buffers").followed());
  CHECK(value(find(rules, "agenthub, codex-vector", "server.primary.effective_cache_size"),
              "server.primary.effective_cache_size") == "24GB");
  const Rule& work_mem = find(rules, "codex-vector", "server.primary.work_mem");
  CHECK(value(work_mem, "server.primary.work_mem") == "256MB");
  CHECK(value(find(rules, "codex-vector", "server.primary.maintenance_work_mem"),
              "server.primary.maintenance_work_mem") == "2GB");
  CHECK(value(find(rules, "agenthub", "server.primary.maintenance_work_mem"), "server.primary.maintenance_work_mem") ==
        "4GB");
  CHECK(value(find(rules, "dual-server-mcp", "index.chunks.lists"), "index.chunks.lists") == "1000");
  const Rule& graph = find(rules, "codex-vector", "index.graph.m");
  CHECK(value(graph, "index.graph.m") == "48");
  CHECK(value(graph, "index.graph.ef_construction") == "200");
}

TEST_CASE("the heap is three quarters of a container's memory, and what that does is found") {
  const std::string contained = "request.r.container=api";
  RunOptions options;
  options.threads = 1;
  options.stopping = {5, 5, 0.05};
  // Three requests at a time of 100 MB each, and 200 MB: 600 MB and more do not fit in 768 for long, but in 1 GB.
  const std::string text = busy_pool +
                           "[container.api]\nmemory_limit = \"1GB\"\nmemory_base = \"200MB\"\n"
                           "memory_per_request = \"100MB\"\n";
  const std::optional<Rules> rules = check_rules(test::draft(text), parse_overrides({contained}), options);
  REQUIRE(rules);
  const Rule& heap = find(*rules, "ai-handoff", "container.api.max_old_space_size");
  CHECK(value(heap, "container.api.max_old_space_size") == "768MB");
  CHECK(heap.basis == "memory_limit 1GB");
  REQUIRE(heap.effect);
  const Rules without = checked();
  CHECK(std::any_of(without.rules.begin(), without.rules.end(),
                    [](const Rule& rule) { return rule.unknown == "no container says its memory_limit"; }));
}

TEST_CASE("a rule that moves a figure is found to, on the same random numbers") {
  const Rules rules = checked();
  const Rule& wide = find(rules, "ai-handoff", "pool.app.max_size");
  REQUIRE(wide.effect);
  CHECK(wide.effect->paired);
  const auto p95 = std::find_if(wide.effect->figures.begin(), wide.effect->figures.end(), [](const FigureChange& f) {
    return f.path == std::vector<std::string>{"requests", "r", "latency_s", "p95"};
  });
  REQUIRE(p95 != wide.effect->figures.end());
  CHECK(p95->change == Change::better);  // at four connections, busy for 75 %, one waits; at twenty nobody does
  CHECK(p95->b.value == Approx(0.03).epsilon(0.35));
  CHECK_FALSE(finding(wide).empty());
  const std::string json = to_json(rules);
  CHECK(json.find("\"schema\": \"capplan.rules/1\"") != std::string::npos);
  CHECK(json.find("ai-handoff") != std::string::npos);
  CHECK(markdown(rules).find("pool.app.max_size") != std::string::npos);
  CHECK(csv(rules).starts_with("guide,rule,basis,setting,own,value,finding\n"));
}

}  // namespace
}  // namespace capplan::plan
