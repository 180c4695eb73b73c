// The histogram's promise: quantiles within 1 % of the sample's over any range, a merged histogram is that of the
// merged sample, and slices lose nothing.

#include "core/histogram.h"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

const std::vector<double> shares = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0};

/// The value that a share p of the ascending sample does not exceed, in seconds.
double exact_quantile(const std::vector<Nanos>& ascending, double p) {
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(ascending.size())));
  return to_seconds(ascending[std::max<std::size_t>(rank, 1) - 1]);
}

void check_same(const Histogram& a, const Histogram& b) {
  CHECK(a.count() == b.count());
  CHECK(a.mean() == Approx(b.mean()).epsilon(1e-12));
  CHECK(a.max() == b.max());
  for (const double p : shares) CHECK(a.quantile(p) == b.quantile(p));
  for (Nanos span = 1; span < second * 1000; span *= 7) CHECK(a.share_above(span) == b.share_above(span));
}

Nanos spread(Stream& stream) { return to_nanos(1e-8 * std::pow(10, 9 * stream.uniform())); }

}  // namespace

TEST_CASE("Every bucket begins where it says, and holds all up to the next") {
  std::size_t i = 0;
  for (; Histogram::lower_bound(i) < 0x1p63; ++i) {
    const auto begin = static_cast<std::uint64_t>(Histogram::lower_bound(i));
    const double next = Histogram::lower_bound(i + 1);
    REQUIRE(static_cast<double>(begin) == Histogram::lower_bound(i));
    REQUIRE(next > Histogram::lower_bound(i));
    REQUIRE(Histogram::index(begin) == i);
    const std::uint64_t last = next < 0x1p63 ? static_cast<std::uint64_t>(next) - 1 : std::uint64_t{never};
    REQUIRE(Histogram::index(last) == i);
    REQUIRE(next - static_cast<double>(begin) <= std::max(1.0, static_cast<double>(begin) / 128));
  }
  CHECK(Histogram::index(std::uint64_t{never}) == i - 1);
}

TEST_CASE("A single value is read back within one percent over twelve decades") {
  for (double value = 1; value < 1e13; value *= 1.07) {
    Histogram histogram;
    const auto span = static_cast<Nanos>(value);
    histogram.record(span);
    for (const double p : {0.0, 0.5, 1.0}) CHECK(histogram.quantile(p) == Approx(to_seconds(span)).epsilon(0.01));
    CHECK(histogram.mean() == Approx(to_seconds(span)).epsilon(1e-12));
    CHECK(histogram.max() == span);
  }
}

TEST_CASE("Quantiles of random samples are within one percent of the sample's") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "histogram");
    const auto histogram = std::make_unique<Histogram>();
    std::vector<Nanos> values;
    double sum = 0;
    for (int i = 0; i < 20'000; ++i) {
      const Nanos value = seed % 2 == 0 ? spread(stream) : to_nanos(0.003 * stream.exponential());
      values.push_back(value);
      histogram->record(value);
      sum += to_seconds(value);
    }
    std::sort(values.begin(), values.end());
    for (const double p : shares) {
      CAPTURE(p);
      CHECK(histogram->quantile(p) == Approx(exact_quantile(values, p)).epsilon(0.01));
    }
    CHECK(histogram->mean() == Approx(sum / 20'000).epsilon(1e-9));
    CHECK(histogram->max() == values.back());
    const auto above = static_cast<double>(values.end() - std::upper_bound(values.begin(), values.end(), millisecond));
    CHECK(histogram->share_above(millisecond) == Approx(above / 20'000).margin(0.01));
  }
}

TEST_CASE("Below 256 nanoseconds the histogram is exact") {
  Histogram histogram;
  for (int i = 0; i < 90; ++i) histogram.record(0);
  for (int i = 0; i < 10; ++i) histogram.record(200 + i);
  CHECK(histogram.quantile(0.5) == 0);
  CHECK(histogram.quantile(0.9) == 0);
  CHECK(histogram.quantile(0.95) == Approx(204e-9).epsilon(1e-12));
  CHECK(histogram.quantile(1) == Approx(209e-9).epsilon(1e-12));
  CHECK(histogram.share_above(0) == Approx(0.1));
  CHECK(histogram.share_above(204) == Approx(0.05));
}

TEST_CASE("No quantile is beyond the greatest value, and they ascend") {
  Stream stream(1, 0, "test", "histogram");
  Histogram histogram;
  for (int i = 0; i < 1000; ++i) histogram.record(spread(stream));
  double last = 0;
  for (int i = 0; i <= 1000; ++i) {
    const double value = histogram.quantile(i / 1000.0);
    CHECK(value >= last);
    CHECK(value <= to_seconds(histogram.max()));
    last = value;
  }
}

TEST_CASE("Nothing recorded reads as zeros, negative spans as zero") {
  Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.quantile(0.99) == 0);
  CHECK(histogram.share_above(0) == 0);
  CHECK(histogram.take().buckets.empty());
  histogram.record(-5);
  CHECK(histogram.count() == 1);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0);
  histogram.record(never);
  CHECK(histogram.max() == never);
  CHECK(histogram.quantile(1) == Approx(to_seconds(never)));
}

TEST_CASE("Merged histograms are the histogram of all") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "merge");
    const auto all = std::make_unique<Histogram>();
    const auto merged = std::make_unique<Histogram>();
    for (int part = 0; part < 4; ++part) {
      const auto histogram = std::make_unique<Histogram>();
      for (std::uint64_t i = stream.below(3000); i-- > 0;) {
        const Nanos value = spread(stream);
        histogram->record(value);
        all->record(value);
      }
      merged->merge(*histogram);
    }
    merged->merge(Histogram());
    check_same(*merged, *all);
  }
}

TEST_CASE("Slices taken and merged again lose nothing") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Stream stream(seed, 0, "test", "slices");
    const auto all = std::make_unique<Histogram>();
    const auto taken = std::make_unique<Histogram>();
    const auto merged = std::make_unique<Histogram>();
    for (int window = 0; window < 5; ++window) {
      std::uint64_t count = stream.below(2000);
      for (std::uint64_t i = 0; i < count; ++i) {
        const Nanos value = spread(stream);
        taken->record(value);
        all->record(value);
      }
      const HistogramSlice slice = taken->take();
      CHECK(slice.count == count);
      CHECK(taken->count() == 0);
      CHECK(taken->max() == 0);
      CHECK(taken->quantile(0.5) == 0);
      for (const auto& bucket : slice.buckets) count -= bucket.count;
      CHECK(count == 0);
      merged->merge(slice);
    }
    check_same(*merged, *all);
  }
}
