#pragma once
// How a load changes over the time of a run: stages, spikes, the hours of a day, the days of a week, growth by
// quarters, or a series of rates. All of them factors on one rate, put together as a curve that arrivals are drawn
// from.

#include "core/rate_curve.h"
#include "models/spec/spec.h"

namespace capplan::models {

/// `shape`, `rates`, `interpolate` and `growth`: the parameters that move the rate of an open workload.
std::vector<Param> shape_params();

/// What is wrong with them together, besides what each is by itself.
void check_shape(const Params& workload, const std::string& path, std::vector<core::Problem>& problems);

/// Whether the section is a workload that moves by what its parameters say: its runs have no steady state to wait for.
bool changes_over_time(const Section& section);

/// The rate of an open workload over time: its rate or rates, grown and shaped.
core::RateCurve rate_curve(const Params& workload);

/// The rate as it is without a shape: `rate`, grown by its quarters.
double grown_rate(const Params& workload);

}  // namespace capplan::models
