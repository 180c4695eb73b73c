// The output contract "capplan.result/1", and back. Figures nest along their paths; a leaf is {"value", "lo", "hi"}, or
// null where the sample cannot carry it, with the "values" of the replications. Lists of numbers stand on one line.
// Numbers are the shortest text that reads back exactly. Reading back gives an equal result where figures of one branch
// stand together, as in any tree; text that is not UTF-8 is replaced.

#include "plan/study/result_json.h"

#include <fmt/format.h>

#include <set>

#include "core/error.h"
#include "plan/study/calibration_check_json.h"
#include "plan/study/json_parts.h"
#include "plan/study/laws_json.h"
#include "plan/study/profile_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

/// The keys of a result that are not figures.
const std::set<std::string> own_keys = {"schema",  "name",         "scenario",    "scenario_hash", "engine_revision",
                                        "seed",    "replications", "draws",       "duration_s",    "warmup_s",
                                        "events",  "verdict",      "slos",        "rising",        "alerts",
                                        "budgets", "warnings",     "calibration", "profile",       "laws"};

Json slo_json(const SloResult& slo, bool drawn) {
  Json json = {{"target", slo.target},
               {"text", slo.text},
               {"op", slo.none    ? "="
                      : slo.below ? "<"
                                  : ">"},
               {"limit", slo.limit},
               {"estimate", json_of(slo.estimate)},
               {"judgement", to_string(slo.judgement)}};
  if (slo.over != Over::none) json["of"] = to_string(slo.over);
  if (slo.never) json["never"] = true;
  if (slo.failed.known) json["failed"] = json_of(slo.failed);
  if (!slo.rising.empty()) json["rising"] = slo.rising;
  if (drawn) json["probability"] = json_of(slo.probability);
  return json;
}

SloResult slo_of(const Json& json) {
  SloResult slo;
  json.at("target").get_to(slo.target);
  json.at("text").get_to(slo.text);
  json.at("limit").get_to(slo.limit);
  slo.below = json.at("op") != ">";
  slo.none = json.at("op") == "=";
  slo.estimate = estimate_of(json.at("estimate"));
  slo.judgement = one_of<Judgement>(json.at("judgement"), {Judgement::met, Judgement::missed, Judgement::undecided});
  if (json.contains("of")) slo.over = one_of<Over>(json.at("of"), {Over::attempts, Over::completed});
  slo.never = json.value("never", false);
  if (json.contains("failed")) slo.failed = estimate_of(json.at("failed"));
  slo.rising = json.value("rising", "");
  if (json.contains("probability")) slo.probability = estimate_of(json.at("probability"));
  return slo;
}

Json rising_json(const RisingStock& stock) {
  Json json = {{"figure", stock.path}, {"rise", stock.rise}, {"duration_s", stock.duration_s}, {"rests", stock.rests}};
  if (stock.of_steady > 0) json["of_steady"] = stock.of_steady;
  return json;
}

RisingStock rising_of(const Json& json) {
  RisingStock stock;
  json.at("figure").get_to(stock.path);
  json.at("rise").get_to(stock.rise);
  stock.of_steady = json.value("of_steady", 0.0);
  json.at("duration_s").get_to(stock.duration_s);
  json.at("rests").get_to(stock.rests);
  return stock;
}

/// Alerts and budgets, where the scenario has any.
void add_over_time(const Result& result, Json& json) {
  for (const AlertResult& alert : result.alerts)
    json["alerts"].push_back({{"name", alert.name},
                              {"when", alert.when},
                              {"severity", alert.severity},
                              {"for_s", alert.for_s},
                              {"every_s", alert.every_s},
                              {"fired", json_of(alert.fired)},
                              {"first_fired_s", json_of(alert.first_s)},
                              {"firing_s", json_of(alert.firing_s)}});
  for (const BudgetResult& budget : result.budgets)
    json["budgets"].push_back({{"name", budget.name},
                               {"request", budget.request},
                               {"objective", budget.objective},
                               {"latency_s", budget.latency_s},
                               {"period_s", budget.period_s},
                               {"bad", json_of(budget.bad)},
                               {"burn_rate", json_of(budget.burn)},
                               {"consumed", json_of(budget.consumed)}});
}

void read_over_time(const Json& json, Result& result) {
  for (const Json& alert : json.value("alerts", Json::array()))
    result.alerts.push_back({alert.at("name"), alert.at("when"), alert.at("severity"), alert.at("for_s"),
                             alert.at("every_s"), estimate_of(alert.at("fired")),
                             estimate_of(alert.at("first_fired_s")), estimate_of(alert.at("firing_s"))});
  for (const Json& budget : json.value("budgets", Json::array()))
    result.budgets.push_back({budget.at("name"), budget.at("request"), budget.at("objective"), budget.at("latency_s"),
                              budget.at("period_s"), estimate_of(budget.at("bad")), estimate_of(budget.at("burn_rate")),
                              estimate_of(budget.at("consumed"))});
}

