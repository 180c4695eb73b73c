// The page of a large sweep has a part of it, says so, and gives the same page again.

#include "plan/report/html/page_sweep.h"
#include "plan/format/page_data.h"

#include <fmt/format.h>

#include "plan/report/html/page.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "tests/plan/report_sample.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Sizes 1..n by rates 1..m; a size meets the SLO from the rate's number on.
Sweep grid(std::size_t sizes, std::size_t rates) {
  Sweep sweep;
  sweep.name = "api";
  sweep.axes = {{.key = "pool.app.size", .values = {}, .labels = {}, .costs = true},
                {.key = "workload.api.rate", .values = {}, .labels = {}}};
  for (std::size_t s = 1; s <= sizes; ++s) sweep.axes[0].labels.push_back(std::to_string(s));
  for (std::size_t r = 1; r <= rates; ++r) sweep.axes[1].labels.push_back(fmt::format("{}/s", r));
  for (std::size_t s = 1; s <= sizes; ++s)
    for (std::size_t r = 1; r <= rates; ++r) {
      SweepPoint point{{std::to_string(s), fmt::format("{}/s", r)}, "hash", true, test::sample_result()};
      point.result.verdict = s >= r ? Verdict::ok : Verdict::missed;
      sweep.points.push_back(std::move(point));
    }
  for (std::size_t r = 1; r <= rates; ++r)
    sweep.smallest.push_back({{fmt::format("workload.api.rate = {}/s", r)}, "pool.app.size", std::to_string(r), false});
  return sweep;
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a grid that has room on a page is there whole") {
  const Sweep sweep = grid(20, 15);
  const Sweep page = for_page(sweep);
  CHECK(page.points.size() == 300);
  CHECK(page.excerpt.headline.empty());
  CHECK(page.smallest.size() == 15);
}

TEST_CASE("of a large grid a page has the ends of each axis and the values that answers name") {
  Sweep sweep = grid(100, 60);
  sweep.smallest = {{{"workload.api.rate = 60/s"}, "pool.app.size", "37", false},
                    {{"workload.api.rate = 2/s"}, "pool.app.size", "38", false}};
  const Sweep page = for_page(sweep);
  CHECK(page.points.size() <= most_points_on_page);
  CHECK(page.points.size() > most_points_on_page / 2);
  const std::vector<std::string>& sizes = page.axes[0].labels;
  for (const char* label : {"1", "37", "38", "100"}) CHECK(std::find(sizes.begin(), sizes.end(), label) != sizes.end());
  CHECK(page.axes[1].labels.front() == "1/s");
  CHECK(page.axes[1].labels.back() == "60/s");
  REQUIRE(page.points.size() == sizes.size() * page.axes[1].labels.size());
  for (std::size_t i = 0; i < page.points.size(); ++i) {
    CHECK(page.points[i].labels[0] == sizes[i / page.axes[1].labels.size()]);
    CHECK(page.points[i].labels[1] == page.axes[1].labels[i % page.axes[1].labels.size()]);
  }
  CHECK_THAT(page.excerpt.headline, ContainsSubstring("api: 6000 points over pool.app.size (100)"));
  CHECK_THAT(page.excerpt.headline, ContainsSubstring("of 6000 meet the SLOs"));
  CHECK_THAT(page.excerpt.left_out, ContainsSubstring(fmt::format("shows {} of 6000 points", page.points.size())) &&
                                        ContainsSubstring("values of pool.app.size") && ContainsSubstring("store"));
  for (const Smallest& smallest : page.smallest) CHECK(smallest.others.front() == "workload.api.rate = 60/s");
}

TEST_CASE("many axes of few values are cut down, too") {
  Sweep sweep;
  sweep.name = "api";
  constexpr std::size_t axes = 12;
  for (std::size_t a = 0; a < axes; ++a) sweep.axes.push_back({.key = fmt::format("a.b.c{}", a), .labels = {"x", "y"}});
  for (std::size_t i = 0; i < (std::size_t{1} << axes); ++i) {
    SweepPoint point;
    for (std::size_t a = 0; a < axes; ++a) point.labels.push_back((i >> (axes - 1 - a)) % 2 == 0 ? "x" : "y");
    sweep.points.push_back(std::move(point));
  }
  const Sweep page = for_page(sweep);
  CHECK(page.points.size() == 256);
}

TEST_CASE("the page of thousands of points is small, says what is left out, and gives itself back") {
  const Sweep sweep = grid(100, 60);
  const std::string page = html(sweep, {}, true);
  CHECK(page.size() < 6'000'000);
  CHECK_THAT(page, ContainsSubstring("of 6000 meet the SLOs") &&
                       ContainsSubstring("all of them are in the sweep&#39;s store"));
  CHECK(count_of(page, "by stage (%): of all requests") / 2 <= most_details_on_page);
  CHECK(count_of(page, "by stage (%): of all requests") > 0);
  CHECK(count_of(page, "<details class=\"point\" id=\"point-") == for_page(sweep).points.size());
  CHECK_THAT(page, ContainsSubstring("for the points that the answer names; for any other: capplan run"));
  const auto back = sweep_from_json(*embedded_json(page), "page");
  REQUIRE(back);
  CHECK(html(*back, {}, true) == page);
  CHECK_THAT(markdown(*back), ContainsSubstring("of 6000 meet the SLOs") && ContainsSubstring("this page shows"));
  CHECK_THAT(markdown(sweep), !ContainsSubstring("this page shows"));
}
