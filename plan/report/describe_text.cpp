#include "plan/report/describe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "models/client_error.h"
#include "plan/format/text_layout.h"
#include "plan/report/example_section.h"
#include "plan/report/figures_text.h"
#include "plan/report/topics.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::Param;

void add_params(const std::vector<Param>& params, const std::string& before, std::vector<NamedParam>& named) {
  for (const Param& param : params) {
    const std::string name = before + param.name;
    const bool element = param.type == models::Type::list || param.type == models::Type::rate_series;
    named.push_back({name, &param});
    if (element && !param.list_of_records) continue;  // one value in each place: its help is the list's
    add_params(param.fields, name + (element ? "[]." : "."), named);
  }
}

std::string fallback_or(const Param& param) {
  return !param.fallback.empty() ? param.fallback : param.required ? "required" : "-";
}

std::string help_of(const Param& param) {
  std::string text = param.help;
  if (param.costs) text += "; more of it costs more";
  if (!param.source.empty()) text += " [" + param.source + "]";
  return text;
}

/// A line of four columns, the last of them wrapped; the help below, set in.
std::string param_text(const NamedParam& named, const std::array<std::size_t, 3>& widths, std::size_t width) {
  const Param& param = *named.param;
  const std::array<std::string, 3> cells = {named.name, models::type_name(param), fallback_or(param)};
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += cells[i] + std::string(widths[i] + 2 - columns(cells[i]), ' ');
  const std::string allowed = models::allowed(param);
  std::string text;
  if (allowed.empty()) {
    line.erase(line.find_last_not_of(' ') + 1);
    text = line + "\n";
  } else {
    text = line + paragraph(allowed, width, columns(line));
  }
  return text + (param.help.empty() ? "" : "    " + paragraph(help_of(param), width, 4));
}

std::string params_text(const models::Spec& spec, std::size_t width) {
  const std::vector<NamedParam> params = all_params(spec);
  std::array<std::size_t, 3> widths = {9, 4, 7};  // the heads
  for (const NamedParam& named : params) {
    widths[0] = std::max(widths[0], columns(named.name));
    widths[1] = std::max(widths[1], columns(models::type_name(*named.param)));
    widths[2] = std::max(widths[2], columns(fallback_or(*named.param)));
  }
  std::string text = fmt::format("{:<{}}  {:<{}}  {:<{}}  {}\n", "parameter", widths[0], "type", widths[1], "default",
                                 widths[2], "allowed");
  for (const NamedParam& named : params) text += param_text(named, widths, width);
  return text;
}

/// What a word names: a kind by its path or by its own name, or all kinds of a section.
std::vector<const models::Spec*> named(const std::string& word) {
  std::vector<const models::Spec*> found;
  for (const models::Spec& spec : section_specs())
    if (spec.path() == word || spec.section == word || spec.kind == word) found.push_back(&spec);
  return found;
}

[[noreturn]] void refuse(const std::string& word) {
  const std::string near = core::nearest(word, describable());
  throw core::InputError({"capplan describe"}, "",
                         fmt::format("there is no section, kind or topic \"{}\"{}", word,
                                     near.empty() ? "" : "; did you mean " + near + "?"),
                         "capplan describe");
}

}  // namespace

std::vector<NamedParam> all_params(const models::Spec& spec) {
  std::vector<NamedParam> named;
  add_params(spec.params, "", named);
  return named;
}

std::string catalog_text(const std::vector<const models::Spec*>& specs, std::size_t width) {
  Grid grid({{"section", true}, {"kind", true}, {"what it is", true}});
  std::string before;
  for (const models::Spec* spec : specs) {
    grid.add({{spec->section == before ? "" : spec->section}, {spec->kind.empty() ? "-" : spec->kind}, {spec->help}});
    before = spec->section;
  }
  return grid.text(width);
}

