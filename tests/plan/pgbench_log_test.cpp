// The reader of pgbench's transaction log: every form of a row, every way of being damaged, and real logs whose counts
// were taken with zcat and awk. Source of the forms: pgbench.c, doLog.

#include "plan/capture/pgbench_log.h"

#include <array>
#include <chrono>
#include <random>

#include "plan/capture/arrivals.h"
#include "plan/capture/manifest.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::bytes_of;
using test::ScratchFile;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/data/captures/";
const std::string small = CAPPLAN_SOURCE_DIR "/tests/plan/data/captures/";
const std::vector<std::string> seven = {"search", "hybrid", "point", "entities", "tree", "insert", "report"};

/// All problems of refusing a log in one text, or nothing if it was read.
std::string refusal(const std::string& path, const PgbenchLogOptions& options) {
  try {
    read_pgbench_log(path, options);
  } catch (const core::InputError& error) {
    std::string all;
    for (const core::Problem& problem : error.problems()) all += describe(problem) + "\n";
    return all;
  }
  return {};
}

std::int64_t total(const std::vector<std::int64_t>& counts) {
  std::int64_t sum = 0;
  for (const std::int64_t n : counts) sum += n;
  return sum;
}

}  // namespace

TEST_CASE("a row of an open load gives its scheduled start and what the client saw") {
  const RequestLog log = read_pgbench_log(small + "every_row_form.log", {{"a", "b"}, true});
  REQUIRE(log.size() == 2);
  CHECK(log.klass == std::vector<std::uint16_t>{0, 1});
  CHECK(log.client == std::vector<std::int32_t>{0, 0});
  // The first request was scheduled at 304.398500: completion 304.400000 less 1500 us.
  CHECK(log.start_ns(0) == 0);
  CHECK(log.finish_ns[0] == 1500 * core::microsecond);
  CHECK(log.service_ns(0) == 1000 * core::microsecond);
  CHECK(log.start_ns(1) == 5800 * core::microsecond);
  CHECK(log.service_ns(1) == 600 * core::microsecond);
}

