// Calibration of the real captures: the figures beside those that awk counts in the logs, the file that comes out, and
// what is said of captures that are not fit for it.

#include "plan/fit/calibration.h"

#include <cmath>

#include "core/error.h"
#include "models/spec/distribution_value.h"
#include "plan/capture/pgbench_log.h"
#include "plan/format/document.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/data/captures/";
const std::string small = CAPPLAN_SOURCE_DIR "/tests/plan/data/captures/";

const Calibration& light() {
  static const Calibration calibration = calibrate({data + "light.toml"});
  return calibration;
}

std::string warnings_of(const Calibration& calibration) {
  std::string all;
  for (const std::string& w : calibration.warnings) all += w + "\n";
  return all;
}

/// A log beside a manifest of the same text, in the folder for temporary files.
struct ScratchCapture {
  explicit ScratchCapture(const std::string& rows, const std::string& name)
      : log(rows), manifest(text(log.path(), name), ".toml") {}

  static std::string text(const std::string& path, const std::string& name) {
    return "[capture]\nname = \"" + name + "\"\nformat = \"pgbench\"\nlog = \"" +
           std::filesystem::path(path).filename().string() +
           "\"\nclasses = [\"read\", \"a]b\", \"rare\"]\nduration = \"10s\"\n[load]\nkind = \"closed\"\nclients = 1\n" +
           "[system]\nconnections = 1\ncores = 2\n[measured]\nserver_cpu = 0.25\n";
  }

  test::ScratchFile log;
  test::ScratchFile manifest;
};

/// `n` requests of a class over ten seconds, of about the given duration.
std::string rows(int klass, int n, int micros) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    const int at = static_cast<int>(10'000'000LL * i / n);
    text += "0 " + std::to_string(i) + " " + std::to_string(micros + i * 37 % 100) + " " + std::to_string(klass) + " " +
            std::to_string(1795147304 + at / 1'000'000) + " " + std::to_string(at % 1'000'000) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the light capture gives its seven classes with the counts and means of its log") {
  struct Expected {
    std::string name;
    std::int64_t count;
    double mean_us;
  };
  // zcat light.log.gz | awk '{n[$4]++; s[$4]+=$3-$7} END{for(k in n) print k, n[k], s[k]/n[k]}'
  const std::vector<Expected> expected = {{"search", 5291, 654.9},   {"hybrid", 904, 675.2}, {"point", 1774, 221.9},
                                          {"entities", 346, 3503.4}, {"tree", 344, 503.2},   {"insert", 145, 2084.0},
                                          {"report", 43, 44906.7}};
  REQUIRE(light().classes.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ClassCalibration& c = light().classes[i];
    INFO(expected[i].name);
    CHECK(c.name == expected[i].name);
    CHECK(c.fit.sample.count == expected[i].count);
    CHECK(c.fit.sample.mean.value * 1e6 == Approx(expected[i].mean_us).margin(0.06));
    CHECK(c.captures == std::vector<std::string>{"light"});
  }
}

TEST_CASE("every demand has the mean and the p99 of what was measured") {
  for (const ClassCalibration& c : light().classes) {
    INFO(c.name);
    CHECK(c.fit.chosen.distribution.mean() == Approx(c.fit.sample.mean.value).epsilon(0.02));
    CHECK(c.fit.chosen.distribution.quantile(0.99) == Approx(c.fit.sample.p99.value).epsilon(0.15));
    CHECK(c.fit.chosen.ks <= std::max(0.03, c.fit.ks_critical));
  }
}

TEST_CASE("a capture's CPU per request stands beside its mean duration") {
  REQUIRE(light().captures.size() == 1);
  const CaptureRecord& r = light().captures[0];
  CHECK(r.rows == 8847);
  CHECK(r.skipped + r.failed + r.malformed == 0);
  CHECK(r.mean_duration == Approx(914.136e-6).epsilon(1e-5));
  CHECK(r.cpu_per_request.value() == Approx(0.1122 * 60 / 8847));
  // sha256sum light.log.gz
  CHECK(r.sha256 == "db68c06d578b0463073e9c91f962c6cba396a4704dfcc7b691ad3fb5b00cfa57");
}

