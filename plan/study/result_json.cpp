// The output contract "capplan.result/1", and back. Figures nest along their paths; a leaf is {"value", "lo", "hi"}, or
// null where the sample cannot carry it, with the "values" of the replications. Lists of numbers stand on one line.
// Numbers are the shortest text that reads back exactly. Reading back gives an equal result where figures of one branch
// stand together, as in any tree; text that is not UTF-8 is replaced. A comparison is read back as far as reports need
// it: its two results come without their figures, so that it can be shown but not compared anew.

#include "plan/study/result_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "plan/study/calibration_check_json.h"
#include "plan/study/comparison_words.h"
#include "plan/study/profile_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

/// The keys of a result that are not figures.
const std::set<std::string> own_keys = {"schema",   "name",         "scenario", "scenario_hash", "engine_revision",
                                        "seed",     "replications", "draws",    "duration_s",    "warmup_s",
                                        "events",   "verdict",      "slos",     "alerts",        "budgets",
                                        "warnings", "calibration",  "profile"};

/// Lists of numbers put on one line each: [0.1, 0.25].
std::string folded(const std::string& text) {
  std::string result;
  bool quoted = false, flat = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '[') flat = text[text.find_first_of("[]{\"", i + 1)] == ']';
    if (!quoted && c == ']') flat = false;
    if (flat && c == ',')
      result += ", ";
    else if (!flat || (c != ' ' && c != '\n'))
      result += c;
    if (quoted && c == '\\') result += text[++i];
  }
  return result;
}

std::string dumped(const Json& json, int indent) {
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : folded(text) + "\n";
}

Json estimate_to_json(const core::Estimate& e) {
  if (!e.known || !std::isfinite(e.value) || !std::isfinite(e.lo) || !std::isfinite(e.hi)) return nullptr;
  Json json = {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
  if (e.split()) {
    json["sampling"] = e.sampling;
    json["calibration"] = e.calibration;
  }
  return json;
}

core::Estimate estimate_from_json(const Json& json) {
  if (json.is_null()) return {};
  core::Estimate e{json.at("value"), json.at("lo"), json.at("hi"), true};
  if (json.contains("sampling")) {
    json.at("sampling").get_to(e.sampling);
    json.at("calibration").get_to(e.calibration);
  }
  return e;
}

/// The value whose to_string() is the word. Throws std::invalid_argument if none is.
template <class T>
T one_of(const Json& word, std::initializer_list<T> values) {
  for (const T value : values)
    if (word == to_string(value)) return value;
  throw std::invalid_argument(fmt::format("{} is none of the words expected there", word.dump()));
}

Json& below(Json& json, const std::vector<std::string>& path) {
  Json* at = &json;
  for (const std::string& key : path) at = &(*at)[key];
  return *at;
}

Json written(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& warning : warnings) list.push_back({{"code", warning.code}, {"text", warning.text}});
  return list;
}

/// Alerts and budgets, where the scenario has any.
void add_over_time(const Result& result, Json& json) {
  for (const AlertResult& alert : result.alerts)
    json["alerts"].push_back({{"name", alert.name},
                              {"when", alert.when},
                              {"severity", alert.severity},
                              {"for_s", alert.for_s},
                              {"every_s", alert.every_s},
                              {"fired", estimate_to_json(alert.fired)},
                              {"first_fired_s", estimate_to_json(alert.first_s)},
                              {"firing_s", estimate_to_json(alert.firing_s)}});
  for (const BudgetResult& budget : result.budgets)
    json["budgets"].push_back({{"name", budget.name},
                               {"request", budget.request},
                               {"objective", budget.objective},
                               {"latency_s", budget.latency_s},
                               {"period_s", budget.period_s},
                               {"bad", estimate_to_json(budget.bad)},
                               {"burn_rate", estimate_to_json(budget.burn)},
                               {"consumed", estimate_to_json(budget.consumed)}});
}

void read_over_time(const Json& json, Result& result) {
  for (const Json& alert : json.value("alerts", Json::array()))
    result.alerts.push_back({alert.at("name"), alert.at("when"), alert.at("severity"), alert.at("for_s"),
                             alert.at("every_s"), estimate_from_json(alert.at("fired")),
                             estimate_from_json(alert.at("first_fired_s")), estimate_from_json(alert.at("firing_s"))});
  for (const Json& budget : json.value("budgets", Json::array()))
    result.budgets.push_back({budget.at("name"), budget.at("request"), budget.at("objective"), budget.at("latency_s"),
                              budget.at("period_s"), estimate_from_json(budget.at("bad")),
                              estimate_from_json(budget.at("burn_rate")), estimate_from_json(budget.at("consumed"))});
}

