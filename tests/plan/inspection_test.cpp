// Inspections: every kind of file is recognised by what it holds, plain and gzip; what is none, or damaged, ends in an
// error that says what to do; manifests show their log and what was measured beside it.

#include "plan/report/inspection_report.h"

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "plan/capture/format_spec.h"
#include "plan/capture/manifest.h"
#include "plan/capture/request_log.h"
#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::bytes_of;
using test::refusal_of;
using test::ScratchFile;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/";
const std::string captures = CAPPLAN_SOURCE_DIR "/data/captures/";

/// One file of each kind.
const std::vector<std::pair<std::string, std::string>> files = {
    {data + "captures/closed.log", "pgbench"},
    {data + "captures/open.log.gz", "pgbench"},
    {data + "aggregate/version15.log", "pgbench-aggregate"},
    {data + "aggregate/eleven.log", "pgbench-aggregate"},
    {data + "server_log/version14.csvlog", "postgresql-csvlog"},
    {data + "server_log/logged.jsonlog.gz", "postgresql-jsonlog"},
    {data + "request_csv/starts.csv", "csv"},
    {data + "snapshots/version15.pg_stat_statements.csv", "pg_stat_statements"},
    {data + "snapshots/version14.pg_stat_statements.csv", "pg_stat_statements"},
    {captures + "pg_settings.csv", "pg_settings"},
    {data + "snapshots/version18.show_stats.csv", "show_stats"},
    {data + "snapshots/version24.show_pools.csv", "show_pools"},
    {data + "pgbouncer_log/version18.log", "pgbouncer_log"},
    {data + "pgbouncer_log/syslog.log", "pgbouncer_log"},
    {data + "locust/run_stats.csv", "locust_stats"},
    {data + "locust/run_stats_history.csv", "locust_history"},
    {data + "locust/run_failures.csv", "locust_failures"},
};

std::string gzipped(const std::string& bytes) {
  namespace io = boost::iostreams;
  std::stringbuf plain(bytes);
  io::filtering_streambuf<io::input> zipped;
  zipped.push(io::gzip_compressor());
  zipped.push(plain);
  return {std::istreambuf_iterator<char>(&zipped), {}};
}

std::string refused(const std::string& bytes) {
  const ScratchFile file(bytes, ".csv");
  return refusal_of([&] { inspect({file.path()}); });
}

nlohmann::json json_of(const std::vector<std::string>& names, const InspectOptions& options = {}) {
  return nlohmann::json::parse(to_json(inspect(names, options)));
}

}  // namespace

TEST_CASE("files of measurements are known by their content, and show their figures") {
  for (const auto& [file, format] : files) {
    INFO(file);
    CHECK(recognise(file).name == format);
    const Inspections one = inspect({file});
    REQUIRE(one.size() == 1);
    CHECK(one[0].format == format);
    CHECK_FALSE(one[0].says.empty());
    REQUIRE_FALSE(one[0].tables.empty());
    for (const InspectedTable& table : one[0].tables)
      for (const InspectedTable::Row& row : table.rows) {
        CHECK(row.words.size() == table.labels.size());
        CHECK(row.figures.size() == table.columns.size());
      }
    CHECK_THAT(text_table(one, {.width = 300}), ContainsSubstring(recognise(file).title));
    CHECK(json_of({file})["files"][0]["tables"].size() == one[0].tables.size());
    // The same, compressed: the same figures.
    const ScratchFile zipped(gzipped(bytes_of(file)), ".any");
    if (file.ends_with(".gz")) continue;
    auto plain = json_of({file})["files"][0], same = json_of({zipped.path()})["files"][0];
    plain.erase("file");
    same.erase("file");
    CHECK(plain == same);
  }
}

TEST_CASE("damaged files of every kind end in an error that names the file, never in figures") {
  std::mt19937 random(11);
  for (const auto& [file, format] : files) {
    INFO(file);
    const std::string bytes = bytes_of(file);
    const std::string zipped = file.ends_with(".gz") ? bytes : gzipped(bytes);
    const ScratchFile cut(zipped.substr(0, zipped.size() - 9), ".any");
    CHECK_THAT(refusal_of([&] { inspect({cut.path()}); }), ContainsSubstring("gzip stream is damaged or ends early"));
    CHECK_THAT(refusal_of([&] { inspect({cut.path()}); }), ContainsSubstring(cut.path()));
    // Bytes at random anywhere: read or refused, never worse.
    for (int times = 0; times < 40; ++times) {
      std::string broken = file.ends_with(".gz") ? std::string() : bytes;
      if (broken.empty()) break;
      for (int i = 0; i < 3; ++i) broken[random() % broken.size()] = static_cast<char>(random());
      const ScratchFile damaged(broken, ".any");
      CHECK_NOTHROW(refusal_of([&] { to_json(inspect({damaged.path()})); }));
    }
  }
}