TEST_CASE("the load of the light capture is found to be Poisson at the rate of its log") {
  const WorkloadFit& w = light().workload;
  CHECK(w.open);
  CHECK(w.rate.value == Approx(8847.0 / 60));
  CHECK(w.rate.lo < 150);  // what pgbench was asked for
  CHECK(w.rate.hi > 150);
  CHECK(w.cv.lo < 1);
  CHECK(w.cv.hi > 1);
  CHECK(w.dispersion.lo < 1);
  CHECK(w.dispersion.hi > 1);
  REQUIRE(w.mix.size() == 7);
  CHECK(w.mix[0].count == 5291);
  CHECK(w.mix[6].share == Approx(43.0 / 8847));
  CHECK(w.notes.empty());
}

TEST_CASE("the file holds a demand for every class that reads back as fitted") {
  const models::Table document = parse_toml(to_toml(light()), "calibrated.toml");
  REQUIRE(models::find(document, "query") != nullptr);
  const auto& queries = std::get<models::Table>(models::find(document, "query")->data);
  REQUIRE(queries.size() == 7);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const auto& query = std::get<models::Table>(queries[i].second.data);
    INFO(queries[i].first);
    REQUIRE(models::find(query, "cpu") != nullptr);
    REQUIRE(models::find(query, "fit") != nullptr);
    std::vector<core::Problem> problems;
    const auto read = models::parse_distribution(*models::find(query, "cpu"), "cpu", problems);
    REQUIRE(problems.empty());
    REQUIRE(read.has_value());
    const core::Distribution& fitted = light().classes[i].fit.chosen.distribution;
    CHECK(read->mean() == Approx(fitted.mean()).epsilon(1e-9));
    CHECK(read->quantile(0.99) == Approx(fitted.quantile(0.99)).epsilon(1e-9));
  }
}

TEST_CASE("the file says where every number comes from") {
  const std::string text = to_toml(light());
  CHECK_THAT(text, ContainsSubstring("schema = \"capplan.calibration/1\""));
  CHECK_THAT(text, ContainsSubstring("assumption = \"demands are durations"));
  CHECK_THAT(text,
             ContainsSubstring("[[calibration.capture]]\nname = \"light\"\nlog = \"light.log.gz\"\nsha256 = \"db68"));
  CHECK_THAT(text, ContainsSubstring("cpu_per_request = \"760.936us\"\nmean_duration = \"914.136us\""));
  CHECK_THAT(text, ContainsSubstring("[query.search.fit]\nfamily = "));
  CHECK_THAT(text, ContainsSubstring("samples = 5291\ncapture = \"light\"\nmean = \"654.865us\"\nmean_interval = ["));
  CHECK_THAT(text, ContainsSubstring("{ family = \"weibull\", aic = "));
  CHECK_THAT(text, ContainsSubstring("[workload]\ncapture = \"light\"\nrate = \"147.45/s\""));
}

TEST_CASE("calibrating twice gives the same bytes") {
  CHECK(to_toml(calibrate({data + "light.toml"})) == to_toml(light()));
  CHECK(summary_table(calibrate({data + "light.toml"})) == summary_table(light()));
}

TEST_CASE("the table has a line for every class with its intervals") {
  const std::string table = summary_table(light());
  CHECK_THAT(table, ContainsSubstring("class     requests"));
  CHECK_THAT(table, ContainsSubstring("search        5291    655 us ±2%"));
  CHECK_THAT(table,
             ContainsSubstring("capture light: 8847 requests, mean duration 914 us, server CPU 761 us a request"));
  CHECK_THAT(table, ContainsSubstring("load: 147/s"));
}

TEST_CASE("a class comes from the first capture that holds 200 of it") {
  const Calibration c = calibrate({data + "write.toml", data + "light.toml"});
  const auto from = [&](const std::string& name) {
    for (const ClassCalibration& k : c.classes)
      if (k.name == name) return k.captures;
    return std::vector<std::string>{};
  };
  CHECK(from("insert") == std::vector<std::string>{"write"});
  CHECK(from("search") == std::vector<std::string>{"write"});
  CHECK(from("tree") == std::vector<std::string>{"light"});
  CHECK(from("report") == std::vector<std::string>{"light"});
  CHECK(c.workload.rate.value == Approx(5934.0 / 30));  // of the first
  const Calibration other = calibrate({data + "light.toml", data + "write.toml"});
  for (const ClassCalibration& k : other.classes)
    CHECK(k.captures == std::vector<std::string>{k.name == "insert" ? "write" : "light"});
}