Json written(const Result& result) {
  Json json;
  json["schema"] = result_schema;
  json["name"] = result.name;
  json["scenario"] = result.scenario.empty() ? Json() : Json::parse(result.scenario);
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
    Json& at = below(json, figure.path);
    at = estimate_to_json(figure.estimate);
    if (!at.is_null() && !figure.values.empty()) at["values"] = figure.values;
    if (!at.is_null() && !figure.draws.empty()) at["draws"] = figure.draws;
  }
  for (const char* group : {"requests", "queries", "pools", "bouncers", "servers", "caches", "indexes"})
    if (!json.contains(group)) json[group] = Json::object();
  json["slos"] = Json::array();
  for (const SloResult& slo : result.slos) {
    json["slos"].push_back({{"target", slo.target},
                            {"text", slo.text},
                            {"op", slo.below ? "<" : ">"},
                            {"limit", slo.limit},
                            {"estimate", estimate_to_json(slo.estimate)},
                            {"judgement", to_string(slo.judgement)}});
    if (result.draws > 0) json["slos"].back()["probability"] = estimate_to_json(slo.probability);
  }
  add_over_time(result, json);
  json["warnings"] = written(result.warnings);
  if (!result.calibration.empty()) json["calibration"] = Json::parse(to_json(result.calibration));
  if (!result.profile.empty()) json["profile"] = Json::parse(to_json(result.profile));
  return json;
}

