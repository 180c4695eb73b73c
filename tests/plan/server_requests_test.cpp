// The reader of PostgreSQL's own logs: every message that holds a duration, in the columns of every version; logs that
// were cut, or are none; and a real log beside what pgbench wrote of the same run.

#include "plan/capture/server_requests.h"

#include <algorithm>
#include <map>
#include <random>

#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"
#include "plan/capture/server_log.h"
#include "plan/fit/calibration.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using core::microsecond;
using test::bytes_of;
using test::ScratchFile;

namespace {

const std::string logs = CAPPLAN_SOURCE_DIR "/tests/plan/data/server_log/";

CaptureManifest manifest_of(const std::string& log, std::vector<StatementClass> statements = {}) {
  CaptureManifest m;
  m.name = "test";
  m.log = log;
  m.format = log.find("jsonlog") != std::string::npos ? "postgresql-jsonlog" : "postgresql-csvlog";
  m.statements = std::move(statements);
  m.duration = core::second;
  return m;
}

std::string refusal(const CaptureManifest& manifest, bool lenient = false) {
  try {
    read_server_requests(manifest, lenient);
  } catch (const core::InputError& error) {
    std::string all;
    for (const core::Problem& problem : error.problems()) all += describe(problem) + "\n";
    return all;
  }
  return {};
}

std::map<std::string, std::size_t> counts(const RequestLog& log) {
  std::map<std::string, std::size_t> result;
  for (const std::uint16_t k : log.klass) ++result[log.classes[k]];
  return result;
}

/// Requests in order of their ends: rows that end in the same millisecond stand in any order.
std::vector<std::pair<core::Nanos, core::Nanos>> ends(const RequestLog& log) {
  std::vector<std::pair<core::Nanos, core::Nanos>> result;
  for (std::size_t i = 0; i < log.size(); ++i) result.emplace_back(log.finish_ns[i], log.duration_ns[i]);
  std::sort(result.begin(), result.end());
  return result;
}

bool warns(const RequestLog& log, const std::string& part) {
  return std::any_of(log.warnings.begin(), log.warnings.end(),
                     [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("durations of both protocols become requests, in the logs of every version") {
  for (const char* name :
       {"version12.csvlog", "version13.csvlog", "version14.csvlog", "later.csvlog", "version15.jsonlog"}) {
    INFO(name);
    const RequestLog log = read_server_requests(manifest_of(logs + name));
    REQUIRE(log.size() == 9);
    CHECK(log.malformed == 0);
    // In order of their ends: a statement; parse + bind + execute; a statement; an insert; bind + execute; a duration
    // announced by its statement; one with a command alone; a fetch; and one that cannot be parsed.
    CHECK(log.duration_ns == std::vector<core::Nanos>{1500 * microsecond, 12'528 * microsecond, 500 * microsecond,
                                                      2000 * microsecond, 1000 * microsecond, 4000 * microsecond,
                                                      6000 * microsecond, 250 * microsecond, 7000 * microsecond});
    CHECK(log.start_ns(1) == 0);
    CHECK(log.finish_ns[1] == 12'528 * microsecond);
    CHECK(log.finish_ns[2] - log.finish_ns[1] == 46 * core::millisecond);
    CHECK(log.klass[0] == log.klass[2]);
    CHECK(log.klass[1] == log.klass[4]);
    CHECK(log.klass[1] == log.klass[7]);
    CHECK(log.client[0] == log.client[3]);
    CHECK(log.client[0] != log.client[1]);
    const auto named = [&](std::size_t i) { return log.classes[log.klass[i]]; };
    CHECK(named(0).starts_with("select_users_"));
    CHECK(named(1).starts_with("select_memories_"));
    CHECK(named(3).starts_with("insert_orders_"));
    CHECK(named(5).starts_with("update_orders_"));
    CHECK(named(6).starts_with("commit"));
    CHECK(log.failed[log.klass[0]] == 1);
    CHECK(warns(log, "1 durations stand without their statement"));
    CHECK(warns(log, "1 of 5 different statements cannot be parsed"));
  }
}

TEST_CASE("a manifest names classes by patterns and by fingerprints, the first that fits, and may drop the rest") {
  const RequestLog all = read_server_requests(manifest_of(logs + "version14.csvlog"));
  const std::string users = all.classes[all.klass[0]];
  CaptureManifest m = manifest_of(logs + "version14.csvlog", {{"people", "", users.substr(users.size() - 6), {}},
                                                              {"reads", "^SELECT .* where id = \\$1", "", {}},
                                                              {"writes", "^(insert|update)", "", {}}});
  const RequestLog kept = read_server_requests(m);
  CHECK(counts(kept)["people"] == 2);
  CHECK(counts(kept)["reads"] == 3);
  CHECK(counts(kept)["writes"] == 2);
  CHECK(kept.classes[0] == "people");
  CHECK(kept.size() == 9);
  m.keep_unmatched = false;
  const RequestLog named = read_server_requests(m);
  CHECK(named.size() == 7);
  CHECK(named.classes == std::vector<std::string>{"people", "reads", "writes"});
  CHECK(warns(named, "2 requests of statements that no class names"));
  m.statements = {{"none", "no such thing", "", {}}};
  CHECK_THAT(refusal(m), ContainsSubstring("no class matches one of its 9 statements"));
  m.statements = {{"bad", "a(", "", {"m.toml", 7, 11}}};
  CHECK_THAT(refusal(m), ContainsSubstring("m.toml:7:11: error: capture.class.bad.pattern: is no regular expression"));
}

TEST_CASE("a log that was cut at both ends is read from the first row that begins to the last that ends") {
  const RequestLog csv = read_server_requests(manifest_of(logs + "rotated.csvlog"));
  CHECK(csv.size() == 5);
  CHECK(csv.malformed == 2);
  const RequestLog json = read_server_requests(manifest_of(logs + "rotated.jsonlog"));
  CHECK(json.size() == 8);
  CHECK(json.malformed == 2);
}

TEST_CASE("rows that are cut within a log cost themselves alone") {
  const std::string whole = bytes_of(logs + "version14.csvlog");
  const std::size_t inside = whole.find("quoted");
  std::string text = whole + whole.substr(0, inside) + "\n" + whole;
  const ScratchFile file(text, ".csvlog");
  CHECK_THAT(refusal(manifest_of(file.path())), !ContainsSubstring("malformed"));
  const RequestLog log = read_server_requests(manifest_of(file.path()));
  CHECK(log.size() == 9 + 0 + 9);
  CHECK(log.malformed == 1);
}

TEST_CASE("what is no such log is refused, with what to do") {
  CHECK_THAT(refusal(manifest_of(logs + "quiet.csvlog")),
             ContainsSubstring("none of 1 rows holds the duration of a statement"));
  CHECK_THAT(refusal(manifest_of(logs + "german.csvlog")), ContainsSubstring("lc_messages"));
  CHECK_THAT(refusal(manifest_of(logs + "plans.csvlog")), ContainsSubstring("--index-plans"));
  CHECK_THAT(refusal(manifest_of(logs + "stderr.log")), ContainsSubstring("columns, where csvlog has 23 or more"));
  const std::string broken = refusal(manifest_of(logs + "broken_durations.csvlog"));
  CHECK_THAT(broken, ContainsSubstring("8 of 8 rows are malformed"));
  CHECK_THAT(broken, ContainsSubstring("broken_durations.csvlog:1: error: 'duration: fast ms"));
  CHECK_THAT(refusal(manifest_of(logs + "version15.jsonlog.missing")), ContainsSubstring("cannot be read"));
  CaptureManifest wrong = manifest_of(logs + "version15.jsonlog");
  wrong.format = "postgresql-csvlog";
  CHECK_THAT(refusal(wrong), ContainsSubstring("no record begins here"));
  const ScratchFile empty("", ".csvlog");
  CHECK_THAT(refusal(manifest_of(empty.path())), ContainsSubstring("the log is empty"));
  const std::string zipped = bytes_of(logs + "logged.csvlog.gz");
  const ScratchFile cut(zipped.substr(0, zipped.size() / 2), ".csvlog.gz");
  CHECK_THAT(refusal(manifest_of(cut.path())), ContainsSubstring("gzip stream is damaged or ends early"));
  const RequestLog kept = read_server_requests(manifest_of(cut.path()), true);
  CHECK(kept.truncated);
  CHECK(kept.size() > 300);
}

TEST_CASE("statements made to break a parser are requests like any other") {
  const auto row = [](int i, std::string statement) {
    for (std::size_t at = 0; (at = statement.find('"', at)) != std::string::npos; at += 2) statement.insert(at, 1, '"');
    return "2026-11-20 04:22:45.10" + std::to_string(i) +
           " UTC,,,1,,aa.1,1,,,,,LOG,00000,\"duration: 1.0 ms  statement: " + statement + "\",,,,,,,,,\"\",,,0\n";
  };
  const auto repeated = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  const ScratchFile file(row(0, "select " + repeated("(", 100'000) + "1") +
                             row(1, "select 1" + repeated("+1", 100'000)) +
                             row(2, "select '" + repeated("x", 5'000'000)) + row(3, "") + row(4, "\"") +
                             row(5, "select 1" + repeated("+a", 4'000)) + row(6, std::string(1, '\0')) +
                             row(7, "select " + repeated("a[", 4'000)) + row(8, "/*" + repeated("/*", 50'000)) +
                             row(9, "select $" + repeated("a", 100'000) + "$"),
                         ".csvlog");
  CHECK(read_server_requests(manifest_of(file.path()), false).size() == 10);
}

TEST_CASE("no log of random pieces does more than be refused") {
  std::mt19937 random(7);
  const std::string pieces[] = {"2026-11-20 04:22:45.647 UTC,",
                                "\"duration: 1.0 ms  statement: ",
                                "\"",
                                "\"\"",
                                ",",
                                ",,,,,,,,,,",
                                "\n",
                                "LOG",
                                "select 1",
                                "{\"timestamp\":",
                                "}",
                                "{\"timestamp\":\"2026-11-20 04:22:45.647 UTC\",",
                                "\"message\":\"duration: 1 ms\"",
                                "[",
                                std::string(1, '\0'),
                                "\xff",
                                "\\u00"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += pieces[random() % std::size(pieces)];
    const ScratchFile file(text, round % 2 == 0 ? ".csvlog" : ".jsonlog");
    for (const bool lenient : {false, true}) {
      try {
        const RequestLog log = read_server_requests(manifest_of(file.path()), lenient);
        CHECK(log.size() > 0);
      } catch (const core::InputError& error) {
        CHECK_FALSE(error.problems().empty());
      }
    }
  }
}

TEST_CASE("a zone of time that changes within a log is said") {
  std::string text = bytes_of(logs + "version14.csvlog");
  const std::size_t last = text.find("04:22:45.780 UTC");
  text.replace(last, 16, "04:22:45.780 CET");
  const ScratchFile file(text, ".csvlog");
  CHECK(warns(read_server_requests(manifest_of(file.path())), "the zone of time changes from UTC to CET"));
}

TEST_CASE("a real log gives the classes that pgbench counted, and durations below those that it saw") {
  const CaptureManifest manifest = read_manifest(logs + "logged.toml");
  const RequestLog server = read_log(manifest);
  const RequestLog client = read_pgbench_log(
      logs + "logged.log.gz", {{"search", "hybrid", "point", "entities", "tree", "insert", "report"}, true, false});
  CHECK(counts(server) == counts(client));
  CHECK(server.malformed == 0);
  double at_server = 0, at_client = 0;
  for (std::size_t i = 0; i < server.size(); ++i) at_server += core::to_seconds(server.service_ns(i));
  for (std::size_t i = 0; i < client.size(); ++i) at_client += core::to_seconds(client.service_ns(i));
  CHECK(at_server < at_client);
  CHECK(at_server > 0.5 * at_client);
  CaptureManifest json = manifest;
  json.format = "postgresql-jsonlog";
  json.log = logs + "logged.jsonlog.gz";
  const RequestLog same = read_log(json);
  CHECK(ends(same) == ends(server));
  CHECK(counts(same) == counts(server));
}

TEST_CASE("calibrate fits the classes of a server's log, and scales the rate of one that was sampled") {
  const std::string text = bytes_of(logs + "logged.toml");
  const Calibration whole = calibrate({logs + "logged.toml"});
  REQUIRE(whole.classes.size() == 7);
  CHECK(summary_table(whole).find("search") != std::string::npos);
  CHECK(whole.workload.rate.value == Approx(1187 / 20.0));
  std::string sampled = text;
  sampled.replace(sampled.find("duration = "), 0, "sample_rate = 0.5\n");
  sampled.replace(sampled.find("logged.csvlog.gz"), 16, logs + "logged.csvlog.gz");
  const ScratchFile manifest(sampled, ".toml");
  const Calibration half = calibrate({manifest.path()});
  CHECK(half.workload.rate.value == Approx(2 * whole.workload.rate.value));
  CHECK(*half.captures[0].cpu_per_request == Approx(*whole.captures[0].cpu_per_request / 2));
  CHECK(half.classes[0].fit.sample.mean.value == whole.classes[0].fit.sample.mean.value);
}

TEST_CASE("mistakes in the classes of a manifest are named where they stand") {
  std::string text = bytes_of(logs + "logged.toml");
  text.replace(text.find("pattern = \"from entities\""), 25, "fingerprint = \"xyz\"");
  text.replace(text.find("pattern = \"with recursive\""), 26, "patern = \"with\"");
  const ScratchFile file(text, ".toml");
  try {
    read_manifest(file.path());
    FAIL("was read");
  } catch (const core::InputError& error) {
    CHECK_THAT(error.what(), ContainsSubstring("capture.class.entities.fingerprint: must be 6 to 16 hexadecimal"));
    CHECK_THAT(error.what(), ContainsSubstring("capture.class.tree: needs a pattern or a fingerprint"));
  }
}

TEST_CASE("a server's log is known by its beginning") {
  CHECK(server_log_format(logs + "logged.csvlog.gz") == ServerLogFormat::csv);
  CHECK(server_log_format(logs + "version15.jsonlog") == ServerLogFormat::json);
  CHECK_FALSE(server_log_format(logs + "logged.log.gz"));
  CHECK_FALSE(server_log_format(logs + "nothing"));
}
