// Samples of vector searches: the real file read as it stands, damaged ones refused where they are damaged; and the law
// held beside samples that it has not seen.

#include "plan/fit/index_samples.h"

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cmath>
#include <sstream>

#include "core/error.h"
#include "plan/fit/index_validation.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string captured = CAPPLAN_SOURCE_DIR "/data/captures/index_cost.csv";
const std::string head = "rows,dimensions,index,m,ef_construction,lists,search_param,latency_us_p50,recall_at_10\n";

std::string refused(const std::string& text) {
  const test::ScratchFile file(text, ".csv");
  try {
    read_index_samples(file.path());
  } catch (const core::InputError& error) {
    return error.what();
  }
  return "was taken";
}

}  // namespace

TEST_CASE("the captured samples are read with what was measured") {
  const IndexSampleFile file = read_index_samples(captured);
  REQUIRE(file.samples.size() == 175);
  CHECK(file.sha256.size() == 64);
  const IndexSample& first = file.samples.front();
  CHECK(first.index.kind == models::IndexKind::hnsw);
  CHECK(first.index.rows == 10'000);
  CHECK(first.index.column.dimensions == 384);
  CHECK(first.index.m == 16);
  CHECK(first.search.search_param == 10);
  CHECK(first.search.recall_of == 10);
  CHECK(*first.latency_p50 == Approx(209e-6));
  CHECK(*first.latency_p95 == Approx(291e-6));
  CHECK(*first.pages == 225.3);
  CHECK(*first.recall == 0.9783);
  CHECK(*first.build == 2.19);
  CHECK(first.index.bytes == 20'488'192);
}

TEST_CASE("samples of all types with missing values and strange columns are read, quoted and zipped") {
  const std::string text =
      "\xEF\xBB\xBF"
      "note,type,non_zeros,rows,dimensions,index,m,ef_construction,lists,search_param,limit,latency_us_p50,queries\r\n"
      "\"a, \"\"b\"\"\",halfvec,,1000,1024,hnsw,16,64,,40,5,250,100\r\n\r\n"
      ",sparsevec,30,1000,30000,hnsw,8,64,,40,,300,\r\n"
      ",bit,,1e6,1024,ivfflat,,,100,10,,400,\r\n"
      ",,,1000,3,flat,,,,,,50,\r\n";
  std::istringstream plain(text);
  std::ostringstream zipped;
  boost::iostreams::filtering_streambuf<boost::iostreams::input> zip;
  zip.push(boost::iostreams::gzip_compressor());
  zip.push(plain);
  boost::iostreams::copy(zip, zipped);
  const test::ScratchFile file(zipped.str(), ".csv.gz");
  const std::vector<IndexSample> samples = read_index_samples(file.path()).samples;
  REQUIRE(samples.size() == 4);
  CHECK(samples[0].index.column.type == models::VectorType::halfvec);
  CHECK(samples[0].search.limit == 5);
  CHECK(samples[0].queries == 100);
  CHECK_FALSE(samples[0].recall);
  CHECK(samples[1].index.column.non_zeros == 30);
  CHECK(samples[2].index.rows == 1'000'000);
  CHECK(samples[2].index.lists == 100);
  CHECK(samples[3].index.kind == models::IndexKind::flat);
}

TEST_CASE("more probes than lists read every list, as in PostgreSQL") {
  const test::ScratchFile file(head + "1000,384,ivfflat,,,10,40,200,1\n", ".csv");
  CHECK(read_index_samples(file.path()).samples.at(0).search.search_param == 10);
}

TEST_CASE("the memory of a server makes a sample's search as slow as its disk") {
  const std::vector<IndexSample> beyond =
      read_index_samples(CAPPLAN_SOURCE_DIR "/data/index_samples/published_beyond_memory.csv").samples;
  REQUIRE(beyond.size() == 3);
  CHECK(beyond[0].memory->memory == 8'589'934'592);
  CHECK(beyond[0].memory->shared_buffers == 8'589'934'592 / 4);
  const std::vector<IndexSample> published =
      read_index_samples(CAPPLAN_SOURCE_DIR "/data/index_samples/published.csv").samples;
  for (const std::size_t first : {0U, 1U}) {  // either half of the searches within memory
    std::vector<IndexSample> given;
    for (std::size_t i = first; i < published.size(); i += 2) given.push_back(published[i]);
    const models::IndexLaw law = fit_law(given, sample_settings);
    for (const IndexPrediction& row : validate_index_law(law, beyond, sample_settings).rows) {
      INFO(row.sample.index.rows << " rows, half " << first);
      CHECK(std::fabs(*row.latency_error) < 0.15);
      CHECK(row.predicted.latency.lo < row.predicted.latency.value);
      const double warm = models::forecast(row.sample.index, row.sample.search, law, sample_settings).latency.value;
      CHECK(row.predicted.latency.value > 2.5 * warm);
    }
  }
  // Told to a fit, they are no slower machine: the law stays as it was where all is in memory.
  std::vector<IndexSample> all = published;
  all.insert(all.end(), beyond.begin(), beyond.end());
  const IndexValidation in_memory = validate_index_law(fit_law(all, sample_settings), published, sample_settings);
  CHECK(*in_memory.latency_p50_error_median < 0.08);
}

TEST_CASE("samples that cannot be are refused by line and column") {
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,many,200,0.9\n"),
             ContainsSubstring(":2:22: error: search_param: 'many' is not a number"));
  CHECK_THAT(refused(head + "0,384,hnsw,16,64,,40,200,0.9\n"), ContainsSubstring(":2:1: error: rows: 0 must be 1 to"));
  CHECK_THAT(refused(head + "1000,384,hnws,16,64,,40,200,0.9\n"), ContainsSubstring("did you mean hnsw?"));
  CHECK_THAT(refused(head + "1000,384,hnsw,,64,,40,200,0.9\n"), ContainsSubstring("m: must not be empty for hnsw"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,20,,40,200,0.9\n"), ContainsSubstring("must be 2 x m (32) or more"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,40,200,1.9\n"),
             ContainsSubstring("recall_at_10: 1.9 must be 0 to 1"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,40,nan,0.9\n"),
             ContainsSubstring("latency_us_p50: 'nan' is not a number"));
  CHECK_THAT(refused(head + "1000,3000,hnsw,16,64,,40,200,0.9\n"), ContainsSubstring("more than 2000 dimensions"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,40,,\n"), ContainsSubstring("measures nothing"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,40\n"), ContainsSubstring("7 cells where the header has 9"));
  CHECK_THAT(refused(head + "1000,384,hnsw,16,64,,40,200,0.9\n" + head),
             ContainsSubstring(":3:1: error: the line of column names is there twice"));
  CHECK_THAT(refused("rows,rows\n1,2\n"), ContainsSubstring("the column is there twice"));
  CHECK_THAT(refused("rows,dimension,index,search_param\n1,2,flat,\n"),
             ContainsSubstring("is it the one called dimension?"));
  CHECK_THAT(refused(head), ContainsSubstring("nothing below the line of column names"));
  CHECK_THAT(refused(""), ContainsSubstring("is empty"));
  CHECK_THAT(refused(std::string("rows\0,x\n1,2\n", 12)), ContainsSubstring("holds a zero byte"));
  CHECK_THAT(refused("\x1f\x8b damaged"), ContainsSubstring("gzip stream is damaged"));
  CHECK_THAT(refused(head + "\"1000,384,hnsw,16,64,,40,200,0.9\n"), ContainsSubstring("a quote is opened"));
  // Several at once.
  CHECK_THAT(refused(head + "0,384,hnsw,16,64,,40,200,0.9\n1000,0,hnsw,16,64,,40,200,0.9\n"),
             ContainsSubstring("rows: 0 must be") && ContainsSubstring("dimensions: 0 must be"));
  CHECK_THROWS_AS(read_index_samples("no/such.csv"), core::InputError);
}

TEST_CASE("the planner's settings are read from pg_settings") {
  const models::PlannerSettings captured_settings =
      read_planner_settings(CAPPLAN_SOURCE_DIR "/data/captures/pg_settings.csv");
  CHECK(captured_settings.max_parallel_workers_per_gather == 0);
  CHECK(captured_settings.random_page_cost == 4);
  CHECK(captured_settings.work_mem == 16 * 1024 * 1024);
  CHECK(captured_settings.effective_cache_size == 524'288);
  const test::ScratchFile damaged("name,setting,unit\nrandom_page_cost,much,\n", ".csv");
  CHECK_THROWS_WITH(read_planner_settings(damaged.path()), ContainsSubstring("'much' is not a number"));
}

TEST_CASE("a law beside samples counts its errors and names what it has not seen") {
  const std::vector<IndexSample> samples = read_index_samples(captured).samples;
  std::vector<IndexSample> small, large;
  for (const IndexSample& s : samples) (s.index.rows < 50'000 ? small : large).push_back(s);
  const models::IndexLaw law = fit_law(small, sample_settings);
  const IndexValidation seen = validate_index_law(law, small, sample_settings);
  const IndexValidation other = validate_index_law(law, large, sample_settings);
  CHECK(seen.warnings.empty());
  REQUIRE_FALSE(other.warnings.empty());
  CHECK_THAT(other.warnings.front(), ContainsSubstring("is outside"));
  CHECK(*seen.latency_p50_error_median < 0.09);
  CHECK(*other.latency_p50_error_median < 0.15);
  CHECK(*other.latency_p50_error_p90 > *other.latency_p50_error_median);
  CHECK(*other.size_error_max < 0.005);
  CHECK(*other.latency_inside > 0.9);
  const IndexPrediction& row = other.rows.front();
  CHECK(*row.latency_error == Approx(row.predicted.latency.value / *row.sample.latency_p50 - 1));

  IndexSample silent = large.front();
  silent.latency_p50.reset();
  silent.recall.reset();
  silent.bytes.reset();
  const IndexValidation partly = validate_index_law(law, {silent}, sample_settings);
  CHECK_FALSE(partly.latency_p50_error_median);
  CHECK_FALSE(partly.recall_inside);
  CHECK_FALSE(partly.size_error_max);
  CHECK(partly.pages_error_median);
}

TEST_CASE("what all samples share cannot be left out") {
  std::vector<IndexSample> same = read_index_samples(captured).samples;
  std::erase_if(same, [](const IndexSample& s) { return s.index.column.dimensions != 384; });
  CHECK_FALSE(can_leave_out(same, LeftOut::dimensions));
  CHECK_THROWS_AS(leave_one_out(same, LeftOut::dimensions, sample_settings), core::InputError);
  CHECK(leave_one_out(same, LeftOut::m, sample_settings).rows.size() < same.size());
}