TEST_CASE("what is no measurement is refused with what would be one") {
  CHECK_THAT(refused(""), ContainsSubstring("the file is empty"));
  CHECK_THAT(refused("hello\n"), ContainsSubstring("SHOW STATS"));
  CHECK_THAT(refused(std::string("\x7f"
                                 "ELF\0\1\2\3",
                                 8)),
             ContainsSubstring("it is not known what this is"));
  CHECK_THAT(refused(std::string(10'000'000, 'x')), ContainsSubstring("it is not known what this is"));
  CHECK_THAT(refused("a,b\n1,2\n"), ContainsSubstring("it is not known what this is"));
  CHECK_THAT(refused("name,setting,unit\nwork_mem," + std::string(10'000'000, '9') + ",kB\n"),
             ContainsSubstring("setting: '9999"));
  CHECK_THAT(refused(std::string("name,setting,unit\nwork_mem,4\0,kB\n", 33)),
             ContainsSubstring("'4?' is not a number"));
  CHECK_THAT(refusal_of([] { inspect({data + "no_such.csv"}); }), ContainsSubstring("cannot be read"));
  const std::string both = refusal_of([] { inspect({data + "no_such.csv", data + "captures/empty.log"}); });
  CHECK_THAT(both, ContainsSubstring("no_such.csv") && ContainsSubstring("empty.log"));
  InspectOptions before;
  before.since = data + "aggregate/six.log";
  CHECK_THAT(refusal_of([&] { inspect({data + "aggregate/six.log"}, before); }), ContainsSubstring("--since is for"));
}

TEST_CASE("a log that was cut anywhere is known by its lines") {
  for (const char* name : {"captures/closed.log", "aggregate/version15.log", "server_log/version14.csvlog"}) {
    INFO(name);
    const std::string bytes = bytes_of(data + name);
    const ScratchFile cut("half a line, [of something\n" + bytes.substr(bytes.find('\n') / 2), ".any");
    CHECK(recognise(cut.path()).name == recognise(data + name).name);
  }
}

TEST_CASE("an unknown file is told the nearest format, what it lacks of it, and how to read it all the same") {
  const ScratchFile file("name,value\nwork_mem,4\n", ".csv");
  const std::string refusal = refusal_of([&] { inspect({file.path()}); });
  CHECK_THAT(refusal, ContainsSubstring("nearest is settings of PostgreSQL, but it lacks a column setting"));
  CHECK_THAT(refusal, ContainsSubstring("--as pg_settings"));
  const std::string mixed = "0 1 1000 0 1\n0 2 1500 0 1700000000 5\n";  // one line of two is pgbench's
  CHECK_THAT(refused("x\ny\n" + mixed), ContainsSubstring("nearest is a transaction log of pgbench"));
}

TEST_CASE("a file is read as the format that --as names") {
  InspectOptions options;
  options.as = "pgbench-aggregate";
  CHECK_THAT(refusal_of([&] { inspect({data + "captures/closed.log"}, options); }), ContainsSubstring("closed.log"));
  options.as = "pgbench";
  CHECK(inspect({data + "captures/closed.log"}, options).front().format == "pgbench");
  options.as = "pgbensh";
  CHECK_THAT(refusal_of([&] { inspect({data + "captures/closed.log"}, options); }),
             ContainsSubstring("--as: error: \"pgbensh\" is no format; did you mean pgbench?"));
}

TEST_CASE("every format has a name of its own, and says what writes it and what it holds") {
  std::set<std::string> names;
  for (const CaptureFormat& format : capture_formats()) {
    INFO(format.name);
    CHECK(names.insert(format.name).second);
    CHECK(find_format(format.name) == &format);
    CHECK(format.likeness);
    CHECK(format.inspect);
    for (const std::string& text : {format.title, format.made_by, format.holds}) CHECK_FALSE(text.empty());
    CHECK((format.log_word.empty() ? !format.read_requests && !format.inspect_log : true));
    CHECK(std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.second == format.name; }) !=
          (format.name == "plans"));  // those are tested with plans
  }
}

TEST_CASE("an inspection is an answer like any other: CSV, markdown and a page") {
  const Inspections found = inspect({data + "snapshots/version24.show_pools.csv"});
  CHECK_THAT(csv(found), ContainsSubstring(",show_pools,pools,"));
  CHECK_THAT(markdown(found), ContainsSubstring("SHOW POOLS of PgBouncer"));
  CHECK_THAT(html(found, {}, false), ContainsSubstring("capplan.inspection/1"));
}

