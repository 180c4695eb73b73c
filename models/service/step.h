#pragma once
// The steps of a request: a statement, an external call, computing in the service's container, rows for a batch, a job
// for later. As a scenario file has them: steps = [{ call = "embed" }, { query = "search" }, { query = "load", times =
// 10 }].

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "models/cache/request_caches.h"
#include "models/spec/spec.h"

namespace capplan::models {

struct Step {
  enum class Kind : std::uint8_t { query, call, cpu, batch, enqueue };
  std::uint32_t target = 0;  ///< number of the query, call, batch or job class
  std::uint32_t times = 1;   ///< how often in a row
  Kind kind = Kind::query;
  bool parallel = false;         ///< calls: all times at once, and on when the last is over
  std::uint32_t rows = 1;        ///< of each time
  std::uint32_t batch_size = 0;  ///< rows of a statement at most, as its query says; 0: all in one
  std::optional<core::Distribution> cpu{};
  std::unique_ptr<Tiers> caches{};  ///< asked before it, if any

  /// Statements, or calls, that the step takes in all.
  std::uint32_t runs() const { return times * statements(); }
  /// Rows of the n-th of them.
  std::uint32_t rows_of(std::uint32_t run) const;

 private:
  std::uint32_t statements() const { return batch_size == 0 ? 1 : (rows + batch_size - 1) / batch_size; }
};

/// The numbers of the things that steps name, by path ("query.load").
using StepTargets = std::map<std::string, std::uint32_t>;

/// A parameter that is a list of steps.
Param steps_param(const std::string& name, const std::string& help, bool required);
/// Appends what is wrong with a list of steps that resolve() let pass: each must be one thing and no more.
void check_steps(const List& steps, const std::string& key, bool has_container, std::vector<core::Problem>& problems);
/// The steps of a request or job; each has tiers of its own before the `caches` that it names.
std::vector<Step> read_steps(Build& build, const Section& section, const List& steps, const StepTargets& targets,
                             const CachesByPath& caches);

}  // namespace capplan::models
