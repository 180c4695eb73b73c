#include "plan/report/html/page.h"

#include "plan/format/page_data.h"
#include "plan/report/html/assets.h"
#include "plan/report/html/markup.h"

namespace capplan::plan {

namespace {

/// Tables stand open where nothing is drawn.
std::string without_charts(std::string body) {
  for (std::size_t at = body.find("<details><summary>Table"); at != std::string::npos;
       at = body.find("<details><summary>Table", at))
    body.replace(at, 9, "<details open>");
  return body;
}

}  // namespace

bool has_charts() { return !assets::script.empty(); }

std::string html(const PageContent& content, bool with_charts) {
  const std::string script = with_charts ? "<script>" + std::string(assets::script) + "</script>" : "";
  return filled(assets::page, {{"title", escaped(content.name)},
                               {"style", std::string(assets::style)},
                               {"charts", with_charts ? "with-charts" : "without-charts"},
                               {"body", with_charts ? content.body : without_charts(content.body)},
                               {"data", std::string(data_begin) + for_script(content.json) + std::string(data_end)},
                               {"script", script}});
}

}  // namespace capplan::plan
