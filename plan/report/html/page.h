#pragma once
// The report as one HTML page that needs nothing else: tables, charts, and the answer itself, which can be read back.
// An answer says what its page holds by page_of(); html() makes the page of it.

#include <concepts>
#include <string>

#include "plan/fit/validation.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// What a page is made of.
struct PageContent {
  std::string name;  ///< its title
  std::string body;  ///< HTML, section by section in the order in which it is read (page_parts.h)
  std::string json;  ///< the answer, on one line
};

/// Whether this program was built with the charts' script.
bool has_charts();

/// The same bytes for the same answer: no time, no place, no machine is in it.
std::string html(const PageContent& content, bool with_charts = has_charts());

template <class Answer>
requires requires(const Answer& answer) {
  { page_of(answer) } -> std::same_as<PageContent>;
}
std::string html(const Answer& answer, bool with_charts = has_charts()) { return html(page_of(answer), with_charts); }

PageContent page_of(const Result& result);
PageContent page_of(const Sweep& sweep);
PageContent page_of(const Comparison& comparison);
PageContent page_of(const Validation& validation);

}  // namespace capplan::plan
