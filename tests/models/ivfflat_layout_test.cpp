// IVFFlat sizes beside real indexes and published sizes, and the memory of k-means beside PostgreSQL's own refusals.

#include "models/index/ivfflat_layout.h"

#include <stdexcept>

#include "tests/models/index_cost_capture.h"
#include "tests/support/catch.h"

using namespace capplan::models;

namespace {

constexpr double megabyte = 1024 * 1024;

IvfflatShape shape(double rows, int dimensions, int lists) {
  return {rows, {VectorType::vector, dimensions, 0}, lists, 0.5};
}

double megabytes(const IvfflatShape& index) { return ivfflat_layout(index).bytes.value / megabyte; }

}  // namespace

TEST_CASE("every IVFFlat index of the capture has its size within 1 percent, and within its limits") {
  int seen = 0, inside = 0;
  for (const IndexRun& run : index_cost_capture()) {
    if (run.hnsw) continue;
    CAPTURE(run.rows, run.dimensions, run.lists);
    const IvfflatLayout layout = ivfflat_layout(shape(run.rows, run.dimensions, run.lists));
    CHECK(layout.bytes.value == Approx(run.index_bytes).epsilon(0.01));
    if (run.index_bytes >= layout.bytes.lo && run.index_bytes <= layout.bytes.hi) ++inside;
    ++seen;
  }
  CHECK(seen == 85);
  CHECK(inside >= 0.8 * seen);
}

TEST_CASE("published IVFFlat sizes are met within 1 percent") {
  CHECK(megabytes(shape(550e3, 1024, 500)) == Approx(4301).epsilon(0.01));  // unrealshape/bachelor-db-benchmark
  CHECK(megabytes(shape(1.35e6, 1024, 1200)) == Approx(10556).epsilon(0.01));
  CHECK(megabytes(shape(2.65e6, 1024, 1600)) == Approx(20711).epsilon(0.01));
  CHECK(megabytes(shape(5.25e6, 1024, 4900)) == Approx(41054).epsilon(0.01));
}

TEST_CASE("IVFFlat indexes of half-precision vectors have the size that PostgreSQL gave them within 1 percent") {
  // PostgreSQL 15.20 with pgvector 0.8.0, 8,000 rows of random values, 50 lists.
  CHECK(ivfflat_layout({8000, {VectorType::halfvec, 256}, 50}).bytes.value == Approx(4'595'712).epsilon(0.01));
  CHECK(ivfflat_layout({8000, {VectorType::halfvec, 1000}, 50}).bytes.value == Approx(16'654'336).epsilon(0.01));
}

TEST_CASE("a page holds as many entries and centres as fit") {
  CHECK(ivfflat_layout(shape(1000, 128, 10)).entries_per_page == 15);
  CHECK(ivfflat_layout(shape(1000, 384, 10)).entries_per_page == 5);
  CHECK(ivfflat_layout(shape(1000, 768, 10)).entries_per_page == 2);
  CHECK(ivfflat_layout(shape(1000, 1536, 10)).entries_per_page == 1);
  CHECK(ivfflat_layout(shape(1000, 384, 11)).list_pages == 3);
  // A short vector loses 3 bytes of header in an entry, not in a centre.
  const IvfflatLayout tiny = ivfflat_layout(shape(1000, 3, 10));
  CHECK(tiny.entry_bytes == 32);
  CHECK(tiny.centers_per_page == 8160 / 36);
}

TEST_CASE("lists have pages of their own") {
  // Every list has a page, even without rows.
  CHECK(ivfflat_layout(shape(0, 384, 100)).pages.value == 1 + 20 + 100);
  // One entry a page leaves nothing empty; many lists of about a page waste about half of them.
  CHECK(ivfflat_layout(shape(10000, 1536, 10)).pages.value == 1 + 10 + 10000);
  CHECK(ivfflat_layout(shape(10000, 1536, 10)).pages.hi == 1 + 10 + 10000);
  const double waste = ivfflat_layout(shape(15e6, 128, 10000)).pages_per_list - 1500 / 15.0;
  CHECK(waste == Approx(7 / 15.0).epsilon(0.01));
  // The sum over short lists and the even filling of long ones meet.
  CHECK(ivfflat_layout(shape(1e6, 384, 4020)).pages_per_list ==
        Approx(ivfflat_layout(shape(1e6, 384, 3980)).pages_per_list * 3980 / 4020).epsilon(0.002));
}

TEST_CASE("k-means samples 50 rows for each list, and refuses what passes maintenance_work_mem") {
  CHECK(ivfflat_kmeans(shape(1e6, 128, 100), 64 * megabyte).samples == 10000);
  CHECK(ivfflat_kmeans(shape(1e6, 128, 1000), 1024 * megabyte).samples == 50000);
  CHECK(ivfflat_kmeans(shape(3000, 128, 100), 64 * megabyte).samples == 3000);

  const auto mib = [](int dimensions, int lists) {
    return ivfflat_kmeans(shape(10e6, dimensions, lists), 64 * megabyte).bytes / megabyte;
  };
  CHECK(mib(1536, 100) == Approx(64.4).epsilon(0.001));
  CHECK(mib(128, 1000) == Approx(221).epsilon(0.003));
  CHECK(mib(768, 1000) == Approx(351).epsilon(0.003));
  CHECK(mib(1536, 1000) == Approx(506).epsilon(0.003));
  CHECK(mib(1536, 2000) == Approx(1401).epsilon(0.003));
  CHECK(mib(1536, 3162) == Approx(2930).epsilon(0.003));
}

TEST_CASE("the refusal is PostgreSQL's") {
  // Asked of PostgreSQL 15.20 with pgvector 0.8.0: 100,000 rows, 128 dimensions, 100 lists, 4 MB.
  CHECK(ivfflat_kmeans(shape(100e3, 128, 100), 4 * megabyte).error ==
        "memory required is 10 MB, maintenance_work_mem is 4 MB");
  const IvfflatKmeans wide = ivfflat_kmeans(shape(1e6, 1536, 100), 64 * megabyte);
  CHECK_FALSE(wide.fits);
  CHECK(wide.error == "memory required is 65 MB, maintenance_work_mem is 64 MB");
  CHECK(ivfflat_kmeans(shape(1e6, 1536, 100), wide.bytes).error.empty());
  CHECK_FALSE(ivfflat_kmeans(shape(1e6, 1536, 100), wide.bytes - 1).fits);
}

TEST_CASE("more lists than rows get the notice of little data") {
  CHECK(ivfflat_kmeans(shape(99, 128, 100), 64 * megabyte).notice == "ivfflat index created with little data");
  CHECK(ivfflat_kmeans(shape(100, 128, 100), 64 * megabyte).notice.empty());
  CHECK_THROWS_AS(ivfflat_kmeans(shape(100, 128, 0), 64 * megabyte), std::invalid_argument);
  CHECK_THROWS_AS(ivfflat_layout({100, {VectorType::sparsevec, 100, 10}, 10, 0.5}), std::invalid_argument);
}
