// Settings files: read as the real systems read them, taken into a scenario, written back with nothing lost.

#include "plan/decide/export_settings.h"

#include <algorithm>

#include "core/error.h"
#include "models/catalog.h"
#include "plan/format/document.h"
#include "plan/scenario/import_settings.h"
#include "plan/scenario/scenario.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::ScratchFile;

namespace {

ImportedSettings imported(const std::string& text, SettingsDialect dialect) {
  const ScratchFile file(text, ".conf");
  return import_settings(read_settings_file(file.path(), dialect));
}

std::vector<core::Problem> problems_of(const std::string& text, SettingsDialect dialect) {
  try {
    imported(text, dialect);
  } catch (const core::InputError& error) {
    return error.problems();
  }
  return {};
}

std::string value_of(const ImportedSettings& settings, const std::string& name) {
  const models::Value* value = models::find(settings.modelled, name);
  if (value == nullptr) return "absent";
  if (const auto* text = value->as<std::string>()) return *text;
  if (const auto* count = value->as<std::int64_t>()) return std::to_string(*count);
  if (const auto* flag = value->as<bool>()) return *flag ? "true" : "false";
  return std::to_string(std::get<double>(value->data));
}

const char* const scenario_text = R"([scenario]
duration = "10s"
[server.primary]
kind = "postgres"
memory = "32GB"
shared_buffers = "8GB"
work_mem = "64MB"
max_connections = 200
[bouncer.main]
kind = "pgbouncer"
server = "primary"
pool_mode = "transaction"
default_pool_size = 25
query_wait_timeout = "1500ms"
[pool.app]
kind = "fixed"
to = "bouncer.main"
size = 10
[query.read]
pool = "app"
cpu = "1ms"
[request.read]
steps = [{ query = "read" }]
[workload.load]
kind = "open"
rate = "10/s"
mix = { read = 1 }
)";

constexpr auto conf = SettingsDialect::postgresql_conf;
constexpr auto ini = SettingsDialect::pgbouncer_ini;
constexpr auto redis = SettingsDialect::redis_conf;

}  // namespace

TEST_CASE("postgresql.conf is read by PostgreSQL's rules: units, quotes, case, the last of a name") {
  const ImportedSettings s = imported(
      "# a comment\n"
      "shared_buffers = 16384   # pages of 8 kB\n"
      "work_mem 4096\n"  // no =, in kB
      "Maintenance_Work_Mem='1 GB'\n"
      "max_connections = 100\n"
      "max_connections = 250\n"
      "random_page_cost = 1.1\r\n"
      "log_line_prefix = '%m [%p] it''s # here'\n"
      "include_dir = 'conf.d'\n",
      conf);
  CHECK(value_of(s, "shared_buffers") == "128MB");
  CHECK(value_of(s, "work_mem") == "4MB");
  CHECK(value_of(s, "maintenance_work_mem") == "1GB");
  CHECK(value_of(s, "max_connections") == "250");
  CHECK(std::stod(value_of(s, "random_page_cost")) == Approx(1.1));
  REQUIRE(s.kept.size() == 1);
  CHECK(s.kept[0] == "log_line_prefix = %m [%p] it's # here");
  REQUIRE(s.included.size() == 1);
  CHECK_THAT(to_toml(s, "primary"),
             ContainsSubstring("[server.primary]\nkind = \"postgres\"\nshared_buffers = \"128MB\"\n"));
  CHECK_THAT(to_toml(s, "primary"), ContainsSubstring("#   log_line_prefix = "));
}

TEST_CASE("time limits of postgresql.conf: milliseconds without a unit, -1 for off") {
  const ImportedSettings s = imported(
      "statement_timeout = 30000\nlog_min_duration_statement = 250ms\nlog_min_duration_statement = -1\n", conf);
  CHECK(value_of(s, "statement_timeout") == "30s");
  CHECK(models::find(s.modelled, "log_min_duration_statement") == nullptr);
  CHECK(s.kept.empty());
  CHECK(value_of(imported("log_min_duration_statement = 250\n", conf), "log_min_duration_statement") == "250ms");
  CHECK(problems_of("statement_timeout = -1\n", conf).size() == 1);
  CHECK(problems_of("log_min_duration_statement = -2\n", conf).size() == 1);
}

