#include "models/pool/rules.h"

namespace capplan::models {

std::vector<Param> pool_params(std::vector<Param> own) {
  std::vector<Param> params = {
      {.name = "to", .type = Type::reference, .help = "what the pool connects to", .required = true,
       .choices = {"bouncer", "server"}},
      {.name = "instances", .type = Type::count, .fallback = "1",
       .help = "processes, each with a pool of its own; requests are dealt to them in turn", .lo = 1, .hi = 1000,
       .costs = true},
  };
  params.insert(params.end(), own.begin(), own.end());
  params.push_back({.name = "round_trip", .type = Type::duration, .fallback = "0",
                    .help = "network round trip of a statement; 0 where the query's demand was measured by the client",
                    .lo = 0, .hi = 10});
  params.push_back({.name = "database", .type = Type::text, .fallback = "app",
                    .help = "database: PgBouncer keeps a pool for each pair of database and user"});
  params.push_back({.name = "statement_cache_size", .type = Type::count, .fallback = "100",
                    .help = "statements that the driver keeps prepared on a connection, the last used; 0: none. Matters to "
                            "queries with parse_cpu",
                    .source = "asyncpg asyncpg/connection.py (connect); sqlx statement_cache_capacity", .lo = 0,
                    .hi = 10'000});
  params.push_back({.name = "user", .type = Type::text, .fallback = "app", .help = "user: see database"});
  params.push_back({.name = "profile", .type = Type::choice,
                    .help = "sizes of a load profile, where none are written: of the pool that searches code, or of the "
                            "one that keeps workflows",
                    .source = "plan/scenario/profiles.cpp",
                    .choices = {"codebase-light", "codebase-medium", "codebase-heavy", "codebase-enterprise",
                                "workflow-light", "workflow-medium", "workflow-heavy", "workflow-enterprise"}});
  return params;
}

PoolRules pool_rules(Build& build, const Section& section) {
  const Params& p = section.params;
  PoolRules rules;
  rules.path = section.path();
  rules.name = section.name;
  rules.instances = static_cast<int>(p.count("instances"));
  rules.round_trip = p.duration("round_trip");
  rules.login = build.login(p.text("database"), p.text("user"));
  rules.login.statement_cache = static_cast<std::uint32_t>(p.count("statement_cache_size"));
  return rules;
}

}  // namespace capplan::models
