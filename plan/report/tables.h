#pragma once
// Results, sweeps, comparisons and validations as text for people (aligned, intervals beside the numbers), as markdown,
// and as CSV.

#include <string>

#include "plan/fit/validation.h"
#include "plan/study/compare.h"
#include "plan/study/figure_choice.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

struct TableOptions {
  int width = 100;     ///< columns of the terminal; longer texts are cut in the middle
  bool color = false;  ///< for marks only, never the only carrier of meaning
  FigureChoice figures{};
};

std::string text_table(const Result& result, const TableOptions& options = {});
std::string text_table(const Sweep& sweep, const TableOptions& options = {});
std::string text_table(const Comparison& comparison, const TableOptions& options = {});
std::string text_table(const Validation& validation, const TableOptions& options = {});
std::string markdown(const Result& result, const FigureChoice& choice = {});
std::string markdown(const Sweep& sweep, const FigureChoice& choice = {});
std::string markdown(const Comparison& comparison, const FigureChoice& choice = {});
std::string markdown(const Validation& validation);
/// One row a figure, all of them without a choice: path, value, lo, hi; with draws of the calibration also the half
/// widths sampling and calibration.
std::string csv(const Result& result, const FigureChoice& choice = {});
/// One row a point: the axes, then value, lo and hi of every figure; with draws of the calibration also the least
/// probability of its SLOs, and each figure's half widths.
std::string csv(const Sweep& sweep, const FigureChoice& choice = {});
/// One row a figure: its path, then value, lo and hi of A, of B, of the difference, and relative to A; p, verdict and
/// family: "headline", or "other" for what is adjusted by itself.
std::string csv(const Comparison& comparison, const FigureChoice& choice = {});
/// One row a sample: what it was, then measured, predicted with lo and hi, and the signed error of each figure.
std::string csv(const Validation& validation);

}  // namespace capplan::plan
