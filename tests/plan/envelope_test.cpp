// What a calibration covers, and how far outside of it a run is: said for captures and for runs, silent within.

#include "plan/costs/envelope.h"

#include "plan/format/document.h"
#include "plan/scenario/scenario.h"
#include "plan/study/runner.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::ScratchFile;

namespace {

const std::string calibration = R"(
[calibration]
[calibration.index.notes]
kind = "hnsw"
rows = 30_000
[[calibration.capture]]
rows = 3000
duration = "30s"
clients = 32
connections = 4
cores = 1.0
mix = { read = 2700, save = 300 }
[[calibration.capture]]
rows = 20000
duration = "20s"
clients = 8
connections = 8
cores = 1.0
mix = { read = 19000, save = 1000 }
[query.read]
cpu = "200us"
[query.save]
cpu = "500us"
)";

Envelope envelope() {
  const ScratchFile file(calibration, ".toml");
  return envelope_of(read_toml(file.path()));
}

}  // namespace

TEST_CASE("an envelope holds the least and the most of its captures") {
  const Envelope e = envelope();
  CHECK(e.statements.lo == Approx(100));
  CHECK(e.statements.hi == Approx(1000));
  CHECK(e.connections.lo == Approx(4));  // of the server, not the clients before PgBouncer
  CHECK(e.connections.hi == Approx(8));
  CHECK(e.cores.hi == Approx(1));
  REQUIRE(e.shares.size() == 2);
  CHECK(e.shares[1].first == "save");
  CHECK(e.shares[1].second.lo == Approx(0.05));
  CHECK(e.shares[1].second.hi == Approx(0.10));
  REQUIRE(e.rows.size() == 1);
  CHECK(e.rows[0].second.hi == Approx(30'000));
}

TEST_CASE("a point within the envelope is not spoken of, one outside with how far") {
  const Envelope e = envelope();
  CHECK(outside(e, {500, 6, 1, {{"read", 0.92}, {"save", 0.08}}, {{"notes", 30'000}}}).empty());
  CHECK(outside(e, {1050, 8, 1, {}, {}}).empty());  // within a tenth of the end
  CHECK(outside(e, {}).empty());
  CHECK(outside({}, {1e6, 1e4, 64, {{"read", 1.0}}, {}}).empty());  // nothing was calibrated that could be compared

  const std::vector<std::string> far = outside(e, {2500, 2, 4, {{"save", 0.4}, {"other", 0.2}}, {{"notes", 3e6}}});
  REQUIRE(far.size() == 5);
  CHECK(far[0] == "2500 statements/s are 2.5 times the most that was calibrated");
  CHECK(far[1] == "2 connections of the server are 0.5 times the least that was calibrated");
  CHECK(far[2] == "4 cores are 4 times the most that was calibrated");
  CHECK_THAT(far[3], ContainsSubstring("rows of notes are 100 times the most"));
  CHECK(far[4] == "save is 40% of the statements, at most 10% where it was calibrated");
  CHECK(outside(e, {0, 0, 0, {{"read", 0.004}}, {}}).at(0) ==
        "read is 0.4% of the statements, at least 90% where it was calibrated");
}

TEST_CASE("a run outside of its calibration says so, within it nothing") {
  const ScratchFile costs(calibration, ".toml");
  const auto warned = [&](const std::string& rate) {
    const ScratchFile file(
        "[scenario]\nduration = \"20s\"\ncalibration = \"" + costs.path() +
            "\"\n[server.primary]\nkind = \"postgres\"\ncores = 1\n[pool.app]\nkind = \"fixed\"\nto = "
            "\"server.primary\"\nsize = 6\n[query.read]\npool = \"app\"\n[query.save]\npool = \"app\"\n"
            "[request.read]\nsteps = [{ query = \"read\" }]\n[request.save]\nsteps = [{ query = \"save\" }]\n"
            "[workload.load]\nkind = \"open\"\nrate = \"" +
            rate + "\"\nmix = { read = 92, save = 8 }\n",
        ".toml");
    RunOptions options;
    options.stopping = {2, 2};
    std::string text;
    for (const Warning& warning : run(resolve(read_draft(file.path())), options).warnings)
      if (warning.code == "W06") text = warning.text;
    return text;
  };
  CHECK(warned("500/s").empty());
  CHECK_THAT(warned("2000/s"), ContainsSubstring("statements/s are 2 times the most that was calibrated"));
}
