#include "models/system.h"

#include <set>

#include "core/error.h"
#include "models/cache/request_caches.h"
#include "models/index/indexed_query.h"

namespace capplan::models {

System::System(const std::vector<Section>& sections, const RunSettings& settings)
    : settings_(settings), walk_(simulator_, accounts_) {
  if (settings.warmup >= settings.duration)
    throw core::InputError({}, "scenario.warmup", "must be shorter than the duration");
  Build build(simulator_, meters_, accounts_, walk_, settings.seed, settings.replication);
  build_endpoints(build, sections);
  for (const Section& section : sections) {
    if (section.spec->make_pool != nullptr) pools_[section.path()] = section.spec->make_pool(build, section);
    if (section.spec->make_cache != nullptr) caches_[section.path()] = section.spec->make_cache(build, section);
  }
  build_queries(build, sections);
  build_requests(build, sections);
  for (const Section& section : sections)
    if (section.spec->make_workload != nullptr) workloads_.push_back(section.spec->make_workload(build, section));
}

System::~System() = default;

/// Servers first, then what stands in front of them.
void System::build_endpoints(Build& build, const std::vector<Section>& sections) {
  std::map<std::string, std::set<std::string>> logins;
  for (const Section& section : sections)
    if (section.spec->section == "pool")
      logins[section.params.text("to")].insert(section.params.text("database") + '\0' + section.params.text("user"));
  for (const auto& [path, users] : logins) build.set_logins_to(path, static_cast<int>(users.size()));
  for (const char* layer : {"server", "bouncer"})
    for (const Section& section : sections) {
      if (section.spec->section != layer) continue;
      endpoints_.push_back(section.spec->make_endpoint(build, section));
      build.add_endpoint(section.path(), *endpoints_.back());
    }
}

void System::build_queries(Build& build, const std::vector<Section>& sections) {
  std::map<std::string, SearchDemand> searches;
  for (const IndexedQuery& query : indexed_queries(sections)) searches[query.path] = search_demand(query);
  for (const Section& section : sections) {
    if (section.spec->section != "query") continue;
    const Params& p = section.params;
    QueryClass query{.pool = pools_.at(p.text("pool")).get(),
                     .cpu = p.has("cpu") ? p.distribution("cpu") : core::Distribution{},
                     .cold = std::nullopt,
                     .io = std::nullopt,
                     .commit = p.flag("commit"),
                     .cpu_stream = build.stream(section.path(), "cpu"),
                     .cold_stream = build.stream(section.path(), "cold"),
                     .io_stream = build.stream(section.path(), "io")};
    if (p.has("cold")) query.cold = p.distribution("cold");
    if (p.has("io")) query.io = p.distribution("io");
    if (const auto found = searches.find(section.path()); found != searches.end())
      query.search.emplace(QueryClass::Search{found->second, build.stream(section.path(), "search")});
    query.executed = &meters_.rate({"queries", section.name, "executed_per_s"});
    query.latency = &meters_.histogram({"queries", section.name, "latency_s"});
    queries_[section.path()] = static_cast<std::uint32_t>(walk_.queries.size());
    walk_.queries.push_back(std::move(query));
  }
}

void System::build_requests(Build& build, const std::vector<Section>& sections) {
  std::vector<core::Problem> problems;
  for (const Section& section : sections) {
    if (section.spec->section != "request") continue;
    const Params& p = section.params;
    RequestClass request{.key_stream = build.stream(section.path(), "keys")};
    request.transaction = p.flag("transaction");
    request.per_request = request.transaction || p.text("connection") == "per-request";
    request.transaction_cpu = p.duration("transaction_cpu");
    for (const Value& step : p.list("steps")) {
      const Params fields(*step.as<Table>());
      request.steps.push_back({queries_.at(fields.text("query")), static_cast<std::uint32_t>(fields.count("times")),
                               step_tiers(build, section, fields, caches_)});
    }
    if (request.steps.empty())
      problems.push_back({section.where, section.path() + ".steps", "needs at least one step", ""});
    for (const RequestClass::Step& step : request.steps)
      if (request.per_request && walk_.queries[step.query].pool != walk_.queries[request.steps.front().query].pool)
        problems.push_back({section.where, section.path() + ".steps",
                            "a request that holds one connection cannot use queries of different pools",
                            "set connection = \"per-query\" and transaction = false"});
    if (p.has("keys")) {
      const Params keys = p.record("keys");
      if (keys.has("trace")) request.key_trace = keys.key_trace("trace");
      else request.keys.emplace(static_cast<std::uint64_t>(keys.count("count")), keys.number("zipf"));
    } else if (needs_keys(p)) {
      problems.push_back({section.where, section.path() + ".keys", "is required where caches are asked",
                          "keys = { zipf = 0.9, count = 1_000_000 }"});
    }
    const auto path = [&](const std::string& name) { return std::vector<std::string>{"requests", section.name, name}; };
    request.offered = &meters_.rate(path("offered_per_s"));
    request.completed = &meters_.rate(path("completed_per_s"));
    request.failed = &meters_.ratio(path("error_ratio"), *request.offered);
    request.caches = request_tiers(build, section, caches_, *request.offered);
    if (request.caches && request.caches->may_be_stale()) request.refreshed = &meters_.rate(path("refreshed_per_s"));
    if (p.has("idempotency"))
      request.idempotency = std::make_unique<Idempotency>(build, section, caches_, *request.offered);
    request.latency = &meters_.histogram(path("latency_s"));
    request.errors.push_back(nullptr);  // ClientError::none
    for (std::size_t i = 1; i < client_errors.size(); ++i)
      request.errors.push_back(
          &meters_.ratio({"requests", section.name, "errors", std::string(client_errors[i].name)}, *request.offered));
    for (const std::string_view stage : stage_names)
      request.stages.push_back(
          &meters_.ratio({"requests", section.name, "stages_s", std::string(stage)}, *request.completed));
    request.breakdown = &meters_.breakdown(path("stages_s"));
    build.add_request_class(section.name, static_cast<std::uint32_t>(walk_.classes.size()));
    build.add_request_class(section.path(), static_cast<std::uint32_t>(walk_.classes.size()));
    walk_.classes.push_back(std::move(request));
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

void System::run_steps(core::Nanos length, int steps, const std::atomic<bool>* cancel) {
  const core::Nanos start = simulator_.now();
  for (int step = 1; step <= steps; ++step) {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return;
    if (!simulator_.run(start + length / steps * step + (step == steps ? length % steps : 0), cancel)) return;
    const double total = walk_.in_flight.integral(simulator_.now());
    in_flight_.push_back((total - in_flight_read_) / core::to_seconds(length / steps));
    in_flight_read_ = total;
    if (step % steps_per_window == 0) meters_.close_window(simulator_.now());
  }
}

core::Recording System::run(const std::atomic<bool>* cancel) {
  for (auto& [path, pool] : pools_) pool->start();
  for (auto& workload : workloads_) workload->start();
  core::Nanos length = settings_.duration;
  if (settings_.warmup > 0) {
    run_steps(settings_.warmup, steps_per_window, cancel);
    length -= settings_.warmup;
    in_flight_.clear();
  }
  run_steps(length, windows_per_run * steps_per_window, cancel);
  core::Recording recording = meters_.take();
  recording.in_flight = std::move(in_flight_);
  recording.events = simulator_.events();
  return recording;
}

}  // namespace capplan::models
