// Manifests of captures: what the real ones say, and that every mistake in a bad one is named where it stands.

#include "plan/capture/manifest.h"

#include "core/error.h"
#include "plan/format/document.h"
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

std::vector<core::Problem> problems_of(const std::string& path) {
  try {
    read_manifest(path);
  } catch (const core::InputError& error) {
    return error.problems();
  }
  return {};
}

/// A key's value as it stands in the file, without quotes; empty if it is not there.
std::string written(const models::Table& table, const std::string& key) {
  const models::Value* value = models::find(table, key);
  if (value == nullptr) return {};
  const std::string text = write_toml_value(*value);
  return text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// A good manifest with one part replaced, read.
std::vector<core::Problem> problems_with(const std::string& part, const std::string& replacement) {
  std::string text = bytes_of(small + "open.toml");
  const std::size_t at = text.find(part);
  REQUIRE(at != std::string::npos);
  const ScratchFile file(text.replace(at, part.size(), replacement), ".toml");
  return problems_of(file.path());
}

}  // namespace

TEST_CASE("a manifest of an open load is read as it stands") {
  const CaptureManifest m = read_manifest(data + "light.toml");
  CHECK(m.name == "light");
  CHECK(m.format == "pgbench");
  CHECK(m.log == data + "light.log.gz");
  CHECK(m.log_name == "light.log.gz");
  CHECK(m.classes.size() == 7);
  CHECK(m.classes[3] == "entities");
  CHECK(m.duration == 60 * core::second);
  CHECK(m.taken == "2026-11-20");
  CHECK(m.open());
  CHECK(m.rate == 150);
  CHECK(m.clients == 4);
  CHECK(m.mix.size() == 7);
  CHECK(m.mix[0] == std::pair<std::string, double>("search", 1200));
  CHECK(m.path == CaptureManifest::Path::direct);
  CHECK(m.connections == 4);
  CHECK(m.cores == 1);
  CHECK(m.protocol == "extended");
  CHECK(m.settings == data + "pg_settings.csv");
  REQUIRE(m.indexes.size() == 1);
  CHECK(m.indexes[0].name == "memories");
  CHECK(m.indexes[0].kind == "hnsw");
  CHECK(m.indexes[0].classes == std::vector<std::string>{"search", "hybrid"});
  CHECK(written(m.indexes[0].parameters, "rows") == "50000");
  CHECK(m.server_cpu.value() == 0.1122);
  CHECK(m.probe_before.value() == 376 * core::microsecond);
  CHECK(m.probe_after.value() == 378 * core::microsecond);
  CHECK(m.warnings.empty());
}

TEST_CASE("a manifest of a closed load has no rate") {
  const CaptureManifest m = read_manifest(data + "closed8.toml");
  CHECK_FALSE(m.open());
  CHECK(m.rate == 0);
  CHECK(m.clients == 8);
}

TEST_CASE("a manifest keeps PgBouncer's settings as written") {
  const CaptureManifest m = read_manifest(data + "bouncer4.toml");
  CHECK(m.path == CaptureManifest::Path::pgbouncer);
  CHECK(m.connections == 4);
  CHECK(m.clients == 32);
  CHECK(written(m.pgbouncer, "pool_mode") == "transaction");
}

TEST_CASE("every real manifest is read without a warning") {
  for (const std::string name :
       {"light", "alone", "moderate", "narrow", "wide", "steady", "busy", "closed8", "bouncer4", "write"}) {
    INFO(name);
    const CaptureManifest m = read_manifest(data + name + ".toml");
    CHECK(m.name == name);
    CHECK(m.warnings.empty());
  }
}

TEST_CASE("all mistakes of a manifest are named at once, each where it stands") {
  const std::vector<core::Problem> problems = problems_of(small + "broken.toml");
  const auto said = [&](const std::string& key, int line, const std::string& part) {
    for (const core::Problem& p : problems)
      if (p.key == key && p.where.line == line && (p.what + " " + p.hint).find(part) != std::string::npos) return true;
    return false;
  };
  CHECK(said("capture.name", 2, "not empty"));
  CHECK(said("capture.format", 3, "it is one of: pgbench"));
  CHECK(said("capture.classes", 5, "'search' is there twice"));
  CHECK(said("capture.classes", 5, "must be a name"));
  CHECK(said("capture.duration", 6, "needs its unit"));
  CHECK(said("load.kind", 10, "did you mean \"open\"?"));
  CHECK(said("load.rate", 9, "is missing"));
  CHECK(said("load.clients", 11, "whole number from 1"));
  CHECK(said("load.mix.serch", 12, "did you mean search?"));
  CHECK(said("load.mix.search", 12, "0 or more"));
  CHECK(said("system.connections", 14, "is missing"));
  CHECK(said("system.cores", 16, "must be a number"));
  CHECK(said("system.index.memories.kind", 18, "is missing"));
  CHECK(said("system.index.memories.classes", 19, "'nothing' is none of"));
  CHECK(said("measured.server_cpu", 22, "from 0 to 1"));
  CHECK(said("measured.probe_before", 23, ""));
  CHECK(problems.size() == 16);
}

