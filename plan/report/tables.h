#pragma once
// Answers as text for people (aligned, intervals beside the numbers), as markdown, and as CSV. Text and markdown are
// made of an answer's report().

#include <concepts>
#include <string>

#include "plan/report/report.h"

namespace capplan::plan {

struct TableOptions {
  int width = 100;     ///< columns of the terminal; longer texts are cut in the middle
  bool color = false;  ///< for marks only, never the only carrier of meaning
};

std::string text_table(const Report& report, const TableOptions& options = {});
/// The same blocks under headings, to be pasted into an issue or a page.
std::string markdown(const Report& report);

/// The same of any answer that has a report().
template <class Answer>
requires requires(const Answer& answer) {
  { report(answer) } -> std::same_as<Report>;
}
std::string text_table(const Answer& answer, const TableOptions& options = {}) {
  return text_table(report(answer), options);
}

template <class Answer>
requires requires(const Answer& answer) {
  { report(answer) } -> std::same_as<Report>;
}
std::string markdown(const Answer& answer) { return markdown(report(answer)); }

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
