#include "plan/fit/service_costs.h"

#include <fmt/format.h>

#include "core/units.h"
#include "models/catalog.h"
#include "models/spec/distribution_value.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using unwritten::raw;
using unwritten::text;
using unwritten::time;

Value count(std::int64_t n) { return raw(n); }

/// A mean with a cv, spelled as a scenario spells it.
Value lognormal(double mean, double cv) {
  return models::to_value(core::Distribution::lognormal(std::max(mean, 1e-9), std::max(cv, 1e-3)));
}

Table server(const CaptureManifest& m, double probe) {
  Table table{{"kind", text("postgres")},
              {"cores", count(std::max<std::int64_t>(1, std::llround(m.cores)))},
              {"max_connections", count(m.connections + 20)}};
  if (probe > 0 && m.probe_before && m.probe_after)
    table.emplace_back("speed",
                       raw(2 * probe / (core::to_seconds(*m.probe_before) + core::to_seconds(*m.probe_after))));
  return table;
}

/// The settings of the real PgBouncer that the model knows.
Table bouncer(const CaptureManifest& m) {
  Table table{{"kind", text("pgbouncer")}, {"server", text("primary")}};
  const models::Spec* spec = models::find_spec("bouncer", "pgbouncer");
  for (const auto& [key, value] : m.pgbouncer)
    for (const models::Param& param : spec->params)
      if (param.name == key) table.emplace_back(key, value);
  return table;
}

Table workload(const CaptureManifest& m) {
  Table mix;
  for (const auto& [name, weight] : m.mix)
    if (weight > 0) mix.emplace_back(name, raw(weight));
  if (mix.empty())
    for (const std::string& name : m.classes) mix.emplace_back(name, raw(1.0));
  Table table;
  if (m.open())
    table = {{"kind", text("open")}, {"rate", raw(fmt::format("{}/s", m.rate))}};
  else
    table = {{"kind", text("closed")}, {"users", count(m.clients)}, {"think", text("0s")}};
  table.emplace_back("mix", raw(std::move(mix)));
  return table;
}

}  // namespace

Table to_calibration(const ServiceCosts& costs) {
  Table queries;
  for (const ClassCosts& c : costs.classes) {
    Table query{{"cpu", models::to_value(c.hot)}};
    if (c.cold > 0) query.emplace_back("cold", lognormal(c.cold, costs.cold_cv));
    if (c.writes) query.emplace_back("commit", raw(true));
    queries.emplace_back(c.name, raw(std::move(query)));
  }
  Table disk{{"fsync", lognormal(costs.flush, costs.flush_cv)},
             {"commit_waits", count(costs.commit_waits)},
             {"commit_cpu", time(costs.commit_cpu)}};
  const ContentionEffects& on = costs.effects;
  Table server{{"scheduler", text(on.slices ? "linux" : "ideal")},
               {"cold_after", time(costs.cold_after)},
               {"idle_cold", raw(costs.idle_cold)},
               {"idle_cold_after", time(costs.idle_cold_after)},
               {"disk", raw(std::move(disk))}};
  if (!on.delay_dequeue) server.emplace_back("delay_dequeue", raw(false));
  if (!on.place_lag) server.emplace_back("place_lag", raw(false));
  Table shared{{"server", raw(std::move(server))},
               {"pool", raw(Table{{"round_trip", time(costs.round_trip)}})},
               {"bouncer", raw(Table{{"query_cpu", time(costs.bouncer_cpu)}})}};
  return {{"query", raw(std::move(queries))}, {"costs", raw(std::move(shared))}};
}

Draft capture_draft(const CaptureManifest& m, const Table& calibration, double probe) {
  const bool bounced = m.path == CaptureManifest::Path::pgbouncer;
  Table pool{{"kind", text("fixed")},
             {"to", text(bounced ? "bouncer.main" : "server.primary")},
             {"size", count(m.clients)},
             {"reuse", text("oldest")}};
  if (m.of_server()) pool.emplace_back("round_trip", text("0s"));  // a server's log begins and ends within the server
  Table queries, requests;
  for (const std::string& name : m.classes) {
    queries.emplace_back(name, raw(Table{{"pool", text("clients")}}));
    requests.emplace_back(name, raw(Table{{"steps", raw(List{raw(Table{{"query", text(name)}})})}}));
  }
  Table document{{"scenario", raw(Table{{"name", text(m.name)}, {"duration", time(core::to_seconds(m.duration))}})},
                 {"server", raw(Table{{"primary", raw(server(m, probe))}})}};
  if (bounced) document.emplace_back("bouncer", raw(Table{{"main", raw(bouncer(m))}}));
  document.emplace_back("pool", raw(Table{{"clients", raw(std::move(pool))}}));
  document.emplace_back("query", raw(std::move(queries)));
  document.emplace_back("request", raw(std::move(requests)));
  document.emplace_back("workload", raw(Table{{"load", raw(workload(m))}}));
  return {m.file, std::move(document), calibration};
}

Scenario capture_scenario(const CaptureManifest& m, const Table& calibration, double probe) {
  return resolve(capture_draft(m, calibration, probe));
}

}  // namespace capplan::plan
