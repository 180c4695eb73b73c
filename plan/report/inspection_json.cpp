// Writing of "capplan.inspection/1"; see inspection_report.h.

#include <cmath>
#include <nlohmann/json.hpp>

#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/inspection_report.h"

namespace capplan::plan {

namespace {

constexpr const char* inspection_schema = "capplan.inspection/1";

using Json = nlohmann::ordered_json;

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

std::string to_json(const Inspections& inspections, int indent) {
  Json json{{"schema", inspection_schema}, {"files", Json::array()}};
  for (const Inspection& one : inspections) {
    Json file{{"file", one.file}, {"kind", one.format}, {"says", one.says}, {"warnings", one.warnings}};
    file["tables"] = Json::object();
    for (const InspectedTable& table : one.tables) file["tables"][table.key] = rows_of(table);
    json["files"].push_back(std::move(file));
  }
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : text + "\n";
}

namespace {

std::string inspection_json_schema() {
  using namespace shape;
  const Json value = {{"anyOf", Json::array({text(), real(), {{"type", "null"}}, defined("estimate")})}};
  const Json file = object({{"file", text()},
                            {"kind", text("as capplan describe formats has it")},
                            {"says", text()},
                            {"warnings", list(text())},
                            {"tables", map(list(map(value, "a row")))}});
  return document(inspection_schema, "what files of measurements are, and what they hold", {{"files", list(file)}});
}

}  // namespace

AnswerSpec inspection_answer();

AnswerSpec inspection_answer() {
  return {.name = "inspection",
          .schema = inspection_schema,
          .verb = "inspect",
          .help = "what files of measurements are, and what they hold",
          .json_schema = inspection_json_schema};
}

}  // namespace capplan::plan
