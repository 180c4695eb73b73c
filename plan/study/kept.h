#pragma once
// Answers that were kept, in whatever file: a store, JSON, or a report's page.

#include <optional>
#include <string>
#include <variant>

#include "plan/study/sweep.h"

namespace capplan::plan {

/// What a store holds: a sweep over the parameters in which its points differ, or a result if there is but one point.
using KeptGrid = std::variant<Result, Sweep>;

/// What a file holds: the points of a store, or the JSON of an answer.
struct Kept {
  std::optional<KeptGrid> grid{};
  std::string json{};
  std::string schema{};  ///< of the JSON, as it says itself; may be empty
  std::string page{};    ///< what a page says besides, as JSON; else empty
};

/// Reads a file by what is in it, whatever its name. Throws core::InputError naming the file where it cannot be read,
/// or is neither a store nor JSON nor a page with data.
Kept read_kept(const std::string& file);

/// A single result from such a file. Throws core::InputError naming it, for anything else too.
Result read_kept_result(const std::string& file);

}  // namespace capplan::plan