TEST_CASE("two snapshots are shown as what came between") {
  InspectOptions options;
  options.since = data + "snapshots/version16.pg_stat_statements.csv";
  options.seconds = 60;
  const auto json = json_of({data + "snapshots/after.pg_stat_statements.csv"}, options);
  CHECK(json["schema"] == "capplan.inspection/1");
  const auto row = json["files"][0]["tables"]["statements"][0];
  CHECK(row["calls"] == 300);
  CHECK(row["rate_per_s"] == 5);
  CHECK(row["mean_s"]["value"] == Approx(0.003));
  CHECK(row["mean_s"]["lo"] < 0.003);
  CHECK(row["min_s"].is_null());
  CHECK(json["files"][0]["tables"]["counters"][0]["pages_hit"] == 4);
}

TEST_CASE("a manifest shows its log with its classes, and what was measured beside it") {
  const auto json = json_of({captures + "bouncer4.toml"});
  std::vector<std::string> kinds;
  for (const auto& file : json["files"]) kinds.push_back(file["kind"]);
  CHECK(kinds == std::vector<std::string>{"manifest", "pgbench", "show_stats", "show_pools", "pg_settings"});
  const auto all = json["files"][1]["tables"]["classes"].back();
  CHECK(all["class"] == "all");
  CHECK(all["count"] == 29805);
  CHECK(all["rate_per_s"] == Approx(29805.0 / 30));
  CHECK(all["p95_s"]["lo"] <= all["p95_s"]["value"]);
  CHECK(json["files"][2]["tables"]["databases"][0]["wait_mean_s"] == Approx(54.72e-6).epsilon(1e-3));
}

TEST_CASE("a manifest whose log holds sums is shown, and refused where requests are needed") {
  const std::string common =
      "duration = \"4s\"\n[load]\nkind = \"closed\"\nclients = 1\n[system]\nconnections = 1\ncores = 1\n";
  for (const auto& [format, log, table] :
       {std::tuple("pgbench-aggregate", "aggregate/version15.log", "intervals"),
        {"locust", "locust/run_stats.csv", "requests"},
        {"pg_stat_statements", "snapshots/version16.pg_stat_statements.csv", "statements"}}) {
    INFO(format);
    const ScratchFile manifest(
        std::string("[capture]\nname = \"sums\"\nformat = \"") + format + "\"\nlog = \"" + data + log + "\"\n" + common,
        ".toml");
    const auto json = json_of({manifest.path()});
    REQUIRE(json["files"].size() == 2);
    CHECK_FALSE(json["files"][1]["tables"][table].empty());
    CHECK_THAT(refusal_of([&] { read_log(read_manifest(manifest.path())); }),
               ContainsSubstring("holds sums and no single requests"));
  }
}

TEST_CASE("a manifest that says another format of sums than its log has is refused, with what the log is") {
  const ScratchFile manifest(
      "[capture]\nname = \"sums\"\nformat = \"locust\"\nlog = \"" + data +
          "aggregate/version15.log\"\nduration = \"4s\"\n[load]\nkind = \"closed\"\nclients = 1\n"
          "[system]\nconnections = 1\ncores = 1\n",
      ".toml");
  CHECK_THAT(
      refusal_of([&] { inspect({manifest.path()}); }),
      ContainsSubstring("capture.format: is \"locust\"") && ContainsSubstring("is a log of pgbench by intervals"));
}

TEST_CASE("a manifest names one snapshot or two, and classes that the capture has") {
  const std::string head =
      "[capture]\nname = \"m\"\nformat = \"pgbench\"\nlog = \"m.log\"\nduration = \"4s\"\nclasses = [\"point\"]\n";
  const std::string rest = "[load]\nkind = \"closed\"\nclients = 1\n[system]\nconnections = 1\ncores = 1\n[measured]\n";
  const auto read = [&](const std::string& classes, const std::string& measured) {
    const ScratchFile file(head + classes + rest + measured, ".toml");
    return read_manifest(file.path());
  };
  const CaptureManifest m = read("[capture.class.point]\npattern = \"where id\"\n",
                                 "pg_stat_statements = [\"a.csv\", \"b.csv\"]\nshow_stats = \"c.csv\"\n");
  REQUIRE(m.statement_stats.size() == 2);
  CHECK(m.statement_stats[1].ends_with("/b.csv"));
  CHECK(m.bouncer_stats.size() == 1);
  CHECK(m.warnings.empty());
  CHECK_THAT(refusal_of([&] { read("[capture.class.pint]\npattern = \"where id\"\n", ""); }),
             ContainsSubstring("is none of the capture's classes"));
  for (const char* wrong : {"show_stats = []\n", "show_stats = [\"a\", \"b\", \"c\"]\n", "show_stats = 3\n",
                            "show_stats = [\"a\", 3]\n", "show_stats = \"\"\n"})
    CHECK_THAT(refusal_of([&] { read("", wrong); }), ContainsSubstring("[\"BEFORE\", \"AFTER\"]"));
}
