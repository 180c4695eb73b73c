// The rules and where they stand:
// dual-server-mcp, "Optimal Pool Sizing Formula": most = rate x latency / 0.75, least = 30 % of it and at least 5;
// "Embedding
//   Vector Index Optimization": lists = sqrt(rows).
// ai-handoff, "Connection Pooling Optimization": cores x 2 + concurrent requests; "Heap Size Configuration": 75 % of
// memory. agenthub, "PostgreSQL Configuration": shared_buffers 25 % of RAM, effective_cache_size 75 %, work_mem RAM /
// connections / 2,
//   maintenance_work_mem RAM / 8.
// codex-vector, "Memory Sizing Guidelines": 1/4, 3/4, 1/128 and 1/16 of RAM, as its table from 16 to 128 GB has them;
//   "Index Configuration": m and ef_construction by dimensions.
// Rates, latencies and requests in flight are what a first run of the scenario measures: the latency is that of the
// statements, without waiting for the pool. Limit: a rule is tried alone, with everything else as it stands.

#include "plan/decide/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/scenario/profiles.h"
#include "plan/study/runner.h"
#include "plan/study/steering.h"

namespace capplan::plan {

namespace {

using models::Role;
using models::Section;

constexpr const char* not_modelled = "the setting is not simulated";
constexpr const char* heap_rule = "the heap of the application 75 % of its memory";

std::string whole(double x) { return fmt::format("{:.0f}", x); }

class Book {
 public:
  Book(const Scenario& scenario, const Result& measured) : scenario_(scenario), measured_(measured) {}

  std::vector<Rule> all() {
    bool heap = false;
    for (std::size_t i = 0; i < scenario_.sections.size(); ++i) {
      const Section& section = scenario_.sections[i];
      const Role role = scenario_.topology.nodes[i].role;
      if (role == Role::pool) add_pool(static_cast<models::SectionId>(i));
      if (role == Role::server) add_server(section);
      if (role == Role::index) add_index(section);
      if (role == Role::container && section.params.has("memory_limit")) {
        add_memory(section, "ai-handoff", heap_rule, "max_old_space_size", "memory_limit", 0.75);
        heap = true;
      }
    }
    if (!heap) rules_.push_back({"ai-handoff", heap_rule, "", {}, "no container says its memory_limit"});
    return std::move(rules_);
  }

 private:
  double figure(const std::vector<std::string>& path) const { return measured_.at(path).value; }

  void add_pool(models::SectionId id) {
    const Section& pool = scenario_.at(id);
    const std::optional<PoolSizes> sizes = pool_sizes(*pool.spec);
    if (!sizes) return;
    double rate = 0, busy = 0;
    for (const models::SectionId query : models::queries_at(scenario_.topology, id)) {
      const std::string& name = scenario_.at(query).name;
      const double own = figure({"queries", name, "executed_per_s"});
      rate += own;
      busy += own * figure({"queries", name, "latency_s", "mean"});
    }
    if (!(busy > 0)) return;
    const std::string basis = fmt::format("{} x {}", core::format_rate(rate), core::format_duration(busy / rate));
    const double instances = pool.params.has("instances") ? static_cast<double>(pool.params.count("instances")) : 1;
    const double most = std::max(1.0, std::floor(busy / 0.75 / instances));
    add_sizes(pool, *sizes, "dual-server-mcp", "rate x latency / 0.75, 30 % of it kept open, 5 at least", basis,
              std::min(most, std::max(5.0, std::floor(most * 0.3))), most);
    const Section& server = scenario_.at(models::node_at(scenario_.topology, id).server);
    const double cores = static_cast<double>(server.params.count("cores"));
    const double inside =
        figure({"requests", "all", "completed_per_s"}) * figure({"requests", "all", "latency_s", "mean"});
    add_sizes(pool, *sizes, "ai-handoff", "cores x 2 + concurrent requests",
              fmt::format("{:.0f} cores, {:.3g} requests at a time", cores, inside), -1,
              std::ceil((cores * 2 + inside) / instances));
  }

  /// `least` below 0: the rule says nothing of it, and it is only kept within `most`.
  void add_sizes(const Section& pool, const PoolSizes& sizes, const char* guide, const char* text,
                 const std::string& basis, double least, double most) {
    Rule rule{guide, text, basis, {}, {}};
    const bool has_least = !sizes.least.empty();
    const double own_least = has_least ? static_cast<double>(pool.params.count(sizes.least)) : 0;
    const double kept = least >= 0 ? least : std::min(own_least, most);
    if (has_least && kept != own_least)
      add(rule, pool, sizes.least, whole(kept));
    else if (has_least && least >= 0)
      add(rule, pool, sizes.least, whole(least));
    add(rule, pool, sizes.most, whole(sizes.most_is_on_top ? most - kept : most));
    rules_.push_back(std::move(rule));
  }

  void add(Rule& rule, const Section& section, const std::string& name, const std::string& value) const {
    std::string own;
    const models::Value* written = find(section.params.values(), name);
    const auto* number = written ? written->as<std::int64_t>() : nullptr;
    const auto param = std::find_if(section.spec->params.begin(), section.spec->params.end(),
                                    [&](const models::Param& p) { return p.name == name; });
    if (param == section.spec->params.end())
      rule.unknown = not_modelled;
    else if (number)
      own = param->type == models::Type::bytes ? core::exact_bytes(*number) : fmt::format("{}", *number);
    rule.settings.push_back({section.path() + "." + name, own, value});
  }

