#include "models/system.h"

#include <set>

#include "core/error.h"
#include "models/index/indexed_query.h"
#include "models/service/request_class.h"
#include "models/service/workers.h"

namespace capplan::models {

System::System(const std::vector<Section>& sections, const Topology& topology, const RunSettings& settings)
    : settings_(settings), walk_(simulator_, accounts_) {
  if (settings.warmup >= settings.duration)
    throw core::InputError({}, "scenario.warmup", "must be shorter than the duration");
  Build build(simulator_, meters_, accounts_, walk_, settings.seed, settings.replication);
  build_endpoints(build, sections, topology);
  for (const Section& section : sections) {
    if (section.spec->make_pool != nullptr) pools_[section.path()] = section.spec->make_pool(build, section);
    if (section.spec->make_cache == nullptr) continue;
    caches_[section.path()] = section.spec->make_cache(build, section);
    build.add_fallible(section.path(), *caches_[section.path()]);
  }
  build_queries(build, sections, topology);
  build_service(build, sections, topology);
  build_requests(build, sections, topology);
  for (const Section& section : sections)
    if (section.spec->make_workload != nullptr) workloads_.push_back(section.spec->make_workload(build, section));
  for (const SectionId failure : all_of(topology, Role::failure)) failures_.add(build, section_at(sections, failure));
}

System::~System() = default;

namespace {

/// A limit on a pool's statements is the server's to keep: PgBouncer passes none on.
void check_limits_of_statements(const std::vector<Section>& sections, const Topology& topology) {
  std::vector<core::Problem> problems;
  for (const SectionId id : all_of(topology, Role::pool)) {
    const Placed at{sections, topology, id};
    const Section& pool = at.section();
    for (const char* limit : {"statement_timeout", "command_timeout"}) {
      if (!pool.params.has(limit) || pool.params.duration(limit) == 0 || at.node().bouncer == no_section) continue;
      const std::string bouncer = at.at(at.node().bouncer).section().path();
      problems.push_back(
          {find(pool.params.values(), limit)->where, pool.path() + "." + limit,
           "is kept by a server, and this pool connects to a PgBouncer, which refuses clients that ask for "
           "settings it does not know",
           at.at(at.node().server).section().path() + ".statement_timeout, or " + bouncer + ".query_timeout"});
    }
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

/// What a query cannot do through its pool: write to a replica, or prepare statements through a PgBouncer that knows of
/// none.
void check_pools_of_queries(const std::vector<Section>& sections, const Topology& topology) {
  std::vector<core::Problem> problems;
  for (const SectionId id : all_of(topology, Role::query)) {
    const Placed at{sections, topology, id};
    const Section& query = at.section();
    if (at.node().server != no_section && query.params.flag("commit") &&
        at.at(at.node().server).section().params.has("replicas"))
      problems.push_back({query.where, query.path() + ".pool",
                          "leads to replicas, on which a statement that writes fails: cannot execute INSERT in a "
                          "read-only transaction",
                          "a pool of its own to the primary"});
    if (at.node().bouncer == no_section || query.params.duration("parse_cpu") == 0) continue;
    const Section& pool = at.at(at.node().pool).section();
    const Section& bouncer = at.at(at.node().bouncer).section();
    if (pool.params.count("statement_cache_size") > 0 && bouncer.params.count("max_prepared_statements") == 0 &&
        bouncer.params.text("pool_mode") != "session")
      problems.push_back(
          {query.where, query.path() + ".pool",
           "prepares statements through a PgBouncer that does not know of them: prepared statement does "
           "not exist",
           "set " + bouncer.path() + ".max_prepared_statements, or " + pool.path() + ".statement_cache_size = 0"});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

}  // namespace

/// Servers first, those that are replicas of another after it; then what stands in front of them.
void System::build_endpoints(Build& build, const std::vector<Section>& sections, const Topology& topology) {
  for (const SectionId bouncer : all_of(topology, Role::bouncer)) {
    std::set<std::pair<std::string, std::string>> logins;
    for (const SectionId client : clients_of(topology, bouncer)) {
      const Params& pool = section_at(sections, client).params;
      logins.emplace(pool.text("database"), pool.text("user"));
    }
    if (!logins.empty()) build.set_logins_to(section_at(sections, bouncer).path(), static_cast<int>(logins.size()));
  }
  const auto add = [&](SectionId id) {
    const Section& section = section_at(sections, id);
    endpoints_.push_back(section.spec->make_endpoint(build, section));
    build.add_endpoint(section.path(), *endpoints_.back());
  };
  for (const bool replicas : {false, true})
    for (const SectionId server : all_of(topology, Role::server))
      if (section_at(sections, server).params.has("replicas") == replicas) add(server);
  for (const SectionId bouncer : all_of(topology, Role::bouncer)) add(bouncer);
}

void System::build_queries(Build& build, const std::vector<Section>& sections, const Topology& topology) {
  std::map<std::string, SearchDemand> searches;
  for (const IndexedQuery& query : indexed_queries(sections, topology)) searches[query.path] = search_demand(query);
  check_pools_of_queries(sections, topology);
  check_limits_of_statements(sections, topology);
  std::uint32_t texts = 1;
  for (const SectionId id : all_of(topology, Role::query)) {
    const Section& section = section_at(sections, id);
    const Params& p = section.params;
    QueryClass query{.pool = pools_.at(p.text(p.has("http_pool") ? "http_pool" : "pool")).get(),
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
    if (p.has("cpu_per_row")) query.cpu_per_row = p.duration("cpu_per_row");
    if (p.has("batch_size")) query.batch_size = static_cast<std::uint32_t>(p.count("batch_size"));
    if (p.has("sorts")) query.sorts = static_cast<std::uint32_t>(p.count("sorts"));
    query.executed = &meters_.rate(query_executed, section.subject());
    if (p.duration("parse_cpu") > 0) {
      const auto count = static_cast<std::uint32_t>(p.count("texts"));
      core::Counter& parsed = meters_.ratio(query_parsed, section.subject(), *query.executed);
      query.texts.emplace(
          QueryClass::Texts{p.duration("parse_cpu"), texts, count, build.stream(section.path(), "text"), &parsed});
      texts += count;
    }
    query.latency = &meters_.histogram(query_latency, section.subject());
    targets_[section.path()] = static_cast<std::uint32_t>(walk_.queries.size());
    walk_.queries.push_back(std::move(query));
  }
}

/// What requests pass besides pools and caches, kind by kind.
void System::build_service(Build& build, const std::vector<Section>& sections, const Topology& topology) {
  const auto each = [&](Role role, auto make) {
    for (const SectionId id : all_of(topology, role)) make(section_at(sections, id));
  };
  each(Role::call, [&](const Section& section) {
    targets_[section.path()] = static_cast<std::uint32_t>(walk_.calls.size());
    Pool* pool = section.params.has("http_pool") ? pools_.at(section.params.text("http_pool")).get() : nullptr;
    walk_.calls.push_back(std::make_unique<ExternalCall>(build, section, pool));
  });
  each(Role::batch, [&](const Section& section) {
    targets_[section.path()] = static_cast<std::uint32_t>(walk_.batches.size());
    QueryClass& query = walk_.queries[targets_.at(section.params.text("query"))];
    walk_.batches.push_back(std::make_unique<Batcher>(build, section, query));
  });
  each(Role::workers, [&](const Section& s) { guards_.workers[s.path()] = make_workers(build, s); });
  each(Role::container,
       [&](const Section& s) { guards_.containers[s.path()] = std::make_unique<Container>(build, s); });
  each(Role::web, [&](const Section& s) { guards_.webs[s.path()] = std::make_unique<Web>(build, s); });
}

void System::build_requests(Build& build, const std::vector<Section>& sections, const Topology& topology) {
  std::vector<core::Problem> problems;
  std::vector<const Section*> in_order;  // jobs first: steps name them
  for (const Role role : {Role::job, Role::request})
    for (const SectionId id : all_of(topology, role)) {
      const Section& section = section_at(sections, id);
      targets_[section.path()] = static_cast<std::uint32_t>(in_order.size());
      in_order.push_back(&section);
    }
  for (const Section* each : in_order) {
    const Section& section = *each;
    const Params& p = section.params;
    RequestClass request{.key_stream = build.stream(section.path(), "keys")};
    read_way(build, section, targets_, walk_.queries, caches_, request, problems);
    if (p.has("keys")) {
      const Params keys = p.record("keys");
      if (keys.has("trace"))
        request.key_trace = keys.key_trace("trace");
      else
        request.keys.emplace(static_cast<std::uint64_t>(keys.count("count")), keys.number("zipf"));
      if (keys.has("count")) request.key_count = static_cast<std::uint64_t>(keys.count("count"));
      if (keys.has("shift")) request.key_shift = keys.number("shift");
    } else if (needs_keys(p)) {
      problems.push_back({section.where, section.path() + ".keys", "is required where caches are asked",
                          "keys = { zipf = 0.9, count = 1_000_000 }"});
    }
    meter(build, section, guards_, walk_.queries, request);
    request.caches = request_tiers(build, section, caches_, *request.offered);
    if (!request.job) {
      if (request.caches && request.caches->may_be_stale())
        request.refreshed = &meters_.rate(refreshed_figure, section.subject());
      if (p.has("idempotency"))
        request.idempotency = std::make_unique<Idempotency>(build, section, caches_, *request.offered);
      build.add_request_class(section.name, targets_.at(section.path()));
      build.add_request_class(section.path(), targets_.at(section.path()));
    }
    walk_.classes.push_back(std::move(request));
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

/// `window`: steps to a window.
void System::run_steps(core::Nanos length, int steps, int window, const std::atomic<bool>* cancel) {
  const core::Nanos start = simulator_.now();
  for (int step = 1; step <= steps; ++step) {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return;
    if (!simulator_.run(start + length / steps * step + (step == steps ? length % steps : 0), cancel)) return;
    const double total = walk_.in_flight.integral(simulator_.now());
    in_flight_.push_back((total - in_flight_read_) / core::to_seconds(length / steps));
    in_flight_read_ = total;
    if (step % window == 0) meters_.close_window(simulator_.now());
  }
}

core::Recording System::run(const std::atomic<bool>* cancel) {
  for (auto& [path, pool] : pools_) pool->start();
  for (auto& workload : workloads_) workload->start();
  core::Nanos length = settings_.duration;
  if (settings_.warmup > 0) {
    run_steps(settings_.warmup, steps_per_window, steps_per_window, cancel);
    length -= settings_.warmup;
    in_flight_.clear();
  }
  run_steps(length, windows_per_run * steps_per_window, settings_.fine ? 1 : steps_per_window, cancel);
  walk_.record_unfinished();
  meters_.close_unfinished();
  core::Recording recording = meters_.take();
  recording.in_flight = std::move(in_flight_);
  recording.events = simulator_.events();
  return recording;
}

}  // namespace capplan::models
