// Several answers as one, {"schema": "capplan.pack/1", "answers": [...]}: what `capplan report A B -o pack.html`
// writes. Those whose kind is not read back are in no pack.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "plan/format/json_shape.h"
#include "plan/report/answers.h"

namespace capplan::plan {

namespace {

constexpr const char* pack_schema = "capplan.pack/1";

using Answers = std::vector<Answer>;

/// Each answer's own JSON is taken as it is: nothing of it is read again.
std::string json_of(const std::vector<std::string>& answers) {
  return fmt::format("{{\"schema\":\"{}\",\"answers\":[{}]}}\n", pack_schema, fmt::join(answers, ","));
}

PageContent content_of(const Answers& answers) {
  std::vector<PageContent> contents;
  std::vector<std::string> json;
  for (const Answer& answer : answers) {
    contents.push_back(answer.content());
    json.push_back(contents.back().json);
    while (json.back().ends_with('\n')) json.back().pop_back();
  }
  return pack_of(std::move(contents), json_of(json));
}

std::string text_of(const Answers& answers, Format format, const TableOptions& options) {
  if (format == Format::html) return html(content_of(answers), options.page);
  if (format == Format::csv)
    throw core::InputError({"--output"}, "", "CSV holds one answer", "name one file, or write JSON or a page");
  std::vector<std::string> texts;
  for (const Answer& answer : answers) texts.push_back(answer.text(format, options));
  if (format == Format::json) return json_of(texts);
  return fmt::format("{}", fmt::join(texts, "\n"));
}

Answer read_pack(const std::string& json, const std::string& file) {
  using Json = nlohmann::ordered_json;
  const Json pack = Json::parse(json, nullptr, false);
  Answers answers;
  if (pack.is_object() && pack.contains("answers") && pack["answers"].is_array())
    for (const Json& each : pack["answers"]) {
      const bool named = each.is_object() && each.contains("schema") && each["schema"].is_string();
      answers.push_back(read_answer(each.dump(), named ? each["schema"].get<std::string>() : "", file));
    }
  if (answers.empty())
    throw core::InputError({file, 0, 0}, "", "is damaged: it says that it is a pack, and has no answers");
  return pack_answers(std::move(answers));
}

std::string pack_json_schema() {
  using namespace shape;
  return document(pack_schema, "several answers",
                  {{"answers", list(anything("an answer, as its own \"schema\" says"))}});
}

}  // namespace

Answer pack_answers(Answers answers) {
  const auto kept = std::make_shared<const Answers>(std::move(answers));
  return {[kept](Format format, const TableOptions& options) { return text_of(*kept, format, options); },
          [kept] { return content_of(*kept); }};
}

AnswerSpec pack_answer();

AnswerSpec pack_answer() {
  return {.name = "pack",
          .schema = pack_schema,
          .verb = "report",
          .help = "several answers, each as it is by itself",
          .json_schema = pack_json_schema,
          .read = read_pack};
}

}  // namespace capplan::plan
