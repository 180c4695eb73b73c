// Captures predicted from all others: the part of a validation that fits anew for each of them.

#include "plan/fit/capture_validation.h"
#include "plan/fit/contention.h"
#include "plan/fit/repeats.h"

namespace capplan::plan {

CaptureValidation leave_one_capture_out(const std::vector<MeasuredCapture>& captures, bool effects,
                                        const std::atomic<bool>* cancel) {
  CaptureValidation v;
  CaptureValidation without[std::size(contention_effects)];
  for (std::size_t i = 0; i < captures.size(); ++i) {
    std::vector<MeasuredCapture> others = captures;
    others.erase(others.begin() + static_cast<long>(i));
    if (!can_fit_contention(others)) continue;
    const auto predicted = [&](const models::Table& calibration) {
      return validate_captures(calibration, {captures[i]}, cancel).captures.front();
    };
    const ContentionFit fit = fit_contention(others, {.cancel = cancel, .intervals = false});
    v.captures.push_back(predicted(fitted_calibration(fit)));
    for (std::size_t k = 0; effects && k < std::size(contention_effects); ++k) {
      ContentionOptions options{.cancel = cancel, .start = fit.place, .intervals = false};
      options.effects.*contention_effects[k].on = false;
      without[k].captures.push_back(predicted(fitted_calibration(fit_contention(others, options))));
    }
  }
  v.repeats = repeats(captures);
  summarise(v);
  for (std::size_t k = 0; effects && k < std::size(contention_effects); ++k) {
    summarise(without[k]);
    const auto& [name, on, meaning] = contention_effects[k];
    v.effects.push_back(
        {name, meaning, without[k].p50, without[k].p95, without[k].p99, without[k].throughput, without[k].cpu});
  }
  return v;
}

}  // namespace capplan::plan
