#pragma once
// A law of vector searches beside samples that it was not fitted to (or was: then the errors are what the fit left).
// Limits: an error says something only of settings like those measured; intervals are the law's own, at 95 %.

#include <string>
#include <vector>

#include "plan/fit/law_fit.h"

namespace capplan::plan {

/// One sample and what the law says of it. Errors are signed: of times, pages and sizes relative to what was measured,
/// of recall as it is.
struct IndexPrediction {
  IndexSample sample;
  models::SearchForecast predicted;
  core::Estimate bytes;             ///< of the index, by its layout
  models::Plan measured_plan = {};  ///< that the sample was answered by, as far as it tells
  std::optional<double> latency_error, pages_error, recall_error, size_error;
};

/// All of them in a few numbers; `n` of those below are known where anything was measured.
struct IndexValidation {
  std::vector<IndexPrediction> rows;
  std::optional<double> latency_p50_error_median, latency_p50_error_p90;  ///< absolute errors
  std::optional<double> pages_error_median, recall_error_median, size_error_max;
  std::optional<double> latency_inside, pages_inside, recall_inside;  ///< share of measured values within the interval
  std::vector<std::string> warnings;                                  ///< inputs outside of what the law has seen
};

/// Predicts every sample, with the plan that PostgreSQL would take under these settings.
IndexValidation validate_index_law(const models::IndexLaw& law, const std::vector<IndexSample>& samples,
                                   const models::PlannerSettings& planner);

/// What can be left out.
enum class LeftOut { m, rows, dimensions };

/// Predicts all samples that share a value of `what` from all the others, value by value. With `m`, samples of HNSW
/// alone. Throws core::InputError where there are not two values of it.
IndexValidation leave_one_out(const std::vector<IndexSample>& samples, LeftOut what,
                              const models::PlannerSettings& planner);

/// The samples that take part in leaving `what` out, value by value: those left out, and those that are kept then.
struct LeftOutFold {
  std::vector<IndexSample> kept, left;
};
std::vector<LeftOutFold> folds(const std::vector<IndexSample>& samples, LeftOut what);

/// Whether that can be done.
bool can_leave_out(const std::vector<IndexSample>& samples, LeftOut what);

/// The p-quantile of absolute values (rank floor(p (n - 1))); nothing of none.
std::optional<double> quantile_of_errors(std::vector<double> errors, double p);

}  // namespace capplan::plan