void read_figures(const std::vector<std::string>& path, const Json& json, std::vector<Figure>& figures) {
  const bool is_leaf = json.is_null() || (json.contains("value") && json.at("value").is_number());
  if (is_leaf) {
    figures.push_back({path, estimate_of(json), {}});
    if (json.contains("values")) json.at("values").get_to(figures.back().values);
    if (json.contains("draws")) json.at("draws").get_to(figures.back().draws);
    return;
  }
  if (!json.is_object()) throw std::invalid_argument(fmt::format("{} holds no figures", fmt::join(path, "/")));
  for (const auto& [key, value] : json.items()) {
    std::vector<std::string> below = path;
    below.push_back(key);
    read_figures(below, value, figures);
  }
}

}  // namespace

Json slos_json(const Result& result) {
  Json slos = Json::array();
  for (const SloResult& slo : result.slos) slos.push_back(slo_json(slo, result.draws > 0));
  return slos;
}

void read_slos(const Json& json, Result& result) {
  for (const Json& slo : json) result.slos.push_back(slo_of(slo));
}

Json json_of(const Result& result) {
  Json json;
  json["schema"] = result_schema;
  json["name"] = result.name;
  json["scenario"] = result.scenario.empty() ? Json() : parse_json(result.scenario);
  json["scenario_hash"] = result.scenario_hash;
  json["engine_revision"] = result.revision;
  json["seed"] = result.seed;
  json["replications"] = result.replications;
  if (result.draws > 0) json["draws"] = result.draws;
  json["duration_s"] = result.duration_s;
  json["warmup_s"] = result.warmup_s;
  json["events"] = result.events;
  json["verdict"] = to_string(result.verdict);
  for (const Figure& figure : result.figures) {
    Json& at = place_in(json, figure.path);
    at = json_of(figure.estimate);
    if (!at.is_null() && !figure.values.empty()) at["values"] = figure.values;
    if (!at.is_null() && !figure.draws.empty()) at["draws"] = figure.draws;
  }
  for (const char* group : {"requests", "queries", "pools", "bouncers", "servers", "caches", "indexes"})
    if (!json.contains(group)) json[group] = Json::object();
  json["slos"] = slos_json(result);
  for (const RisingStock& stock : result.rising) json["rising"].push_back(rising_json(stock));
  add_over_time(result, json);
  json["warnings"] = json_of(result.warnings);
  if (!result.calibration.empty()) json["calibration"] = parse_json(to_json(result.calibration));
  if (!result.laws.empty()) json["laws"] = json_of(result.laws);
  if (!result.profile.empty()) json["profile"] = parse_json(to_json(result.profile));
  return json;
}

void read_head(const Json& json, Result& result) {
  json.at("name").get_to(result.name);
  if (!json.at("scenario").is_null()) result.scenario = json.at("scenario").dump();
  json.at("scenario_hash").get_to(result.scenario_hash);
  result.revision = whole<int>(json.at("engine_revision"));
  result.seed = whole<std::uint64_t>(json.at("seed"));
  result.replications = whole<int>(json.at("replications"));
  if (json.contains("draws")) result.draws = whole<int>(json.at("draws"));
  json.at("duration_s").get_to(result.duration_s);
  json.at("warmup_s").get_to(result.warmup_s);
  result.verdict =
      one_of<Verdict>(json.at("verdict"), {Verdict::ok, Verdict::missed, Verdict::undecided, Verdict::no_steady_state});
  for (const Json& warning : json.at("warnings")) {
    result.warnings.emplace_back();
    warning.at("code").get_to(result.warnings.back().code);
    warning.at("text").get_to(result.warnings.back().text);
  }
  if (json.contains("calibration")) result.calibration = calibration_check_from_json(json.at("calibration").dump());
}

Result result_of(const Json& json) {
  if (!json.is_object() || !json.contains("schema") || json.at("schema") != result_schema)
    throw std::invalid_argument(fmt::format("is no result: its schema is not \"{}\"", result_schema));
  Result result;
  read_head(json, result);
  json.at("events").get_to(result.events);
  for (const auto& [key, value] : json.items())
    if (!own_keys.contains(key)) read_figures({key}, value, result.figures);
  read_slos(json.at("slos"), result);
  for (const Json& stock : json.value("rising", Json::array())) result.rising.push_back(rising_of(stock));
  read_over_time(json, result);
  if (json.contains("laws")) result.laws = laws_of(json.at("laws"));
  if (json.contains("profile")) result.profile = profile_from_json(json.at("profile").dump());
  return result;
}

std::string to_json(const Result& result, int indent) { return written(json_of(result), indent); }

Result result_from_json(const std::string& text, const std::string& file) {
  try {
    return result_of(parse_json(text));
  } catch (const std::exception& error) {  // of the parser or of result_of: the text is not what to_json writes
    throw core::InputError({file, 0, 0}, "", says_why(error));
  }
}

}  // namespace capplan::plan
