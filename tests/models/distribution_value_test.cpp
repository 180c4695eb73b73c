// Distributions as scenario files spell them: read, refused at the right key, and written so that they read back.

#include "models/spec/distribution_value.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::models;
using core::Distribution;

namespace {

template <class T>
Value raw(T data) {
  Value value;
  value.data = std::move(data);
  return value;
}
Value text(const char* words) { return raw(std::string(words)); }
Value family(const char* name, Value body) { return raw(Table{{name, std::move(body)}}); }
Value numbers(std::vector<double> values) {
  List list;
  for (const double value : values) list.push_back(raw(value));
  return raw(std::move(list));
}
Value texts(std::vector<const char*> values) {
  List list;
  for (const char* value : values) list.push_back(text(value));
  return raw(std::move(list));
}

Distribution read(const Value& value) {
  std::vector<core::Problem> problems;
  const auto result = parse_distribution(value, "query.load.cpu", problems);
  for (const core::Problem& problem : problems) FAIL_CHECK(problem.key << ": " << problem.what);
  return result.value_or(Distribution());
}

/// "key: what" of each problem below query.load.cpu, one a line.
std::string wrong(const Value& value) {
  std::vector<core::Problem> problems;
  CHECK_FALSE(parse_distribution(value, "cpu", problems));
  std::string result;
  for (const core::Problem& problem : problems) result += problem.key + ": " + problem.what + "\n";
  return result;
}

}  // namespace

TEST_CASE("every family is read") {
  CHECK(read(text("2ms")) == Distribution::deterministic(0.002));
  CHECK(read(raw(std::int64_t{0})) == Distribution::deterministic(0));
  CHECK(read(family("exponential", text("2ms"))) == Distribution::exponential(0.002));
  CHECK(read(family("exponential", raw(Table{{"mean", text("2ms")}}))) == Distribution::exponential(0.002));
  const Table moments = {{"mean", text("2ms")}, {"cv", raw(1.5)}};
  CHECK(read(family("lognormal", raw(moments))) == Distribution::lognormal(0.002, 1.5));
  CHECK(read(family("gamma", raw(moments))) == Distribution::gamma(0.002, 1.5));
  CHECK(read(family("hyperexponential", raw(moments))) == Distribution::hyperexponential(0.002, 1.5));
  CHECK(read(family("hyperexponential", raw(Table{{"weights", numbers({1, 3})}, {"means", texts({"1ms", "5ms"})}}))) ==
        Distribution::hyperexponential({1, 3}, {0.001, 0.005}));
  CHECK(read(family("erlang", raw(Table{{"stages", raw(std::int64_t{3})}, {"mean", text("2ms")}}))) ==
        Distribution::erlang(3, 0.002));
  CHECK(read(family("weibull", raw(Table{{"shape", raw(0.7)}, {"scale", text("1s")}}))) ==
        Distribution::weibull(0.7, 1));
  CHECK(read(family("uniform", texts({"1s", "5s"}))) == Distribution::uniform(1, 5));
  CHECK(read(family("bounded_pareto", raw(Table{{"alpha", raw(1.1)}, {"lo", text("1ms")}, {"hi", text("1s")}}))) ==
        Distribution::bounded_pareto(1.1, 0.001, 1));
  CHECK(read(family("empirical",
                    raw(Table{{"probability", numbers({0, 0.5, 1})}, {"value", texts({"1ms", "2ms", "9ms"})}}))) ==
        Distribution::empirical({0, 0.5, 1}, {0.001, 0.002, 0.009}));
  const Value parts = raw(List{text("1ms"), family("exponential", text("9ms"))});
  CHECK(read(family("mixture", raw(Table{{"weights", numbers({9, 1})}, {"parts", parts}}))) ==
        Distribution::mixture({9, 1}, {Distribution::deterministic(0.001), Distribution::exponential(0.009)}));
  CHECK(read(family("shifted", raw(Table{{"offset", text("1ms")}, {"by", family("exponential", text("2ms"))}}))) ==
        Distribution::shifted(0.001, Distribution::exponential(0.002)));
}

