// The plan of a capture: what each version has, and that its manifest is one.

#include "plan/capture/capture_plan.h"

#include "core/error.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using Path = CaptureManifest::Path;

namespace {

/// The first manifest in a plan.
CaptureManifest manifest_in(const std::string& text) {
  const std::size_t from = text.find("     [capture]");
  const std::size_t end = text.find("   The log of production", from);
  REQUIRE(from != std::string::npos);
  REQUIRE(end != std::string::npos);
  const test::ScratchFile file(text.substr(from, end - from), ".toml");
  return read_manifest(file.path());
}

}  // namespace

TEST_CASE("each version is told of the settings that it has, and of no other") {
  CHECK_THAT(capture_plan(12, Path::direct), !ContainsSubstring("log_statement_sample_rate"));
  CHECK_THAT(capture_plan(12, Path::direct), ContainsSubstring("log_transaction_sample_rate"));
  CHECK_THAT(capture_plan(13, Path::direct), ContainsSubstring("log_statement_sample_rate"));
  CHECK_THAT(capture_plan(13, Path::direct), !ContainsSubstring("compute_query_id"));
  CHECK_THAT(capture_plan(14, Path::direct), ContainsSubstring("compute_query_id"));
  CHECK_THAT(capture_plan(14, Path::direct), !ContainsSubstring("or 'jsonlog'"));
  CHECK_THAT(capture_plan(15, Path::direct), ContainsSubstring("or 'jsonlog'"));
  CHECK_THAT(capture_plan(18, Path::direct), !ContainsSubstring("SHOW STATS"));
  CHECK_THAT(capture_plan(18, Path::pgbouncer), ContainsSubstring("SHOW STATS"));
  CHECK_THROWS_AS(capture_plan(11, Path::direct), core::InputError);
  CHECK_THROWS_AS(capture_plan(19, Path::direct), core::InputError);
}

TEST_CASE("the manifest in a plan is read without a complaint") {
  const CaptureManifest direct = manifest_in(capture_plan(15, Path::direct));
  CHECK(direct.warnings.empty());
  CHECK(direct.classes.size() == 3);
  CHECK(direct.mix.size() == 3);
  CHECK(direct.clients == 8);
  CHECK(direct.probe_after.has_value());
  const CaptureManifest bouncer = manifest_in(capture_plan(15, Path::pgbouncer));
  CHECK(bouncer.warnings.empty());
  CHECK(bouncer.path == Path::pgbouncer);
  CHECK(bouncer.pgbouncer.size() == 2);
}
