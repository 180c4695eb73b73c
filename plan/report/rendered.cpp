#include "plan/report/rendered.h"

namespace capplan::plan {

std::optional<Format> format_of_extension(const std::string& extension) {
  if (extension == ".txt") return Format::table;
  if (extension == ".md") return Format::markdown;
  const bool is_word = extension == ".json" || extension == ".csv" || extension == ".html";
  return is_word ? format_of_word(extension.substr(1)) : std::nullopt;
}

std::optional<Format> format_of_word(const std::string& word) {
  if (word == "table") return Format::table;
  if (word == "json") return Format::json;
  if (word == "csv") return Format::csv;
  if (word == "markdown") return Format::markdown;
  if (word == "html") return Format::html;
  return std::nullopt;
}

}  // namespace capplan::plan
