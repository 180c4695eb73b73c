#pragma once
// What a calibration file's [workload] says besides rate, spacing and mix. `think` and `keys` are spelled as a
// scenario's [workload] and [request] take them, to be copied there.

#include "models/spec/value.h"
#include "plan/fit/workload_fit.h"

namespace capplan::plan {

/// The further keys of [workload], in order.
models::Table workload_details(const WorkloadFit& fit);

/// The same in sentences, for people.
std::vector<std::string> workload_sentences(const WorkloadFit& fit);

}  // namespace capplan::plan
