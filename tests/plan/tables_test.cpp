// Reports of hand-made results: each number with its interval, marks, widths, and the other formats.

#include "plan/report/tables.h"

#include <sstream>

#include "plan/format/text_layout.h"
#include "tests/plan/report_sample.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::sample_result;
using test::sample_sweep;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const std::string& line : lines_of(text)) most = std::max(most, columns(line));
  return most;
}

}  // namespace

TEST_CASE("the first line of a result is the verdict") {
  Result result = sample_result();
  CHECK(lines_of(text_table(result))[0] == "✗ api: 1 of 3 SLOs is missed");
  result.verdict = Verdict::undecided;
  CHECK(lines_of(text_table(result))[0] == "? api: 1 of 3 SLOs is undecided at this precision");
  result.verdict = Verdict::no_steady_state;
  CHECK(lines_of(text_table(result))[0] == "~ api: no steady state, more work arrives than is done");
  result.verdict = Verdict::ok;
  CHECK(lines_of(text_table(result))[0] == "✓ api: all 3 SLOs are met");
  result.slos.clear();
  CHECK(lines_of(text_table(result))[0] == "✓ api: done, no SLO is stated");
}

TEST_CASE("the second line says what was simulated") {
  CHECK_THAT(lines_of(text_table(sample_result()))[1],
             ContainsSubstring("10 replications of 10.0min simulated, the first 12.5s left out as warm-up; "));
}

TEST_CASE("every number of a result has its interval in the same unit") {
  const std::string text = text_table(sample_result());
  CHECK_THAT(text, ContainsSubstring("41.2ms ±1.1"));
  CHECK_THAT(text, ContainsSubstring("4.00ms ±0.04"));
  CHECK_THAT(text, ContainsSubstring("95.1% ±0.2"));
  CHECK_THAT(text, ContainsSubstring("0.125% ±0.020"));
  CHECK_THAT(text, ContainsSubstring("pool_wait 75% (3.00ms ±0.03), cpu 25% (1.00ms ±0.01)"));
}

TEST_CASE("errors stand under their real names with a remedy") {
  CHECK_THAT(text_table(sample_result()), ContainsSubstring("query_wait_timeout  a larger default_pool_size"));
}

TEST_CASE("each SLO has its mark and its headroom") {
  const std::string text = text_table(sample_result());
  CHECK_THAT(text, ContainsSubstring("✓  search  p95 < 100ms  18.1ms ±0.4  82% headroom"));
  CHECK_THAT(text, ContainsSubstring("✗  search  p99 < 20ms   41.2ms ±1.1  106% above the limit"));
  CHECK_THAT(text, ContainsSubstring("?  search  p999 < 1s"));
}

TEST_CASE("a figure that the sample cannot carry is a dash with a footnote") {
  Result result = sample_result();
  CHECK_THAT(text_table(result), ContainsSubstring("-: too few observations to estimate this figure"));
  for (Figure& figure : result.figures) figure.estimate = test::about(1, 0);
  result.slos.clear();
  CHECK(text_table(result).find("-: the sample") == std::string::npos);
}

TEST_CASE("a result fits the width it is given") {
  for (const int width : {80, 100, 140}) {
    CHECK(widest(text_table(sample_result(), {.width = width})) <= static_cast<std::size_t>(width));
    CHECK(widest(text_table(sample_sweep(), {.width = width})) <= static_cast<std::size_t>(width));
  }
}

TEST_CASE("colour only repeats what marks say") {
  const auto plain = [](std::string text) {
    for (std::size_t at; (at = text.find('\x1b')) != std::string::npos;) text.erase(at, text.find('m', at) - at + 1);
    return text;
  };
  const std::string painted = text_table(sample_result(), {.color = true});
  CHECK(painted != text_table(sample_result()));
  CHECK(plain(painted) == text_table(sample_result()));
  CHECK(plain(text_table(sample_sweep(), {.color = true})) == text_table(sample_sweep()));
}

TEST_CASE("a name cannot move the cursor of a terminal") {
  Result result = sample_result();
  result.name = "a\x1b[2Jb\nc";
  CHECK(text_table(result).find('\x1b') == std::string::npos);
  CHECK_THAT(text_table(result), ContainsSubstring("a?[2Jb?c"));
}

