// The page of a validation: errors and their charts, capture by capture.

#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/validation_json.h"

namespace capplan::plan {

PageContent page_of(const Validation& validation) {
  const Report said = report(validation);
  const std::string name = "Predictions beside measurements";
  std::string body = head(said, name);
  for (const Block& block : said.blocks) {
    std::string title = block.title;
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
    const bool first = &block == &said.blocks.front();
    body += section(block.title.c_str(), title.c_str(),
                    block_html(block) + (first ? drawn(validation_charts(validation)) : ""));
  }
  return {name, body, to_json(validation, -1)};
}

}  // namespace capplan::plan
