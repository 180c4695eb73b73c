#pragma once
// The axes of a sweep: a list of values, or a range such as "50/s..400/s:8" (eight values, evenly spaced) and
// "1MB..1GB:5:log" (evenly spaced in ratio). The bounds' unit is kept.

#include <string>
#include <string_view>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

inline constexpr int most_values = 10'000;  ///< of an axis
inline constexpr std::size_t most_axes = 20;

/// Whether a text has the shape of a range: `lo..hi:n` or `lo..hi:n:log`.
bool is_range(std::string_view text);

/// The axis of a key: `values` is a list, or a range as text. Values that a range made have the origin "range".
Axis make_axis(const std::string& key, const models::Value& values, std::vector<core::Problem>& problems);

/// The axes of a document's [sweep], in its order, with those of `vary` in place of the ones with the same key.
std::vector<Axis> read_axes(const models::Table& document, const std::vector<Axis>& vary,
                            std::vector<core::Problem>& problems);

/// The parameter that the axis varies, or null where it is part of one (as in query.search.cpu.lognormal.mean). A key
/// that names no section, or nothing in it, is a problem and gives false.
bool find_axis(const Axis& axis, const std::vector<WrittenSection>& sections, const WrittenSection*& section,
               const models::Param*& param, std::vector<core::Problem>& problems);

/// Makes the values of a range whole where the parameter is a count, each once, and notes whether more costs more.
void fit_to(const models::Param& param, Axis& axis);

}  // namespace capplan::plan