TEST_CASE("skipped and failed rows are counted by class and give no request") {
  const RequestLog log = read_pgbench_log(small + "every_row_form.log", {{"a", "b"}, true});
  CHECK(log.lines == 6);
  CHECK(log.malformed == 0);
  CHECK(log.skipped == std::vector<std::int64_t>{0, 1});
  CHECK(log.failed == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("a log without schedule lag has starts and no lag") {
  const RequestLog log = read_pgbench_log(small + "closed.log", {seven, false});
  REQUIRE(log.size() == 40);
  CHECK(log.start_ns(0) == 0);
  CHECK(log.duration_ns[0] == 1345 * core::microsecond);
  CHECK(log.finish_ns[1] - log.finish_ns[0] == 1473 * core::microsecond);
  CHECK(log.service_ns(1) == 1467 * core::microsecond);
}

TEST_CASE("a column of retries is read with and without schedule lag") {
  const RequestLog without = read_pgbench_log(small + "retries.log", {{"a", "b"}, false});
  CHECK(without.size() == 2);
  CHECK(without.lag_ns == std::vector<core::Nanos>{0, 0});
  CHECK(without.failed == std::vector<std::int64_t>{0, 1});
  const RequestLog with = read_pgbench_log(small + "lag_and_retries.log", {{"a", "b"}, true});
  CHECK(with.size() == 2);
  CHECK(with.lag_ns == std::vector<core::Nanos>{500'000, 100'000});
}

TEST_CASE("plain, compressed and Windows line ends read the same") {
  const RequestLog plain = read_pgbench_log(small + "open.log", {seven, true});
  const RequestLog zipped = read_pgbench_log(small + "open.log.gz", {seven, true});
  std::string text = bytes_of(small + "open.log");
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
  const ScratchFile file(text);
  const RequestLog windows = read_pgbench_log(file.path(), {seven, true});
  CHECK(plain.size() == 40);
  CHECK(plain.finish_ns == zipped.finish_ns);
  CHECK(plain.duration_ns == windows.duration_ns);
  CHECK(plain.klass == windows.klass);
}

TEST_CASE("each malformed line is named with its number and reason") {
  const std::string said = refusal(small + "malformed.log", {{"a", "b"}, true});
  CHECK_THAT(said, ContainsSubstring("12 of 14 lines are malformed"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:2: error: 5 columns where the lines before have 7"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:3: error: time is not a whole number: 'fast'"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:4: error: time is negative: -5"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:5: error: script_no 7 where the manifest names 2 classes"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:6: error: schedule_lag 1501 is greater than time 1500"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:7: error: time_us is out of range"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:8: error: time is out of range"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:9: error: time_epoch 5 is more than a year"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:10: error: 0 columns"));
  CHECK_THAT(said, ContainsSubstring("malformed.log:11: error: transaction_no is not a whole number"));
  CHECK_THAT(said, !ContainsSubstring("malformed.log:12"));  // ten are named
}

TEST_CASE("a lenient reader keeps the good lines and counts the others") {
  const RequestLog log = read_pgbench_log(small + "malformed.log", {{"a", "b"}, true, true});
  CHECK(log.size() == 2);
  CHECK(log.malformed == 12);
  CHECK(log.examples.size() == 10);
}

TEST_CASE("one malformed line in a thousand is left out without refusing the log") {
  std::string text = "cut off\n";
  for (int i = 0; i < 999; ++i) text += "0 1 1500 0 1795147304 400000\n";
  const ScratchFile file(text);
  const RequestLog log = read_pgbench_log(file.path(), {{"a"}, false});
  CHECK(log.size() == 999);
  CHECK(log.malformed == 1);
  const ScratchFile worse("cut off\n" + text);
  CHECK_THAT(refusal(worse.path(), {{"a"}, false}), ContainsSubstring("2 of 1001 lines"));
}

TEST_CASE("an open log read as a closed one is refused, as nobody waits for ten retries a request") {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "0 " + std::to_string(i) + " 1500 0 1795147304 400000 68\n";
  const ScratchFile file(text);
  CHECK_THAT(refusal(file.path(), {{"a"}, false}),
             ContainsSubstring("looks like a schedule_lag") && ContainsSubstring("kind = \"open\""));
  CHECK(read_pgbench_log(file.path(), {{"a"}, false, true}).warnings.size() == 1);
  CHECK(read_pgbench_log(file.path(), {{"a"}, true}).lag_ns[0] == 68 * core::microsecond);
}

TEST_CASE("a byte order mark before the first line is passed over") {
  const ScratchFile file(
      "\xEF\xBB\xBF"
      "0 1 1500 0 1795147304 400000\n");
  CHECK(read_pgbench_log(file.path(), {{"a"}, false}).size() == 1);
}

TEST_CASE("the aggregated form, an empty log and one without completed requests are refused") {
  CHECK_THAT(refusal(small + "aggregate.log", {seven, true}), ContainsSubstring("--aggregate-interval"));
  CHECK_THAT(refusal(small + "empty.log", {seven, true}), ContainsSubstring("the log is empty"));
  const ScratchFile late("0 1 skipped 0 1795147304 344223 0\n");
  CHECK_THAT(refusal(late.path(), {seven, true}), ContainsSubstring("none of 1 lines is a completed request"));
  CHECK_THAT(refusal(small + "no such.log", {seven, true}), ContainsSubstring("cannot be read"));
  CHECK_THAT(refusal(small, {seven, true}), ContainsSubstring("not a regular file"));
}

TEST_CASE("a gzip stream cut anywhere is refused, and a lenient reader keeps what came before") {
  const std::string whole = bytes_of(data + "light.log.gz");
  const RequestLog all = read_pgbench_log(data + "light.log.gz", {seven, true});
  for (const std::size_t length : std::array<std::size_t, 6>{2, 11, 500, 40'000, whole.size() - 8, whole.size() - 1}) {
    const ScratchFile cut(whole.substr(0, length), ".log.gz");
    INFO("cut after " << length << " bytes");
    CHECK_THAT(refusal(cut.path(), {seven, true}), ContainsSubstring("gzip stream is damaged or ends early"));
    if (length < 40'000) continue;
    const RequestLog kept = read_pgbench_log(cut.path(), {seven, true, true});
    CHECK(kept.truncated);
    CHECK(kept.malformed == 0);
    CHECK(kept.size() > all.size() * length / whole.size() - 1000);
    CHECK(std::equal(kept.duration_ns.begin(), kept.duration_ns.end(), all.duration_ns.begin()));
  }
}

TEST_CASE("binary junk, endless lines and a flood of empty lines are refused without filling the memory") {
  std::mt19937 bits(1);
  std::string junk;
  for (int i = 0; i < 1'000'000; ++i) junk += static_cast<char>(bits() & 0xFF);
  const ScratchFile random(junk), endless(std::string(5'000'000, '7')), flood(std::string(5'000'000, '\n'));
  CHECK_THAT(refusal(random.path(), {seven, true}), ContainsSubstring("malformed"));
  CHECK_THAT(refusal(endless.path(), {seven, true}), ContainsSubstring("longer than 1024 bytes"));
  CHECK_THAT(refusal(flood.path(), {seven, true}), ContainsSubstring("the rest was not read"));
}

TEST_CASE("an endless line costs no line but itself") {
  const std::string good = "0 1 1500 0 1795147304 400000\n";
  const ScratchFile file(good + std::string(600'000, 'x') + "\n" + good + good);
  const RequestLog log = read_pgbench_log(file.path(), {{"a"}, false, true});
  CHECK(log.lines == 4);
  CHECK(log.size() == 3);
  CHECK(log.malformed == 1);
}

TEST_CASE("lines are found whatever block of the file they fall into") {
  std::string text;
  for (int i = 0; i < 40'000; ++i)
    text += std::to_string(i % 7) + " " + std::to_string(i) + " " + std::to_string(1 + i) + " 0 1795147304 400000\n";
  REQUIRE(text.size() > 4 * (std::size_t{1} << 18));
  const ScratchFile file(text);
  const RequestLog log = read_pgbench_log(file.path(), {{"a"}, false});
  REQUIRE(log.size() == 40'000);
  for (std::size_t i = 0; i < log.size(); ++i)
    REQUIRE(log.duration_ns[i] == static_cast<core::Nanos>(i + 1) * core::microsecond);
}

TEST_CASE("the real captures hold the requests that zcat and wc count") {
  const auto rows = [](const std::string& name) { return read_log(read_manifest(data + name + ".toml")).size(); };
  CHECK(rows("light") == 8847);
  CHECK(rows("alone") == 51517);
  CHECK(rows("moderate") == 29967);
  CHECK(rows("narrow") == 30200);
  CHECK(rows("wide") == 24036);
  CHECK(rows("steady") == 17762);
  CHECK(rows("busy") == 38594);
  CHECK(rows("closed8") == 52341);
  CHECK(rows("bouncer4") == 29805);
  CHECK(rows("write") == 5934);
}

TEST_CASE("the real captures have no malformed line and last as long as their manifests say") {
  for (const std::string name : {"light", "alone", "closed8", "bouncer4"}) {
    const CaptureManifest manifest = read_manifest(data + name + ".toml");
    const RequestLog log = read_log(manifest);
    INFO(name);
    CHECK(log.malformed == 0);
    CHECK(log.warnings.empty());
    CHECK(total(log.skipped) + total(log.failed) == 0);
    const core::Nanos last = *std::max_element(log.finish_ns.begin(), log.finish_ns.end());
    CHECK(core::to_seconds(last) == Approx(core::to_seconds(manifest.duration)).epsilon(0.01));
    CHECK(*std::min_element(log.lag_ns.begin(), log.lag_ns.end()) >= 0);
  }
}

TEST_CASE("arrivals ascend from the first scheduled start and keep their classes") {
  const auto trace = load_arrivals(data + "light.toml");
  REQUIRE(trace->at.size() == 8847);
  CHECK(trace->at.front() == 0);
  CHECK(std::is_sorted(trace->at.begin(), trace->at.end()));
  CHECK(trace->classes == seven);
  CHECK(std::count(trace->klass.begin(), trace->klass.end(), 6) == 43);
  CHECK(trace->span == 60 * core::second);
  CHECK(trace->source == "light");
}

TEST_CASE("arrivals of a closed load say that the system set their pace") {
  const auto trace = load_arrivals(small + "closed.toml");
  CHECK(trace->at.size() == 40);
  CHECK_THAT(trace->source, ContainsSubstring("the pace that the system allowed"));
}
