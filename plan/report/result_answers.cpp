// The answers that a simulation gives, as they are registered: one scenario, a grid, a comparison.

#include "core/error.h"
#include "plan/report/answers.h"
#include "plan/study/answer_shapes_json.h"

namespace capplan::plan {

namespace {

/// A reader gives nothing for what says its schema and is no JSON further on.
template <class Kind>
Answer whole(std::optional<Kind> answer, const std::string& file) {
  if (!answer) throw core::InputError({file, 0, 0}, "", "is damaged: its JSON breaks off, or is none further on");
  return answer_of(std::move(*answer));
}

}  // namespace

AnswerSpec result_answer();
AnswerSpec sweep_answer();
AnswerSpec comparison_answer();

AnswerSpec result_answer() {
  return {
      .name = "result",
      .schema = result_schema,
      .verb = "run",
      .help = "one scenario: every figure with its interval, and the verdict on its SLOs",
      .json_schema = result_json_schema,
      .read = [](const std::string& json, const std::string& file) { return answer_of(result_from_json(json, file)); }};
}

AnswerSpec sweep_answer() {
  return {.name = "sweep",
          .schema = sweep_schema,
          .verb = "sweep",
          .help = "a grid: every point with its result, and the smallest that meets the SLOs",
          .json_schema = sweep_json_schema,
          .read = [](const std::string& json, const std::string& file) {
            return whole(sweep_from_json(json, file), file);
          }};
}

AnswerSpec comparison_answer() {
  return {.name = "comparison",
          .schema = comparison_schema,
          .verb = "compare",
          .help = "what changes from one scenario to another, and what is chance",
          .json_schema = comparison_json_schema,
          .read = [](const std::string& json, const std::string& file) {
            return whole(comparison_from_json(json, file), file);
          }};
}

}  // namespace capplan::plan
