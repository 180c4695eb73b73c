// The report's page: nothing of an input is markup, the data are in it and come back out, and the same answer gives the
// same bytes.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <set>

#include "core/error.h"
#include "plan/format/page_data.h"
#include "plan/report/answers.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/tables.h"
#include "plan/scenario/settings.h"
#include "plan/study/kept.h"
#include "plan/study/result_json.h"
#include "plan/study/store.h"
#include "tests/plan/refusal.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;
using test::refusal_of;
using test::sample_comparison;
using test::sample_result;
using test::sample_sweep;

namespace {

const std::string attack = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&";

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("text is escaped wherever it could be markup") {
  CHECK(escaped("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
  CHECK(escaped("pool größe") == "pool größe");
  CHECK(escaped("a\x1b[31m\n") == "a?[31m?");
  CHECK(for_script("{\"a\": \"</script>\"}") == "{\"a\": \"\\u003c/script>\"}");
}

TEST_CASE("what fills a slot of the page is not looked at again") {
  CHECK(filled("a {{x}} b {{y}}", {{"x", "{{y}}"}, {"y", "2"}}) == "a {{y}} b 2");
  CHECK_THROWS_AS(filled("{{z}}", {{"x", ""}}), std::logic_error);
}

TEST_CASE("names that are scripts stay names on the page") {
  Result result = sample_result();
  const std::string plain = html(result);
  result.name = attack;
  for (Figure& figure : result.figures)
    if (figure.path[0] != "servers") figure.path[1] = attack;
  for (SloResult& slo : result.slos) slo.target = attack;
  result.warnings[0].text = attack;
  result.profile.spectra[0].request = result.profile.breakdowns[0].request = attack;
  result.profile.breakdowns[0].stages_s[0].first = attack;
  for (Series& series : result.profile.series) series.path[1] = attack;
  const std::string page = html(result);
  CHECK(count_of(page, "<script>alert") == 0);
  CHECK(count_of(page, "<img") == 0);
  CHECK(result_from_json(*embedded_json(page), "page") == result);
  CHECK(count_of(plain, "</script>") == count_of(page, "</script>"));
}

TEST_CASE("a page gives back the result it was written from") {
  const Result result = sample_result();
  const auto data = embedded_json(html(result));
  REQUIRE(data);
  const Result back = result_from_json(*data, "page");
  CHECK(back == result);
  CHECK(csv(back) == csv(result));
  CHECK(to_json(back) == to_json(result));
  CHECK(html(back) == html(result));
}

TEST_CASE("a page gives back the sweep it was written from") {
  const Sweep sweep = sample_sweep();
  const auto back = sweep_from_json(*embedded_json(html(sweep)), "page");
  REQUIRE(back);
  CHECK(csv(*back) == csv(sweep));
  CHECK(markdown(*back) == markdown(sweep));
  CHECK(html(*back) == html(sweep));
}

TEST_CASE("a sweep's page holds of its data what it shows") {
  Sweep sweep = sample_sweep();
  for (SweepPoint& point : sweep.points)
    for (Figure& figure : point.result.figures) figure.values.assign(30, 0.123456789);
  const Sweep back = *sweep_from_json(*embedded_json(html(sweep)), "page");
  CHECK(back.points[0].result.scenario == sweep.points[0].result.scenario);
  CHECK(back.points[1].result.scenario.empty());
  CHECK(back.points[1].result.profile.spectra == sweep.points[1].result.profile.spectra);
  CHECK(back.points[1].result.profile.series.empty());
  CHECK(back.points[1].result.figures.front().values.empty());
  CHECK(html(back) == html(sweep));
}

TEST_CASE("each point of a sweep has its spectrum and its stages folded on the page") {
  Sweep sweep = sample_sweep();
  sweep.points[2].labels[1] = attack;
  const std::string page = html(sweep, {}, true);
  CHECK(count_of(page, "<details class=\"point\" id=\"point-") == 4);
  CHECK(count_of(page, "<p>Not done yet.</p>") == 1);
  CHECK(count_of(page, "~</span> pool.app.size = 4, workload.api.rate = 800/s</summary>") == 1);
  CHECK(count_of(page, "<figcaption>Share of a request&#39;s time by stage") == 3);
  CHECK(count_of(page, "<script>alert") == 0);
}

TEST_CASE("a page gives back the comparison it was written from") {
  const Comparison comparison = sample_comparison();
  const auto back = comparison_from_json(*embedded_json(html(comparison)), "page");
  REQUIRE(back);
  CHECK(to_json(*back) == to_json(comparison));
  CHECK(csv(*back) == csv(comparison));
  CHECK(markdown(*back) == markdown(comparison));
  CHECK(text_table(*back) == text_table(comparison));
  CHECK(html(*back) == html(comparison));
  CHECK_FALSE(comparison_from_json(to_json(sample_result()), "x"));
}

TEST_CASE("the chart of a comparison has every figure once under its group") {
  const Comparison comparison = sample_comparison();
  const Chart chart = change_chart(comparison);
  REQUIRE(chart.labels.size() >= comparison.figures.size());
  CHECK(std::set(chart.labels.begin(), chart.labels.end()).size() == chart.labels.size());
  std::vector<std::string> groups = chart.groups;
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  CHECK(std::set(groups.begin(), groups.end()).size() == groups.size());
  REQUIRE(groups.size() >= 2);
  CHECK(groups[0] == "Latency");
  CHECK(groups[1] == "Throughput and errors");
  const auto row = [&](const std::string& label) {
    const auto at = std::find(chart.labels.begin(), chart.labels.end(), label);
    REQUIRE(at != chart.labels.end());
    return static_cast<std::size_t>(at - chart.labels.begin());
  };
  CHECK(chart.groups[row("search p95")] == "Latency");
  CHECK(chart.groups[row("search errors")] == "Throughput and errors");
  CHECK(chart.series[0].words[row("search p95")] == "✗");
  CHECK(chart.series[0].words[row("search errors")].empty());  // by less than a tenth of a point
  CHECK(chart.series[0].words[row("search done/s")].empty());
  CHECK(chart.series[0].values[row("search p95")].value == Approx(0.2).epsilon(0.01));
  CHECK(chart.series[0].values[row("search errors")].value == Approx(-1).epsilon(0.01));
}

TEST_CASE("the page of a comparison says what differs and is no markup of an input") {
  Comparison comparison = sample_comparison();
  const std::string plain = html(comparison);
  CHECK(count_of(plain, "B is slower: p95 of search rises by ") > 0);
  CHECK(count_of(plain, "pool.app.size") > 0);
  CHECK(count_of(plain, "A: 8; B: 16") > 0);
  CHECK(count_of(plain, "tomorrow.toml") > 0);
  comparison.a.label = comparison.b.label = comparison.a.result.name = attack;
  comparison.settings[0].a = comparison.settings[0].key = attack;
  comparison.a.result.warnings[0].text = attack;
  for (FigureChange& change : comparison.figures) change.path[1] = attack;
  const std::string page = html(comparison);
  CHECK(count_of(page, "<script>alert") == 0);
  CHECK(count_of(page, "<img") == 0);
  CHECK(count_of(plain, "</script>") == count_of(page, "</script>"));
}

TEST_CASE("without charts the page says so and its tables stand open") {
  const std::string page = html(sample_result(), {}, false);
  CHECK_THAT(page, ContainsSubstring("class=\"without-charts\""));
  CHECK_THAT(page, ContainsSubstring("built without charts"));
  CHECK_THAT(page, ContainsSubstring("<details open><summary>Table"));
  CHECK(page.size() < 80'000);
  CHECK(embedded_json(page) == embedded_json(html(sample_result())));
}

TEST_CASE("every chart has its unit in the title, an aria label and a table") {
  const std::string page = html(sample_sweep(), {}, true);
  const std::size_t charts = count_of(page, "<figure class=\"chart\">");
  CHECK(charts == 2 + 2 * 3);  // two axes: one heat map an SLO that was measured; two for each point that is done
  CHECK(count_of(page, "role=\"img\" aria-label=\"Chart: ") == charts);
  CHECK(count_of(page, "<details open><summary>Table</summary>") == charts);
  CHECK_THAT(page, ContainsSubstring("(time, limit 20.0ms) over workload.api.rate (across) and pool.app.size (up)"));
}

TEST_CASE("the SLO chart says how much of its limit each value takes") {
  const Chart chart = slo_chart(sample_result());
  REQUIRE(chart.labels == std::vector<std::string>{"search p95 < 100ms", "search p99 < 20ms"});  // p999 is not known
  CHECK(chart.series[0].values[0].value == Approx(0.181));
  CHECK(chart.series[0].values[1].hi == Approx((0.0412 + 0.0011) / 0.02));
}

TEST_CASE("a value that must exceed its limit and does stays below the full share of it") {
  Result result = sample_result();
  result.slos = {{.target = "search", .text = "throughput > 50/s", .limit = 50, .below = false}};
  result.slos[0].estimate = {100, 80, 125, true};
  result.slos[0].judgement = Judgement::met;
  const Chart chart = slo_chart(result);
  CHECK(chart.series[0].values[0].value == Approx(0.5));
  CHECK(chart.series[0].values[0].hi == Approx(0.625));
  result.slos[0].estimate = {0, 0, 1, true};
  CHECK(slo_chart(result).series.empty());
}

TEST_CASE("a page has contents whose anchors it holds, and says what its options say") {
  const PageOptions options{"A <title>", "for & of the team", "capplan run s.toml", "capplan 9"};
  const std::string page = html(sample_result(), options);
  CHECK_THAT(page, ContainsSubstring("<title>A &lt;title&gt;</title>") && ContainsSubstring("for &amp; of the team") &&
                       ContainsSubstring("<code>capplan run s.toml</code>"));
  CHECK_THAT(page, ContainsSubstring("<nav aria-label=\"Contents\">") && ContainsSubstring("<a href=\"#spectrum\">") &&
                       ContainsSubstring("<section id=\"spectrum\""));
  const PageOptions back = page_options_from_json(*embedded_options(page));
  CHECK(back.title == options.title);
  CHECK(back.note == options.note);
  CHECK(back.command == options.command);
  CHECK(back.version == options.version);
  CHECK(html(sample_result(), back) == page);
  CHECK_FALSE(embedded_options(html(sample_result())));
  CHECK(page_options_from_json("no JSON").empty());
}

TEST_CASE("several answers on one page keep their anchors apart and are read back") {
  const std::string page =
      pack_answers({answer_of(sample_result()), answer_of(sample_sweep()), answer_of(sample_comparison())})
          .text(Format::html, {});
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    CHECK(ids.insert(id).second);
  }
  for (std::size_t at = page.find(" href=\"#"); at != std::string::npos; at = page.find(" href=\"#", at + 1))
    CHECK(ids.contains(page.substr(at + 8, page.find('"', at + 8) - at - 8)));
  CHECK(count_of(page, "id=\"charts\"") <= 1);
  CHECK_THAT(page, ContainsSubstring("data-answer=\"1\""));
  const test::ScratchFile file(page);
  CHECK(read_answer(file.path()).text(Format::html, {}) == page);
  CHECK_THROWS_AS(read_answer(file.path()).text(Format::csv, {}), core::InputError);
}

TEST_CASE("limits of percentiles stand in the spectrum where the nines are") {
  const Chart chart = spectrum_chart(sample_result());
  REQUIRE(chart.marks.size() == 3);
  CHECK(chart.marks[0].at == Approx(1.30103));
  CHECK(chart.marks[1].at == Approx(2));
  CHECK(chart.marks[2].at == Approx(3));
  CHECK(chart.marks[2].value == 1);
}

TEST_CASE("settings have the keys that --set takes and what is no parameter comes last") {
  const Scenario scenario = test::resolved(test::small_scenario + "[slo]\nall = [\"p95 < 1s\", \"p95 > 1ms\"]\n");
  const std::vector<Setting> list = settings(canonical_json(scenario));
  CHECK(list.back().key() == "slo.all.p95");
  CHECK(list.back().value == "< 1s and > 1ms");
  const std::vector<Setting> unknown = settings(R"({"moon":{"first":{"phase":0.5}},"name":"x"})");
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].key() == "moon.first.phase");
  CHECK(unknown[0].value == "0.5");
  CHECK(settings(R"({"slo":[1,{"metric":2}],"pool":{"app":3,"b":{"kind":4}},"scenario":5,"name":null})").size() == 2);
}

TEST_CASE("settings are all parameters of the specs with what is not the default told apart") {
  const Scenario scenario = test::resolved(
      test::small_scenario + "[pool.app]\nkind = \"asyncpg\"\nto = \"primary\"\nmax_size = 7\nmin_size = 7\n");
  std::map<std::string, Setting> by_key;
  for (const Setting& setting : settings(canonical_json(scenario))) by_key[setting.key()] = setting;
  CHECK(by_key.at("pool.app.max_size").value == "7");
  CHECK_FALSE(by_key.at("pool.app.max_size").is_default);
  CHECK_FALSE(by_key.at("pool.app.max_size").fallback.empty());
  CHECK(by_key.at("server.primary.max_connections").is_default);
  CHECK(by_key.at("server.primary.max_connections").value == "100");
  CHECK(settings("no JSON").empty());
}

TEST_CASE("a page shows what was changed, and folds the parameters at their defaults") {
  Result result = sample_result();
  result.scenario = canonical_json(test::resolved(
      test::small_scenario + "[pool.app]\nkind = \"asyncpg\"\nto = \"primary\"\nmax_size = 7\nmin_size = 7\n"));
  const std::string page = html(result);
  const std::size_t changed = page.find(">max_size</th><td class=\"words\"><b>7</b>");
  const std::size_t fold = page.find("<details class=\"defaults\">");
  REQUIRE(changed != std::string::npos);
  CHECK(changed < fold);
  CHECK(page.find(">max_<wbr>connections</th><td class=\"words\">100</td>", fold) != std::string::npos);
}

TEST_CASE("a bouncer's own processor has another name than its connections, wherever both are drawn") {
  Result result = sample_result();
  for (const char* figure : {"utilization", "cpu"}) {
    result.figures.push_back({{"bouncers", "main", figure}, test::about(0.4, 0.01)});
    result.profile.series.push_back({{"bouncers", "main", figure}, {0.4, 0.4, 0.4}});
  }
  const Chart busy = utilization_chart(result);
  CHECK(std::set<std::string>(busy.labels.begin(), busy.labels.end()).size() == busy.labels.size());
  CHECK(busy.labels.back() == "bouncer main CPU");
  for (const Chart& chart : time_charts(result)) {
    std::set<std::string> names;
    for (const ChartSeries& series : chart.series) names.insert(series.name);
    CHECK(names.size() == chart.series.size());
  }
}

TEST_CASE("a store is read as the grid that its points make") {
  const test::ScratchFile file("");
  Store store(file.path());
  for (const int size : {16, 4})
    for (const char* rate : {"50", "100"}) {
      Result result = sample_result();
      result.scenario = fmt::format(
          R"({{"pool":{{"app":{{"kind":"fixed","size":{}}}}},"workload":{{"api":{{"kind":"open","rate":{}}}}}}})", size,
          rate);
      result.scenario_hash = fmt::format("{}-{}", size, rate);
      if (size != 16 || rate[0] != '1') store.save({result.scenario_hash, result.seed}, "replications 10", result);
    }
  const Sweep sweep = std::get<Sweep>(*read_kept(file.path()).grid);
  REQUIRE(sweep.axes.size() == 2);
  CHECK(sweep.axes[0].key == "pool.app.size");
  CHECK(sweep.axes[0].labels == std::vector<std::string>{"4", "16"});
  CHECK(sweep.axes[1].labels == std::vector<std::string>{"50/s", "100/s"});
  REQUIRE(sweep.points.size() == 4);
  CHECK(sweep.points[1].labels == std::vector<std::string>{"4", "100/s"});
  CHECK(sweep.points[1].result.scenario_hash == "4-100");
  CHECK(sweep.points[2].done);
  CHECK_FALSE(sweep.points[3].done);
}

TEST_CASE("a file that holds no answer is refused by name") {
  const auto refusal = [](const std::string& text) {
    const test::ScratchFile file(text);
    CHECK_THROWS_AS(read_answer(file.path()), core::InputError);
  };
  refusal("");
  refusal("   ");
  refusal("<!doctype html><p>hello</p>");
  refusal("{\"schema\": \"capplan.sweep/1\"}");
  refusal("{\"schema\": \"capplan.comparison/1\"}");
  refusal("path,value,lo,hi\n");
  CHECK_THROWS_AS(read_answer("there/is/none.json"), core::InputError);
  const test::ScratchFile drift("{\"schema\": \"capplan.drift/1\"}");
  CHECK_THAT(refusal_of([&] { read_answer(drift.path()); }), ContainsSubstring("capplan drift with -o FILE"));
  const test::ScratchFile other("{\"schema\": \"capplan.resolt/1\"}");
  CHECK_THAT(refusal_of([&] { read_answer(other.path()); }), ContainsSubstring("it knows capplan.result/1"));
}
