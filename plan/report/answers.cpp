#include "plan/report/answers.h"

#include <fmt/format.h>

#include "core/error.h"
#include "plan/report/topics.h"
#include "plan/study/kept.h"

namespace capplan::plan {

// One line a kind of answer: the function that returns its spec.
#define CAPPLAN_ANSWERS(ENTRY) \
  ENTRY(result_answer)         \
  ENTRY(sweep_answer)          \
  ENTRY(comparison_answer)     \
  ENTRY(index_answer)          \
  ENTRY(rules_answer)          \
  ENTRY(cache_answer)          \
  ENTRY(calibration_answer)    \
  ENTRY(validation_answer)     \
  ENTRY(drift_answer)          \
  ENTRY(inspection_answer)     \
  ENTRY(pack_answer)

#define DECLARE(function) AnswerSpec function();
CAPPLAN_ANSWERS(DECLARE)
#undef DECLARE

Topic answers_topic();

const std::vector<AnswerSpec>& answer_specs() {
#define LIST(function) function(),
  static const std::vector<AnswerSpec> specs = {CAPPLAN_ANSWERS(LIST)};
#undef LIST
  return specs;
}

Answer read_answer(const std::string& file) {
  const Kept kept = read_kept(file);
  if (kept.grid) return std::visit([](const auto& each) { return answer_of(each); }, *kept.grid);
  Answer answer = read_answer(kept.json, kept.schema, file);
  answer.page = page_options_from_json(kept.page);
  return answer;
}

Answer read_answer(const std::string& json, const std::string& schema, const std::string& file) {
  std::vector<std::string> names;
  for (const AnswerSpec& spec : answer_specs()) {
    names.push_back(spec.schema);
    if (spec.schema != schema) continue;
    if (spec.read) return spec.read(json, file);
    throw core::InputError({file, 0, 0}, "", fmt::format("is of {}, which is not read back", schema),
                           fmt::format("capplan {} with -o FILE, in the format you want", spec.verb));
  }
  const std::string near = core::nearest(schema, names);
  throw core::InputError({file, 0, 0}, "",
                         schema.empty() ? "is JSON, but no answer of capplan's: it has no \"schema\""
                                        : fmt::format("is of {}, which this version does not know{}", schema,
                                                      near.empty() ? "" : "; it knows " + near),
                         "capplan describe answers");
}

Topic answers_topic() {
  Grid grid({{"answer", true}, {"written by", true}, {"schema", true}, {"read back", true}, {"what it holds", true}});
  for (const AnswerSpec& spec : answer_specs())
    grid.add({{spec.name}, {"capplan " + spec.verb}, {spec.schema}, {spec.read ? "yes" : "no"}, {spec.help}});
  Report report{
      .headline = "Answers",
      .setting =
          "Every answer is written as a table, JSON, CSV, markdown or a page, by --format and by the "
          "extension of -o FILE. JSON has base units only (seconds, bytes, per second, ratio), and every "
          "estimate as {\"value\", \"lo\", \"hi\"}, null where it is not known.",
      .blocks = {{"",
                  std::move(grid),
                  {"docs/schema/NAME.json is the JSON Schema of an answer: capplan describe --schema NAME. What "
                   "is read back, `capplan report FILE` shows again in another format."}}}};
  return {"answers", "what the verbs write, and the schema of each", std::move(report)};
}

}  // namespace capplan::plan
