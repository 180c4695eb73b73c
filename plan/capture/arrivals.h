#pragma once
// The arrivals of a capture, in order of time: what the `trace` workload replays.
// An open load gives them as scheduled (completion - time). A closed load has no schedule: its starts are the pace that
// the system allowed, and the trace's source says so. Requests that were skipped or failed have no start in the log.

#include <memory>
#include <string>

#include "models/spec/value.h"

namespace capplan::plan {

struct CaptureManifest;
struct RequestLog;

/// The arrivals of the log that a manifest names, since the first of them. Throws core::InputError.
std::shared_ptr<const models::ArrivalTrace> load_arrivals(const std::string& manifest_path);

/// The same from a log already read.
models::ArrivalTrace arrivals(const CaptureManifest& manifest, const RequestLog& log);

}  // namespace capplan::plan
