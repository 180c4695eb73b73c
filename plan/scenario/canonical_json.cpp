// The resolved scenario as JSON: base units (seconds, bytes, per second, ratio), keys sorted, doubles as the shortest
// text that reads back exactly. It is the identity of a point: scenarios with the same text are the same simulation.
// The sweep's axes and the file's name are left out, since a point is the same whichever sweep it stands in; a trace is
// there by its digest. Limit: moments of gamma and lognormal are rounded to 13 digits.

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/spec/distribution_value.h"
#include "plan/costs/index_law_file.h"
#include "plan/format/digest.h"
#include "plan/format/document.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

namespace {

using models::Param;
using models::Table;
using models::Type;
using models::Value;
using nlohmann::json;

/// Appends a number, the least byte first, whatever the machine.
void add(std::uint64_t number, std::string& bytes) {
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i));
}

std::string digest(const models::ArrivalTrace& trace) {
  std::string bytes;
  add(static_cast<std::uint64_t>(trace.span), bytes);
  for (const core::Nanos at : trace.at) add(static_cast<std::uint64_t>(at), bytes);
  for (const std::uint16_t klass : trace.klass) add(klass, bytes);
  for (const std::string& name : trace.classes) {
    add(name.size(), bytes);
    bytes += name;
  }
  return sha256(bytes);
}

std::string digest(const Table& law) {
  Value value;
  value.data = law;
  return sha256(write_toml_value(value));
}

std::string digest(const models::KeyTrace& trace) {
  std::string bytes;
  for (const std::uint64_t key : trace.keys) add(key, bytes);
  return sha256(bytes);
}

double seconds(core::Nanos span) { return static_cast<double>(span) / 1e9; }

/// A distribution as a scenario file has it, its durations in seconds.
json in_seconds(const core::Distribution& d);

struct Family {
  json operator()(const core::Deterministic& d) const { return models::tidy(d.value); }
  json operator()(const core::Uniform& d) const { return json::array({models::tidy(d.lo), models::tidy(d.hi)}); }
  json operator()(const core::Exponential& d) const { return {{"mean", models::tidy(d.mean)}}; }
  json operator()(const core::Erlang& d) const { return {{"stages", d.stages}, {"mean", models::tidy(d.mean)}}; }
  json operator()(const core::Gamma& d) const { return moments(d.shape * d.scale, 1 / std::sqrt(d.shape)); }
  json operator()(const core::Lognormal& d) const {
    return moments(std::exp(d.mu + d.sigma * d.sigma / 2), std::sqrt(std::expm1(d.sigma * d.sigma)));
  }
  json operator()(const core::Weibull& d) const {
    return {{"shape", models::tidy(d.shape)}, {"scale", models::tidy(d.scale)}};
  }
  json operator()(const core::Hyperexponential& d) const {
    return {{"weights", all(d.weights)}, {"means", all(d.means)}};
  }
  json operator()(const core::BoundedPareto& d) const {
    return {{"alpha", models::tidy(d.alpha)}, {"lo", models::tidy(d.lo)}, {"hi", models::tidy(d.hi)}};
  }
  json operator()(const core::Empirical& d) const {
    return {{"probability", all(d.probability)}, {"value", all(d.value)}};
  }
  json operator()(const core::Mixture& d) const {
    json parts = json::array();
    for (const core::Distribution& part : d.parts) parts.push_back(in_seconds(part));
    return {{"weights", all(d.weights)}, {"parts", parts}};
  }
  json operator()(const core::Shifted& d) const {
    return {{"offset", models::tidy(d.offset)}, {"by", in_seconds(d.part.front())}};
  }

  static json all(const std::vector<double>& values) {
    json list = json::array();
    for (const double value : values) list.push_back(models::tidy(value));
    return list;
  }
  static json moments(double mean, double cv) { return {{"mean", models::tidy(mean)}, {"cv", models::tidy(cv)}}; }
};

json in_seconds(const core::Distribution& d) { return {{d.family_name(), std::visit(Family{}, d.family())}}; }

json fields(const std::vector<Param>& params, const Table& values);

