#pragma once
// What a planner would say of a capture without capplan: M/M/c, the connections as servers, mean durations as services.
// Each capture is predicted from the mean durations of all others, as the fit is when captures are left out one by one.
// Source: Erlang 1917 (core/queueing.h). A request waits as all do, and is then served for an exponential time of its
// own class's mean. A formula has no interval: its figures carry none, so none holds what was measured.

#include "plan/fit/capture_validation.h"

namespace capplan::plan {

/// Each capture that has a steady state by the formula; a class that no other capture has is left out.
CaptureValidation textbook_leave_one_out(const std::vector<MeasuredCapture>& captures);

}  // namespace capplan::plan
