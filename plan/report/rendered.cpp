#include "plan/report/rendered.h"

#include <type_traits>

#include "plan/report/drift_json.h"
#include "plan/report/drift_report.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/html/page.h"
#include "plan/report/index_report.h"
#include "plan/report/rules_report.h"
#include "plan/report/validation_json.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

/// Whether figures can be chosen of an answer.
template <class Answer>
constexpr bool has_figures =
    std::is_same_v<Answer, Result> || std::is_same_v<Answer, Sweep> || std::is_same_v<Answer, Comparison>;

template <class Answer>
std::string in_format(const Answer& answer, Format format, const TableOptions& options) {
  switch (format) {
    case Format::json:
      return to_json(answer);
    case Format::csv:
      if constexpr (has_figures<Answer>)
        return csv(answer, options.figures);
      else
        return csv(answer);
    case Format::markdown:
      if constexpr (has_figures<Answer>)
        return markdown(answer, options.figures);
      else
        return markdown(answer);
    case Format::html:
      return html(answer);
    default:
      return text_table(answer, options);
  }
}

}  // namespace

std::optional<Format> format_of_extension(const std::string& extension) {
  if (extension == ".txt") return Format::table;
  if (extension == ".md") return Format::markdown;
  const bool is_word = extension == ".json" || extension == ".csv" || extension == ".html";
  return is_word ? format_of_word(extension.substr(1)) : std::nullopt;
}

std::optional<Format> format_of_word(const std::string& word) {
  if (word == "table") return Format::table;
  if (word == "json") return Format::json;
  if (word == "csv") return Format::csv;
  if (word == "markdown") return Format::markdown;
  if (word == "html") return Format::html;
  return std::nullopt;
}

std::string rendered(const Result& result, Format format, const TableOptions& options) {
  return in_format(result, format, options);
}

std::string rendered(const Sweep& sweep, Format format, const TableOptions& options) {
  return in_format(sweep, format, options);
}

std::string rendered(const Comparison& comparison, Format format, const TableOptions& options) {
  return in_format(comparison, format, options);
}

std::string rendered(const Validation& validation, Format format, const TableOptions& options) {
  return in_format(validation, format, options);
}

std::string rendered(const Drift& drift, Format format, const TableOptions& options) {
  return in_format(drift, format, options);
}

std::string rendered(const IndexPlans& plans, Format format, const TableOptions& options) {
  return in_format(plans, format, options);
}

std::string rendered(const Rules& rules, Format format, const TableOptions& options) {
  return in_format(rules, format, options);
}

std::string rendered(const HitCurves& curves, Format format, const TableOptions& options) {
  return in_format(curves, format, options);
}

}  // namespace capplan::plan
