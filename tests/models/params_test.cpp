// Resolving parameters against a spec of the test's own: types, units, ranges, defaults, and where problems point.

#include <cmath>
#include <limits>

#include "models/spec/spec.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::models;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class T>
Value raw(T data, int line = 1, int column = 1) {
  Value value;
  value.data = std::move(data);
  value.where = value.key_where = {"test.toml", line, column};
  return value;
}
Value text(const char* words) { return raw(std::string(words)); }
Value whole(std::int64_t number) { return raw(number); }

/// One parameter resolved; `wrong` is what was said of it.
struct Resolved {
  Resolved(const Param& param, const Value& written) : value(resolve(param, written, "section.key", problems)) {
    for (const core::Problem& problem : problems) wrong += problem.what + "\n";
  }
  std::vector<core::Problem> problems;
  Value value;
  std::string wrong;
};

Spec pool_spec() {
  return {.section = "pool",
          .kind = "test",
          .params = {{.name = "size", .type = Type::count, .fallback = "1_000", .lo = 1, .hi = 10'000},
                     {.name = "to", .type = Type::reference, .required = true, .choices = {"server"}},
                     {.name = "timeout", .type = Type::duration, .fallback = "120s"},
                     {.name = "limit", .type = Type::duration},
                     {.name = "mode", .type = Type::choice, .fallback = "session", .choices = {"session", "statement"}},
                     {.name = "disk",
                      .type = Type::record,
                      .fields = {{.name = "fsync", .type = Type::distribution, .fallback = "400us"},
                                 {.name = "iops", .type = Type::count}}},
                     {.name = "breaker",
                      .type = Type::record,
                      .fields = {{.name = "window", .type = Type::duration, .required = true}}},
                     {.name = "retries",
                      .type = Type::record,
                      .fallback = "none",
                      .fields = {{.name = "max", .type = Type::count, .fallback = "2"}}},
                     {.name = "think", .type = Type::distribution, .fallback = "0"},
                     {.name = "pace", .type = Type::number, .fallback = "1.5"},
                     {.name = "on", .type = Type::flag, .fallback = "true"},
                     {.name = "gaps", .type = Type::arrivals, .fallback = "poisson"}}};
}

}  // namespace

TEST_CASE("a section without keys gets its defaults and lacks what is required") {
  std::vector<core::Problem> problems;
  const Params params = resolve(pool_spec(), {}, "pool.main", {"test.toml", 7, 1}, problems);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "pool.main.to");
  CHECK(problems[0].where.line == 7);
  CHECK(problems[0].what == "is required: the name of a server");
  CHECK(problems[0].hint == "capplan describe pool.test");
  CHECK(params.count("size") == 1000);
  CHECK(params.duration("timeout") == 120 * core::second);
  CHECK(params.text("mode") == "session");
  CHECK(params.record("disk").distribution("fsync") == core::Distribution::deterministic(400e-6));
  CHECK_FALSE(params.record("disk").has("iops"));
  CHECK(params.distribution("think").mean() == 0);
  CHECK(params.number("pace") == 1.5);
  CHECK(params.flag("on"));
  CHECK(params.number("gaps") == 1);
  for (const char* absent : {"limit", "breaker", "retries", "to"}) CHECK_FALSE(params.has(absent));
  CHECK(params.values().front().second.is_default);
}

TEST_CASE("unknown keys point at the key and name the nearest") {
  std::vector<core::Problem> problems;
  Table table = {{"to", text("main")}, {"siez", raw(std::int64_t{5}, 3, 4)}};
  table.emplace_back("disk", raw(Table{{"iopss", raw(std::int64_t{1}, 4, 10)}}));
  const Params params = resolve(pool_spec(), table, "pool.main", {}, problems);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].key == "pool.main.siez");
  CHECK(problems[0].where.column == 4);
  CHECK(problems[0].what == "unknown key for kind \"test\"; did you mean size?");
  CHECK(problems[1].key == "pool.main.disk.iopss");
  CHECK(problems[1].what == "unknown key; did you mean iops?");
  CHECK(params.text("to") == "server.main");
}

