#pragma once
// The axes of a sweep: a list of values, or a text of one of the kinds in axis_kinds.h, such as "50/s..400/s:8". At
// most 10,000 values an axis, 20 axes. And how points are chosen from them.

#include <string>
#include <string_view>
#include <vector>

#include "plan/scenario/axis_kinds.h"
#include "plan/scenario/written.h"

namespace capplan::plan {

inline constexpr std::size_t most_axes = 20;

/// The kind that a text is meant as; null: a list, or nothing that is known.
const AxisKind* axis_kind(std::string_view text);

/// The axis of a key: `values` is a list, or a text. Values that a range made have the origin "range".
Axis make_axis(const std::string& key, const models::Value& values, std::vector<core::Problem>& problems);

/// The axes of a document's [sweep], in its order, with those of `vary` in place of the ones with the same key.
std::vector<Axis> read_axes(const models::Table& document, const std::vector<Axis>& vary,
                            std::vector<core::Problem>& problems);

/// How the points of a sweep are chosen from its axes (plan/study/points.h).
struct SweepDesign {
  std::string name{};       ///< empty: every combination, or what suits `samples`
  std::size_t samples = 0;  ///< points of a sample; 0: not said
  core::Position where{};
};

/// `design` and `samples` of a document's [sweep].
SweepDesign read_design(const models::Table& document, std::vector<core::Problem>& problems);

/// The parameter that the axis varies, or null where it is part of one (as in query.search.cpu.lognormal.mean). A key
/// that names no section, or nothing in it, is a problem and gives false.
bool find_axis(const Axis& axis, const std::vector<WrittenSection>& sections, const WrittenSection*& section,
               const models::Param*& param, std::vector<core::Problem>& problems);

/// Makes the values of a range whole where the parameter is a count, each once, and notes whether more costs more.
void fit_to(const models::Param& param, Axis& axis);

}  // namespace capplan::plan
