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
  plan::Answer answer;  ///< any other format
};

/// Of an answer of any kind.
template <class Kind>
Rendered rendered_answer(Kind value) {
  plan::Answer answer = plan::answer_of(std::move(value));
  return {answer.text(plan::Format::json, {}), answer};
}

/// The format of an extension such as ".md", else of a word such as "markdown". Throws Python's ValueError.
plan::Format format_of(const std::string& extension, const std::string& format);

}  // namespace capplan::bindings
