#pragma once
// Answers as text for people (aligned, intervals beside the numbers), as markdown, and as CSV. Text and markdown are
// made of an answer's report().

#include <concepts>
#include <string>

#include "plan/report/html/page_options.h"
#include "plan/report/report.h"
#include "plan/study/figure_choice.h"

namespace capplan::plan {

struct TableOptions {
  int width = 100;     ///< columns of the terminal; longer texts are cut in the middle
  bool color = false;  ///< for marks only, never the only carrier of meaning
  FigureChoice figures{};
  PageOptions page{};  ///< of a page alone
};

std::string text_table(const Report& report, const TableOptions& options = {});
/// The same blocks under headings, to be pasted into an issue or a page.
std::string markdown(const Report& report);

/// An answer of which figures can be chosen.
template <class Answer>
concept HasFigures = requires(const Answer& answer, const FigureChoice& choice) {
  { report(answer, choice) } -> std::same_as<Report>;
};

/// The report of an answer; with a choice of figures where it has any.
template <class Answer>
Report report_of(const Answer& answer, const FigureChoice& choice) {
  if constexpr (HasFigures<Answer>)
    return report(answer, choice);
  else
    return report(answer);
}

/// The same of any answer that has a report().
template <class Answer>
requires requires(const Answer& answer) {
  { report(answer) } -> std::same_as<Report>;
}
std::string text_table(const Answer& answer, const TableOptions& options = {}) {
  return text_table(report_of(answer, options.figures), options);
}

template <class Answer>
requires requires(const Answer& answer) {
  { report(answer) } -> std::same_as<Report>;
}
std::string markdown(const Answer& answer, const FigureChoice& choice = {}) {
  return markdown(report_of(answer, choice));
}

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
