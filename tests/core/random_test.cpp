// Streams: the generator against Random123's known answers (tests/kat_vectors of Random123), a stream's numbers against
// the generator, and the samplers against their laws. Limits follow from the sample size, see tests/support/sample.h.

#include "core/random.h"

#include <Random123/philox.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/sample.h"

using capplan::core::Stream;
using namespace capplan::test;

namespace {

using Philox = r123::Philox4x64;

/// What the header promises of a stream's key, written down a second time: who changes it changes every result.
std::uint64_t key_word(const std::string& name, std::uint64_t start) {
  std::uint64_t h = start;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

std::vector<std::uint64_t> take(Stream stream, int count) {
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(stream.next());
  return numbers;
}

template <class Draw>
std::vector<double> sample(int n, Draw draw) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(draw());
  return values;
}

/// Within the chance of a false alarm of a binomial count's mean.
void check_share(double count, double n, double p) {
  CHECK(std::abs(count - n * p) <= deviations * std::sqrt(n * p * (1 - p)));
}

}  // namespace

TEST_CASE("Philox4x64-10 gives the known answers of Random123") {
  struct Row {
    Philox::ctr_type counter;
    Philox::key_type key;
    Philox::ctr_type answer;
  };
  const std::uint64_t ones = ~std::uint64_t{0};
  const Row rows[] = {
      {{{0, 0, 0, 0}}, {{0, 0}}, {{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}}},
      {{{ones, ones, ones, ones}},
       {{ones, ones}},
       {{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}}},
      {{{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}},
       {{0x452821e638d01377, 0xbe5466cf34e90c6c}},
       {{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}}},
  };
  for (const Row& row : rows) CHECK(Philox()(row.counter, row.key) == row.answer);
}

TEST_CASE("A stream is the generator over its name and place") {
  const std::string name = std::string("pool.codebase") + '\0' + "instance";
  const Philox::key_type key = {{key_word(name, 0xcbf29ce484222325ULL), key_word(name, 0x84222325cbf29ce4ULL)}};
  for (const std::uint64_t substream : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    Stream stream(7, 3, "pool.codebase", "instance");
    stream.at(substream);
    for (std::uint64_t block = 0; block < 10; ++block) {
      const auto words = Philox()({{block, substream, 3, 7}}, key);
      for (std::size_t i = 0; i < 4; ++i) CHECK(stream.next() == words[i]);
    }
  }
}

TEST_CASE("A place in a stream does not depend on what was drawn before") {
  const Stream fresh(1, 0, "query.load", "cpu");
  const auto expected = take(Stream(fresh).at(42), 40);
  for (const int before : {0, 1, 3, 4, 5, 16, 17, 1000}) {
    CAPTURE(before);
    Stream used = fresh;
    for (int i = 0; i < before; ++i) used.next();
    CHECK(take(Stream(used).at(42), 40) == expected);
    used.at(41).normal();
    CHECK(take(used.at(42), 40) == expected);
    CHECK(take(used.at(42, 4), 40) == expected);
  }
  CHECK(take(Stream(fresh).at(0), 40) == take(fresh, 40));
  CHECK(take(Stream(fresh).at(43), 40) != expected);
}

TEST_CASE("A copy of a stream goes on by itself") {
  Stream one(1, 0, "a", "b");
  one.next();
  Stream other = one;
  for (int i = 0; i < 100; ++i) other.next();
  CHECK(take(one, 50) == take(Stream(one), 50));
  Stream again(1, 0, "a", "b");
  again.next();
  CHECK(take(one, 50) == take(again, 50));
}

TEST_CASE("Streams of different names, seeds and replications share nothing") {
  std::vector<Stream> streams;
  for (const char* component : {"", "a", "b", "ab", "pool.main", "pool.main2"})
    for (const char* purpose : {"", "c", "bc", "cpu", "io"}) streams.emplace_back(1, 0, component, purpose);
  streams.emplace_back(2, 0, "a", "c");
  streams.emplace_back(1, 1, "a", "c");
  streams.emplace_back(0, 1, "a", "c");
  streams.push_back(Stream(1, 0, "a", "c").at(1));

  std::set<std::uint64_t> seen;
  for (const Stream& stream : streams)
    for (const std::uint64_t number : take(stream, 1000)) seen.insert(number);
  CHECK(seen.size() == 1000 * streams.size());

  const int n = 2000;
  std::vector<std::vector<double>> values;
  for (Stream& stream : streams) values.push_back(sample(n, [&] { return stream.uniform() - 0.5; }));
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < values[i].size(); ++k) sum += values[i][k] * values[j][k] * 12;
      worst = std::max(worst, std::abs(sum) / std::sqrt(n));
    }
  CHECK(worst <= deviations + 1);  // the worst of 561 pairs
}

