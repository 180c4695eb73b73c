// The plan of indexes as JSON and CSV, in base units: every estimate {"value", "lo", "hi"}.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/index_report.h"

namespace capplan::plan {

namespace {

constexpr const char* index_schema = "capplan.index/1";

using Json = nlohmann::ordered_json;

Json leaf(const core::Estimate& e) {
  if (!e.known) return nullptr;
  return {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
}

template <class T>
Json number(const std::optional<T>& x) {
  return x ? Json(*x) : Json();
}

Json written(const IndexPoint& p, const std::string& param) {
  Json json;
  if (!param.empty()) json[param] = p.search_param;
  json["stated"] = p.stated;
  json["dominated"] = p.dominated;
  json["planned"] = p.by_index ? "index scan" : "seq scan";
  json["recall"] = leaf(p.recall);
  json["pages"] = leaf(p.pages);
  json["search_s"] = leaf(p.search_s);
  json["searches_per_s_core"] = leaf(p.per_core);
  json["searches_per_s"] = leaf(p.per_server);
  return json;
}

Json written(const IndexAtRows& at, const std::string& param) {
  Json json = {{"rows", at.rows}, {"when", at.when}, {"size_bytes", leaf(at.bytes)}, {"table_bytes", at.heap_bytes}};
  json["pages_found"] = {
      {"shared_buffers", at.shares.shared_buffers}, {"system_cache", at.shares.system_cache}, {"disk", at.shares.disk}};
  if (!param.empty()) {
    const auto setting = [](int x) { return x == 0 ? Json() : Json(x); };
    json["least_" + param] = {{"value", setting(at.least.value)},
                              {"lo", setting(at.least.lo)},
                              {"hi", setting(at.least.hi)},
                              {"left_from", setting(at.least.left_from)},
                              {"searches_per_s_core", leaf(at.least.per_core)}};
  }
  json["points"] = Json::array();
  for (const IndexPoint& point : at.points) json["points"].push_back(written(point, param));
  return json;
}

Json written(const models::IndexBuild& b, double memory) {
  return {{"maintenance_work_mem_bytes", memory},
          {"error", b.error.empty() ? Json() : Json(b.error)},
          {"notice", b.notice.empty() ? Json() : Json(b.notice)},
          {"workers", b.workers},
          {"fits", b.fits},
          {"rows_in_memory", b.rows_in_memory},
          {"needed_bytes", leaf(b.memory_bytes)},
          {"total_s", leaf(b.total_s)},
          {"memory_phase_s", leaf(b.memory_phase_s)},
          {"disk_phase_s", leaf(b.disk_phase_s)},
          {"wal_bytes", leaf(b.wal_bytes)}};
}

Json written(const IndexPlan& plan) {
  Json json = {{"name", plan.name},           {"kind", models::kind_name(plan.kind)}, {"column", plan.column},
               {"server", plan.server},       {"law_samples", plan.law_samples},      {"outside", plan.outside},
               {"target_recall", plan.target}};
  json["at"] = Json::array();
  for (const IndexAtRows& at : plan.at) json["at"].push_back(written(at, plan.param));
  json["outgrows"] = Json::array();
  for (const Outgrown& o : plan.outgrown)
    json["outgrows"].push_back({{"what", o.what},
                                {"bytes", o.bytes},
                                {"rows", number(o.rows)},
                                {"months", number(o.months)},
                                {"when", o.when}});
  if (!plan.insert) return json;
  json["build"] = {{"as_set", written(plan.build, plan.maintenance_work_mem)},
                   {"in_memory", written(plan.roomy, plan.roomy_memory)}};
  json["insert"] = {{"pages", leaf(plan.insert->buffers)},
                    {"changed_pages", leaf(plan.insert->changed_pages)},
                    {"wal_bytes", leaf(plan.insert->wal_bytes)},
                    {"first_wal_bytes", leaf(plan.insert->first_wal_bytes)},
                    {"per_month", plan.inserts_per_month}};
  json["vacuum"] = {{"passes", plan.vacuum->passes},
                    {"pages", leaf(plan.vacuum->buffers)},
                    {"repaired", leaf(plan.vacuum->repaired)},
                    {"wal_bytes", leaf(plan.vacuum->wal_bytes)}};
  json["sql"] = plan.sql;
  return json;
}

std::string numbers(const core::Estimate& e) { return e.known ? fmt::format(",{},{},{}", e.value, e.lo, e.hi) : ",,,"; }

}  // namespace

std::string to_json(const IndexPlans& plans, int indent) {
  Json json = {{"schema", index_schema}, {"scenario", plans.scenario}, {"indexes", Json::array()}};
  for (const IndexPlan& plan : plans.indexes) json["indexes"].push_back(written(plan));
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + (indent < 0 ? "" : "\n");
}

std::string csv(const IndexPlans& plans) {
  std::string text = "index,kind,rows,param,value,planned";
  for (const char* name : {"recall", "pages", "search_s", "searches_per_s_core", "searches_per_s"})
    text += fmt::format(",{0},{0}/lo,{0}/hi", name);
  text += "\n";
  for (const IndexPlan& plan : plans.indexes)
    for (const IndexAtRows& at : plan.at)
      for (const IndexPoint& p : at.points)
        text += fmt::format("{},{},{},{},{},{}", plan.name, models::kind_name(plan.kind), at.rows, plan.param,
                            p.search_param, p.by_index ? "index scan" : "seq scan") +
                numbers(p.recall) + numbers(p.pages) + numbers(p.search_s) + numbers(p.per_core) +
                numbers(p.per_server) + "\n";
  return text;
}

namespace {

std::string index_json_schema() {
  using namespace shape;
  const Json setting = object({{"value", or_null(whole())},
                               {"lo", or_null(whole())},
                               {"hi", or_null(whole())},
                               {"left_from", or_null(whole("the least at which the planner leaves the index"))},
                               {"searches_per_s_core", estimate()}},
                              "the least that reaches the recall; null: none does");
  const Json point = object({optional("ef_search", whole()),
                             optional("probes", whole()),
                             {"stated", flag("by the scenario")},
                             {"dominated", flag("another is better in both")},
                             {"planned", word({"index scan", "seq scan"})},
                             {"recall", estimate()},
                             {"pages", estimate()},
                             {"search_s", estimate()},
                             {"searches_per_s_core", estimate()},
                             {"searches_per_s", estimate()}});
  const Json at =
      object({{"rows", real()},
              {"when", text()},
              {"size_bytes", estimate()},
              {"table_bytes", real()},
              {"pages_found", object({{"shared_buffers", real()}, {"system_cache", real()}, {"disk", real()}})},
              optional("least_ef_search", setting),
              optional("least_probes", setting),
              {"points", list(point)}});
  const Json build = object({{"maintenance_work_mem_bytes", real()},
                             {"error", or_null(text())},
                             {"notice", or_null(text())},
                             {"workers", whole()},
                             {"fits", flag()},
                             {"rows_in_memory", real()},
                             {"needed_bytes", estimate()},
                             {"total_s", estimate()},
                             {"memory_phase_s", estimate()},
                             {"disk_phase_s", estimate()},
                             {"wal_bytes", estimate()}});
  const Json index = object(
      {{"name", text()},
       {"kind", text()},
       {"column", text()},
       {"server", text()},
       {"law_samples", whole()},
       {"outside", list(text())},
       {"target_recall", real()},
       {"at", list(at)},
       {"outgrows", list(object({{"what", text()},
                                 {"bytes", real()},
                                 {"rows", or_null(real())},
                                 {"months", or_null(real())},
                                 {"when", text()}}))},
       optional("build", object({{"as_set", build}, {"in_memory", build}})),
       optional("insert", object({{"pages", estimate()},
                                  {"changed_pages", estimate()},
                                  {"wal_bytes", estimate()},
                                  {"first_wal_bytes", estimate()},
                                  {"per_month", real()}})),
       optional(
           "vacuum",
           object({{"passes", real()}, {"pages", estimate()}, {"repaired", estimate()}, {"wal_bytes", estimate()}})),
       optional("sql", list(text()))});
  return document(index_schema, "vector indexes before they are built",
                  {{"scenario", text()}, {"indexes", list(index)}});
}

}  // namespace

AnswerSpec index_answer();

AnswerSpec index_answer() {
  return {.name = "index",
          .schema = index_schema,
          .verb = "index",
          .help = "vector indexes before they are built: recall, throughput, size, growth, build, SQL",
          .json_schema = index_json_schema};
}

}  // namespace capplan::plan
