#pragma once
// What a reader of a page is told beside the answer: a title and a note of whoever passes it on, and what wrote it. A
// page keeps them, so that it can be written again; no JSON of an answer has them.

#include <string>

namespace capplan::plan {

struct PageOptions {
  std::string title{};    ///< in place of the answer's name
  std::string note{};     ///< a paragraph below the title
  std::string command{};  ///< as typed, but for what says only how long, how loud and where to
  std::string version{};  ///< of the program

  bool empty() const { return title.empty() && note.empty() && command.empty() && version.empty(); }
};

/// As a page keeps them; empty for none.
std::string to_json(const PageOptions& options);
/// None for a text that is no such JSON.
PageOptions page_options_from_json(const std::string& json);

}  // namespace capplan::plan
