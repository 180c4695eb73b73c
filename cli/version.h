#pragma once
// Which program this is: its version, which the build gives, and the revision of the numbers it makes.

#include <fmt/format.h>

#include <string>

#include "plan/study/result.h"

namespace capplan::cli {

/// "capplan 0.1.0 (engine revision 1)".
inline std::string version_text() {
  return fmt::format("capplan {} (engine revision {})", CAPPLAN_VERSION, plan::engine_revision);
}

}  // namespace capplan::cli
