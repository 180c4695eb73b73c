// The reader of plain tables of requests: every form of a field, and every mistake named by its line and column.

#include "plan/capture/request_csv.h"

#include <cstdlib>
#include <filesystem>
#include <random>

#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/calibration.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::bytes_of;
using test::ScratchFile;

namespace {

const std::string small = CAPPLAN_SOURCE_DIR "/tests/plan/data/request_csv/";

std::string refusal(const std::string& path, const std::vector<std::string>& classes = {}, bool lenient = false) {
  try {
    read_request_csv(path, classes, lenient);
  } catch (const core::InputError& error) {
    std::string all;
    for (const core::Problem& problem : error.problems()) all += describe(problem) + "\n";
    return all;
  }
  return {};
}

}  // namespace

TEST_CASE("a table of requests gives completions, durations and waits") {
  const RequestLog log = read_request_csv(small + "every_form.csv", {});
  REQUIRE(log.size() == 3);
  CHECK(log.classes == std::vector<std::string>{"search", "a \"quoted\", class"});
  CHECK(log.klass == std::vector<std::uint16_t>{0, 0, 1});
  CHECK(log.client == std::vector<std::int32_t>{0, 0, 0});
  // The first start is that of the first row: .654622 less 1.5 ms.
  CHECK(log.finish_ns[0] == 1500 * core::microsecond);
  CHECK(log.finish_ns[1] == (700'000 - 653'122) * core::microsecond);
  CHECK(log.duration_ns == std::vector<core::Nanos>{1'500'000, 2'000'000, 600'000});
  CHECK(log.service_ns(0) == core::millisecond);
  CHECK(log.warnings.empty());
}

TEST_CASE("starts, other units and zones of time are read, and a column that is not known is said") {
  const RequestLog log = read_request_csv(small + "starts.csv", {"point", "search"});
  REQUIRE(log.size() == 3);
  CHECK(log.klass == std::vector<std::uint16_t>{1, 0, 1});
  CHECK(log.start_ns(0) == 7 * core::millisecond);
  CHECK(log.start_ns(1) == 10 * core::millisecond);
  CHECK(log.start_ns(2) == 0);
  CHECK(log.duration_ns[0] == 3'500 * core::microsecond);
  CHECK(log.lag_ns[0] == 250 * core::microsecond);
  REQUIRE(log.warnings.size() == 1);
  CHECK_THAT(log.warnings[0], ContainsSubstring("host"));
}

TEST_CASE("a compressed table and one with Windows line ends read as the plain one") {
  const RequestLog plain = read_request_csv(small + "every_form.csv", {});
  const RequestLog zipped = read_request_csv(small + "every_form.csv.gz", {});
  std::string text = "\xEF\xBB\xBF" + bytes_of(small + "every_form.csv");
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
  const ScratchFile file(text, ".csv");
  const RequestLog windows = read_request_csv(file.path(), {});
  CHECK(plain.finish_ns == zipped.finish_ns);
  CHECK(plain.finish_ns == windows.finish_ns);
  CHECK(plain.classes == windows.classes);
}

TEST_CASE("every wrong field is named with its line and column") {
  const std::string said = refusal(small + "bad.csv");
  CHECK_THAT(said, ContainsSubstring("bad.csv:3:5: error: 2 fields where the header has 3"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:4:1: error: time: 'yesterday' is neither seconds nor a time"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:5:5: error: class: is empty"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:6:12: error: duration: '-1' is not a number of 0 or more"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:7:12: error: duration: '99999999' is more than 11 days"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:8:13: error: there is text after a closing quote"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:9:1: error: time: '2026-13-01T00:00:00' is neither"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:10:1: error: time: '40000000' is more than a year"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:11:14: error: 4 fields where the header has 3"));
  CHECK_THAT(said, ContainsSubstring("bad.csv:12:5: error: a quote is opened here and not closed"));
  const RequestLog kept = read_request_csv(small + "bad.csv", {}, true);
  CHECK(kept.size() == 1);
  CHECK(kept.malformed == 10);
}

TEST_CASE("a table without its columns, without rows or without a class of the manifest is refused") {
  CHECK_THAT(refusal(small + "no_duration.csv"), ContainsSubstring("duration: there is no such column"));
  CHECK_THAT(refusal(small + "twice.csv"), ContainsSubstring("twice.csv:1:21: error: duration_ms: says the same as"));
  CHECK_THAT(refusal(small + "twice.csv"), ContainsSubstring("twice.csv:1:33: error: time: the column is there twice"));
  CHECK_THAT(refusal(small + "header_only.csv"), ContainsSubstring("holds no request"));
  CHECK_THAT(refusal(small + "empty.csv"), ContainsSubstring("the table is empty"));
  CHECK_THAT(refusal(small + "missing.csv"), ContainsSubstring("cannot be read"));
  CHECK_THAT(refusal(small), ContainsSubstring("is not a regular file"));
  CHECK_THAT(refusal(small + "every_form.csv", {"search"}), ContainsSubstring("is none of the manifest's classes"));
  std::string many = "time,class,duration\n";
  for (int i = 0; i <= 1000; ++i) many += "1,c" + std::to_string(i) + ",1\n";
  const ScratchFile file(many, ".csv");
  CHECK_THAT(refusal(file.path()), ContainsSubstring(":1002:3: error: class: 'c1000'"));
}

TEST_CASE("a table cut short inside its compression is refused, and lenient keeps what could be read") {
  std::string many = "time,class,duration\n";
  for (int i = 0; i < 5000; ++i)
    many += std::to_string(i * 7919 % 5000) + ".5,search,0.00" + std::to_string(i % 97) + "\n";
  const ScratchFile whole(many, ".csv");
  REQUIRE(std::system(("gzip -nkf " + whole.path()).c_str()) == 0);
  const std::string zipped = bytes_of(whole.path() + ".gz");
  std::filesystem::remove(whole.path() + ".gz");
  const ScratchFile cut(zipped.substr(0, zipped.size() / 2), ".csv.gz");
  CHECK_THAT(refusal(cut.path()), ContainsSubstring("gzip stream is damaged or ends early"));
  const RequestLog kept = read_request_csv(cut.path(), {}, true);
  CHECK(kept.truncated);
  CHECK(kept.size() > 1000);
  CHECK(kept.size() < 5000);
}

TEST_CASE("no table of random bytes or of shuffled pieces does more than be refused") {
  std::mt19937 random(5);
  const std::string pieces[] = {
      "time", "class", "duration",           ",",  ",",    "\n",     "\"", "\"\"", "1.5", "2026-11-20T04:22:45Z",
      "-",    "1e308", std::string(1, '\0'), "\r", "\xff", "wait_ms"};
  for (int round = 0; round < 300; ++round) {
    std::string text = round % 2 == 0 ? "time,class,duration\n" : "";
    for (int i = 0; i < 200; ++i) text += pieces[random() % std::size(pieces)];
    const ScratchFile file(text, ".csv");
    for (const bool lenient : {false, true}) {
      try {
        const RequestLog log = read_request_csv(file.path(), {}, lenient);
        CHECK(log.size() > 0);
      } catch (const core::InputError& error) {
        CHECK_FALSE(error.problems().empty());
      }
    }
  }
}

TEST_CASE("pgbench's log of a capture and the same requests as a table give the same requests and the same fit") {
  const std::string captures = CAPPLAN_SOURCE_DIR "/data/captures/";
  const CaptureManifest light = read_manifest(captures + "light.toml");
  const RequestLog log = read_log(light);
  std::string table = "start,class,duration_us,wait_us\n";
  for (std::size_t i = 0; i < log.size(); ++i)
    table += std::to_string(log.start_ns(i) / 1000) + "e-6," + log.classes[log.klass[i]] + "," +
             std::to_string(log.duration_ns[i] / 1000) + "," + std::to_string(log.lag_ns[i] / 1000) + "\n";
  const ScratchFile file(table, ".csv");
  std::string manifest = bytes_of(captures + "light.toml");
  const auto replace = [&](const std::string& part, const std::string& by) {
    const std::size_t at = manifest.find(part);
    REQUIRE(at != std::string::npos);
    manifest.replace(at, part.size(), by);
  };
  replace("format = \"pgbench\"", "format = \"csv\"");
  replace("light.log.gz", file.path());
  replace("settings = ", "# settings = ");
  const ScratchFile manifest_file(manifest, ".toml");
  const RequestLog same = read_log(read_manifest(manifest_file.path()));
  REQUIRE(same.size() == log.size());
  CHECK(same.classes == log.classes);
  CHECK(same.klass == log.klass);
  CHECK(same.duration_ns == log.duration_ns);
  CHECK(same.lag_ns == log.lag_ns);
  for (std::size_t i = 0; i < log.size(); ++i) REQUIRE(std::abs(same.start_ns(i) - log.start_ns(i)) <= 1);

  const Calibration a = calibrate({captures + "light.toml"});
  const Calibration b = calibrate({manifest_file.path()});
  REQUIRE(a.classes.size() == b.classes.size());
  for (std::size_t i = 0; i < a.classes.size(); ++i)
    CHECK(a.classes[i].fit.sample.mean.value == b.classes[i].fit.sample.mean.value);
}

TEST_CASE("a manifest of a table needs no list of classes") {
  const CaptureManifest m = read_manifest(small + "requests.toml");
  CHECK(m.format == "csv");
  CHECK(m.classes.empty());
  CHECK(m.mix.size() == 2);
  CHECK(read_log(m).classes == std::vector<std::string>{"search", "point"});
}
