// pg_settings: base units, the section of a scenario, and that such a section is one.

#include "plan/capture/server_section.h"

#include "models/catalog.h"
#include "plan/format/document.h"
#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::refusal_of;
using test::ScratchFile;

TEST_CASE("a real pg_settings is read in base units") {
  const ServerSettings s = read_server_settings(CAPPLAN_SOURCE_DIR "/data/captures/pg_settings.csv");
  CHECK(s.all.size() > 300);
  CHECK(s.find("shared_buffers")->value == 512.0 * 1024 * 1024);  // 65536 of 8kB
  CHECK(s.find("shared_buffers")->kind == ServerSetting::Kind::bytes);
  CHECK(s.find("authentication_timeout")->value == 60);
  CHECK(s.find("authentication_timeout")->kind == ServerSetting::Kind::seconds);
  CHECK(s.find("wal_segment_size")->kind == ServerSetting::Kind::bytes);
  CHECK(s.find("auto_explain.log_min_duration")->value == -1);  // off, and no time
  CHECK(s.find("auto_explain.log_min_duration")->kind == ServerSetting::Kind::number);
  CHECK(s.find("DateStyle")->written == "ISO, MDY");
  CHECK(s.find("no_such_setting") == nullptr);
}

TEST_CASE("settings make a section that the model takes, and name what it does not know") {
  const ServerSettings s = read_server_settings(CAPPLAN_SOURCE_DIR "/data/captures/pg_settings.csv");
  const ServerSection section = server_section(s);
  CHECK(section.refused.empty());
  const std::size_t off = 1;  // log_min_duration_statement = -1
  CHECK(section.modelled.size() + section.not_modelled.size() + off == s.all.size());
  const std::string text = to_toml(section, "primary");
  CHECK_THAT(text, ContainsSubstring("shared_buffers = \"512MB\"\n"));
  CHECK_THAT(text, ContainsSubstring("DateStyle"));
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
    CHECK(text.find('\n', from) - from <= 110);
  const models::Table document = parse_toml(text, "section");
  models::Table values =
      *models::find(*models::find(document, "server")->as<models::Table>(), "primary")->as<models::Table>();
  std::erase_if(values, [](const auto& entry) { return entry.first == "kind"; });
  CHECK(values.size() == section.modelled.size());
  std::vector<core::Problem> problems;
  const models::Params params =
      models::resolve(*models::find_spec("server", "postgres"), values, "server.primary", {}, problems);
  REQUIRE(problems.empty());
  CHECK(params.bytes("shared_buffers") == 512LL << 20);
  CHECK(params.count("max_connections") == static_cast<std::int64_t>(s.find("max_connections")->value));
}

TEST_CASE("a setting that the model cannot have is left out and said") {
  const ScratchFile file("name,setting,unit,extra\r\nmax_connections,0,,x\r\nwork_mem,4,MB,\r\n", ".csv");
  const ServerSection section = server_section(read_server_settings(file.path()));
  REQUIRE(section.refused.size() == 1);
  CHECK_THAT(section.refused[0], ContainsSubstring("max_connections: 0 is out of the range"));
  REQUIRE(section.modelled.size() == 1);
  CHECK(section.modelled[0].value == "\"4MB\"");
}

TEST_CASE("settings that are none are refused by their cell") {
  const std::string bad =
      refusal_of([] { read_server_settings(CAPPLAN_SOURCE_DIR "/tests/plan/data/snapshots/bad.pg_settings.csv"); });
  for (const char* part : {":2:10: error: setting: 'much' is not a number", ":3:22: error: unit: 'pages' is no unit",
                           ":5:1: error: name: 'max_connections' is there twice", "FROM pg_settings"})
    CHECK_THAT(bad, ContainsSubstring(part));
}