TEST_CASE("each setting that is known has its parameter") {
  for (const SettingsDialect dialect : {conf, ini, redis}) {
    const models::Spec* spec = models::find_spec(section_of(dialect), kind_of(dialect));
    for (const KnownSetting& setting : known_settings(dialect)) {
      INFO(setting.name);
      CHECK(std::any_of(spec->params.begin(), spec->params.end(),
                        [&](const models::Param& param) { return param.name == setting.parameter; }));
    }
  }
}

TEST_CASE("pgbouncer.ini: seconds, flags, its own section alone") {
  const ImportedSettings s = imported(
      "[databases]\napp = host=10.0.0.1 pool_size=5\n[PgBouncer]\n; a comment\n"
      "pool_mode = transaction\ndefault_pool_size=25\nquery_wait_timeout = 1.5\n"
      "server_round_robin = 1\nlisten_port = 6432\n",
      ini);
  CHECK(value_of(s, "pool_mode") == "transaction");
  CHECK(value_of(s, "default_pool_size") == "25");
  CHECK(value_of(s, "query_wait_timeout") == "1500ms");
  CHECK(value_of(s, "server_round_robin") == "true");
  CHECK(s.kept == std::vector<std::string>{"[databases] app = host=10.0.0.1 pool_size=5", "listen_port = 6432"});
}

TEST_CASE("redis.conf: thousands and 1024s, words with hyphens") {
  const ImportedSettings s = imported("maxmemory 2gb\nmaxmemory-policy allkeys-lfu\nsave 900 1\nhz 20\n", redis);
  CHECK(value_of(s, "maxmemory") == "2GB");
  CHECK(value_of(s, "maxmemory_policy") == "allkeys-lfu");
  CHECK(value_of(s, "hz") == "20");
  CHECK(s.kept == std::vector<std::string>{"save = 900 1"});
  CHECK(value_of(imported("maxmemory 100m\n", redis), "maxmemory") == "100000000B");
}

TEST_CASE("a value that the real system refuses is named with its line") {
  const std::vector<core::Problem> p =
      problems_of("work_mem = 4MB\nshared_buffers = lots\nmax_connections = 0\nmax_connections = 3.5\n", conf);
  REQUIRE(p.size() == 3);
  CHECK(p[0].where.line == 2);
  CHECK(p[0].key == "shared_buffers");
  CHECK_THAT(p[0].what, ContainsSubstring("'lots'"));
  CHECK(p[1].where.line == 3);
  CHECK(p[2].where.line == 4);
  CHECK(problems_of("pool_mode = sometimes\n", ini).empty());  // outside of [pgbouncer] it is no setting of PgBouncer
  CHECK(problems_of("[pgbouncer]\npool_mode = sometimes\n", ini).size() == 1);
  CHECK(problems_of("log_line_prefix = 'never ends\n", conf).size() == 1);
  CHECK(problems_of("work_mem = 4 MB\n", conf).size() == 1);  // a blank without quotes, as PostgreSQL refuses
  CHECK(problems_of("= 5\n", conf).size() == 1);
  CHECK(problems_of("[pgbouncer]\ndefault_pool_size 5\n", ini).size() == 1);
}

TEST_CASE("a section takes in the file that it imports, and its own keys win") {
  const ScratchFile settings("[pgbouncer]\ndefault_pool_size = 7\nreserve_pool_size = 3\n", ".ini");
  std::string text = scenario_text;
  text.insert(text.find("server = \"primary\""), "import = \"" + settings.path() + "\"\n");
  const ScratchFile file(text, ".toml");
  const Scenario s = resolve(read_draft(file.path()));
  CHECK(s.find("bouncer.main")->params.count("default_pool_size") == 25);
  CHECK(s.find("bouncer.main")->params.count("reserve_pool_size") == 3);
  const Scenario changed = resolve(read_draft(file.path()), parse_overrides({"bouncer.main.reserve_pool_size=1"}));
  CHECK(changed.find("bouncer.main")->params.count("reserve_pool_size") == 1);

  const ScratchFile wrong("[pgbouncer]\nreserve_pool_size = many\n", ".ini");
  text.replace(text.find(settings.path()), settings.path().size(), wrong.path());
  const ScratchFile bad(text, ".toml");
  try {
    resolve(read_draft(bad.path()));
    FAIL("no error");
  } catch (const core::InputError& error) {
    REQUIRE(error.problems().size() == 1);
    CHECK(error.problems()[0].where.file == wrong.path());
    CHECK(error.problems()[0].where.line == 2);
  }
}

