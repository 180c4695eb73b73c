// Sections [index.NAME]: what PostgreSQL refuses is refused at its key and in its words; and what a query with an index
// asks of its server.

#include "models/index/index_build.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// "key: what" of everything that is wrong with an index.
std::string wrong(const std::string& kind, const Keys& keys) {
  std::vector<core::Problem> problems;
  resolve(*find_spec("index", kind), table(keys), "index.i", {}, problems);
  std::string text;
  for (const core::Problem& p : problems) text += p.key + ": " + p.what + "\n";
  return text;
}

Keys with(Keys keys, const Keys& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

const Keys chunks = {{"rows", 200'000}, {"dimensions", 384}};

/// A host, an index, and one query on it.
std::vector<Section> searching(const std::string& kind, const Keys& index, const Keys& query_keys = {},
                               const Keys& host = {}) {
  Keys keys = {{"cores", 4}, {"random_page_cost", 1.1}};
  if (host.empty()) keys.emplace_back("shared_buffers", "8GB");
  std::vector<Section> sections = {server(with(keys, host))};
  sections.push_back(section("pool", "fixed", "p", {{"to", "server.s"}, {"size", 8}}));
  sections.push_back(section("index", kind, "i", index));
  sections.push_back(query("q", with({{"pool", "pool.p"}, {"index", "index.i"}}, query_keys)));
  sections.push_back(request("r", steps({{"query.q", 1}})));
  sections.push_back(section("workload", "open", "w", {{"rate", "200/s"}, {"mix", table({{"r", 1}})}}));
  return sections;
}

IndexedForecast forecast_of(const std::vector<Section>& sections) {
  return indexed_forecast(indexed_queries(sections, topology_of(sections)).at(0));
}

}  // namespace

TEST_CASE("what pgvector refuses of an index is refused at its key, in its words") {
  CHECK(wrong("hnsw", chunks).empty());
  CHECK(wrong("hnsw", {{"rows", 10}, {"dimensions", 2001}}) ==
        "index.i.dimensions: PostgreSQL refuses: column cannot have more than 2000 dimensions for hnsw index\n");
  CHECK(wrong("ivfflat", {{"rows", 10}, {"dimensions", 4001}, {"type", "halfvec"}}) ==
        "index.i.dimensions: PostgreSQL refuses: column cannot have more than 4000 dimensions for ivfflat index\n");
  CHECK(
      wrong("hnsw", {{"rows", 10}, {"dimensions", 16'000}, {"type", "sparsevec"}, {"non_zeros", 1001}}) ==
      "index.i.non_zeros: PostgreSQL refuses: sparsevec cannot have more than 1000 non-zero elements for hnsw index\n");
  CHECK(wrong("flat", {{"rows", 10}, {"dimensions", 16'001}}) ==
        "index.i.dimensions: PostgreSQL refuses: dimensions for type vector cannot exceed 16000\n");
  CHECK(wrong("hnsw", with(chunks, {{"m", 40}})) ==
        "index.i.ef_construction: PostgreSQL refuses: ef_construction must be greater than or equal to 2 * m\n");
  CHECK(wrong("hnsw", with(chunks, {{"m", 101}})).starts_with("index.i.m: "));
  CHECK(wrong("ivfflat", with(chunks, {{"lists", 32'769}})).starts_with("index.i.lists: "));
  CHECK(wrong("ivfflat", with(chunks, {{"iterative_scan", "strict_order"}})).starts_with("index.i.iterative_scan: "));
  CHECK(wrong("hnsw", with(chunks, {{"as_of", "2026-02-30"}})).starts_with("index.i.as_of: must be a date"));
}

TEST_CASE("a query needs a cpu of its own only where it has no index") {
  std::vector<core::Problem> problems;
  resolve(*find_spec("query", ""), table({{"pool", "p"}, {"index", "i"}}), "query.q", {}, problems);
  CHECK(problems.empty());
  resolve(*find_spec("query", ""), table({{"pool", "p"}}), "query.q", {}, problems);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "query.q.cpu");
}

TEST_CASE("statements take the law's median, spread as the law says, besides their own cpu") {
  const std::vector<Section> sections = searching("hnsw", chunks, {{"cpu", "500us"}});
  const SearchDemand demand = search_demand(indexed_queries(sections, topology_of(sections)).at(0));
  const IndexedForecast forecast = forecast_of(sections);
  CHECK(demand.cpu == Approx(forecast.cpu.value));
  CHECK(demand.pages == Approx(forecast.pages.value));
  CHECK(demand.disk == 0);
  const core::Histogram latency = histogram(run(sections, 60 * s), {"queries", "q", "latency_s"});
  // Four cores that are hardly busy: latency is demand. 12,000 statements put the median within 1 %.
  CHECK(latency.quantile(0.5) == Approx(demand.cpu + 500e-6).epsilon(0.03));
  CHECK(latency.quantile(0.95) == Approx(demand.cpu * std::exp(1.645 * demand.dispersion) + 500e-6).epsilon(0.04));
}

TEST_CASE("what the planner reads in sequence costs what a sequential scan costs") {
  // random_page_cost = 4 and a small table: the planner takes the table, with ef_search or without.
  const Keys small = {{"rows", 500}, {"dimensions", 128}, {"ef_search", 1000}};
  const std::vector<Section> by_index = searching("hnsw", small);
  const IndexedForecast f = forecast_of(by_index);
  const IndexedForecast flat = forecast_of(searching("flat", {{"rows", 500}, {"dimensions", 128}}));
  CHECK(f.plan == Plan::seq_scan);
  CHECK(f.cpu.value == Approx(flat.cpu.value));
  CHECK(f.recall.value == 1);
}

TEST_CASE("a filter behind the index takes rows and recall, a partial index gives them back for less") {
  const Keys filtered = {{"selectivity", 0.02}};
  const auto forecast = [&](const Keys& index, const Keys& query_keys) {
    return forecast_of(searching("hnsw", with({{"rows", 2'000'000}, {"dimensions", 384}}, index), query_keys));
  };
  const IndexedForecast off = forecast({}, filtered), on = forecast({{"iterative_scan", "relaxed_order"}}, filtered);
  const IndexedForecast partial = forecast({}, with(filtered, {{"filter", "partial-index"}}));
  const IndexedForecast all = forecast({}, {});
  REQUIRE(off.plan == Plan::index_scan);
  CHECK(off.rows_returned == Approx(0.8).epsilon(0.02));
  CHECK(off.recall.value < 0.1);
  CHECK(on.rows_returned > 9);
  CHECK(on.recall.value > off.recall.value);
  CHECK(on.cpu.value > 2 * off.cpu.value);
  CHECK(partial.rows_returned == 10);
  CHECK(partial.recall.value > all.recall.value);
  CHECK(partial.cpu.value < all.cpu.value);
}

TEST_CASE("indexes of one server compete for its memory, and what is on disk waits at the disk") {
  const Keys host = {{"memory", "1GB"}, {"shared_buffers", "256MB"}};
  std::vector<Section> sections = searching("hnsw", {{"rows", 1'000'000}, {"dimensions", 768}}, {}, {});
  const SearchDemand roomy = search_demand(indexed_queries(sections, topology_of(sections)).at(0));
  sections[0] = server(with({{"cores", 4}, {"random_page_cost", 1.1}}, host));
  const IndexedQuery tight = indexed_queries(sections, topology_of(sections)).at(0);
  const SearchDemand starved = search_demand(tight);
  CHECK(roomy.disk == 0);
  CHECK(starved.disk > 10 * roomy.cpu);
  CHECK(starved.cpu > roomy.cpu);
  // A second index on the same server leaves less for the first.
  sections.push_back(section("index", "hnsw", "j", {{"rows", 1'000'000}, {"dimensions", 768}}));
  sections.push_back(query("q2", {{"pool", "pool.p"}, {"index", "index.j"}}));
  CHECK(indexed_queries(sections, topology_of(sections)).at(0).competing_bytes == Approx(2 * tight.competing_bytes));
  CHECK(search_demand(indexed_queries(sections, topology_of(sections)).at(0)).disk > starved.disk);
  // Two queries of one index count it once.
  sections.push_back(query("q3", {{"pool", "pool.p"}, {"index", "index.j"}}));
  CHECK(indexed_queries(sections, topology_of(sections)).at(0).competing_bytes == Approx(2 * tight.competing_bytes));
  const core::Recording seen = run(sections, 10 * s);
  CHECK(total(seen, {"servers", "s", "disk"}) > 0);
}

TEST_CASE("a build is the one of its method, with the server's memory") {
  const std::vector<Section> sections = searching("hnsw", chunks, {}, {{"maintenance_work_mem", "64MB"}});
  const IndexedQuery query = indexed_queries(sections, topology_of(sections)).at(0);
  const IndexBuild tight = index_build(query.index, query.host);
  const IndexBuild roomy = index_build(query.index, query.host, 4e9);
  CHECK_FALSE(tight.fits);
  CHECK(tight.rows_in_memory < 200'000);
  CHECK_FALSE(tight.notice.empty());
  CHECK(roomy.fits);
  CHECK(roomy.total_s.value < tight.total_s.value);
  const std::vector<Section> lists = searching("ivfflat", with(chunks, {{"lists", 4000}}), {}, {});
  const IndexedQuery listed = indexed_queries(lists, topology_of(lists)).at(0);
  CHECK_FALSE(index_build(listed.index, listed.host).fits);
  CHECK(index_build(listed.index, listed.host).error.find("memory required is") != std::string::npos);
}
