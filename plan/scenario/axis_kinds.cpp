#include "plan/scenario/axis_kinds.h"

#include <array>

namespace capplan::plan {

std::span<const AxisKind> axis_kinds() {
  static const std::array kinds = {range_axis};
  return kinds;
}

}  // namespace capplan::plan
