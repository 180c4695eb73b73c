#include "plan/format/shown.h"

namespace capplan::plan {

std::string shown(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 40)) result += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > 40 ? result + "…" : result;
}

}  // namespace capplan::plan