  /// `name` a share of `of`, which the section says.
  void add_memory(const Section& section, const char* guide, const char* text, const std::string& name,
                  const std::string& of, double share) {
    const std::int64_t memory = section.params.bytes(of);
    Rule rule{guide, text, of + " " + core::exact_bytes(memory), {}, {}};
    add(rule, section, name, core::exact_bytes(std::llround(static_cast<double>(memory) * share / 1024) * 1024));
    rules_.push_back(std::move(rule));
  }

  void add_server(const Section& server) {
    if (!server.params.has("memory")) {
      rules_.push_back({"codex-vector",
                        "shared_buffers 25 %, effective_cache_size 75 % of memory",
                        "",
                        {},
                        server.path() + " does not say its memory"});
      return;
    }
    const auto connections = static_cast<double>(server.params.count("max_connections"));
    const auto add_share = [&](const char* guide, const char* text, const char* name, double share) {
      add_memory(server, guide, text, name, "memory", share);
    };
    add_share("agenthub, codex-vector", "25 % of memory", "shared_buffers", 1.0 / 4);
    add_share("agenthub, codex-vector", "75 % of memory", "effective_cache_size", 3.0 / 4);
    add_share("codex-vector", "256MB at 32GB, in proportion", "work_mem", 1.0 / 128);
    add_share("agenthub", "memory / max_connections / 2", "work_mem", 1 / connections / 2);
    add_share("codex-vector", "2GB at 32GB, in proportion", "maintenance_work_mem", 1.0 / 16);
    add_share("agenthub", "memory / 8", "maintenance_work_mem", 1.0 / 8);
  }

  void add_index(const Section& index) {
    const auto rows = static_cast<double>(index.params.count("rows"));
    const std::int64_t dimensions = index.params.count("dimensions");
    if (index.spec->kind == "ivfflat") {
      Rule rule{"dual-server-mcp", "lists = the square root of the rows", core::format_count(rows) + " rows", {}, {}};
      add(rule, index, "lists", whole(std::floor(std::sqrt(rows))));
      rules_.push_back(std::move(rule));
    }
    if (index.spec->kind != "hnsw") return;
    const bool large = dimensions >= 1536, small = dimensions < 768;
    Rule rule{"codex-vector",
              "m and ef_construction by dimensions: 384, 768, 1536 and what lies between",
              fmt::format("{} dimensions", dimensions),
              {},
              {}};
    add(rule, index, "m", large ? "48" : "16");
    add(rule, index, "ef_construction", large ? "200" : small ? "64" : "128");
    rules_.push_back(std::move(rule));
  }

  const Scenario& scenario_;
  const Result& measured_;
  std::vector<Rule> rules_;
};

/// Whether the usual figures are as precise as asked in every result, or have no steady state to wait for.
bool all_precise(const std::vector<Result>& results, const core::StoppingRule& rule) {
  return std::all_of(results.begin(), results.end(), [&](const Result& result) {
    return result.verdict == Verdict::no_steady_state || is_precise(result, rule);
  });
}

}  // namespace

bool Rule::followed() const {
  return !settings.empty() &&
         std::all_of(settings.begin(), settings.end(), [](const RuleSetting& s) { return s.own == s.value; });
}

std::optional<Rules> check_rules(const Draft& draft, const std::vector<Override>& settings, const RunOptions& options,
                                 const RunHooks& hooks) {
  if (options.draws > 0)
    throw core::InputError({"--uncertainty"}, "", "rules are tried with the calibration as it is",
                           "capplan compare SCENARIO --set-b KEY=VALUE --uncertainty, for one of them");
  const Scenario scenario = resolve(draft, settings);
  const auto cancelled = [&] { return hooks.cancel != nullptr && hooks.cancel->load(); };
  std::vector<Result> first =
      run_together({scenario}, options, [&](const auto& r) { return all_precise(r, options.stopping); },
                   {{}, hooks.progress, hooks.cancel});
  if (first.empty() || cancelled()) return std::nullopt;
  Rules rules{scenario.name, Book(scenario, first.front()).all()};
  std::vector<Scenario> scenarios = {scenario};
  std::vector<Rule*> tried;
  for (Rule& rule : rules.rules) {
    if (!rule.unknown.empty() || rule.followed()) continue;
    std::vector<std::string> flags;
    for (const RuleSetting& setting : rule.settings) flags.push_back(setting.key + "=" + setting.value);
    std::vector<Override> changed = settings;
    const std::vector<Override> own = parse_overrides(flags, "rule");
    changed.insert(changed.end(), own.begin(), own.end());
    try {
      scenarios.push_back(resolve(draft, changed));
      tried.push_back(&rule);
    } catch (const core::InputError& error) {
      rule.unknown = "the scenario cannot have it: " + error.problems().front().what;
    }
  }
  if (tried.empty()) return rules;
  const std::vector<Result> results = run_together(
      scenarios, options, [&](const auto& r) { return all_precise(r, options.stopping); }, hooks);
  if (results.empty()) return std::nullopt;
  for (std::size_t i = 0; i < tried.size(); ++i)
    tried[i]->effect = compare({"own", results.front()}, {"rule", results[i + 1]}, options.margin);
  return rules;
}

}  // namespace capplan::plan
