#pragma once
// What a result says of its calibration as JSON, and back: the part "calibration" of the output contract, there only
// where costs were fitted to something.

#include <string>

#include "plan/study/result.h"

namespace capplan::plan {

/// `{"file": "…", "captures": […], "left_out": […], "spread": {…}, "costs": […], "classes": […], "index_law": …,
/// "covered": [{"quantity", "of", "lo", "hi", "here", "inside"}]}`; in base units, spreads as standard deviations of
/// natural logarithms, null for what the calibration does not say.
std::string to_json(const CalibrationCheck& check);
/// Reads the same back. Throws what the parser throws, a std::exception, for anything else.
CalibrationCheck calibration_check_from_json(const std::string& text);

}  // namespace capplan::plan
