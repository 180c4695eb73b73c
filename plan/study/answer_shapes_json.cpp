// The shapes of results, sweeps and comparisons. Figures nest by group, component, figure and, of some, statistic;
// which there are depends on the scenario, so that they are described by how a figure looks and not by name.

#include "plan/study/answer_shapes_json.h"

#include "plan/format/json_shape.h"
#include "plan/study/laws_json.h"
#include "plan/study/result_json.h"
#include "plan/study/smallest_json.h"

namespace capplan::plan {

namespace {

using namespace shape;

Json verdict() { return word({"ok", "missed", "undecided", "no-steady-state"}, "of all SLOs together"); }

Json warnings() { return list(object({{"code", text("as capplan describe warnings has it")}, {"text", text()}})); }

Json scenario() { return or_null(map(anything("a section"), "as it was resolved, in base units")); }

Field calibration_check() {
  const Json capture = object({{"name", text()},
                               {"load", text()},
                               {"requests", real()},
                               {"duration_s", real()},
                               {"connections", real()},
                               {"cores", real()},
                               {"cpu", or_null(real("busy share"))}});
  const Json cost = object({{"name", text()}, {"estimate", estimate()}, {"identified", flag()}});
  const Json fitted_class = object({{"name", text()},
                                    {"requests", real()},
                                    {"family", text()},
                                    {"ks", real("distance of the distribution functions")},
                                    {"ks_critical_1pct", real()}});
  const Json law = object({{"samples", real()},
                           {"files", list(text())},
                           {"spread", object({{"latency", real()}, {"pages", real()}})},
                           {"recall_deviation", real()}});
  const Json covered = object({{"quantity", text()},
                               {"of", or_null(text())},
                               {"lo", real()},
                               {"hi", real()},
                               {"here", estimate()},
                               {"inside", flag()}});
  return optional("calibration",
                  object({optional("file", text()),
                          optional("assumption", text()),
                          optional("captures", list(capture)),
                          optional("left_out", list(text())),
                          optional("spread", or_null(object({{"p50", real()}, {"p95", real()}, {"p99", real()}}))),
                          optional("costs", list(cost)),
                          optional("classes", list(fitted_class)),
                          optional("index_law", or_null(law)),
                          {"covered", list(covered)}},
                         "what the costs rest on, and where the scenario stands"));
}

Field profile() {
  const Json numbers = list(or_null(real()));
  return optional(
      "profile",
      object({{"shares", numbers},
              {"spectra", list(object({{"request", text()}, {"latency_s", numbers}}))},
              {"breakdowns",
               list(object({{"request", text()}, {"near", text("all, or a percentile")}, {"stages_s", map(real())}}))},
              {"ends_s", numbers},
              {"series", list(object({{"path", list(text())}, {"values", numbers}}))}},
             "what charts need besides figures"));
}

Json slo() {
  return object({{"target", text()},
                 {"text", text("as written")},
                 {"op", word({"<", ">", "="})},
                 {"limit", real("in base units")},
                 {"estimate", estimate()},
                 {"judgement", word({"met", "missed", "undecided"})},
                 optional("of", word({"attempts", "completed"}, "of a latency: what it is over")),
                 optional("never", flag()),
                 optional("failed", estimate("share of the requests behind it that fail")),
                 optional("rising", text("the stock that it rests on and that still rises")),
                 optional("probability", estimate("that the true figure meets it"))});
}

Field rising() {
  return optional("rising", list(object({{"figure", list(text(), "the stock's path")},
                                         {"rise", real("over the last quarter of the run, relative")},
                                         {"duration_s", real("of a run that would do")},
                                         {"rests", list(text(), "targets whose figures rest on it")},
                                         optional("of_steady", real("share of its steady state"))})));
}

Field alerts() {
  return optional("alerts", list(object({{"name", text()},
                                         {"when", text()},
                                         {"severity", text()},
                                         {"for_s", real()},
                                         {"every_s", real()},
                                         {"fired", estimate("share of runs")},
                                         {"first_fired_s", estimate()},
                                         {"firing_s", estimate()}})));
}

Field budgets() {
  return optional("budgets", list(object({{"name", text()},
                                          {"request", text()},
                                          {"objective", real()},
                                          {"latency_s", real()},
                                          {"period_s", real()},
                                          {"bad", estimate()},
                                          {"burn_rate", estimate()},
                                          {"consumed", estimate()}})));
}

/// A figure, and tables of figures of any depth. Where figures have specs, names and units of each belong here.
std::vector<Field> figure_definitions() {
  const Json figure = object({{"value", real()},
                              {"lo", real()},
                              {"hi", real()},
                              optional("sampling", real("half width that comes from sampling")),
                              optional("calibration", real("half width that comes from the calibration")),
                              optional("values", list(real(), "one a replication")),
                              optional("draws", list(real(), "one a draw of the calibration"))},
                             "a figure with its interval of 95 %, in base units");
  const Json either = {{"anyOf", Json::array({{{"type", "null"}}, defined("figure"), defined("figures")})}};
  return {{"figure", figure}, {"figures", map(either, "figures by component, figure and statistic")}};
}

/// A result with any further group of figures.
Json result_shape(bool nested) {
  std::vector<Field> fields = {{"name", text()},
                               {"scenario", scenario()},
                               {"scenario_hash", text()},
                               {"engine_revision", whole()},
                               {"seed", whole()},
                               {"replications", whole()},
                               optional("draws", whole("of the calibration")),
                               {"duration_s", real("simulated, of a replication")},
                               {"warmup_s", real("of it left out at the start")},
                               {"events", whole("simulated")},
                               {"verdict", verdict()}};
  for (const char* group : {"requests", "queries", "pools", "bouncers", "servers", "caches", "indexes"})
    fields.push_back({group, defined("figures")});
  fields.push_back({"slos", list(slo())});
  fields.push_back(rising());
  fields.push_back(alerts());
  fields.push_back(budgets());
  fields.push_back({"warnings", warnings()});
  fields.push_back(optional("laws", laws_shape()));
  fields.push_back(calibration_check());
  fields.push_back(profile());
  if (nested) fields.insert(fields.begin(), {"schema", {{"const", result_schema}}});
  Json shape = object(fields);
  shape["additionalProperties"] = defined("figures");
  return shape;
}

}  // namespace

std::string result_json_schema() {
  Json result = result_shape(false);
  Json json = Json::parse(document(result_schema, "one answer: every figure of a scenario, and the verdict on its SLOs",
                                   {}, figure_definitions()));
  for (const auto& [name, property] : result["properties"].items()) json["properties"][name] = property;
  for (const Json& name : result["required"]) json["required"].push_back(name);
  json["additionalProperties"] = result["additionalProperties"];
  return json.dump(2) + "\n";
}

std::string sweep_json_schema() {
  std::vector<Field> definitions = figure_definitions();
  definitions.push_back({"result", result_shape(true)});
  const Json point = object({{"at", map(text(), "the value of each axis")},
                             {"hash", text()},
                             {"done", flag()},
                             {"result", or_null(defined("result"))}});
  return document(
      sweep_schema, "a grid of scenarios: every point with its result, and the smallest that meets the SLOs",
      {{"name", text()},
       {"engine_revision", whole()},
       {"seed", whole()},
       {"axes", list(object({{"key", text()}, {"values", list(text())}}))},
       {"points", list(point)},
       {"smallest", list(smallest_shape())},
       optional("excerpt",
                object({{"headline", text()}, {"left_out", whole("points of the grid")}}, "of a larger grid"))},
      definitions);
}

std::string comparison_json_schema() {
  const Json side = object({{"label", text()},
                            {"name", text()},
                            {"scenario_hash", text()},
                            {"engine_revision", whole()},
                            {"seed", whole()},
                            {"replications", whole()},
                            {"duration_s", real()},
                            {"warmup_s", real()},
                            {"verdict", verdict()},
                            {"scenario", scenario()},
                            {"slos", list(slo())},
                            {"warnings", warnings()},
                            calibration_check()});
  const Json change = object({{"a", estimate()},
                              {"b", estimate()},
                              {"difference", estimate("B less A")},
                              {"relative", estimate("the difference as a share of A")},
                              {"margin", real("a difference up to this has no practical importance")},
                              {"p", or_null(real())},
                              {"adjusted_p", or_null(real("after Holm, of others after Benjamini and Hochberg"))},
                              {"verdict", word({"better", "worse", "no practical difference", "cannot tell", "changed",
                                                "only in A", "only in B"})}});
  const Json headline =
      object({{"claim", word({"misses", "worse", "better", "mixed", "same", "cannot_tell"})},
              {"rows", list(text("path of a figure"), "what the claim rests on; none: there is no steady state")}});
  const Json either = {{"anyOf", Json::array({defined("change"), defined("changes")})}};
  return document(comparison_schema, "what changes from one scenario to another, and what is chance",
                  {{"verdict", text("the headline in one sentence")},
                   {"headline", headline},
                   {"a", side},
                   {"b", side},
                   {"paired", flag("on shared random numbers, replication by replication")},
                   {"margin", real("of practical importance, as a share of A's value")},
                   {"level", real("of significance, after adjustment")},
                   {"settings", list(object({{"key", text()}, {"a", or_null(text())}, {"b", or_null(text())}}))},
                   {"figures", defined("changes")},
                   {"others", defined("changes")}},
                  {{"change", change}, {"changes", map(either, "changes by the path of the figure")}});
}

}  // namespace capplan::plan
