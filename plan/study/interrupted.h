#pragma once
// What run() throws when it is cancelled: the answer of the replications that were done by then, where they make one.

#include <optional>
#include <stdexcept>
#include <utility>

#include "plan/study/result.h"

namespace capplan::plan {

class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(std::optional<Result> so_far) : std::runtime_error("interrupted"), so_far_(std::move(so_far)) {}

  /// As if no more replications had been asked for than the first ones, all of which are done; nothing where these are
  /// less than two, or the calibration's parameters were drawn.
  const std::optional<Result>& so_far() const { return so_far_; }

 private:
  std::optional<Result> so_far_;
};

}  // namespace capplan::plan