TEST_CASE("what is exported is read back as it was") {
  const ScratchFile file(scenario_text, ".toml");
  const Scenario s = resolve(read_draft(file.path()));
  const std::vector<ExportedFile> files = export_settings(s);
  REQUIRE(files.size() == 2);
  CHECK(files[0].name == "primary.postgresql.conf");
  CHECK_THAT(files[0].text, ContainsSubstring("\nshared_buffers = 8GB\n"));
  CHECK_THAT(files[0].text, ContainsSubstring(".toml:6\nshared_buffers"));  // where it comes from
  CHECK_THAT(files[0].text, ContainsSubstring("the default\nrandom_page_cost = 4\n"));
  CHECK(files[0].warnings.empty());
  CHECK_THAT(files[1].text, ContainsSubstring("[pgbouncer]\n"));
  CHECK_THAT(files[1].text, ContainsSubstring("\nquery_wait_timeout = 1.5\n"));
  for (const auto& [text, dialect] : {std::pair(files[0].text, conf), std::pair(files[1].text, ini)}) {
    const ImportedSettings back = imported(text, dialect);
    CHECK(back.kept.empty());
    const models::Section* section = s.find(dialect == conf ? "server.primary" : "bouncer.main");
    for (const auto& [name, value] : back.modelled) {
      std::vector<core::Problem> problems;
      for (const models::Param& param : section->spec->params)
        if (param.name == name) {
          const models::Value resolved = models::resolve(param, value, name, problems);
          CHECK(write_toml_value(resolved) == write_toml_value(*models::find(section->params.values(), name)));
        }
      CHECK(problems.empty());
    }
  }
}

TEST_CASE("a base keeps every line that does not change, and says what was") {
  const ScratchFile base(
      "; ours\n[databases]\napp = host=db pool_size=3\n[pgbouncer]\nlisten_port = 6432\n"
      "default_pool_size = 10 \npool_mode = transaction\n[users]\nann = pool_mode=session\n",
      ".ini");
  const ScratchFile file(scenario_text, ".toml");
  const std::vector<ExportedFile> files =
      export_settings(resolve(read_draft(file.path())), "bouncer.main", read_settings_file(base.path()));
  REQUIRE(files.size() == 1);
  const std::string& text = files[0].text;
  CHECK_THAT(text, ContainsSubstring(
                       "; ours\n[databases]\napp = host=db pool_size=3\n[pgbouncer]\nlisten_port = 6432\n# was 10; "));
  CHECK_THAT(text, ContainsSubstring("\ndefault_pool_size = 25\npool_mode = transaction\n"));
  CHECK(text.ends_with("[users]\nann = pool_mode=session\n"));
  CHECK(text.find("query_wait_timeout = 1.5") < text.find("[users]"));
  CHECK(imported(text, ini).kept.size() == 3);
}

TEST_CASE("an export respects the host's memory") {
  std::string text = scenario_text;
  text.replace(text.find("\"8GB\""), 5, "\"48GB\"");
  const ScratchFile file(text, ".toml");
  CHECK_THROWS_WITH(export_settings(resolve(read_draft(file.path()))),
                    ContainsSubstring("do not fit into the host's memory"));
  std::string many = scenario_text;
  many.replace(many.find("\"64MB\""), 6, "\"1GB\"");
  const ScratchFile other(many, ".toml");
  const std::vector<ExportedFile> files = export_settings(resolve(read_draft(other.path())));
  REQUIRE(files[0].warnings.size() == 1);
  CHECK_THAT(files[0].warnings[0], ContainsSubstring("should all connections sort at once"));
  const Scenario contained = resolve(
      read_draft(other.path()), parse_overrides({"server.primary.work_mem=64MB", "server.primary.memory_limit=16GB"}));
  CHECK_THAT(export_settings(contained)[0].warnings.at(0), ContainsSubstring("20.6 GB of the container's 16.0 GB"));
  CHECK_THROWS_WITH(export_settings(resolve(read_draft(other.path())), "server.other"),
                    ContainsSubstring("is none of"));
}
