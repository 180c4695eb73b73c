// Every family of distributions: samples against its own moments and distribution function, quantiles against the
// distribution function, and what is refused. Limits follow from the sample size, see tests/support/sample.h.

#include "core/distribution.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/sample.h"

using namespace capplan::core;
using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using D = Distribution;
const double infinite = std::numeric_limits<double>::infinity();
const double nothing = std::numeric_limits<double>::quiet_NaN();

Approx about(double value, double relative = 1e-9) { return Approx(value).epsilon(relative).margin(1e-300); }

/// One or more of each family, as times of a service would be: milliseconds to seconds.
const std::vector<D>& examples() {
  static const std::vector<D> all = {
      D::deterministic(0.002),
      D::deterministic(0),
      D::uniform(0.001, 0.005),
      D::uniform(0, 1),
      D::exponential(0.01),
      D::erlang(1, 0.004),
      D::erlang(4, 0.004),
      D::gamma(0.045, 0.3),
      D::gamma(2, 1),
      D::gamma(0.01, 2),
      D::lognormal(0.002, 0.8),
      D::lognormal(180e-6, 0.1),
      D::weibull(0.8, 0.002),
      D::weibull(3, 1),
      D::hyperexponential(0.003, 1.5),
      D::hyperexponential(0.003, 1),
      D::hyperexponential({3, 1, 1}, {0.001, 0.01, 0.1}),
      D::bounded_pareto(1.5, 0.001, 0.1),
      D::bounded_pareto(1, 1, 50),
      D::bounded_pareto(2, 1, 50),
      D::bounded_pareto(60, 1e-6, 1),
      D::empirical({0, 0.5, 0.9, 1}, {0.001, 0.002, 0.01, 0.1}),
      D::empirical({0, 0.3, 0.3, 1}, {0, 0, 1, 2}),  // a jump at 0 and a gap
      D::mixture({1, 3}, {D::exponential(0.001), D::lognormal(0.02, 0.5)}),
      D::mixture({0.7, 0.3}, {D::deterministic(0), D::gamma(0.01, 0.5)}),
      D::shifted(0.001, D::exponential(0.002)),
      D::shifted(0.5, D::mixture({1, 1}, {D::shifted(1, D::uniform(0, 1)), D::hyperexponential(0.1, 2)})),
  };
  return all;
}

}  // namespace