std::string spec_text(const models::Spec& spec, std::size_t width) {
  std::string text = paragraph(spec.path() + ": " + spec.help, width, 2);
  if (!spec.source.empty()) text += paragraph("source: " + spec.source, width, 2);
  if (!spec.validity.empty()) text += paragraph("limits: " + spec.validity, width, 2);
  text += "\n" + params_text(spec, width) + "\nexample:\n\n";
  const std::string example = example_section(spec);
  for (std::size_t at = 0; at < example.size();) {
    const std::size_t end = example.find('\n', at);
    text += "  " + example.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return text;
}

std::string description(const std::string& word, std::size_t width, const std::string& pattern) {
  if (word == "figures") return figures_text(pattern, width);
  if (const Topic* topic = find_topic(word)) return topic_text(*topic, width);
  std::vector<const models::Spec*> specs;
  if (word.empty()) {
    for (const models::Spec& spec : section_specs()) specs.push_back(&spec);
    Grid further({{"topic", true}, {"what it tells", true}});
    further.add({{"figures"}, {"what is measured, with units and the words that conditions have for it"}});
    for (const Topic& topic : topics()) further.add({{topic.name}, {topic.help}});
    return catalog_text(specs, width) + "\n" + further.text(width) +
           "\nMore: capplan describe SECTION, SECTION.KIND, KIND or TOPIC\n";
  }
  specs = named(word);
  if (specs.empty()) refuse(word);
  if (specs.size() == 1) return spec_text(*specs.front(), width);
  std::string text = catalog_text(specs, width) + "\nMore:";
  for (const models::Spec* spec : specs)
    text += (spec == specs.front() ? " capplan describe " : ", capplan describe ") + spec->path();
  return text + "\n";
}

std::vector<std::string> describable() {
  std::vector<std::string> words = {"figures"};
  for (const Topic& topic : topics()) words.push_back(topic.name);
  const auto add = [&](const std::string& word) {
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  for (const models::Spec& spec : section_specs()) {
    add(spec.section);
    add(spec.path());
    add(spec.kind);
  }
  return words;
}

std::string catalog_markdown(const std::vector<models::Spec>& specs) {
  std::string text =
      "# What can be modelled\n\nWritten by `capplan describe --markdown` from the components' own specs; do not "
      "edit.\n\n";
  Grid contents({{"Section", true}, {"Kind", true}, {"What it is", true}});
  for (const models::Spec& spec : specs)
    contents.add({{"`" + spec.section + "`"}, {spec.kind.empty() ? "" : "`" + spec.kind + "`"}, {spec.help}});
  text += contents.markdown();
  for (const models::Spec& spec : specs) {
    text += "\n## " + spec.path() + "\n\n" + spec.help + ".\n";
    if (!spec.source.empty()) text += "\n- Source: " + spec.source + "\n";
    if (!spec.validity.empty())
      text += (spec.source.empty() ? "\n" : "") + std::string("- Limits: ") + spec.validity + "\n";
    Grid grid({{"Parameter", true}, {"Type", true}, {"Default", true}, {"Allowed", true}, {"Meaning", true}});
    for (const NamedParam& named : all_params(spec)) {
      const Param& param = *named.param;
      const std::string fallback = fallback_text(param);
      grid.add({{"`" + named.name + "`"},
                {models::type_name(param)},
                {!fallback.empty() ? "`" + fallback + "`"
                 : param.required  ? "required"
                                   : ""},
                {models::allowed(param)},
                {help_of(param)}});
    }
    text += "\n" + grid.markdown() + "\n```toml\n" + example_section(spec) + "```\n";
  }
  text += "\n## Errors\n\nWhat clients of the simulated service can get, under the names of the real systems.\n\n";
  Grid errors({{"Error", true}, {"Raised by", true}, {"Remedy", true}});
  for (const models::ClientErrorInfo& info : models::client_errors)
    if (!info.name.empty())
      errors.add({{"`" + std::string(info.name) + "`"}, {std::string(info.raised_by)}, {std::string(info.remedy)}});
  return text + errors.markdown();
}

}  // namespace capplan::plan
