// Prepared statements: what a connection keeps, who prepares it, and what a miss costs; at hand-worked counts and
// against the closed forms of an LRU.

#include "models/server/prepared_statements.h"
#include "core/cache_formulas.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// A query of `texts` texts, one at a time, through what `more` says; parse 5 ms, the rest 1 ms.
core::Recording run_texts(int texts, int count, std::vector<Section> more) {
  std::vector<core::Nanos> times;
  for (int i = 0; i < count; ++i) times.push_back(i * 20 * ms + 1 * ms);
  std::vector<Section> sections = {server({{"connect_time", "0"}, {"connect_cpu", "0"}})};
  sections.insert(sections.end(), more.begin(), more.end());
  sections.push_back(query("q", {{"pool", "pool.p"}, {"cpu", "1ms"}, {"parse_cpu", "5ms"}, {"texts", texts}}));
  sections.push_back(request("r", steps({{"q", 1}})));
  sections.push_back(requests_at(times));
  return run(sections, times.back() + 1 * s);
}

double parsed(const core::Recording& recording) { return total(recording, {"queries", "q", "parsed_ratio"}); }

Section pool(const Keys& keys) { return section("pool", "fixed", "p", keys); }

}  // namespace

TEST_CASE("the statements used last are kept, a statement without a name never") {
  PreparedStatements statements;
  CHECK_FALSE(statements.use(1, 2));
  CHECK_FALSE(statements.use(2, 2));
  CHECK(statements.use(1, 2));
  CHECK_FALSE(statements.use(3, 2));  // 2 leaves
  CHECK(statements.use(1, 2));
  CHECK_FALSE(statements.use(2, 2));  // 3 leaves
  CHECK(statements.use(1, 2));
  CHECK(statements.use(2, 2));
  CHECK_FALSE(statements.use(0, 2));
  CHECK_FALSE(statements.use(0, 2));
  CHECK_FALSE(statements.use(9, 0));
  CHECK_FALSE(statements.use(9, 0));
  statements.clear();
  CHECK_FALSE(statements.use(1, 2));
}

TEST_CASE("a text is parsed once on each connection that it comes to") {
  const core::Recording one = run_texts(1, 100, {pool({{"to", "server.s"}, {"size", 1}})});
  CHECK(parsed(one) == 1);
  CHECK(histogram(one, {"requests", "r", "latency_s"}).max() == 6 * ms);
  CHECK(total(one, {"servers", "s", "cpu"}) == Approx(0.105));
  const core::Recording four = run_texts(1, 100, {pool({{"to", "server.s"}, {"size", 4}, {"reuse", "oldest"}})});
  CHECK(parsed(four) == 4);
}

TEST_CASE("without a statement cache every execution parses") {
  CHECK(parsed(run_texts(1, 100, {pool({{"to", "server.s"}, {"size", 1}, {"statement_cache_size", 0}})})) == 100);
}

TEST_CASE("the share of parses of a cache too small for the texts is that of an LRU") {
  // 200 texts, each as frequent, 100 of them kept: half of the executions, once it is full.
  const int count = 20'000;
  const core::Recording seen =
      run_texts(200, count, {pool({{"to", "server.s"}, {"size", 1}, {"statement_cache_size", 100}})});
  const double share = parsed(seen) / count;
  CHECK(std::abs(share - 0.5) < 4 * 0.5 / std::sqrt(count) + 100.0 / count);
}

TEST_CASE("PgBouncer keeps statements on server connections, whoever prepared them") {
  const auto through = [](const Keys& more, int size) {
    const Keys keys = changed({{"server", "s"}, {"pool_mode", "transaction"}, {"query_cpu", "0"}}, more);
    // Connections of the application in turn; one server, since no two statements meet.
    return run_texts(
        1, 100,
        {section("bouncer", "pgbouncer", "b", keys), pool({{"to", "bouncer.b"}, {"size", size}, {"reuse", "oldest"}})});
  };
  CHECK(parsed(through({}, 10)) == 1);
  CHECK(parsed(through({{"max_prepared_statements", 1}}, 10)) == 1);
  CHECK(parsed(through({{"server_reset_query_always", true}}, 10)) == 100);  // DISCARD ALL forgets them
  CHECK_THROWS_AS(through({{"max_prepared_statements", 0}}, 10), core::InputError);
  CHECK(parsed(through({{"pool_mode", "session"}, {"max_prepared_statements", 0}}, 10)) == 10);
}

TEST_CASE("a statement cache too small in PgBouncer parses what the driver has prepared") {
  const int count = 10'000;
  const core::Recording seen = run_texts(
      50, count,
      {section("bouncer", "pgbouncer", "b",
               {{"server", "s"}, {"pool_mode", "transaction"}, {"query_cpu", "0"}, {"max_prepared_statements", 10}}),
       pool({{"to", "bouncer.b"}, {"size", 1}})});
  CHECK(std::abs(parsed(seen) / count - 0.8) < 4 * 0.4 / std::sqrt(count) + 10.0 / count);
}