TEST_CASE("every type refuses what it is not") {
  const std::vector<Value> wrong = {raw(Table{}),
                                    raw(List{}),
                                    raw(true),
                                    whole(-1),
                                    raw(std::nan("")),
                                    raw(std::numeric_limits<double>::infinity()),
                                    text("nonsense here")};
  for (const Type type : {Type::count, Type::number, Type::ratio, Type::duration, Type::bytes, Type::rate, Type::choice,
                          Type::distribution, Type::arrivals, Type::keys, Type::mix}) {
    const Param param{.name = "key", .type = type, .lo = 0, .hi = 100, .choices = {"one", "two"}};
    INFO(type_name(param));
    for (const Value& value : wrong) {
      const Resolved result(param, value);
      CHECK(result.problems.size() == 1);
    }
  }
  for (const Type type : {Type::flag, Type::text, Type::reference, Type::record, Type::list, Type::capture})
    CHECK(Resolved({.name = "key", .type = type, .choices = {"pool"}}, whole(1)).problems.size() == 1);
}

TEST_CASE("values are converted to base units") {
  CHECK(std::get<std::int64_t>(Resolved({.type = Type::duration}, text("1h30min")).value.data) == 5400 * core::second);
  CHECK(std::get<std::int64_t>(Resolved({.type = Type::bytes}, text("8kB")).value.data) == 8192);
  CHECK(std::get<double>(Resolved({.type = Type::rate}, text("12k/min")).value.data) == 200);
  CHECK(std::get<double>(Resolved({.type = Type::ratio}, text("0.1%")).value.data) == 0.001);
  CHECK(std::get<double>(Resolved({.type = Type::ratio}, raw(0.25)).value.data) == 0.25);
  CHECK(std::get<double>(Resolved({.type = Type::number}, whole(3)).value.data) == 3);
  CHECK(std::get<std::int64_t>(Resolved({.type = Type::count}, raw(1e6)).value.data) == 1'000'000);
  CHECK(std::get<std::int64_t>(Resolved({.type = Type::duration}, whole(0)).value.data) == 0);
  CHECK(std::get<double>(Resolved({.type = Type::arrivals}, text("constant")).value.data) == 0);
  const Value gamma = raw(Table{{"gamma", raw(Table{{"cv", whole(2)}})}});
  CHECK(std::get<double>(Resolved({.type = Type::arrivals}, gamma).value.data) == 2);
}

