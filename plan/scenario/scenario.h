#pragma once
// A scenario: what the file says, checked and completed. Reading goes file -> raw document -> overrides -> resolved
// sections; every problem on the way is collected and thrown at once.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/topology.h"
#include "plan/costs/envelope.h"
#include "plan/costs/evidence.h"

namespace capplan::plan {

/// One condition of [slo]: "p95 < 100ms" on a request class, or on a resource as in "pool.codebase".
struct Slo {
  std::string target;  ///< "search", "all" (every request), "pool.codebase"
  std::string metric;  ///< "p95", "errors", "wait_p95", …: the words of plan/scenario/figure_specs.h
  bool below = true;   ///< `<`; else `>`
  double limit = 0;    ///< in base units: seconds, ratio, per second, bytes
  std::string text;    ///< as written: "p95 < 100ms"
  core::Position where;
  std::string preset{};    ///< the preset it comes from; such a condition is left out where its metric is not modelled
  bool none = false;       ///< `= 0`: that it was never seen
  bool completed = false;  ///< `over completed`: of those that ended without an error alone
  double over = 1;         ///< the figure counts in these: the limit of a share, as max_connections of connections
};

/// What a burn rate is of, and over which two windows it must be too high.
struct BurnRate {
  std::string request;      ///< "search", or "all"
  double objective = 0;     ///< share that must be good
  core::Nanos latency = 0;  ///< a request that takes longer is bad too; 0: only one that fails
  core::Nanos long_window = 0;
  core::Nanos short_window = 0;
};

/// One alert: a condition, how long it must hold, how often it is looked at.
struct Alert {
  std::string name;  ///< "pool_hot"; of a preset, "guide.pool_hot"
  Slo condition;
  core::Nanos hold = 0;
  core::Nanos every = 0;
  std::string severity;
  std::optional<BurnRate> burn{};  ///< of a condition on a budget's burn_rate
};

/// One axis of a sweep: a key and the values it takes, in the order given.
struct Axis {
  std::string key;                    ///< "pool.codebase.max_size"
  std::vector<models::Value> values;  ///< raw, as a scenario file would hold them
  std::vector<std::string> labels;    ///< the values as shown
  bool costs = false;                 ///< more of it costs more (from the parameter's spec)
};

/// `--set key=value`; or one value of an axis.
struct Override {
  std::string key;
  models::Value value;
};

struct Scenario {
  std::string name;
  std::vector<models::Section> sections;  ///< in file order; [scenario] is among them
  models::Topology topology{};            ///< of these sections, and of each of the draws
  std::vector<Slo> slos;
  std::vector<Alert> alerts;
  std::vector<std::string> beyond;                    ///< what presets ask for and nothing here could tell, in words
  std::vector<Axis> axes;                             ///< of [sweep] and --vary
  std::string source;                                 ///< file name as given
  std::vector<std::vector<models::Section>> draws{};  ///< the sections under draws of the calibration (draws.h)
  Envelope calibrated{};                              ///< what its calibration's captures covered
  Evidence evidence{};                                ///< what that calibration says of its own fit

  /// The section of a path such as "pool.codebase" or "scenario", or null.
  const models::Section* find(const std::string& path) const;
  /// A section of the topology.
  const models::Section& at(models::SectionId id) const { return models::section_at(sections, id); }
};

/// A scenario file as written: what overrides and axes are applied to.
struct Draft {
  std::string file;
  models::Table document;
  std::optional<models::Table> calibration{};  ///< in place of the file that [scenario] names
};

/// Reads a scenario file. Throws core::InputError on syntax.
Draft read_draft(const std::string& path);

/// Parses the "key=value" of a flag such as --set: bare words are text. Throws core::InputError naming "--set #2".
std::vector<Override> parse_overrides(const std::vector<std::string>& values, const std::string& flag = "--set");

/// Parses "--vary key=a,b,c" and "key=lo..hi:n[:log]". Throws core::InputError naming "--vary #1".
std::vector<Axis> parse_axes(const std::vector<std::string>& flags);

/// Applies the overrides in order (a key that names no section or parameter is a problem), takes in the calibration,
/// resolves every section against its spec, checks references, SLOs and axes. `vary` replaces axes of [sweep] with the
/// same key. Files named in the scenario are looked up relative to it. Throws core::InputError with all problems.
Scenario resolve(const Draft& draft, const std::vector<Override>& overrides = {}, const std::vector<Axis>& vary = {});

/// The resolved scenario in base units, keys sorted, as JSON text: what is hashed, stored and shown by `check`.
std::string canonical_json(const Scenario& scenario);

/// The defaults of a spec's parameters, the same way; parameters without one are left out.
std::string canonical_defaults(const models::Spec& spec);

/// SHA-256 of canonical_json, as 64 hex digits: the identity of a point.
std::string scenario_hash(const Scenario& scenario);

}  // namespace capplan::plan
