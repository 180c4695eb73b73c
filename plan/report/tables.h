#pragma once
// Results, sweeps, comparisons and validations as text for people (aligned, intervals beside the numbers), as markdown,
// and as CSV.

#include <string>

#include "plan/fit/validation.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

struct TableOptions {
  int width = 100;     ///< columns of the terminal; longer texts are cut in the middle
  bool color = false;  ///< for marks only, never the only carrier of meaning
};

std::string text_table(const Result& result, const TableOptions& options = {});
std::string text_table(const Sweep& sweep, const TableOptions& options = {});
std::string text_table(const Comparison& comparison, const TableOptions& options = {});
std::string text_table(const Validation& validation, const TableOptions& options = {});
std::string markdown(const Result& result);
std::string markdown(const Sweep& sweep);
std::string markdown(const Comparison& comparison);
std::string markdown(const Validation& validation);
/// One row a figure: path, value, lo, hi; with draws of the calibration also the half widths sampling and calibration.
std::string csv(const Result& result);
/// One row a point: the axes, then value, lo and hi of every figure; with draws of the calibration also the least
/// probability of its SLOs, and each figure's half widths.
std::string csv(const Sweep& sweep);
/// One row a figure: its path, then value, lo and hi of A, of B, of the difference, and relative to A; p and verdict.
std::string csv(const Comparison& comparison);
/// One row a sample: what it was, then measured, predicted with lo and hi, and the signed error of each figure.
std::string csv(const Validation& validation);

}  // namespace capplan::plan
