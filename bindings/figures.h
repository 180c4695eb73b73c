#pragma once
// The figures of one request class or resource under the metrics' names of [slo]: result["search"].p99.

#include <string>
#include <utility>
#include <vector>

#include "plan/study/result.h"

namespace capplan::bindings {

struct Figures {
  std::string target;  ///< "search", "pool.app"
  std::vector<std::pair<std::string, core::Estimate>> metrics;
  friend bool operator==(const Figures&, const Figures&) = default;
};

/// What a result has figures of, in their order.
std::vector<std::string> targets(const plan::Result& result);

/// Those that the result has of a target; none where it has no such target.
Figures figures_of(const plan::Result& result, const std::string& target);

}  // namespace capplan::bindings