TEST_CASE("problems say what is allowed and how to write it") {
  CHECK(Resolved({.type = Type::count, .lo = 1, .hi = 10'000}, whole(0)).wrong == "0 is outside 1..10000\n");
  CHECK(Resolved({.type = Type::count, .lo = 1}, whole(0)).wrong == "0 is outside the range: at least 1\n");
  CHECK(Resolved({.type = Type::duration, .lo = 0.001, .hi = 3600}, text("2h")).wrong == "\"2h\" is outside 1ms..1h\n");
  CHECK(Resolved({.type = Type::ratio, .lo = 0, .hi = 1}, whole(25)).wrong == "25 is outside 0%..100%\n");
  CHECK(Resolved({.type = Type::duration}, whole(30)).wrong ==
        "30 needs a unit, as in \"30s\" (units: us ms s min h d)\n");
  CHECK_THAT(Resolved({.type = Type::rate}, whole(200)).wrong, ContainsSubstring("as in \"200/s\""));
  CHECK(Resolved({.type = Type::count}, raw(2.5)).wrong == "must be a whole number, not 2.5\n");
  CHECK(Resolved({.type = Type::flag}, text("yes")).wrong == "must be true or false, not \"yes\"\n");
  CHECK(Resolved({.type = Type::choice, .choices = {"session", "transaction"}}, text("transactoin")).wrong ==
        "\"transactoin\" is not allowed: one of session, transaction; did you mean transaction?\n");
}

TEST_CASE("references are completed where one kind of section is allowed") {
  const Param one{.type = Type::reference, .choices = {"pool"}};
  const Param two{.type = Type::reference, .choices = {"bouncer", "server"}};
  CHECK(std::get<std::string>(Resolved(one, text("main")).value.data) == "pool.main");
  CHECK(std::get<std::string>(Resolved(one, text("pool.main")).value.data) == "pool.main");
  CHECK(std::get<std::string>(Resolved(two, text("main")).value.data) == "main");
  CHECK(std::get<std::string>(Resolved(two, text("server.main")).value.data) == "server.main");
  CHECK(Resolved(one, text("cache.main")).wrong == "must be the name of a pool, not \"cache.main\"\n");
}

TEST_CASE("lists are resolved element by element") {
  const Param durations{.type = Type::list, .fields = {{.name = "pause", .type = Type::duration}}};
  const Resolved good(durations, raw(List{text("1s"), text("2s")}));
  REQUIRE(good.problems.empty());
  CHECK(std::get<std::int64_t>(std::get<List>(good.value.data).at(1).data) == 2 * core::second);
  const Resolved bad(durations, raw(List{text("1s"), whole(2), text("3")}));
  REQUIRE(bad.problems.size() == 2);
  CHECK(bad.problems[0].key == "section.key[1]");
  const Param steps{.type = Type::list,
                    .required = true,
                    .hi = 2,
                    .fields = {{.name = "query", .type = Type::text, .required = true},
                               {.name = "times", .type = Type::count, .fallback = "1"}},
                    .list_of_records = true};
  const Resolved step(steps, raw(List{raw(Table{{"query", text("load")}})}));
  REQUIRE(step.problems.empty());
  CHECK(Params(std::get<Table>(std::get<List>(step.value.data).at(0).data)).count("times") == 1);
  CHECK(Resolved(steps, raw(List{})).wrong == "must not be empty\n");
  CHECK_THAT(Resolved(steps, raw(List{text("load")})).wrong, ContainsSubstring("must be a table, not \"load\""));
  CHECK(Resolved(steps, raw(List{raw(Table{})})).problems.at(0).key == "section.key[0].query");
  const Value load = raw(Table{{"query", text("load")}});
  CHECK(Resolved(steps, raw(List{load, load, load})).wrong == "3 elements where at most 2 elements are allowed\n");
}

TEST_CASE("mixes have weights above zero and keys have a popularity") {
  const Param mix{.type = Type::mix, .choices = {"request"}};
  const Resolved good(mix, raw(Table{{"search", whole(3)}, {"create", raw(0.5)}}));
  CHECK(Params(std::get<Table>(good.value.data)).number("search") == 3);
  CHECK(Resolved(mix, raw(Table{{"search", whole(0)}})).problems.at(0).key == "section.key.search");
  CHECK(Resolved(mix, raw(Table{})).problems.size() == 1);
  const Param keys{.type = Type::keys};
  const Resolved zipf(keys, raw(Table{{"count", whole(1000)}}));
  CHECK(Params(std::get<Table>(zipf.value.data)).number("zipf") == 0);
  CHECK(Resolved(keys, raw(Table{{"count", whole(0)}})).wrong == "0 is outside 1..1000000000\n");
  CHECK(Resolved(keys, raw(Table{{"zipf", raw(-0.1)}})).problems.size() == 2);
}

TEST_CASE("keys come from a popularity or from a trace, which stands alone") {
  const Param keys{.type = Type::keys};
  const Resolved named(keys, raw(Table{{"trace", text("keys.csv")}}));
  CHECK(Params(std::get<Table>(named.value.data)).text("trace") == "keys.csv");
  const auto given = std::make_shared<const KeyTrace>(KeyTrace{{3, 1, 3}, "an array"});
  for (const Value& written : {raw(given), raw(Table{{"trace", raw(given)}})})
    CHECK(Params(std::get<Table>(Resolved(keys, written).value.data)).key_trace("trace") == given);
  const Resolved both(keys, raw(Table{{"zipf", raw(0.9, 3, 12)}, {"trace", text("keys.csv")}}));
  CHECK(both.wrong == "must be left out: a trace stands alone\n");
  CHECK(both.problems.at(0).key == "section.key.zipf");
  CHECK(both.problems.at(0).where.column == 12);
  CHECK(Resolved(keys, raw(Table{{"trace", whole(3)}})).wrong == "must be a text in quotes, not 3\n");
  CHECK_THAT(Resolved(keys, raw(Table{{"trce", text("keys.csv")}})).wrong, ContainsSubstring("did you mean trace?"));
  CHECK_THAT(Resolved(keys, text("keys.csv")).wrong, ContainsSubstring("{ trace = \"keys.csv\" }"));
}

TEST_CASE("reading a parameter that the spec does not have is a mistake of the program") {
  const Params params(Table{{"size", whole(5)}});
  CHECK(params.count("size") == 5);
  CHECK_THROWS_AS(params.count("sise"), std::logic_error);
  CHECK_THROWS_AS(params.text("size"), std::logic_error);
  std::vector<core::Problem> problems;
  const Spec spec{.section = "pool", .params = {{.name = "size", .type = Type::count, .fallback = "0", .lo = 1}}};
  CHECK_THROWS_AS(resolve(spec, {}, "pool.main", {}, problems), std::logic_error);
}
