#include "plan/format/page_data.h"

namespace capplan::plan {

std::optional<std::string> embedded_json(std::string_view page) {
  const std::size_t begin = page.find(data_begin);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t from = begin + data_begin.size();
  const std::size_t end = page.find(data_end, from);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(page.substr(from, end - from));
}

}  // namespace capplan::plan
