#pragma once
// The costs of classes that search a vector index, carried over to a capture that searches it otherwise.

#include <string>
#include <vector>

#include "models/spec/value.h"
#include "plan/capture/manifest.h"

namespace capplan::plan {

/// Where a capture searched an index otherwise than the calibration's captures did, its classes cost as much more as
/// the law of vector searches says: `calibration` is changed so, with a warning.
void scale_searches(models::Table& calibration, const CaptureManifest& manifest, std::vector<std::string>& warnings);

}  // namespace capplan::plan