/// A value without a type of its own: the weights of a mix, the fields of keys.
json plain(const Value& value) {
  if (const auto* flag = value.as<bool>()) return *flag;
  if (const auto* whole = value.as<std::int64_t>()) return *whole;
  if (const auto* real = value.as<double>()) return *real;
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* keys = value.as<std::shared_ptr<const models::KeyTrace>>())
    return {{"source", (*keys)->source}, {"sha256", digest(**keys)}, {"keys", (*keys)->keys.size()}};
  if (const auto* list = value.as<models::List>()) {
    json elements = json::array();
    for (const Value& element : *list) elements.push_back(plain(element));
    return elements;
  }
  json result = json::object();
  if (const auto* table = value.as<Table>())
    for (const auto& [key, field] : *table) result[key] = plain(field);
  return result;
}

/// Rates over time: a few rows as they are, many by their digest, all in seconds and per second.
json rate_series(const models::List& rows) {
  json list = json::array();
  std::string bytes;
  for (const Value& row : rows) {
    const models::Params p(*row.as<Table>());
    list.push_back({{"at", seconds(p.duration("at"))}, {"rate", p.number("rate")}});
    add(static_cast<std::uint64_t>(p.duration("at")), bytes);
    add(std::bit_cast<std::uint64_t>(p.number("rate")), bytes);
  }
  if (rows.size() <= 60) return list;
  return {{"rows", rows.size()}, {"sha256", sha256(bytes)}};
}

/// States of bursts: relative rates, and how long each stays in seconds.
json bursts(const Table& arrivals) {
  const models::Params mmpp = models::Params(arrivals).record("mmpp");
  json stays = json::array(), rates = json::array();
  for (const Value& stay : mmpp.list("stays")) stays.push_back(seconds(std::get<std::int64_t>(stay.data)));
  for (const Value& rate : mmpp.list("rates")) rates.push_back(plain(rate));
  return {{"mmpp", {{"rates", rates}, {"stays", stays}}}};
}

json resolved(const Param& param, const Value& value) {
  if (param.type == Type::rate_series && value.as<models::List>()) return rate_series(*value.as<models::List>());
  if (param.type == Type::arrivals && value.as<Table>()) return bursts(*value.as<Table>());
  if (param.type == Type::duration) return seconds(std::get<std::int64_t>(value.data));
  if (const auto* distribution = value.as<core::Distribution>()) return in_seconds(*distribution);
  if (const auto* held = value.as<std::shared_ptr<const models::ArrivalTrace>>()) {
    const models::ArrivalTrace& trace = **held;
    return {{"source", trace.source}, {"sha256", digest(trace)}, {"arrivals", trace.at.size()}};
  }
  if (const auto* held = value.as<std::shared_ptr<const models::IndexCosts>>())
    return {{"samples", (*held)->search.samples}, {"sha256", digest(to_table(**held))}};
  if (param.type == Type::record) return fields(param.fields, std::get<Table>(value.data));
  if (param.type != Type::list) return plain(value);
  json list = json::array();
  for (const Value& element : std::get<models::List>(value.data))
    list.push_back(param.list_of_records ? fields(param.fields, std::get<Table>(element.data))
                                         : resolved(param.fields.at(0), element));
  return list;
}

json fields(const std::vector<Param>& params, const Table& values) {
  json result = json::object();
  for (const Param& param : params)
    if (const Value* value = find(values, param.name); value && !value->empty())
      result[param.name] = resolved(param, *value);
  return result;
}

}  // namespace

std::string canonical_json(const Scenario& scenario) {
  json document = json::object();
  for (const models::Section& section : scenario.sections) {
    json content = fields(section.spec->params, section.params.values());
    if (!section.spec->kind.empty()) content["kind"] = section.spec->kind;
    if (section.name.empty())
      document[section.spec->section] = std::move(content);
    else
      document[section.spec->section][section.name] = std::move(content);
  }
  for (const Slo& slo : scenario.slos) {
    document["slo"].push_back({{"target", slo.target},
                               {"metric", slo.metric},
                               {"op", slo.none    ? "="
                                      : slo.below ? "<"
                                                  : ">"},
                               {"limit", slo.limit}});
    if (slo.completed) document["slo"].back()["of"] = "completed";
  }
  // Text of a file need not be UTF-8 all through; what is not is replaced.
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string canonical_defaults(const models::Spec& spec) {
  std::vector<core::Problem> required;  // what has no default is no problem here
  return fields(spec.params, models::resolve(spec, {}, spec.path(), {}, required).values()).dump();
}

std::string scenario_hash(const Scenario& scenario) { return sha256(canonical_json(scenario)); }

}  // namespace capplan::plan
