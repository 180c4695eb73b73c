// Settings without effect: which are listed, and that no figure of any shipped scenario depends on one of them.

#include "plan/study/not_simulated.h"

#include <cstring>
#include <functional>
#include <map>

#include "plan/format/document.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/shipped_scenarios.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using models::Param;
using models::Table;
using models::Type;
using models::Value;

namespace {

/// The text of W43, or "".
std::string warning(const Scenario& scenario) {
  const std::vector<Warning> warnings = not_simulated(scenario);
  return warnings.empty() ? "" : warnings.front().text;
}

Result one_replication(const Scenario& scenario) {
  RunOptions options;
  options.stopping = {1, 1, 0.05};
  options.threads = 1;
  return run(scenario, options);
}

/// As long as it takes for all parts of the scenario to be at work.
Scenario brief(const std::string& name) {
  const Scenario own = test::shipped(name);
  const models::Params& p = own.find("scenario")->params;
  const core::Nanos warmup = p.has("warmup") ? p.duration("warmup") : 0;
  const core::Nanos length = std::min(p.duration("duration"), warmup + 20 * core::second);
  return test::shipped(name, {"scenario.duration=" + std::to_string(length / core::millisecond) + "ms"});
}

/// Moves a resolved value to another that its parameter allows. False where there is none to move to.
bool move(const Param& param, Value& value) {
  const auto within = [&](double x) { return (!param.lo || x >= *param.lo) && (!param.hi || x <= *param.hi); };
  if (auto* flag = std::get_if<bool>(&value.data)) return *flag = !*flag, true;
  if (auto* count = std::get_if<std::int64_t>(&value.data)) {
    const double unit = param.type == Type::duration ? 1e9 : 1;
    const std::int64_t more = *count == 0 ? static_cast<std::int64_t>(unit) : *count * 2;
    *count = within(static_cast<double>(more) / unit) ? more : *count / 2;
    return true;
  }
  if (auto* number = std::get_if<double>(&value.data)) {
    const double more = *number == 0 ? 1 : *number * 2;
    *number = within(more) ? more : *number / 2;
    return true;
  }
  if (auto* text = std::get_if<std::string>(&value.data)) {
    if (param.type == Type::choice) {
      const std::string before = *text;
      for (const std::string& choice : param.choices)
        if (choice != before) *text = choice;
    } else {
      *text += "x";
    }
    return true;
  }
  if (auto* times = std::get_if<core::Distribution>(&value.data)) {
    *times = core::Distribution::deterministic(2 * times->mean() + 0.001);
    return true;
  }
  return false;
}

/// Calls `f` with every parameter of a section that says when it is idle, and its value.
void each_with_idle(const std::vector<Param>& params, Table& values, const std::string& path,
                    const std::function<void(const Param&, Value&, const std::string&)>& f) {
  for (const Param& param : params) {
    Value* value = models::find(values, param.name);
    if (value == nullptr) continue;
    const std::string key = path + "." + param.name;
    if (auto* record = std::get_if<Table>(&value->data); record != nullptr && param.type == Type::record)
      each_with_idle(param.fields, *record, key, f);
    if (param.idle != nullptr) f(param, *value, key);
  }
}

/// The scenario with every idle setting moved, and the keys of these.
Scenario moved(const Scenario& scenario, std::vector<std::string>& keys) {
  Scenario other = scenario;
  for (std::size_t i = 0; i < scenario.sections.size(); ++i) {
    const models::Placed at{scenario.sections, scenario.topology, static_cast<models::SectionId>(i)};
    Table values = scenario.sections[i].params.values();
    each_with_idle(at.section().spec->params, values, at.section().path(),
                   [&](const Param& param, Value& value, const std::string& key) {
                     if (param.idle(at) != nullptr && move(param, value)) keys.push_back(key);
                   });
    other.sections[i].params = models::Params(std::move(values));
  }
  return other;
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// The first figure that differs in a bit, or "".
std::string difference(const Result& a, const Result& b) {
  const auto name = [](const Figure& figure) {
    std::string text;
    for (const std::string& part : figure.path) text += "/" + part;
    return text;
  };
  if (a.figures.size() != b.figures.size()) return "not the same figures";
  for (std::size_t i = 0; i < a.figures.size(); ++i) {
    const core::Estimate &x = a.figures[i].estimate, &y = b.figures[i].estimate;
    const bool same = x.known == y.known && same_bits(x.value, y.value) && same_bits(x.lo, y.lo);
    if (a.figures[i].path != b.figures[i].path || !same || !same_bits(x.hi, y.hi)) return name(a.figures[i]);
  }
  return a.events == b.events ? "" : "events";
}

}  // namespace

TEST_CASE("settings without effect are listed in one warning with the reason, if somebody wrote them") {
  CHECK(warning(test::resolved(test::small_scenario)).empty());
  const std::vector<std::string> sets = {"server.primary.shared_buffers=8GB", "server.primary.random_page_cost=1.1",
                                         "server.primary.effective_cache_size=24GB"};
  CHECK(warning(test::resolved(test::small_scenario, sets)) ==
        "no effect in this scenario, since nothing simulates it here: server.primary.shared_buffers (no query searches "
        "an index there, and there is no memory_limit); server.primary.effective_cache_size; "
        "server.primary.random_page_cost (no query searches an index there)");
  CHECK(warning(test::resolved(test::small_scenario, {"server.primary.disk.read_latency=1ms"})) ==
        "no effect in this scenario, since nothing simulates it here: server.primary.disk.read_latency (no query "
        "searches an index there)");
  const Scenario limited =
      test::resolved(test::small_scenario, {"server.primary.memory_limit=16GB", "server.primary.shared_buffers=8GB",
                                            "server.primary.work_mem=64MB", "query.load.sorts=2"});
  CHECK(warning(limited).empty());
}

TEST_CASE("a setting that another section inherits is listed only where it is without effect in both") {
  const std::string text = test::small_scenario +
                           "[server.other]\nkind = \"postgres\"\nlike = \"primary\"\n[pool.second]\nkind = \"fixed\"\n"
                           "to = \"server.other\"\nsize = 2\n[query.write]\npool = \"second\"\ncpu = \"1ms\"\n"
                           "commit = true\n";
  const auto with = [&](const std::string& line) {
    std::string changed = text;
    changed.replace(changed.find("cores = 8\n"), 10, "cores = 8\n" + line + "\n");
    return warning(test::resolved(changed));
  };
  CHECK(with("disk = { fsync = \"1ms\" }").empty());
  CHECK(with("cold_after = \"1ms\"")
            .find("server.primary.cold_after; server.other.cold_after (no query says its cold)") != std::string::npos);
}

TEST_CASE("imported settings without effect are counted and not listed") {
  Scenario scenario = test::resolved(test::small_scenario, {"server.primary.random_page_cost=1.1"});
  models::Section& server =
      scenario.sections[static_cast<std::size_t>(models::section_of(scenario.sections, "server.primary"))];
  Table values = server.params.values();
  for (const char* name : {"shared_buffers", "work_mem"}) {
    models::find(values, name)->is_default = false;
    models::find(values, name)->origin = "postgresql.conf";
  }
  server.params = models::Params(std::move(values));
  const IdleSettings settings = idle_settings(scenario);
  CHECK(settings.written.size() == 1);
  CHECK(settings.imported == 2);
  CHECK(settings.defaulted > 5);
  CHECK(warning(scenario).ends_with("(no query searches an index there); and 2 imported settings"));
}

TEST_CASE("no figure of a shipped scenario depends on a setting that is said to be without effect") {
  std::size_t tried = 0;
  for (const std::string& name : test::shipped_names()) {
    const Scenario own = brief(name);
    std::vector<std::string> keys;
    const Scenario other = moved(own, keys);
    tried += keys.size();
    INFO(name << ": " << keys.size() << " settings, the first of them " << (keys.empty() ? "" : keys.front()));
    CHECK(difference(one_replication(own), one_replication(other)) == "");
  }
  CHECK(tried > 500);
}

TEST_CASE("each parameter that can be without effect has one in some shipped scenario, or one with a setting changed") {
  std::vector<Scenario> scenarios;
  for (const std::string& name : test::shipped_names()) scenarios.push_back(test::shipped(name));
  scenarios.push_back(test::shipped("quickstart", {"server.primary.scheduler=linux", "query.save.cold=1ms"}));
  scenarios.push_back(test::shipped("pool-sizing", {"bouncer.main.pool_mode=session"}));
  scenarios.push_back(test::shipped("vector-search", {"index.chunks.iterative_scan=relaxed_order"}));
  scenarios.push_back(test::shipped("ivfflat-lists", {"index.chunks.iterative_scan=relaxed_order"}));
  scenarios.push_back(test::shipped("redis-memory", {"cache.shared.maxmemory_policy=allkeys-lfu"}));
  scenarios.push_back(test::shipped("background-workers", {"job.index.transaction=true"}));
  std::map<std::string, bool> at_work;
  for (const Scenario& scenario : scenarios)
    for (std::size_t i = 0; i < scenario.sections.size(); ++i) {
      const models::Placed at{scenario.sections, scenario.topology, static_cast<models::SectionId>(i)};
      Table values = at.section().params.values();
      each_with_idle(at.section().spec->params, values, at.section().spec->section,
                     [&](const Param& param, Value&, const std::string& key) {
                       at_work[key] = at_work[key] || param.idle(at) == nullptr;
                     });
    }
  for (const auto& [key, works] : at_work) {
    INFO(key);
    CHECK(works);
  }
}
