#pragma once
// Answers that are computed once and only shown: what validate, drift, index, cache, rules and inspect find. Python
// holds them as the texts that the program would write, each made when it is first asked for.

#include <pybind11/pybind11.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "plan/report/rendered.h"

namespace capplan::bindings {

struct Rendered {
  std::string json;
  std::function<std::string(plan::Format)> in_format;  ///< any other; throws std::invalid_argument where there is none
};

/// Of an answer that plan::rendered takes.
template <class Answer>
Rendered rendered_answer(Answer answer) {
  const auto kept = std::make_shared<const Answer>(std::move(answer));
  return {plan::rendered(*kept, plan::Format::json),
          [kept](plan::Format format) { return plan::rendered(*kept, format); }};
}

/// The format of an extension such as ".md", else of a word such as "markdown". Throws Python's ValueError.
plan::Format format_of(const std::string& extension, const std::string& format);

}  // namespace capplan::bindings