TEST_CASE("Samples of every family have its mean, its variance and its law") {
  for (std::size_t i = 0; i < examples().size(); ++i) {
    const D& law = examples()[i];
    CAPTURE(i, law.family_name());
    Stream stream(1, i, "test", "distribution");
    std::vector<double> values(200'000);
    for (double& value : values) value = law.sample(stream);
    const Moments m = moments(values);
    const double noise = 1e-9 * law.mean();  // of adding up
    const auto n = static_cast<double>(values.size());
    CHECK(std::abs(m.mean - law.mean()) <= deviations * std::sqrt(law.variance() / n) + noise);
    CHECK(std::abs(m.variance - law.variance()) <= deviations * m.variance_error + noise * law.mean());
    CHECK(largest_distance(values, [&](double x) { return law.cdf(x); }) <= distance_limit(values.size()));
    CHECK(values.front() >= 0);
  }
}

TEST_CASE("Quantiles invert the distribution function") {
  for (std::size_t i = 0; i < examples().size(); ++i) {
    const D& law = examples()[i];
    CAPTURE(i, law.family_name());
    double last = 0;
    for (const double p : {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.999999}) {
      CAPTURE(p);
      const double x = law.quantile(p);
      CHECK(x >= last);
      // The least value whose probability reaches p: no less just above it, no more just below.
      CHECK(law.cdf(x * (1 + 1e-9) + 1e-15) >= p * (1 - 1e-9));
      CHECK(law.cdf(x * (1 - 1e-6) - 1e-12) <= p);
      last = x;
    }
  }
}

TEST_CASE("A quantile exists for every probability below 1") {
  for (std::size_t i = 0; i < examples().size(); ++i) {
    CAPTURE(i, examples()[i].family_name());
    CHECK(examples()[i].quantile(0) <= examples()[i].quantile(1e-6));
    CHECK(examples()[i].quantile(std::nextafter(1.0, 0.0)) >= examples()[i].quantile(0.999999));
  }
  // Weights of thirds and sevenths do not add up to 1 exactly.
  const D thirds = D::hyperexponential({1, 1, 1, 4}, {1, 2, 3, 5});
  CHECK(std::isfinite(thirds.quantile(0.999999)));
  CHECK(thirds.quantile(std::nextafter(1.0, 0.0)) >= thirds.quantile(0.999999));
  CHECK_THROWS_WITH(thirds.quantile(1), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(thirds.quantile(-0.1), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(thirds.quantile(nothing), ContainsSubstring("p:"));
}

TEST_CASE("A distribution function ascends from 0 to 1") {
  for (std::size_t i = 0; i < examples().size(); ++i) {
    const D& law = examples()[i];
    CAPTURE(i, law.family_name());
    CHECK(law.cdf(-1) == 0);
    double last = 0;
    for (int step = 0; step <= 200; ++step) {
      const double p = law.cdf(1e-6 * std::pow(1.1, step));
      CHECK(p >= last);
      last = p;
    }
    CHECK(last == about(1));
  }
}

TEST_CASE("Moments agree with worked values") {
  CHECK(D::uniform(1, 5).mean() == about(3));
  CHECK(D::uniform(1, 5).variance() == about(16.0 / 12));
  CHECK(D::erlang(4, 2).cv() == about(0.5));
  CHECK(D::gamma(2, 0.3).mean() == about(2));
  CHECK(D::gamma(2, 0.3).cv() == about(0.3));
  CHECK(D::lognormal(2, 0.8).mean() == about(2));
  CHECK(D::lognormal(2, 0.8).cv() == about(0.8));
  CHECK(D::lognormal(2, 0.8).quantile(0.5) == about(2 / std::sqrt(1.64)));
  CHECK(D::weibull(1, 3).mean() == about(3));
  CHECK(D::weibull(1, 3).cv() == about(1));
  CHECK(D::weibull(2, 1).mean() == about(std::sqrt(3.14159265358979323846) / 2));
  CHECK(D::bounded_pareto(1, 1, 50).mean() == about(std::log(50.0) / (1 - 1.0 / 50)));
  CHECK(D::bounded_pareto(2, 1, 50).mean() == about(2 / (1 - 1.0 / 2500) * (1 - 1.0 / 50)));
  CHECK(D::empirical({0, 1}, {2, 4}).variance() == about(4.0 / 12));
  CHECK(D::mixture({1, 1}, {D::deterministic(0), D::deterministic(2)}).cv() == about(1));
  CHECK(D::shifted(3, D::exponential(2)).mean() == about(5));
  CHECK(D::shifted(3, D::exponential(2)).cv() == about(0.4));
  CHECK(D::deterministic(0).cv() == 0);
}

TEST_CASE("Moments of a cut Pareto law do not break where its exponent meets theirs") {
  for (const int k : {1, 2}) {
    const double exact = k == 1 ? D::bounded_pareto(k, 1, 50).mean() : D::bounded_pareto(k, 1, 50).variance();
    for (const double off : {1e-4, 1e-8, 1e-10, 1e-11, 1e-13, -1e-10, -1e-13}) {
      CAPTURE(k, off);
      const D near = D::bounded_pareto(k + off, 1, 50);
      CHECK((k == 1 ? near.mean() : near.variance()) == about(exact, 1e-9 + 10 * std::abs(off)));
    }
  }
  // A steep law of small times: lo^alpha is beyond any double.
  const D steep = D::bounded_pareto(60, 1e-6, 1);
  CHECK(steep.mean() == about(1e-6 * 60 / 59));
  CHECK(steep.variance() == about(1e-12 * (60.0 / 58 - 60.0 * 60 / 59 / 59), 1e-6));
}

TEST_CASE("A hyperexponential of mean and cv has balanced phases") {
  for (const double cv : {1.0, 1.2, 2.0, 10.0}) {
    CAPTURE(cv);
    const D law = D::hyperexponential(0.25, cv);
    CHECK(law.mean() == about(0.25));
    CHECK(law.cv() == about(cv));
    const auto& phases = std::get<Hyperexponential>(law.family());
    REQUIRE(phases.weights.size() == 2);
    CHECK(phases.weights[0] + phases.weights[1] == about(1));
    CHECK(phases.weights[0] * phases.means[0] == about(0.125));
    CHECK(phases.weights[1] * phases.means[1] == about(0.125));
  }
}

TEST_CASE("Scaling multiplies every value") {
  for (std::size_t i = 0; i < examples().size(); ++i) {
    const D& law = examples()[i];
    CAPTURE(i, law.family_name());
    const D twice = law.scaled(2.5);
    CHECK(twice.family_name() == law.family_name());
    CHECK(twice.mean() == about(2.5 * law.mean()));
    CHECK(twice.variance() == about(6.25 * law.variance()));
    Stream one(1, 0, "test", "scaled"), other = one;
    for (int n = 0; n < 1000; ++n) CHECK(twice.sample(one) == about(2.5 * law.sample(other)));
    for (const double x : {0.0005, 0.002, 0.02, 1.5}) CHECK(twice.cdf(2.5 * x) == Approx(law.cdf(x)).margin(1e-9));
    CHECK(law.scaled(1) == law);
  }
  CHECK_THROWS_WITH(D::exponential(1).scaled(0), ContainsSubstring("factor"));
  CHECK_THROWS_WITH(D::exponential(1).scaled(-1), ContainsSubstring("factor"));
  CHECK_THROWS_WITH(D::exponential(1).scaled(infinite), ContainsSubstring("factor"));
}

TEST_CASE("Distributions are equal when family and numbers are") {
  for (std::size_t i = 0; i < examples().size(); ++i)
    for (std::size_t j = 0; j < examples().size(); ++j) {
      CAPTURE(i, j);
      CHECK((examples()[i] == examples()[j]) == (i == j));
    }
  CHECK(D() == D::deterministic(0));
  const D copy = examples().back();
  CHECK(copy == examples().back());
}

TEST_CASE("Weights count in proportion") {
  CHECK(D::mixture({2, 6}, {D::exponential(1), D::exponential(2)}) ==
        D::mixture({0.25, 0.75}, {D::exponential(1), D::exponential(2)}));
  CHECK(D::hyperexponential({1, 0}, {1, 9}).mean() == about(1));
  Stream stream(1, 0, "test", "weights");
  const D first_only = D::mixture({1, 0}, {D::deterministic(1), D::deterministic(2)});
  const D second_only = D::mixture({0, 1}, {D::deterministic(1), D::deterministic(2)});
  for (int i = 0; i < 1000; ++i) {
    CHECK(first_only.sample(stream) == 1);
    CHECK(second_only.sample(stream) == 2);
  }
}

TEST_CASE("Families have the names that scenario files use") {
  const std::vector<std::string> names = {"deterministic",  "uniform",   "exponential", "erlang",
                                          "gamma",          "lognormal", "weibull",     "hyperexponential",
                                          "bounded_pareto", "empirical", "mixture",     "shifted"};
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(std::any_of(examples().begin(), examples().end(), [&](const D& law) { return law.family_name() == name; }));
  }
}

TEST_CASE("A distribution's parameter out of range is refused by name") {
  for (const double bad : {-1.0, infinite, nothing}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH(D::deterministic(bad), ContainsSubstring("value"));
    CHECK_THROWS_WITH(D::uniform(bad, 2), ContainsSubstring("uniform"));
    CHECK_THROWS_WITH(D::uniform(0, bad), ContainsSubstring("uniform"));
    CHECK_THROWS_WITH(D::shifted(bad, D::exponential(1)), ContainsSubstring("offset"));
    CHECK_THROWS_WITH(D::mixture({1, bad}, {D::exponential(1), D::exponential(2)}), ContainsSubstring("weights"));
    CHECK_THROWS_WITH(D::hyperexponential({1, bad}, {1, 2}), ContainsSubstring("weights"));
  }
  for (const double bad : {0.0, -1.0, infinite, nothing}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH(D::exponential(bad), ContainsSubstring("mean"));
    CHECK_THROWS_WITH(D::erlang(2, bad), ContainsSubstring("mean"));
    CHECK_THROWS_WITH(D::gamma(bad, 1), ContainsSubstring("mean"));
    CHECK_THROWS_WITH(D::gamma(1, bad), ContainsSubstring("cv"));
    CHECK_THROWS_WITH(D::lognormal(bad, 1), ContainsSubstring("mean"));
    CHECK_THROWS_WITH(D::lognormal(1, bad), ContainsSubstring("cv"));
    CHECK_THROWS_WITH(D::weibull(bad, 1), ContainsSubstring("shape"));
    CHECK_THROWS_WITH(D::weibull(1, bad), ContainsSubstring("scale"));
    CHECK_THROWS_WITH(D::hyperexponential(bad, 2), ContainsSubstring("mean"));
    CHECK_THROWS_WITH(D::hyperexponential(1, bad), ContainsSubstring("cv"));
    CHECK_THROWS_WITH(D::hyperexponential({1, 1}, {1, bad}), ContainsSubstring("means"));
    CHECK_THROWS_WITH(D::bounded_pareto(bad, 1, 2), ContainsSubstring("alpha"));
    CHECK_THROWS_WITH(D::bounded_pareto(1, bad, 2), ContainsSubstring("bounded_pareto"));
    CHECK_THROWS_WITH(D::bounded_pareto(1, 1, bad), ContainsSubstring("bounded_pareto"));
  }
  CHECK_THROWS_WITH(D::uniform(2, 1), ContainsSubstring("uniform"));
  CHECK_THROWS_WITH(D::erlang(0, 1), ContainsSubstring("stages"));
  CHECK_THROWS_WITH(D::hyperexponential(1, 0.9), ContainsSubstring("cv"));
  CHECK_THROWS_WITH(D::hyperexponential({1, 1}, {1}), ContainsSubstring("means"));
  CHECK_THROWS_WITH(D::hyperexponential(std::vector<double>{}, {}), ContainsSubstring("weights"));
  CHECK_THROWS_WITH(D::bounded_pareto(1, 2, 2), ContainsSubstring("bounded_pareto"));
  CHECK_THROWS_WITH(D::mixture({1}, {}), ContainsSubstring("parts"));
  CHECK_THROWS_WITH(D::mixture({}, {}), ContainsSubstring("weights"));
  CHECK_THROWS_WITH(D::mixture({0, 0}, {D::exponential(1), D::exponential(2)}), ContainsSubstring("weights"));
}

TEST_CASE("An empirical law is refused unless its points ascend from 0 to 1") {
  CHECK_THROWS_WITH(D::empirical({0}, {1}), ContainsSubstring("empirical"));
  CHECK_THROWS_WITH(D::empirical({0, 1}, {1}), ContainsSubstring("empirical"));
  CHECK_THROWS_WITH(D::empirical({0.1, 1}, {1, 2}), ContainsSubstring("probability"));
  CHECK_THROWS_WITH(D::empirical({0, 0.9}, {1, 2}), ContainsSubstring("probability"));
  CHECK_THROWS_WITH(D::empirical({0, 0.6, 0.5, 1}, {1, 2, 3, 4}), ContainsSubstring("probability"));
  CHECK_THROWS_WITH(D::empirical({0, nothing, 1}, {1, 2, 3}), ContainsSubstring("probability"));
  CHECK_THROWS_WITH(D::empirical({0, 0.5, 1}, {1, 3, 2}), ContainsSubstring("value"));
  CHECK_THROWS_WITH(D::empirical({0, 1}, {-1, 2}), ContainsSubstring("value"));
  CHECK_THROWS_WITH(D::empirical({0, 1}, {1, infinite}), ContainsSubstring("value"));
  CHECK_THROWS_WITH(D::empirical({0, 0.5, 1}, {1, nothing, 2}), ContainsSubstring("value"));
}
