#pragma once
// Every kind of answer that the program writes, registered once: its name, its schema, what writes it, and how it is
// read back where it can be. A kind is a type with report(), csv(), to_json() and page_of() (rendered.h) whose file
// says its AnswerSpec, and one line in answers.cpp. `capplan report`, docs/schema/, `capplan describe answers` and
// Python follow.

#include <string>
#include <vector>

#include "plan/report/rendered.h"

namespace capplan::plan {

struct AnswerSpec {
  std::string name;    ///< "comparison"; of its schema's page in docs/schema/ too
  std::string schema;  ///< "capplan.comparison/1", as its JSON begins
  std::string verb;    ///< what writes it: "compare"
  std::string help;    ///< what it holds, in one line
  /// The JSON Schema of what to_json() writes.
  std::string (*json_schema)() = nullptr;
  /// Reads what to_json() wrote; null where it cannot be read back. Throws core::InputError naming `file`.
  Answer (*read)(const std::string& json, const std::string& file) = nullptr;
};

/// In the order of help.
const std::vector<AnswerSpec>& answer_specs();

/// Reads a file by what is in it, whatever its name: a store, JSON, or a page. A store becomes a sweep over the
/// parameters in which its points differ, or a result if there is but one point. Throws core::InputError naming the
/// file.
Answer read_answer(const std::string& file);
/// Reads JSON of a schema; `file` is named in what is thrown.
Answer read_answer(const std::string& json, const std::string& schema, const std::string& file);

/// Several answers as one: text and markdown follow each other, a page has each as a section, JSON holds them all. CSV
/// holds one answer, and throws core::InputError.
Answer pack_answers(std::vector<Answer> answers);

}  // namespace capplan::plan
