#include "models/pool/rules.h"

#include <algorithm>

#include "models/build.h"
#include "models/idle.h"
#include "models/pool/connection_pool.h"

namespace capplan::models {

namespace {

Param tuner_param() {
  const std::string source = "as tuning scripts do: each minute, +20 % above a utilization of 0.8, -10 % below 0.3";
  return {.name = "tuner",
          .type = Type::record,
          .fallback = "none",
          .help = "changes the size of every instance by its utilization, as a tuning script does; absent: it stays",
          .source = source,
          .fields = {{.name = "every",
                      .type = Type::duration,
                      .fallback = "60s",
                      .help = "time between two looks",
                      .lo = 0.001,
                      .hi = 86'400},
                     {.name = "above",
                      .type = Type::ratio,
                      .fallback = "80%",
                      .help = "the pool grows if its utilization since the last check was higher",
                      .lo = 0,
                      .hi = 1},
                     {.name = "grow",
                      .type = Type::ratio,
                      .fallback = "20%",
                      .help = "by this share, by one at least",
                      .lo = 0,
                      .hi = 10},
                     {.name = "below",
                      .type = Type::ratio,
                      .fallback = "30%",
                      .help = "the pool shrinks if its utilization was lower",
                      .lo = 0,
                      .hi = 1},
                     {.name = "shrink",
                      .type = Type::ratio,
                      .fallback = "10%",
                      .help = "by this share, by one at least",
                      .lo = 0,
                      .hi = 1},
                     {.name = "min",
                      .type = Type::count,
                      .fallback = "5",
                      .help = "least size of an instance's pool",
                      .lo = 1,
                      .hi = 100'000},
                     {.name = "max",
                      .type = Type::count,
                      .fallback = "200",
                      .help = "greatest size of an instance's pool",
                      .lo = 1,
                      .hi = 100'000}}};
}

Param autoscale_param() {
  return {
      .name = "autoscale",
      .type = Type::record,
      .fallback = "none",
      .help = "starts and stops instances to keep a metric near its target; absent: always `instances`",
      .source = "Kubernetes HorizontalPodAutoscaler: ceil(instances x metric / target), tolerance 10 %",
      .fields = {{.name = "metric",
                  .type = Type::choice,
                  .fallback = "utilization",
                  .help = "share of the pools' connections in use, or waiters for each instance",
                  .choices = {"utilization", "waiting"}},
                 {.name = "target",
                  .type = Type::ratio,
                  .fallback = "70%",
                  .help = "of the metric: a share for utilization, a number for waiting",
                  .lo = 0.001,
                  .hi = 1e6},
                 {.name = "min", .type = Type::count, .fallback = "1", .help = "least instances", .lo = 1, .hi = 1000},
                 {.name = "max", .type = Type::count, .fallback = "10", .help = "most instances", .lo = 1, .hi = 1000},
                 {.name = "every",
                  .type = Type::duration,
                  .fallback = "15s",
                  .help = "time between two looks",
                  .source = "Kubernetes --horizontal-pod-autoscaler-sync-period",
                  .lo = 0.001,
                  .hi = 86'400},
                 {.name = "delay",
                  .type = Type::duration,
                  .fallback = "30s",
                  .help = "from the decision until a new instance takes requests: start, readiness",
                  .lo = 0,
                  .hi = 86'400},
                 {.name = "cooldown",
                  .type = Type::duration,
                  .fallback = "5min",
                  .help = "after a change no instance is stopped for this time",
                  .source = "Kubernetes scaleDown.stabilizationWindowSeconds",
                  .lo = 0,
                  .hi = 86'400}}};
}

PoolTuner read_tuner(const Params& p) {
  return {.every = p.duration("every"),
          .above = p.number("above"),
          .grow = p.number("grow"),
          .below = p.number("below"),
          .shrink = p.number("shrink"),
          .min = static_cast<int>(p.count("min")),
          .max = static_cast<int>(std::max(p.count("min"), p.count("max")))};
}

Autoscale read_autoscale(const Params& p) {
  return {.metric = p.text("metric") == "waiting" ? Autoscale::Metric::waiting : Autoscale::Metric::utilization,
          .target = p.number("target"),
          .min = static_cast<int>(p.count("min")),
          .max = static_cast<int>(std::max(p.count("min"), p.count("max"))),
          .every = p.duration("every"),
          .delay = p.duration("delay"),
          .cooldown = p.duration("cooldown")};
}

const char* with_one_instance(const Placed& pool) {
  const Params& p = pool.section().params;
  return p.count("instances") == 1 && !p.has("autoscale") ? "there is one instance" : nullptr;
}

const char* without_bouncer(const Placed& pool) {
  return pool.node().bouncer == no_section ? "PgBouncer alone keeps pools by database and user" : nullptr;
}

}  // namespace

std::int64_t PoolRules::most_connections() const {
  const std::int64_t each = tuner ? std::max(tuner->max, max) : max;
  return each * (autoscale ? std::max(autoscale->max, instances) : instances);
}

std::int64_t PoolRules::most_kept() const {
  if (max_uses == 1 || max_statements == 1) return 0;
  return max_idle < max ? std::int64_t{max_idle} * (most_connections() / max) : most_connections();
}

std::int64_t PoolRules::opened_at_start() const {
  const int each = opener == Opener::background ? std::min(std::max(1, keep_idle), max) : open_ahead;
  return std::int64_t{each} * instances;
}

std::vector<Param> pool_params(std::vector<Param> own) {
  std::vector<Param> params = {
      {.name = "to",
       .type = Type::reference,
       .help = "what the pool connects to",
       .required = true,
       .choices = {"bouncer", "server"}},
      {.name = "instances",
       .type = Type::count,
       .fallback = "1",
       .help = "processes, each with a pool of its own",
       .lo = 1,
       .hi = 1000,
       .costs = true},
      {.name = "dispatch",
       .type = Type::choice,
       .fallback = "round-robin",
       .help =
           "to which of the instances a request goes: to each in turn, as a load balancer does; or, as functions on "
           "demand are invoked, to a warm one that has a connection idle, else to one that has room to open",
       .source = "AWS Lambda Developer Guide, Lambda execution environment: an environment is kept and reused",
       .choices = {"round-robin", "warm"},
       .idle = with_one_instance},
  };
  params.insert(params.end(), own.begin(), own.end());
  params.push_back({.name = "round_trip",
                    .type = Type::duration,
                    .fallback = "0",
                    .help =
                        "network round trip of a statement, half before and half after it, not of a login; 0 where the "
                        "query's demand was measured by the client",
                    .lo = 0,
                    .hi = 10});
  params.push_back(
      {.name = "connect_jitter",
       .type = Type::duration,
       .fallback = "0",
       .help = "each opening reaches the server later by up to this, uniformly distributed; 0: processes that start "
               "together connect, and are refused, in lockstep",
       .lo = 0,
       .hi = 60});
  params.push_back({.name = "database",
                    .type = Type::text,
                    .fallback = "app",
                    .help = "database: PgBouncer keeps a pool for each pair of database and user",
                    .idle = without_bouncer});
  params.push_back({.name = "statement_cache_size",
                    .type = Type::count,
                    .fallback = "100",
                    .help =
                        "statements that the driver keeps prepared on a connection, the last used; 0: none. Matters to "
                        "queries with parse_cpu",
                    .source = "asyncpg asyncpg/connection.py (connect); sqlx statement_cache_capacity",
                    .lo = 0,
                    .hi = 10'000,
                    .idle = idle::without_parsed_query});
  params.push_back({.name = "statement_timeout",
                    .type = Type::duration,
                    .help = "longest statement, which the driver asks a server for when it connects; PgBouncer refuses "
                            "that; 0: no limit; absent: the server's",
                    .source = "node-postgres packages/pg/lib/client.js (getStartupConf)",
                    .lo = 0,
                    .hi = 2'147'483});
  params.push_back(
      {.name = "user", .type = Type::text, .fallback = "app", .help = "user: see database", .idle = without_bouncer});
  params.push_back({.name = "profile",
                    .type = Type::choice,
                    .help =
                        "sizes of a load profile, where none are written: of the pool that searches code, or of the "
                        "one that keeps workflows",
                    .source = "plan/scenario/profiles.cpp",
                    .choices = {"codebase-light", "codebase-medium", "codebase-heavy", "codebase-enterprise",
                                "workflow-light", "workflow-medium", "workflow-heavy", "workflow-enterprise"}});
  params.push_back(tuner_param());
  params.push_back(autoscale_param());
  return params;
}

Param wakeup_param(std::string source, std::string fallback) {
  return {.name = "wakeup",
          .type = Type::duration,
          .fallback = std::move(fallback),
          .help =
              "from a release until the woken waiter runs; a request that arrives in between takes the connection, and "
              "the waiter queues again at the tail; 0: no time passes, and the order is still that of the library",
          .source = std::move(source),
          .lo = 0,
          .hi = 1};
}

core::Nanos or_never(core::Nanos span) { return span > 0 ? span : core::never; }

PoolRules pool_rules(const Section& section) {
  const Params& p = section.params;
  PoolRules rules;
  rules.path = section.path();
  rules.name = section.name;
  rules.instances = static_cast<int>(p.count("instances"));
  rules.reuses_warm = p.text("dispatch") == "warm";
  rules.round_trip = p.duration("round_trip");
  rules.login.statement_cache = static_cast<std::uint32_t>(p.count("statement_cache_size"));
  if (p.has("statement_timeout")) rules.login.statement_timeout = p.duration("statement_timeout");
  if (p.has("connect_jitter")) rules.connect_jitter = p.duration("connect_jitter");
  if (p.has("tuner")) rules.tuner = read_tuner(p.record("tuner"));
  if (p.has("autoscale")) rules.autoscale = read_autoscale(p.record("autoscale"));
  section.spec->pool_rules(p, rules);
  return rules;
}

std::unique_ptr<Pool> make_connection_pool(Build& build, const Section& section) {
  const Params& p = section.params;
  PoolRules rules = pool_rules(section);
  const Login login = build.login(p.text("database"), p.text("user"));
  rules.login.database = login.database;
  rules.login.user = login.user;
  return std::make_unique<ConnectionPool>(build, build.endpoint(p.text("to")), std::move(rules));
}

}  // namespace capplan::models
