// Writing of "capplan.validation/1"; see validation_json.h.

#include "plan/report/validation_json.h"
#include "plan/format/json_shape.h"
#include "plan/report/answers.h"

#include <nlohmann/json.hpp>

namespace capplan::plan {

namespace {

constexpr const char* validation_schema = "capplan.validation/1";

using Json = nlohmann::ordered_json;
using models::IndexKind;

Json number(const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); }

Json leaf(const core::Estimate& e) {
  return e.known ? Json{{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}} : Json(nullptr);
}

const char* plan_name(models::Plan plan) { return plan == models::Plan::seq_scan ? "seq_scan" : "index_scan"; }

Json row_of(const IndexPrediction& row) {
  const IndexSample& s = row.sample;
  const models::VectorIndex& index = s.index;
  Json json{{"index", models::kind_name(index.kind)},
            {"rows", index.rows},
            {"dimensions", index.column.dimensions},
            {"type", models::type_name(index.column.type)}};
  if (index.kind == IndexKind::hnsw) {
    json["m"] = index.m;
    json["ef_construction"] = index.ef_construction;
    json["ef_search"] = s.search.search_param;
  } else if (index.kind == IndexKind::ivfflat) {
    json["lists"] = index.lists;
    json["probes"] = s.search.search_param;
  }
  json["limit"] = s.search.limit;
  json["plan"] = {{"measured", plan_name(row.measured_plan)}, {"predicted", plan_name(row.predicted.plan)}};
  json["measured"] = {{"latency_p50_s", number(s.latency_p50)},
                      {"pages", number(s.pages)},
                      {"recall", number(s.recall)},
                      {"index_bytes", number(s.bytes)}};
  json["predicted"] = {{"latency_p50_s", leaf(row.predicted.latency)},
                       {"pages", leaf(row.predicted.pages)},
                       {"recall", leaf(row.predicted.recall)},
                       {"index_bytes", leaf(row.bytes)}};
  json["error"] = {{"latency_p50", number(row.latency_error)},
                   {"pages", number(row.pages_error)},
                   {"recall", number(row.recall_error)},
                   {"size", number(row.size_error)}};
  json["outside"] = row.predicted.outside;
  return json;
}

Json index_samples(const IndexValidation& v) {
  Json json{{"n", v.rows.size()},
            {"latency_p50_error_median", number(v.latency_p50_error_median)},
            {"latency_p50_error_p90", number(v.latency_p50_error_p90)},
            {"recall_error_median", number(v.recall_error_median)},
            {"pages_error_median", number(v.pages_error_median)},
            {"size_error_max", number(v.size_error_max)},
            {"latency_inside", number(v.latency_inside)},
            {"pages_inside", number(v.pages_inside)},
            {"recall_inside", number(v.recall_inside)},
            {"warnings", v.warnings},
            {"rows", Json::array()}};
  for (const IndexPrediction& row : v.rows) json["rows"].push_back(row_of(row));
  return json;
}

Json of(const Compare& c) {
  return {{"measured", c.measured}, {"predicted", leaf(c.predicted)}, {"error", c.error}, {"inside", c.inside}};
}

/// {"measured": {"p50_s": ...}, "predicted": {"p50_s": {...}}, "error": {"p50": ...}, "inside": {"p50": true}}
Json of(const ComparedTimes& t) {
  const std::pair<const char*, const Compare*> figures[] = {
      {"mean", &t.mean}, {"p50", &t.p50}, {"p95", &t.p95}, {"p99", &t.p99}};
  Json measured, predicted, error, inside;
  for (const auto& [name, c] : figures) {
    measured[std::string(name) + "_s"] = c->measured;
    predicted[std::string(name) + "_s"] = leaf(c->predicted);
    error[name] = c->error;
    inside[name] = c->inside;
  }
  return {{"measured", measured}, {"predicted", predicted}, {"error", error}, {"inside", inside}};
}

Json of(const ComparedCapture& capture) {
  Json requests = Json::object();
  Json overall;
  for (const ComparedClass& c : capture.classes) {
    Json own{{"count", c.count}};
    own.update(of(c.latency));
    own["duration"] = of(c.duration);
    if (c.name == "all") overall = own;
    requests[c.name] = std::move(own);
  }
  Json parts = Json::object();
  for (const ComparedPart& part : capture.parts) parts[part.name] = of(part.mean);
  return {{"name", capture.name},
          {"requests", requests},
          {"overall", overall},
          {"throughput", of(capture.throughput)},
          {"pool_wait_s", of(capture.pool_wait)},
          {"cpu", capture.cpu ? of(*capture.cpu) : Json(nullptr)},
          {"writes_mean_s", capture.writes ? of(*capture.writes) : Json(nullptr)},
          {"parts_s", parts},
          {"saturated", capture.saturated},
          {"warnings", capture.warnings}};
}

}  // namespace

