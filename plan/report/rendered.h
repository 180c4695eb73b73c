#pragma once
// An answer in every format that can be written. A kind of answer is a type with report(), csv(), to_json() and
// page_of(); whoever writes answers needs to know no more of it, and holds any of them as an Answer.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "plan/report/html/page.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

enum class Format { table, json, csv, markdown, html };

/// Of ".txt", ".json", ".csv", ".md", ".html"; nothing for another.
std::optional<Format> format_of_extension(const std::string& extension);
/// Of "table", "json", "csv", "markdown", "html"; nothing for another.
std::optional<Format> format_of_word(const std::string& word);

/// `options` are for the table; its choice of figures is for markdown and CSV too.
template <class Kind>
std::string rendered(const Kind& answer, Format format, const TableOptions& options = {}) {
  switch (format) {
    case Format::json:
      return to_json(answer, 2);
    case Format::csv:
      if constexpr (HasFigures<Kind>)
        return csv(answer, options.figures);
      else
        return csv(answer);
    case Format::markdown:
      return markdown(answer, options.figures);
    case Format::html:
      return html(answer, options.page);
    default:
      return text_table(answer, options);
  }
}

/// An answer of any kind: its text in a format, and what its page holds, made when they are asked for.
struct Answer {
  std::function<std::string(Format, const TableOptions&)> text;
  std::function<PageContent()> content;
  PageOptions page{};  ///< of the page that it was read from
};

template <class Kind>
Answer answer_of(Kind value) {
  const auto kept = std::make_shared<const Kind>(std::move(value));
  return {[kept](Format format, const TableOptions& options) { return rendered(*kept, format, options); },
          [kept] { return page_of(*kept); }};
}

}  // namespace capplan::plan
