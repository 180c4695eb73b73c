#include "cli/render.h"

#include <type_traits>

#include "plan/report/html/page.h"
#include "plan/report/index_report.h"
#include "plan/report/result_json.h"

namespace capplan::cli {

namespace {

template <class Answer>
std::string in_format(const Answer& answer, Format format, const plan::TableOptions& options) {
  switch (format) {
    case Format::json:
      return plan::to_json(answer);
    case Format::csv:
      return plan::csv(answer);
    case Format::markdown:
      return plan::markdown(answer);
    case Format::html:
      if constexpr (!std::is_same_v<Answer, plan::Comparison>) return plan::html(answer);
      [[fallthrough]];
    default:
      return plan::text_table(answer, options);
  }
}

}  // namespace

std::string rendered(const plan::Result& result, Format format, const plan::TableOptions& options) {
  return in_format(result, format, options);
}

std::string rendered(const plan::Sweep& sweep, Format format, const plan::TableOptions& options) {
  return in_format(sweep, format, options);
}

std::string rendered(const plan::IndexPlans& plans, Format format, const plan::TableOptions& options) {
  return in_format(plans, format, options);
}

std::string rendered(const plan::Comparison& comparison, Format format, const plan::TableOptions& options) {
  return in_format(comparison, format, options);
}

}  // namespace capplan::cli
