#include "plan/format/page_data.h"

namespace capplan::plan {

namespace {

std::optional<std::string> behind(std::string_view page, std::string_view mark) {
  const std::size_t begin = page.find(mark);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t from = begin + mark.size();
  const std::size_t end = page.find(data_end, from);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(page.substr(from, end - from));
}

}  // namespace

std::optional<std::string> embedded_json(std::string_view page) { return behind(page, data_begin); }

std::optional<std::string> embedded_options(std::string_view page) { return behind(page, options_begin); }

}  // namespace capplan::plan