TEST_CASE("Neighbouring places of a stream are independent") {
  // As the walk uses them: the first numbers of substream 0, 1, 2, ...
  Stream stream(1, 0, "query.load", "cpu");
  std::uint64_t place = 0;
  auto values = sample(200'000, [&] { return stream.at(place++).uniform(); });
  double sum = 0;
  for (std::size_t i = 1; i < values.size(); ++i) sum += (values[i] - 0.5) * (values[i - 1] - 0.5) * 12;
  CHECK(std::abs(sum) <= deviations * std::sqrt(values.size()));
  CHECK(largest_distance(values, [](double x) { return std::clamp(x, 0.0, 1.0); }) <= distance_limit(values.size()));
}

TEST_CASE("Uniform numbers have the moments and the law of the uniform") {
  Stream stream(1, 0, "test", "uniform");
  for (const bool open : {false, true}) {
    auto values = sample(1'000'000, [&] { return open ? stream.uniform_open() : stream.uniform(); });
    const Moments m = moments(values);
    const auto n = static_cast<double>(values.size());
    CHECK(std::abs(m.mean - 0.5) <= deviations * std::sqrt(1.0 / 12 / n));
    CHECK(std::abs(m.variance - 1.0 / 12) <= deviations * std::sqrt(1.0 / 180 / n));
    CHECK(largest_distance(values, [](double x) { return std::clamp(x, 0.0, 1.0); }) <= distance_limit(values.size()));
    CHECK(values.front() >= (open ? 1e-300 : 0));
    CHECK(values.back() < 1);
  }
}

TEST_CASE("Exponential numbers follow their law, tail included") {
  Stream stream(1, 0, "test", "exponential");
  auto values = sample(2'000'000, [&] { return stream.exponential(); });
  const Moments m = moments(values);
  const auto n = static_cast<double>(values.size());
  CHECK(std::abs(m.mean - 1) <= deviations / std::sqrt(n));
  CHECK(std::abs(m.variance - 1) <= deviations * std::sqrt(8 / n));
  CHECK(largest_distance(values, [](double x) { return -std::expm1(-std::max(x, 0.0)); }) <=
        distance_limit(values.size()));
  // About the place where the ziggurat's last layer ends, 7.697, and beyond it.
  for (const double x : {7.0, 7.697, 8.0, 9.0, 10.0}) {
    CAPTURE(x);
    check_share(static_cast<double>(values.end() - std::upper_bound(values.begin(), values.end(), x)), n, std::exp(-x));
  }
}

TEST_CASE("Normal numbers follow their law, tails included") {
  Stream stream(1, 0, "test", "normal");
  auto values = sample(2'000'000, [&] { return stream.normal(); });
  const Moments m = moments(values);
  const auto n = static_cast<double>(values.size());
  CHECK(std::abs(m.mean) <= deviations / std::sqrt(n));
  CHECK(std::abs(m.variance - 1) <= deviations * std::sqrt(2 / n));
  const auto phi = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  CHECK(largest_distance(values, phi) <= distance_limit(values.size()));
  for (const double x : {3.0, 3.5, 3.654, 3.8, 4.2}) {
    CAPTURE(x);
    check_share(static_cast<double>(values.end() - std::upper_bound(values.begin(), values.end(), x)), n, phi(-x));
    check_share(static_cast<double>(std::lower_bound(values.begin(), values.end(), -x) - values.begin()), n, phi(-x));
  }
}

TEST_CASE("Whole numbers below a bound are equally likely") {
  Stream stream(1, 0, "test", "below");
  for (const std::uint64_t n : {2, 3, 7, 10, 64, 1000}) {
    CAPTURE(n);
    const double each = 1000;
    std::vector<double> counts(n), expected(n, each);
    for (std::uint64_t i = 0; i < n * 1000; ++i) {
      const std::uint64_t value = stream.below(n);
      REQUIRE(value < n);
      ++counts[value];
    }
    CHECK(chi_square(counts, expected) <= chi_square_limit(n));
  }
  for (int i = 0; i < 100; ++i) CHECK(stream.below(1) == 0);
}

TEST_CASE("A bound near the width of a word is met without bias") {
  // Without rejection 2^64 numbers fall on 3 x 2^62 values: every third value would come twice as often.
  Stream stream(1, 0, "test", "bias");
  const std::uint64_t bound = std::uint64_t{3} << 62;
  const int n = 300'000;
  std::vector<double> counts(3), expected(3, n / 3.0);
  for (int i = 0; i < n; ++i) {
    const std::uint64_t value = stream.below(bound);
    REQUIRE(value < bound);
    ++counts[value % 3];
  }
  CHECK(chi_square(counts, expected) <= chi_square_limit(3));
}

TEST_CASE("Fifty seeds give fifty fair streams") {
  std::vector<double> means;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Stream stream(seed, 0, "test", "seed");
    const auto values = sample(10'000, [&] { return stream.exponential(); });
    means.push_back((moments(values).mean - 1) * 100);
    CAPTURE(seed);
    CHECK(std::abs(means.back()) <= deviations + 0.5);  // a mean of 10,000 still leans a little
  }
  const Moments m = moments(means);
  CHECK(std::abs(m.mean) <= deviations / std::sqrt(50));
  CHECK(std::abs(m.variance - 1) <= deviations * std::sqrt(2.0 / 50));
}
