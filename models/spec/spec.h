#pragma once
// A spec says what a component is: kind, name, help, parameters. Validation with positions, `capplan describe`, the
// generated docs, completion, the Python keywords and the report's assumptions all follow from it; nothing is said
// twice.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/figure_spec.h"
#include "models/spec/value.h"

namespace capplan::models {

enum class Type {
  flag,            ///< true or false                                     -> bool
  count,           ///< a whole number                                    -> int64
  number,          ///< any number                                        -> double
  count_or_share,  ///< a whole number, or a share of some whole: 1000 or "50%" -> int64 or double
  ratio,           ///< a share: "0.1%" or 0.001                          -> double
  duration,        ///< "30s"                                             -> int64 nanoseconds
  bytes,           ///< "8GB"                                             -> int64 bytes
  rate,            ///< "200/s"                                           -> double per second
  text,            ///< any text                                          -> string
  choice,          ///< one of `choices`                                  -> string
  reference,       ///< "main" or "bouncer.main": a section of one of the kinds in `choices` -> string "bouncer.main"
  distribution,    ///< a time: "2ms" or { lognormal = { mean = "2ms", cv = 0.8 } } -> core::Distribution in seconds
  arrivals,        ///< how arrivals are spaced: "poisson", "constant", { gamma = { cv = 2 } } -> number: the cv; or
                   ///< { mmpp = { rates = [1, 8], stays = ["20s", "2s"] } } -> table { mmpp = table }
  keys,            ///< { zipf = 0.9, count = 1_000_000 }, or { trace = "keys.csv" }, or a KeyTrace -> table
  rate_series,  ///< the file name of a CSV file of times and rates, or a list of records of `fields` -> list of tables
  record,       ///< a table of `fields`                               -> table
  list,         ///< a list; each element as `fields[0]`, or as a record of `fields` where `list_of_records`
  mix,  ///< { search = 3, create = 1 }: weights by the name of a section of the kinds in `choices` -> table of numbers
  capture,    ///< the file name of a capture manifest, or an ArrivalTrace itself -> ArrivalTrace
  index_law,  ///< the file name of a calibration, or IndexCosts themselves -> IndexCosts
};

struct Placed;

/// One parameter of a component. `fallback` is the default, spelled as a scenario file spells it; an empty one means
/// that nothing is assumed: required if `required`, else absent.
struct Param {
  std::string name{};
  Type type = Type::text;
  std::string fallback{};
  std::string help{};    ///< one line: meaning, and what is counted
  std::string source{};  ///< where the default or the behaviour comes from
  bool required = false;
  std::string unless{};        ///< not required where this other parameter is written
  std::optional<double> lo{};  ///< least value, in base units (seconds, bytes, per second, ratio)
  std::optional<double> hi{};  ///< greatest value
  std::vector<std::string> choices{};
  std::vector<Param> fields{};
  bool list_of_records = false;
  bool numbered = false;  ///< a reference may name one of several: "server.replica.1"
  bool costs = false;     ///< more of it costs more: a sweep names the least that meets the SLOs

  /// Why nothing simulates what is written here, where a section stands as this one does (models/topology.h); null
  /// where something does. Unset: something always does.
  const char* (*idle)(const Placed& at) = nullptr;
};

class Params;
struct Section;
class Build;
class Pool;
class Endpoint;
class Cache;
class Workload;
struct PoolRules;

/// Figures that a component measures, in the order of their columns.
using FigureSpecs = std::vector<const core::FigureSpec*>;

/// The group of results in which the figures of a section's word stand: "requests" of "request".
std::string figure_group(const std::string& section);

/// What one kind of component is, and how it is made. Of the factories, the one that fits the section is set.
struct Spec {
  std::string section{};   ///< the table's first word: "pool", "bouncer", "server", "cache", "workload", "query", …
  std::string kind{};      ///< the value of the key `kind`; empty where a section has but one kind
  std::string help{};      ///< one line
  std::string source{};    ///< manual, source file or paper that the behaviour follows
  std::string validity{};  ///< what is left out, and the limits within which the model holds
  std::vector<Param> params{};
  FigureSpecs figures{};  ///< all that its meters can be of
  std::string several{};  ///< the parameter that says how many equal ones there are: numbered figures are of each
  std::unique_ptr<Pool> (*make_pool)(Build&, const Section&) = nullptr;
  std::unique_ptr<Endpoint> (*make_endpoint)(Build&, const Section&) = nullptr;
  std::unique_ptr<Cache> (*make_cache)(Build&, const Section&) = nullptr;
  std::unique_ptr<Workload> (*make_workload)(Build&, const Section&) = nullptr;

