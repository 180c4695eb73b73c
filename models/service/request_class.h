#pragma once
// From a section [request.NAME] or [job.NAME] to a class of requests: its steps, the connection it holds, the ways it
// can go, its guard and its meters. Caches and keys are the system's to add.

#include "models/walk.h"

namespace capplan::models {

/// The parameter `adaptive`.
Param adaptive_param();
/// What a request or job can measure.
FigureSpecs request_figures(bool job);
/// What the parameters of a request or job must fulfil together.
void check_request(const Params& params, const std::string& path, std::vector<core::Problem>& problems);

/// The steps, and over which connections they go; appends what only their targets can tell to be wrong.
void read_way(Build& build, const Section& section, const StepTargets& targets, const std::vector<QueryClass>& queries,
              const CachesByPath& caches, RequestClass& request, std::vector<core::Problem>& problems);
/// The meters, below requests / NAME or jobs / NAME, and the guard.
void meter(Build& build, const Section& section, const Guards& guards, const std::vector<QueryClass>& queries,
           RequestClass& request);

}  // namespace capplan::models