TEST_CASE("a manifest says which classes write, and only of its own classes") {
  std::string text = bytes_of(small + "open.toml");
  const std::size_t at = text.find("duration");
  REQUIRE(at != std::string::npos);
  CHECK_FALSE(read_manifest(small + "open.toml").writes);
  const ScratchFile none(std::string(text).insert(at, "writes = []\n"), ".toml");
  CHECK(read_manifest(none.path()).writes->empty());
  const std::string first = read_manifest(small + "open.toml").classes.front();
  const ScratchFile one(std::string(text).insert(at, "writes = [\"" + first + "\"]\n"), ".toml");
  CHECK(read_manifest(one.path()).writes == std::vector<std::string>{first});
  const std::vector<core::Problem> problems = problems_with("duration", "writes = [\"" + first + "s\"]\nduration");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "capture.writes");
  CHECK_THAT(problems[0].hint, ContainsSubstring("did you mean " + first));
}

TEST_CASE("a key that is not known is a warning with its line") {
  std::string text = bytes_of(small + "open.toml");
  const ScratchFile file(text.insert(text.find("[load]"), "durations = \"1s\"\n"), ".toml");
  const CaptureManifest m = read_manifest(file.path());
  REQUIRE(m.warnings.size() == 1);
  CHECK_THAT(m.warnings[0], ContainsSubstring(":8: capture.durations: is not known"));
  CHECK_THAT(m.warnings[0], ContainsSubstring("did you mean duration?"));
}

TEST_CASE("the busy share of several cores may be written as that of each or as their sum") {
  const auto busy = [](const std::string& cores, const std::string& cpu) {
    std::string text = bytes_of(small + "open.toml");
    text.replace(text.find("cores = 1"), 9, "cores = " + cores);
    return read_manifest(ScratchFile(text + "\n[measured]\nserver_cpu = " + cpu + "\n", ".toml").path());
  };
  CHECK(busy("2", "0.7").server_cpu.value() == 0.7);
  CHECK(busy("2", "0.7").warnings.empty());
  const CaptureManifest sum = busy("2", "1.4");
  CHECK(sum.server_cpu.value() == Approx(0.7));
  REQUIRE(sum.warnings.size() == 1);
  CHECK_THAT(sum.warnings[0], ContainsSubstring("measured.server_cpu: is taken for 1.4 of 2 cores"));
  CHECK(busy("1", "1.003").server_cpu.value() == 1);  // clocks are read one after the other
  CHECK(problems_with("cores = 1", "cores = 1\n[measured]\nserver_cpu = 1.4").size() == 1);
  CHECK(problems_with("cores = 1", "cores = 2\n[measured]\nserver_cpu = 2.4").size() == 1);
  CHECK_THAT(busy("1.6", "0.5").warnings.at(0), ContainsSubstring("1.6 is replayed on 2"));
}

TEST_CASE("a pool of PgBouncer whose size is not said is that of the connections") {
  const auto bounced = [](const std::string& settings) {
    std::string text = bytes_of(small + "open.toml");
    text.replace(text.find("[system]"), 8, "[system]\npath = \"pgbouncer\"");
    return read_manifest(ScratchFile(text + "\n[system.pgbouncer]\n" + settings, ".toml").path());
  };
  CHECK(written(bounced("").pgbouncer, "default_pool_size") == "4");
  CHECK(written(bounced("").pgbouncer, "pool_mode").empty());  // four clients on four connections
  CHECK(bounced("default_pool_size = 4\n").warnings.empty());
  CHECK(bounced("default_pool_size = 3\nreserve_pool_size = 1\n").warnings.empty());
  CHECK_THAT(bounced("default_pool_size = 20\n").warnings.at(0), ContainsSubstring("20, where `connections` says 4"));
  CHECK_THAT(bounced("default_pool_siz = 4\n").warnings.at(0),
             ContainsSubstring("system.pgbouncer.default_pool_siz: is not known") &&
                 ContainsSubstring("did you mean default_pool_size?"));
}

