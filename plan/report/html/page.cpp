#include "plan/report/html/page.h"

#include <fmt/format.h>

#include "plan/format/page_data.h"
#include "plan/report/html/assets.h"
#include "plan/report/html/markup.h"

namespace capplan::plan {

namespace {

/// Fewer sections are seen at once.
constexpr std::size_t fewest_for_contents = 3;

/// Of what reads the answer's data on the page, which of several it is.
constexpr std::string_view answer_mark = "data-answer=\"\"";

std::string written(const PageSection& section, int level) {
  if (section.empty()) return {};
  std::string text = fmt::format("<section id=\"{0}\" class=\"level-{1}\">\n<h{1}>{2}</h{1}>\n", section.id, level,
                                 escaped(section.title)) +
                     section.html;
  for (const PageSection& part : section.parts) text += written(part, level + 1);
  return text + "</section>\n";
}

std::string listed(const std::vector<PageSection>& sections) {
  std::string text;
  for (const PageSection& section : sections)
    if (!section.empty())
      text += fmt::format("<li><a href=\"#{}\">{}</a>{}</li>\n", section.id, escaped(section.title),
                          section.parts.empty() ? "" : "\n" + listed(section.parts));
  return text.empty() ? "" : "<ul>\n" + text + "</ul>\n";
}

std::string contents_of(const std::vector<PageSection>& sections) {
  std::size_t count = 0;
  for (const PageSection& section : sections) count += section.empty() ? 0 : 1 + section.parts.size();
  return count < fewest_for_contents ? "" : "<nav aria-label=\"Contents\">\n" + listed(sections) + "</nav>\n";
}

std::string header_of(const PageContent& content, const PageOptions& options) {
  std::string text = "<header>\n<h1>" + escaped(options.title.empty() ? content.name : options.title) + "</h1>\n";
  if (!options.title.empty()) text += "<p class=\"setting\">" + escaped(content.name) + "</p>\n";
  if (!options.note.empty()) text += "<p class=\"remark\">" + escaped(options.note) + "</p>\n";
  text += content.head;
  if (!options.version.empty() || !options.command.empty())
    text += "<p class=\"made note\">" + escaped(options.version) +
            (options.command.empty() ? "" : " <code>" + escaped(options.command) + "</code>") + "</p>\n";
  return text + "</header>\n";
}

std::string data_of(const PageContent& content, const PageOptions& options) {
  std::string text = std::string(data_begin) + for_script(content.json) + std::string(data_end);
  if (const std::string own = to_json(options); !own.empty())
    text += "\n" + std::string(options_begin) + for_script(own) + std::string(data_end);
  return text;
}

/// What is below one heading more; ids and the links to them begin with the answer's own.
std::string nested(std::string html, const std::string& id) {
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = html.find(from); at != std::string::npos; at = html.find(from, at + to.size()))
      html.replace(at, from.size(), to);
  };
  replace("<h3>", "<h4>");
  replace("</h3>", "</h4>");
  replace(" id=\"", " id=\"" + id + "-");
  replace(" href=\"#", " href=\"#" + id + "-");
  return html;
}

}  // namespace

bool has_charts() { return !assets::script.empty(); }

std::string html(const PageContent& content, const PageOptions& options, bool with_charts) {
  std::string body = header_of(content, options) + contents_of(content.sections);
  for (const PageSection& section : content.sections) body += written(section, 2);
  const std::string script =
      with_charts ? fmt::format("<script type=\"text/plain\" id=\"charts\">{}</script>\n<script>\n{}</script>",
                                assets::script, assets::loader)
                  : "";
  return filled(assets::page, {{"title", escaped(options.title.empty() ? content.name : options.title)},
                               {"style", std::string(assets::style)},
                               {"charts", with_charts ? "packed" : "without-charts"},
                               {"body", body},
                               {"data", data_of(content, options)},
                               {"script", script}});
}

PageContent pack_of(std::vector<PageContent> contents, std::string json) {
  PageContent pack{.name = fmt::format("{} answers", contents.size()), .head = "", .json = std::move(json)};
  for (std::size_t i = 0; i < contents.size(); ++i) {
    PageContent& content = contents[i];
    const std::string id = fmt::format("answer-{}", i + 1);
    for (PageSection& part : content.sections)
      if (const std::size_t at = part.html.find(answer_mark); at != std::string::npos)
        part.html.replace(at, answer_mark.size(), fmt::format("data-answer=\"{}\"", i));
    PageSection section{id, fmt::format("{}. {}", i + 1, content.name), nested(std::move(content.head), id)};
    for (PageSection& part : content.sections)
      section.parts.push_back({id + "-" + part.id, std::move(part.title), nested(std::move(part.html), id)});
    pack.sections.push_back(std::move(section));
  }
  return pack;
}

}  // namespace capplan::plan