/// What a result says of itself, beside its figures.
void read_head(const Json& json, Result& result) {
  json.at("name").get_to(result.name);
  if (!json.at("scenario").is_null()) result.scenario = json.at("scenario").dump();
  json.at("scenario_hash").get_to(result.scenario_hash);
  json.at("engine_revision").get_to(result.revision);
  json.at("seed").get_to(result.seed);
  json.at("replications").get_to(result.replications);
  if (json.contains("draws")) json.at("draws").get_to(result.draws);
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

/// Reads a result; whatever is not as written is thrown by the parser or as std::invalid_argument.
class Reader {
 public:
  static Result read(const Json& json) {
    if (!json.is_object() || !json.contains("schema") || json.at("schema") != result_schema)
      throw std::invalid_argument(fmt::format("is no result: its schema is not \"{}\"", result_schema));
    Result result;
    read_head(json, result);
    json.at("events").get_to(result.events);
    for (const auto& [key, value] : json.items())
      if (!own_keys.contains(key)) read_figures({key}, value, result.figures);
    for (const Json& slo : json.at("slos"))
      result.slos.push_back(
          {slo.at("target"), slo.at("text"), slo.at("limit"), slo.at("op") == "<",
           estimate_from_json(slo.at("estimate")),
           one_of<Judgement>(slo.at("judgement"), {Judgement::met, Judgement::missed, Judgement::undecided}),
           slo.contains("probability") ? estimate_from_json(slo.at("probability")) : core::Estimate{}});
    read_over_time(json, result);
    if (json.contains("profile")) result.profile = profile_from_json(json.at("profile").dump());
    return result;
  }

 private:
  static void read_figures(const std::vector<std::string>& path, const Json& json, std::vector<Figure>& figures) {
    const bool is_leaf = json.is_null() || (json.contains("value") && json.at("value").is_number());
    if (is_leaf) {
      figures.push_back({path, estimate_from_json(json), {}});
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
};

/// A figure nests along its path, down to the table that has a verdict.
void read_changes(const std::vector<std::string>& path, const Json& json, std::vector<FigureChange>& figures) {
  if (!json.is_object()) throw std::invalid_argument("a figure is no table");
  if (!json.contains("verdict") || !json.at("verdict").is_string()) {
    for (const auto& [key, value] : json.items()) {
      std::vector<std::string> below = path;
      below.push_back(key);
      read_changes(below, value, figures);
    }
    return;
  }
  FigureChange change{.path = path,
                      .a = estimate_from_json(json.at("a")),
                      .b = estimate_from_json(json.at("b")),
                      .difference = estimate_from_json(json.at("difference")),
                      .relative = estimate_from_json(json.at("relative"))};
  change.tested = !json.at("p").is_null();
  if (change.tested) {
    json.at("p").get_to(change.p);
    json.at("adjusted_p").get_to(change.adjusted_p);
  }
  change.change =
      one_of<Change>(json.at("verdict"), {Change::better, Change::worse, Change::none_shown, Change::cannot_tell});
  figures.push_back(std::move(change));
}

Comparison read_comparison(const Json& json) {
  Comparison comparison;
  for (const auto& [side, key] : {std::pair(&comparison.a, "a"), std::pair(&comparison.b, "b")}) {
    json.at(key).at("label").get_to(side->label);
    read_head(json.at(key), side->result);
  }
  json.at("paired").get_to(comparison.paired);
  json.at("precision").get_to(comparison.precision);
  for (const Json& each : json.at("settings")) {
    const auto value = [](const Json& word) { return word.is_null() ? std::string() : word.get<std::string>(); };
    comparison.settings.push_back({each.at("key"), value(each.at("a")), value(each.at("b"))});
  }
  read_changes({}, json.at("figures"), comparison.figures);
  return comparison;
}

/// What the parser says, without its own name and number in front.
std::string reason(const std::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.starts_with("[json") ? text.find("] ") : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace

std::string to_json(const Result& result, int indent) { return dumped(written(result), indent); }

Result result_from_json(const std::string& text, const std::string& file) {
  try {
    return Reader::read(Json::parse(text));
  } catch (const std::exception& error) {  // of the parser or of Reader: the text is not what to_json writes
    throw core::InputError({file, 0, 0}, "", reason(error));
  }
}

std::string to_json(const Sweep& sweep, int indent) {
  Json json;
  json["schema"] = sweep_schema;
  json["name"] = sweep.name;
  json["engine_revision"] = engine_revision;
  json["seed"] = sweep.seed;
  json["axes"] = Json::array();
  for (const Axis& axis : sweep.axes) json["axes"].push_back({{"key", axis.key}, {"values", axis.labels}});
  json["points"] = Json::array();
  for (const SweepPoint& point : sweep.points) {
    Json at = Json::object();
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) at[sweep.axes[i].key] = point.labels.at(i);
    json["points"].push_back({{"at", std::move(at)},
                              {"hash", point.hash},
                              {"done", point.done},
                              {"result", point.done ? written(point.result) : Json()}});
  }
  json["smallest"] = Json::array();
  for (const Smallest& smallest : sweep.smallest)
    json["smallest"].push_back({{"key", smallest.key},
                                {"value", smallest.label.empty() ? Json() : Json(smallest.label)},
                                {"at", smallest.others},
                                {"undecided_below", smallest.undecided_below}});
  if (!sweep.excerpt.headline.empty())
    json["excerpt"] = {{"headline", sweep.excerpt.headline}, {"left_out", sweep.excerpt.left_out}};
  return dumped(json, indent);
}

std::string to_json(const Comparison& comparison, int indent) {
  const auto side = [](const Compared& compared) -> Json {
    const Result& result = compared.result;
    Json json = {{"label", compared.label},
                 {"name", result.name},
                 {"scenario_hash", result.scenario_hash},
                 {"engine_revision", result.revision},
                 {"seed", result.seed},
                 {"replications", result.replications},
                 {"duration_s", result.duration_s},
                 {"warmup_s", result.warmup_s},
                 {"verdict", to_string(result.verdict)},
                 {"scenario", result.scenario.empty() ? Json() : Json::parse(result.scenario)},
                 {"warnings", written(result.warnings)}};
    if (!result.calibration.empty()) json["calibration"] = Json::parse(to_json(result.calibration));
    return json;
  };
  Json json;
  json["schema"] = comparison_schema;
  json["verdict"] = in_words(comparison);
  json["a"] = side(comparison.a);
  json["b"] = side(comparison.b);
  json["paired"] = comparison.paired;
  json["precision"] = comparison.precision;
  json["level"] = change_level;
  json["settings"] = Json::array();
  for (const SettingDifference& difference : comparison.settings)
    json["settings"].push_back({{"key", difference.key},
                                {"a", difference.a.empty() ? Json() : Json(difference.a)},
                                {"b", difference.b.empty() ? Json() : Json(difference.b)}});
  json["figures"] = Json::object();
  for (const FigureChange& change : comparison.figures)
    below(json["figures"], change.path) = {{"a", estimate_to_json(change.a)},
                                           {"b", estimate_to_json(change.b)},
                                           {"difference", estimate_to_json(change.difference)},
                                           {"relative", estimate_to_json(change.relative)},
                                           {"p", change.tested ? Json(change.p) : Json()},
                                           {"adjusted_p", change.tested ? Json(change.adjusted_p) : Json()},
                                           {"verdict", to_string(change.change)}};
  return dumped(json, indent);
}

std::optional<Comparison> comparison_from_json(const std::string& text, const std::string& file) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", Json()) != comparison_schema) return std::nullopt;
  try {
    return read_comparison(json);
  } catch (const std::exception&) {  // of the parser or of read_comparison()
    throw core::InputError({file, 0, 0}, "", "is a damaged comparison: not what capplan compare -o x.json writes");
  }
}

}  // namespace capplan::plan