TEST_CASE("a pool of fewer connections than clients was shared by the transaction, unless it says otherwise") {
  const auto mode = [](const std::string& settings) {
    std::string text = bytes_of(small + "open.toml");
    text.replace(text.find("[system]"), 8, "[system]\npath = \"pgbouncer\"");
    text.replace(text.find("clients = 4"), 11, "clients = 32");
    return written(read_manifest(ScratchFile(text + "\n[system.pgbouncer]\n" + settings, ".toml").path()).pgbouncer,
                   "pool_mode");
  };
  CHECK(mode("") == "transaction");
  CHECK(mode("pool_mode = \"statement\"") == "statement");
}

TEST_CASE("PgBouncer's settings may be spelled as pgbouncer.ini has them: seconds without a unit, flags as numbers") {
  std::string text = bytes_of(small + "open.toml");
  text.replace(text.find("[system]"), 8, "[system]\npath = \"pgbouncer\"");
  text += "\n[system.pgbouncer]\nreserve_pool_timeout = 5\nserver_round_robin = 1\nquery_wait_timeout = \"2min\"\n";
  const CaptureManifest m = read_manifest(ScratchFile(text, ".toml").path());
  CHECK(written(m.pgbouncer, "reserve_pool_timeout") == "5s");
  CHECK(written(m.pgbouncer, "server_round_robin") == "true");
  CHECK(written(m.pgbouncer, "query_wait_timeout") == "2min");
  CHECK(m.warnings.empty());
}

TEST_CASE("clients that connect directly, and are not as many as the connections, are said") {
  const auto with = [](const std::string& connections) {
    std::string text = bytes_of(small + "open.toml");
    text.replace(text.find("connections = 4"), 15, "connections = " + connections);
    return read_manifest(ScratchFile(text, ".toml").path()).warnings;
  };
  CHECK(with("4").empty());
  REQUIRE(with("2").size() == 1);
  CHECK_THAT(with("2")[0], ContainsSubstring("system.connections: 2, where 4 clients connect directly"));
}

TEST_CASE("a missing table is one mistake, not one for each of its keys") {
  const ScratchFile file(
      "[capture]\nname = \"x\"\nformat = \"pgbench\"\nlog = \"x\"\nclasses = [\"a\"]\nduration = \"1s\"\n", ".toml");
  const std::vector<core::Problem> problems = problems_of(file.path());
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].key == "load");
  CHECK(problems[1].key == "system");
}

TEST_CASE("hostile values of a manifest are refused") {
  CHECK_FALSE(problems_with("\"300ms\"", "\"0s\"").empty());
  CHECK_FALSE(problems_with("\"300ms\"", "\"-5s\"").empty());
  CHECK_FALSE(problems_with("\"300ms\"", "\"9999999999999d\"").empty());
  CHECK_FALSE(problems_with("\"150/s\"", "\"fast\"").empty());
  CHECK_FALSE(problems_with("\"150/s\"", "\"0/s\"").empty());
  CHECK_FALSE(problems_with("clients = 4", "clients = 99999999999").empty());
  CHECK_FALSE(problems_with("clients = 4", "clients = [4]").empty());
  CHECK_FALSE(problems_with("cores = 1", "cores = nan").empty());
  CHECK_FALSE(problems_with("cores = 1", "cores = 0").empty());
  CHECK_FALSE(problems_with("\"tiny\"", "7").empty());
  CHECK_FALSE(problems_with("[system]", "[system]\nindex = 3").empty());
  CHECK_FALSE(problems_with("[system]", "[system]\nindex = { a = 3 }").empty());
  CHECK_FALSE(problems_with("[load]", "[load]\nmix = 3").empty());
  CHECK_FALSE(problems_with("[load]", "[load").empty());
  CHECK_FALSE(problems_with("[load]", "[load]\nmix = { search = 0, point = 0.0 }").empty());
}

TEST_CASE("a manifest that cannot be read is named") {
  const std::vector<core::Problem> problems = problems_of(small + "no such.toml");
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].where.file, ContainsSubstring("no such.toml"));
}
