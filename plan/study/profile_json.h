#pragma once
// The profile of a result as JSON, and back: the part "profile" of the output contract.

#include <string>

#include "plan/study/profile.h"

namespace capplan::plan {

/// `{"shares": […], "spectra": …, "breakdowns": …, "ends_s": […], "series": […]}`.
std::string to_json(const Profile& profile);
/// Reads the same back. Throws what the parser throws, a std::exception, for anything else.
Profile profile_from_json(const std::string& text);

}  // namespace capplan::plan