  /// Of a pool: its own rules, from its parameters (models/pool/rules.h).
  void (*pool_rules)(const Params& params, PoolRules& rules) = nullptr;

  /// What the parameters must fulfil together; called with those that are right each by itself. Null: nothing.
  void (*check)(const Params& params, const std::string& path, std::vector<core::Problem>& problems) = nullptr;

  /// "pool.asyncpg", or "query".
  std::string path() const { return kind.empty() ? section : section + "." + kind; }
};

/// The parameters of one section after a spec has checked and completed them. A getter of a name that the spec lacks,
/// or of another type, is a programming error and throws std::logic_error.
class Params {
 public:
  Params() = default;
  explicit Params(Table values) : values_(std::move(values)) {}

  bool has(const std::string& name) const;  ///< written or defaulted, that is: not absent
  bool flag(const std::string& name) const;
  std::int64_t count(const std::string& name) const;
  std::int64_t count(const std::string& name, std::int64_t whole) const;  ///< of count_or_share: a share is of `whole`
  double number(const std::string& name) const;                           ///< of number, ratio, rate, arrivals
  core::Nanos duration(const std::string& name) const;
  std::int64_t bytes(const std::string& name) const;
  const std::string& text(const std::string& name) const;  ///< of text, choice, reference
  const core::Distribution& distribution(const std::string& name) const;
  Params record(const std::string& name) const;
  const List& list(const std::string& name) const;
  const Table& table(const std::string& name) const;
  const std::shared_ptr<const ArrivalTrace>& trace(const std::string& name) const;
  const std::shared_ptr<const IndexCosts>& index_costs(const std::string& name) const;
  const std::shared_ptr<const KeyTrace>& key_trace(const std::string& name) const;

  const Table& values() const { return values_; }

 private:
  const Value& value(const std::string& name) const;
  Table values_;
};

/// One table of a scenario, resolved: `[pool.codebase]` has section "pool" and name "codebase".
struct Section {
  const Spec* spec = nullptr;
  std::string name;  ///< empty for a table without one, as [scenario]
  Params params;
  core::Position where;

  /// "pool.codebase".
  std::string path() const { return name.empty() ? spec->section : spec->section + "." + name; }
  /// {"pools", "codebase"}: where its figures stand.
  std::vector<std::string> subject() const { return {figure_group(spec->section), name}; }
};

/// Checks `raw` (the content of a section, its key `kind` already taken out) against the spec, fills in defaults and
/// converts units. Every problem found is appended to `problems` with its position and the key path below `path`;
/// the result is complete only if none was. Unknown keys get the nearest name as a hint. References are normalised to
/// "section.name" only when a kind is unambiguous; whether their target exists is the scenario's to check.
Params resolve(const Spec& spec, const Table& raw, const std::string& path, const core::Position& where,
               std::vector<core::Problem>& problems);

/// Turns one raw value into the resolved value of a parameter, or appends what is wrong to `problems`.
Value resolve(const Param& param, const Value& raw, const std::string& key, std::vector<core::Problem>& problems);

/// "1..10000", "one of a, b": what a parameter allows, for help and errors; empty when anything of the type is.
std::string allowed(const Param& param);
/// "duration", "rate (per second)", …: the type's name for help.
std::string type_name(const Param& param);

}  // namespace capplan::models