TEST_CASE("a class that no capture holds 200 of comes from all of them") {
  const ScratchCapture a(rows(0, 300, 1000) + rows(1, 50, 500), "a"), b(rows(0, 300, 3000) + rows(1, 70, 500), "b");
  const Calibration c = calibrate({a.manifest.path(), b.manifest.path()});
  REQUIRE(c.classes.size() == 2);
  CHECK(c.classes[0].captures == std::vector<std::string>{"a"});
  CHECK(c.classes[0].fit.sample.count == 300);
  CHECK(c.classes[1].captures == std::vector<std::string>{"a", "b"});
  CHECK(c.classes[1].fit.sample.count == 120);
  CHECK_THAT(to_toml(c), ContainsSubstring("capture = [\"a\", \"b\"]"));
}

TEST_CASE("a class without a request is a warning, and its name may hold any character") {
  const ScratchCapture a(rows(0, 300, 1000) + rows(1, 50, 500), "a");
  const Calibration c = calibrate({a.manifest.path()});
  CHECK_THAT(warnings_of(c), ContainsSubstring("class rare: no capture has a completed request of it"));
  CHECK(c.captures[0].cpu_per_request.value() == Approx(0.25 * 2 * 10 / 350));
  const models::Table document = parse_toml(to_toml(c), "calibrated.toml");
  const auto& queries = std::get<models::Table>(models::find(document, "query")->data);
  REQUIRE(models::find(queries, "a]b") != nullptr);
  CHECK(models::find(std::get<models::Table>(models::find(queries, "a]b")->data), "fit") != nullptr);
}

TEST_CASE("a busy capture and one through PgBouncer are warned of") {
  CHECK(light().warnings.empty());
  CHECK_THAT(warnings_of(calibrate({data + "busy.toml"})), ContainsSubstring("durations contain queueing"));
  CHECK_THAT(warnings_of(calibrate({data + "bouncer4.toml"})), ContainsSubstring("PgBouncer's pool"));
  // One client never waits for another, however busy it keeps the server.
  CHECK(warnings_of(calibrate({data + "alone.toml"})).empty());
}

TEST_CASE("a closed load's rate is called what the system allowed") {
  const Calibration c = calibrate({data + "closed8.toml"});
  REQUIRE(c.workload.notes.size() == 1);
  CHECK_THAT(summary_table(c), ContainsSubstring("note: a closed load"));
}

TEST_CASE("arrivals with a burst have an index of dispersion above one") {
  const CaptureManifest manifest = read_manifest(data + "light.toml");
  RequestLog log = read_log(manifest);
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.start_ns(i) / (5 * core::second) % 2 == 0) log.finish_ns[i] += 5 * core::second;
  const WorkloadFit w = fit_workload(manifest, log);
  CHECK(w.dispersion.lo > 10);
  CHECK(w.rate.half_width() > light().workload.rate.half_width());
}

TEST_CASE("few arrivals say so in place of an index of dispersion") {
  const CaptureManifest manifest = read_manifest(small + "open.toml");
  const WorkloadFit w = fit_workload(manifest, read_log(manifest));
  CHECK_FALSE(w.dispersion.known);
  REQUIRE(w.notes.size() == 1);
  CHECK_THAT(w.notes[0], ContainsSubstring("it needs 10 whole seconds"));
}

TEST_CASE("the mistakes of all captures are named at once") {
  std::string said;
  try {
    calibrate({small + "broken.toml", data + "light.toml", data + "light.toml", small + "no such.toml"});
  } catch (const core::InputError& error) {
    said = error.what();
  }
  CHECK_THAT(said, ContainsSubstring("capture.format"));
  CHECK_THAT(said, ContainsSubstring("give each capture once"));
  CHECK_THAT(said, ContainsSubstring("no such.toml"));
  CHECK_THROWS_AS(calibrate({}), core::InputError);
}

TEST_CASE("a damaged log is refused, and kept with a warning where leniency is asked for") {
  const ScratchCapture a(rows(0, 300, 1000) + "0 301 nonsense\n", "a");
  CHECK_THROWS_AS(calibrate({a.manifest.path()}), core::InputError);
  const Calibration c = calibrate({a.manifest.path()}, {true});
  CHECK(c.captures[0].malformed == 1);
  CHECK_THAT(warnings_of(c),
             ContainsSubstring("1 of 301 lines are malformed and were left out, the first in line 301"));
}