std::string to_json(const Validation& validation, int indent) {
  Json json{{"schema", validation_schema}, {"law", validation.law}};
  if (validation.index_samples) json["index_samples"] = index_samples(*validation.index_samples);
  if (validation.captures) {
    const CaptureValidation& v = *validation.captures;
    json["captures"] = Json::array();
    for (const ComparedCapture& capture : v.captures) json["captures"].push_back(of(capture));
    json["summary"] = {{"p50_error_median", number(v.p50)}, {"p95_error_median", number(v.p95)},
                       {"p99_error_median", number(v.p99)}, {"throughput_error_median", number(v.throughput)},
                       {"cpu_error_median", number(v.cpu)}, {"inside", number(v.inside)}};
    for (const EffectWorth& e : v.effects)
      json["effects"][e.name] = {{"p50_error_median", number(e.p50)},
                                 {"p95_error_median", number(e.p95)},
                                 {"p99_error_median", number(e.p99)},
                                 {"throughput_error_median", number(e.throughput)},
                                 {"cpu_error_median", number(e.cpu)}};
    json["repeats"] = Json::array();
    for (const Repeats& r : v.repeats)
      json["repeats"].push_back({{"captures", r.captures},
                                 {"pairs", r.pairs},
                                 {"p50_moved_median", r.p50},
                                 {"p95_moved_median", r.p95},
                                 {"p99_moved_median", r.p99}});
  }
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : text + "\n";
}

namespace {

shape::Json samples_shape() {
  using namespace shape;
  const Json figures = object(
      {{"latency_p50_s", estimate()}, {"pages", estimate()}, {"recall", estimate()}, {"index_bytes", estimate()}});
  const Json maybe = or_null(real());
  const Json row = object(
      {{"index", text()},
       {"rows", real()},
       {"dimensions", real()},
       {"type", text()},
       optional("m", whole()),
       optional("ef_construction", whole()),
       optional("ef_search", whole()),
       optional("lists", whole()),
       optional("probes", whole()),
       {"limit", real()},
       {"plan", object({{"measured", text()}, {"predicted", text()}})},
       {"measured", object({{"latency_p50_s", maybe}, {"pages", maybe}, {"recall", maybe}, {"index_bytes", maybe}})},
       {"predicted", figures},
       {"error", object({{"latency_p50", maybe}, {"pages", maybe}, {"recall", maybe}, {"size", maybe}})},
       {"outside", list(text())}});
  return object({{"n", whole()},
                 {"latency_p50_error_median", maybe},
                 {"latency_p50_error_p90", maybe},
                 {"recall_error_median", maybe},
                 {"pages_error_median", maybe},
                 {"size_error_max", maybe},
                 {"latency_inside", maybe},
                 {"pages_inside", maybe},
                 {"recall_inside", maybe},
                 {"warnings", list(text())},
                 {"rows", list(row)}});
}

std::string validation_json_schema() {
  using namespace shape;
  const Json maybe = or_null(real());
  const Json compared = object({{"measured", maybe}, {"predicted", estimate()}, {"error", maybe}, {"inside", flag()}});
  const auto of_each = [](const char* unit, const Json& each) {
    std::vector<Field> fields;
    for (const char* name : {"mean", "p50", "p95", "p99"}) fields.push_back({std::string(name) + unit, each});
    return object(fields);
  };
  const std::vector<Field> times = {{"measured", of_each("_s", maybe)},
                                    {"predicted", of_each("_s", estimate())},
                                    {"error", of_each("", maybe)},
                                    {"inside", of_each("", flag())}};
  std::vector<Field> request = times;
  request.insert(request.begin(), {"count", whole()});
  request.push_back({"duration", object(times)});
  const Json capture = object({{"name", text()},
                               {"requests", map(object(request))},
                               {"overall", or_null(object(request))},
                               {"throughput", compared},
                               {"pool_wait_s", compared},
                               {"cpu", or_null(compared)},
                               {"writes_mean_s", or_null(compared)},
                               {"parts_s", map(compared)},
                               {"saturated", flag()},
                               {"warnings", list(text())}});
  const std::vector<Field> medians = {{"p50_error_median", maybe},
                                      {"p95_error_median", maybe},
                                      {"p99_error_median", maybe},
                                      {"throughput_error_median", maybe},
                                      {"cpu_error_median", maybe}};
  std::vector<Field> summary = medians;
  summary.push_back({"inside", maybe});
  const Json repeats = object({{"captures", list(text())},
                               {"pairs", whole()},
                               {"p50_moved_median", maybe},
                               {"p95_moved_median", maybe},
                               {"p99_moved_median", maybe}});
  return document(validation_schema, "predictions compared with held-out measurements",
                  {{"law", text("where the predictions come from")},
                   optional("index_samples", samples_shape()),
                   optional("captures", list(capture)),
                   optional("summary", object(summary)),
                   optional("effects", map(object(medians), "errors without each effect of contention")),
                   optional("repeats", list(repeats))});
}

}  // namespace

AnswerSpec validation_answer();

AnswerSpec validation_answer() {
  return {.name = "validation",
          .schema = validation_schema,
          .verb = "validate",
          .help = "predictions compared with held-out measurements",
          .json_schema = validation_json_schema};
}

}  // namespace capplan::plan