TEST_CASE("every mistake in a distribution is found at its key") {
  CHECK(wrong(raw(std::int64_t{2})) == "cpu: 2 needs a unit, as in \"2s\" (units: us ms s min h d)\n");
  CHECK(wrong(family("lognrmal", text("2ms"))) == "cpu.lognrmal: unknown distribution; did you mean lognormal?\n");
  CHECK(wrong(family("lognormal", raw(Table{{"mean", text("2")}, {"cv", raw(-1.0)}, {"cvv", raw(1.0)}}))) ==
        "cpu.lognormal.cvv: unknown key; did you mean cv?\n"
        "cpu.lognormal.mean: 2 needs a unit, as in \"2s\" (units: us ms s min h d)\n"
        "cpu.lognormal.cv: -1 is outside 0.0001..1000\n");
  CHECK(wrong(family("gamma", raw(Table{{"mean", text("2ms")}}))) == "cpu.gamma.cv: is required: a number\n");
  CHECK(wrong(family("gamma", text("2ms"))) == "cpu.gamma: must be a table, as in { mean = \"2ms\", cv = 0.8 }\n");
  CHECK(wrong(family("exponential", text("0"))) == "cpu.exponential.mean: must be above 0\n");
  CHECK(wrong(family("uniform", texts({"5s", "1s"}))) == "cpu.uniform: needs 0 <= low <= high\n");
  CHECK(wrong(family("uniform", texts({"5s"}))) == "cpu.uniform: must be two durations, as in [\"1s\", \"5s\"]\n");
  CHECK(wrong(family("hyperexponential", raw(Table{{"mean", text("2ms")}, {"cv", raw(0.5)}}))) ==
        "cpu.hyperexponential.cv: a hyperexponential needs cv >= 1\n");
  CHECK(wrong(family("erlang", raw(Table{{"stages", raw(2.5)}, {"mean", text("2ms")}}))) ==
        "cpu.erlang.stages: must be a whole number in 1..10000\n");
  CHECK(wrong(family("empirical", raw(Table{{"probability", numbers({0, 0.9})}, {"value", texts({"1ms", "2ms"})}}))) ==
        "cpu.empirical.probability: must run from 0 to 1\n");
  CHECK(wrong(family("empirical", raw(Table{{"probability", numbers({0, 1})}, {"value", texts({"1ms", "x"})}}))) ==
        "cpu.empirical.value[1]: \"x\" is not a duration; write it as \"30s\"\n");
  const Value parts = raw(List{text("1ms"), family("exponential", raw(Table{{"mean", text("5")}}))});
  CHECK(wrong(family("mixture", raw(Table{{"weights", numbers({1, 1})}, {"parts", parts}}))) ==
        "cpu.mixture.parts[1].exponential.mean: 5 needs a unit, as in \"5s\" (units: us ms s min h d)\n");
  CHECK(wrong(family("mixture", raw(Table{{"weights", numbers({})}, {"parts", raw(List{})}}))) ==
        "cpu.mixture.weights: at least one is needed\n");
  CHECK(wrong(raw(Table{})).starts_with("cpu: must be a duration such as"));
  CHECK(wrong(raw(Table{{"gamma", raw(1.0)}, {"erlang", raw(1.0)}})).starts_with("cpu: must be a duration such as"));
}

TEST_CASE("a distribution that is written reads back") {
  const Distribution tail = Distribution::bounded_pareto(1.3, 1e-4, 2.5);
  const std::vector<Distribution> all = {
      Distribution::deterministic(0),
      Distribution::deterministic(180.25e-6),
      Distribution::deterministic(1.0 / 3),
      Distribution::exponential(0.000123456789),
      Distribution::uniform(0, 1.0 / 7),
      Distribution::erlang(4, 0.1),
      Distribution::gamma(0.00018, 0.8),
      Distribution::lognormal(0.00018 / 3, 0.8),
      Distribution::weibull(0.7, 2.0 / 3),
      Distribution::hyperexponential(0.01, 3),
      tail,
      Distribution::empirical({0, 1.0 / 3, 1}, {1e-5, 1e-4, 2e-3}),
      Distribution::mixture({1, 2}, {tail, Distribution::exponential(0.1)}),
      Distribution::shifted(3e-5, Distribution::lognormal(1e-4, 2)),
  };
  for (const Distribution& distribution : all) {
    INFO(distribution.family_name());
    const Distribution back = read(to_value(distribution));
    CHECK(back.family_name() == distribution.family_name());
    CHECK(back.mean() == Approx(distribution.mean()).epsilon(1e-11));
    CHECK(back.cv() == Approx(distribution.cv()).epsilon(1e-11));
    CHECK(back.cdf(1e-4) == Approx(distribution.cdf(1e-4)).epsilon(1e-10));
  }
}

TEST_CASE("spans are spelled exactly where they are whole nanoseconds") {
  CHECK(spelled_duration(0.002) == "2ms");
  CHECK(spelled_duration(180.25e-6) == "180.25us");
  CHECK(spelled_duration(0.00018025041) == "180.25041us");
  CHECK(spelled_duration(90) == "90s");
  CHECK(spelled_duration(0) == "0");
  CHECK(tidy(0.1 + 0.2) == 0.3);
}
