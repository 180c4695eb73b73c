#pragma once
// What of a capture a calibration can predict: the classes whose costs it holds. The others' requests are left out of
// both sides, and their share of the load with them. Limits: what the classes left out took from the rest, the server's
// processor time foremost, stays in what was measured.

#include "models/spec/value.h"
#include "plan/fit/replay.h"

namespace capplan::plan {

/// The capture without the classes that the calibration lacks, which its warnings then name, as they do unknown
/// indexes. Throws core::InputError where no class is left.
MeasuredCapture of_known_classes(const models::Table& calibration, MeasuredCapture capture);

}  // namespace capplan::plan
