#include "plan/scenario/axis_kinds.h"

#include <array>

namespace capplan::plan {

// One line a kind: the constant that its file defines.
#define CAPPLAN_AXIS_KINDS(ENTRY) ENTRY(range_axis)

#define DECLARE(kind) extern const AxisKind kind;
CAPPLAN_AXIS_KINDS(DECLARE)
#undef DECLARE

std::span<const AxisKind> axis_kinds() {
#define LIST(kind) kind,
  static const std::array kinds = {CAPPLAN_AXIS_KINDS(LIST)};
#undef LIST
  return kinds;
}

}  // namespace capplan::plan