TEST_CASE("a sweep has a row for each point under short keys and a legend") {
  const std::string text = text_table(sample_sweep());
  CHECK_THAT(text, ContainsSubstring("api: 4 points over pool.app.size (2) and workload.api.rate (2); 1 of 3 meet"));
  CHECK_THAT(text, ContainsSubstring("size is pool.app.size, rate is workload.api.rate"));
  CHECK_THAT(text, ContainsSubstring("   4  400/s"));
  CHECK_THAT(text, ContainsSubstring("41.2ms ±1.1"));
  CHECK_THAT(text, ContainsSubstring("app"));
  CHECK_THAT(text, ContainsSubstring("~: no steady state"));
}

TEST_CASE("keys of a sweep that end alike are told apart") {
  Sweep sweep = sample_sweep();
  sweep.axes[1].key = "pool.back.size";
  CHECK_THAT(text_table(sweep), ContainsSubstring("app.size is pool.app.size, back.size is pool.back.size"));
}

TEST_CASE("a long key of a sweep stands on two lines of the text and on one of the markdown") {
  Sweep sweep = sample_sweep();
  sweep.axes[0].key = "bouncer.main.default_pool_size";
  CHECK_THAT(text_table(sweep), ContainsSubstring("\npool_size   rate"));
  CHECK_THAT(markdown(sweep), ContainsSubstring("| default_pool_size | rate |"));
}

TEST_CASE("points that are not done are dots and counted") {
  const std::string text = text_table(sample_sweep());
  CHECK_THAT(text, ContainsSubstring("·: 1 of 4 points are not done yet"));
  CHECK_THAT(text, ContainsSubstring("8  800/s    ·   "));
}

TEST_CASE("a sweep says in words the least setting that meets the SLOs") {
  const std::string text = text_table(sample_sweep());
  CHECK_THAT(text,
             ContainsSubstring("pool.app.size = 4 is the smallest that meets the SLOs at workload.api.rate = 400/s\n"));
  CHECK_THAT(text, ContainsSubstring("no pool.app.size of 4..8 meets the SLOs at workload.api.rate = 800/s"));
  CHECK_THAT(text, ContainsSubstring("800/s; undecided at some values;"));
}

TEST_CASE("in a narrow terminal a sweep keeps p99 and its interval") {
  const std::string text = text_table(sample_sweep(), {.width = 60});
  CHECK_THAT(text, ContainsSubstring("41.2ms ±1.1"));
  CHECK_THAT(text, ContainsSubstring("--format csv has them all"));
}

TEST_CASE("markdown holds the same as the text, its pipes escaped") {
  Result result = sample_result();
  result.warnings[0].text = "a|b";
  const std::string text = markdown(result);
  CHECK_THAT(text, ContainsSubstring("## ✗ api: 1 of 3 SLOs is missed"));
  CHECK_THAT(text, ContainsSubstring("| search | 800 ±1 | 799 ±1 |"));
  CHECK_THAT(text, ContainsSubstring("a\\|b"));
  CHECK_THAT(markdown(sample_sweep()), ContainsSubstring("- pool.app.size = 4 is the smallest"));
}

TEST_CASE("the CSV of a result has a row for each figure and empty cells for what is not known") {
  const std::vector<std::string> lines = lines_of(csv(sample_result()));
  CHECK(lines[0] == "path,value,lo,hi");
  CHECK(lines.size() == 1 + sample_result().figures.size());
  CHECK_THAT(csv(sample_result()), ContainsSubstring("pools/app/wait_s/p95,0.0152,0.0147,0.0157\n"));
  CHECK_THAT(csv(sample_result()), ContainsSubstring("requests/search/latency_s/p999,,,\n"));
}

TEST_CASE("the CSV of a sweep has a row for each point and the same number of cells in each") {
  Sweep sweep = sample_sweep();
  sweep.points[2].result.figures.push_back({{"requests", "search", "errors", "sorry, too many"}, test::about(1, 0)});
  const std::vector<std::string> lines = lines_of(csv(sweep));
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].starts_with("pool.app.size,workload.api.rate,verdict,replications,"));
  CHECK_THAT(lines[0], ContainsSubstring("\"requests/search/errors/sorry, too many\""));
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK(commas(lines[i]) == commas(lines[0]) - 3);
  CHECK(lines[4].starts_with("8,800/s,,,"));
}
