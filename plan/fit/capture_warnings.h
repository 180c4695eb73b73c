#pragma once
// What to know of a capture before believing its figures: what its log lacks, and where log, manifest and the snapshots
// beside them contradict each other. Limits: what only a calibration can tell stands with the calibration.

#include <string>
#include <vector>

#include "plan/capture/manifest.h"
#include "plan/capture/request_log.h"

namespace capplan::plan {

/// Throws core::InputError for a manifest that cannot be its log's: a replay would take ages, or ask for what the log
/// does not have.
void check_against_log(const CaptureManifest& manifest, const RequestLog& log);

/// In sentences, without the capture's name; empty if all is well. Throws core::InputError for a snapshot that cannot
/// be read.
std::vector<std::string> capture_warnings(const CaptureManifest& manifest, const RequestLog& log);

}  // namespace capplan::plan
