// The page of a validation: errors and their charts, capture by capture.

#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/validation_json.h"

namespace capplan::plan {

PageContent page_of(const Validation& validation) {
  const Report said = report(validation);
  const std::string name = "Predictions and held-out measurements";
  PageContent content{.name = name, .head = head(said, name), .json = to_json(validation, -1)};
  for (const Block& block : said.blocks) {
    const bool first = &block == &said.blocks.front();
    content.sections.push_back({anchor_of(block.title), capitalised(block.title),
                                block_html(block) + (first ? drawn(validation_charts(validation)) : "")});
  }
  return content;
}

}  // namespace capplan::plan
