// Writing of "capplan.inspection/1"; see inspection_json.h.

#include "plan/report/inspection_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

const char* word_of(FileKind kind) {
  switch (kind) {
    case FileKind::manifest:
      return "manifest";
    case FileKind::pgbench_log:
      return "pgbench";
    case FileKind::pgbench_aggregate:
      return "pgbench-aggregate";
    case FileKind::csvlog:
      return "postgresql-csvlog";
    case FileKind::jsonlog:
      return "postgresql-jsonlog";
    case FileKind::plans:
      return "plans";
    case FileKind::request_csv:
      return "csv";
    case FileKind::statement_stats:
      return "pg_stat_statements";
    case FileKind::server_settings:
      return "pg_settings";
    case FileKind::bouncer_stats:
      return "show_stats";
    case FileKind::bouncer_pools:
      return "show_pools";
    case FileKind::bouncer_log:
      return "pgbouncer_log";
    case FileKind::locust_stats:
      return "locust_stats";
    case FileKind::locust_history:
      return "locust_history";
    case FileKind::locust_failures:
      return "locust_failures";
    case FileKind::unknown:
      break;
  }
  return "unknown";
}

Json figure(const core::Estimate& e, const InspectedColumn& column) {
  if (!e.known) return nullptr;
  if (column.unit == Unit::count && std::abs(e.value) < 9e15 && e.value == std::floor(e.value))
    return static_cast<std::int64_t>(e.value);
  if (!column.sampled) return e.value;
  return {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
}

Json rows_of(const InspectedTable& table) {
  Json rows = Json::array();
  for (const InspectedTable::Row& row : table.rows) {
    Json json = Json::object();
    for (std::size_t i = 0; i < table.labels.size(); ++i)
      json[table.labels[i].empty() ? "name" : table.labels[i]] = row.words[i];
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      json[table.columns[i].key] = figure(row.figures[i], table.columns[i]);
    rows.push_back(std::move(json));
  }
  return rows;
}

}  // namespace

std::string to_json(const std::vector<Inspection>& inspections, int indent) {
  Json json{{"schema", "capplan.inspection/1"}, {"files", Json::array()}};
  for (const Inspection& one : inspections) {
    Json file{{"file", one.file}, {"kind", word_of(one.kind)}, {"says", one.says}, {"warnings", one.warnings}};
    file["tables"] = Json::object();
    for (const InspectedTable& table : one.tables) file["tables"][table.key] = rows_of(table);
    json["files"].push_back(std::move(file));
  }
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : text + "\n";
}

}  // namespace capplan::plan
