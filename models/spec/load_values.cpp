// Values that describe load: how arrivals are spaced, weights of a mix, popularity of keys, rates over time.

#include <algorithm>

#include "models/spec/resolving.h"

namespace capplan::models::resolving {

namespace {

/// States that take turns, each a rate (relative: the mean of all is the workload's) and the mean time it stays.
Value mmpp(const Value& raw, const Value& states, const std::string& key, const Scope& scope) {
  static const std::vector<Param> fields = {
      {.name = "rates",
       .type = Type::list,
       .required = true,
       .lo = 2,
       .hi = 100,
       .fields = {{.name = "rate", .type = Type::number, .lo = 0, .hi = 1e9}}},
      {.name = "stays",
       .type = Type::list,
       .required = true,
       .lo = 2,
       .hi = 100,
       .fields = {{.name = "stay", .type = Type::duration, .lo = 1e-3, .hi = 1e8}}},
  };
  const std::size_t before = scope.problems.size();
  Value value = record({.name = "mmpp", .type = Type::record}, fields, states, key, scope);
  if (scope.problems.size() > before) return {};
  const auto& table = std::get<Table>(value.data);
  const auto& rates = std::get<List>(find(table, "rates")->data);
  const auto& stays = std::get<List>(find(table, "stays")->data);
  const bool any = std::any_of(rates.begin(), rates.end(), [](const Value& rate) { return *rate.as<double>() > 0; });
  if (rates.size() != stays.size())
    scope.add(states.where, key, "needs as many stays as rates");
  else if (!any)
    scope.add(states.where, key, "needs a rate above 0");
  else
    return with(raw, Table{{"mmpp", std::move(value)}});
  return {};
}

/// The fields of keys: a popularity, P(k) ~ k^-zipf for k = 1..count, with `shift` keys a second that come in at the
/// top, all others one rank lower; or the file of a trace, which stands alone.
const std::vector<Param>& key_fields() {
  static const std::vector<Param> fields = {
      {.name = "zipf", .type = Type::number, .fallback = "0", .lo = 0, .hi = 10},
      {.name = "count", .type = Type::count, .required = true, .lo = 1, .hi = 1e9},
      {.name = "shift", .type = Type::rate, .lo = 0, .hi = 1e9},
      {.name = "trace", .type = Type::text},
  };
  return fields;
}

}  // namespace

Value arrivals(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (const auto* word = raw.as<std::string>()) {
    if (*word == "poisson") return with(raw, 1.0);
    if (*word == "constant") return with(raw, 0.0);
  }
  const auto* table = raw.as<Table>();
  if (table && table->size() == 1 && table->front().first == "mmpp")
    return mmpp(raw, table->front().second, key + ".mmpp", scope);
  const auto* gamma =
      table && table->size() == 1 && table->front().first == "gamma" ? table->front().second.as<Table>() : nullptr;
  if (!gamma || gamma->size() != 1 || gamma->front().first != "cv") return refuse(param, raw, key, scope);
  const Param cv{.name = "cv", .type = Type::number, .lo = 0, .hi = 100};
  Value value = real_number(cv, gamma->front().second, key + ".gamma.cv", scope);
  return value.empty() ? value : with(raw, value.data);
}

Value mix(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  const auto* weights = raw.as<Table>();
  if (!weights || weights->empty()) return refuse(param, raw, key, scope);
  Table result;
  for (const auto& [name, weight] : *weights) {
    const Param positive{.name = name, .type = Type::number, .lo = 0, .hi = 1e12};
    Value value = real_number(positive, weight, below(key, name), scope);
    if (const auto* x = value.as<double>(); x && *x == 0)
      scope.add(weight.where, below(key, name), "a weight must be above 0; leave the name out instead");
    if (!value.empty()) result.emplace_back(name, std::move(value));
  }
  return with(raw, std::move(result));
}

Value keys(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (raw.as<std::shared_ptr<const KeyTrace>>()) return with(raw, Table{{"trace", raw}});
  const auto* table = raw.as<Table>();
  const Value* trace = table ? find(*table, "trace") : nullptr;
  if (!trace) return record(param, key_fields(), raw, key, scope);
  for (const auto& [name, value] : *table)
    if (name != "trace") scope.add(value.key_where, below(key, name), "must be left out: a trace stands alone");
  if (!trace->as<std::string>() && !trace->as<std::shared_ptr<const KeyTrace>>())
    return refuse({.name = "trace"}, *trace, below(key, "trace"), scope);
  return with(raw, Table{{"trace", *trace}});
}

Value rate_series(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (raw.as<std::string>()) return raw;
  return raw.as<List>() && !raw.as<List>()->empty() ? list(param, raw, key, scope) : refuse(param, raw, key, scope);
}

}  // namespace capplan::models::resolving
