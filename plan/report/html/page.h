#pragma once
// The report as one HTML page that needs nothing else: tables, charts, and the answer itself, which can be read back.
// An answer says what its page holds by page_of(); html() makes the page of it.

#include <concepts>
#include <string>
#include <vector>

#include "plan/fit/validation.h"
#include "plan/report/html/page_options.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// A part of a page under a heading, to which its contents lead. One with neither markup nor parts is left out.
struct PageSection {
  std::string id;     ///< of its anchor, once on a page
  std::string title;  ///< text
  std::string html{};
  std::vector<PageSection> parts{};

  bool empty() const { return html.empty() && parts.empty(); }
};

/// What a page is made of.
struct PageContent {
  std::string name;                     ///< its title
  std::string head;                     ///< HTML below the title: the answer, what was simulated (page_parts.h)
  std::vector<PageSection> sections{};  ///< in the order in which they are read
  std::string json{};                   ///< the answer, on one line
};

/// Whether this program was built with the charts' script.
bool has_charts();

/// The same bytes for the same answer and options: no time, no place, no machine is in it.
std::string html(const PageContent& content, const PageOptions& options = {}, bool with_charts = has_charts());

/// The content of several answers as one: each is a section, with its own sections as parts and its data in `json`.
PageContent pack_of(std::vector<PageContent> contents, std::string json);

template <class Answer>
requires requires(const Answer& answer) {
  { page_of(answer) } -> std::same_as<PageContent>;
}
std::string html(const Answer& answer, const PageOptions& options = {}, bool with_charts = has_charts()) {
  return html(page_of(answer), options, with_charts);
}

PageContent page_of(const Result& result);
PageContent page_of(const Sweep& sweep);
PageContent page_of(const Comparison& comparison);
PageContent page_of(const Validation& validation);

}  // namespace capplan::plan
