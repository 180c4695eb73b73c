// SLOs: the whole interval decides.

#include "plan/study/judge.h"

#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

Result with(std::vector<std::string> path, core::Estimate estimate) {
  Result result;
  result.figures.push_back({std::move(path), estimate});
  return result;
}

Slo slo(const std::string& target, const std::string& metric, bool below, double limit) {
  return {target, metric, below, limit, "", {}};
}

TEST_CASE("an SLO is met or missed when the whole interval lies on one side of the limit") {
  const Result result = with({"requests", "search", "latency_s", "p95"}, {0.1, 0.09, 0.11, true});
  CHECK(judge(slo("search", "p95", true, 0.12), result).judgement == Judgement::met);
  CHECK(judge(slo("search", "p95", true, 0.1), result).judgement == Judgement::undecided);
  CHECK(judge(slo("search", "p95", true, 0.08), result).judgement == Judgement::missed);
  CHECK(judge(slo("search", "p95", false, 0.08), result).judgement == Judgement::met);
  CHECK(judge(slo("search", "p95", false, 0.12), result).judgement == Judgement::missed);
}

TEST_CASE("an SLO on a figure that is not known is undecided") {
  const Result result = with({"requests", "search", "latency_s", "p99"}, {});
  CHECK(judge(slo("search", "p99", true, 1), result).judgement == Judgement::undecided);
  CHECK(judge(slo("search", "p50", true, 1), result).judgement == Judgement::undecided);
}

TEST_CASE("metrics of requests and resources stand where the result has them") {
  using Path = std::vector<std::string>;
  CHECK(figure_path("search", "errors") == Path{"requests", "search", "error_ratio"});
  CHECK(figure_path("all", "throughput") == Path{"requests", "all", "completed_per_s"});
  CHECK(figure_path("pool.app", "utilization") == Path{"pools", "app", "utilization"});
  CHECK(figure_path("pool.app", "wait_p95") == Path{"pools", "app", "wait_s", "p95"});
  CHECK(figure_path("server.primary", "utilization") == Path{"servers", "primary", "cpu"});
  CHECK(figure_path("cache.memory", "hit_ratio") == Path{"caches", "memory", "hit_ratio"});
  CHECK(figure_path("query.load", "p99") == Path{"queries", "load", "latency_s", "p99"});
  for (const std::string target : {"search", "all", "pool.app", "server.primary", "query.load"})
    CHECK(target_of(figure_path(target, "p99")) == target);
  CHECK(target_of({"something", "else"}).empty());
}

TEST_CASE("one missed SLO outweighs all, then no steady state comes before everything") {
  const auto of = [](Judgement judgement) {
    SloResult result;
    result.judgement = judgement;
    return result;
  };
  CHECK(verdict({}, true) == Verdict::ok);
  CHECK(verdict({of(Judgement::met)}, true) == Verdict::ok);
  CHECK(verdict({of(Judgement::met), of(Judgement::undecided)}, true) == Verdict::undecided);
  CHECK(verdict({of(Judgement::undecided), of(Judgement::missed)}, true) == Verdict::missed);
  CHECK(verdict({of(Judgement::met)}, false) == Verdict::no_steady_state);
}

}  // namespace
}  // namespace capplan::plan
