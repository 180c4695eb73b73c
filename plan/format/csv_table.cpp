// Taking a CSV file apart; format and limits in csv_table.h.

#include "plan/format/csv_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "plan/format/whole_file.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_problems = 10;
constexpr int most_lines = 100'000;

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

/// The cells of a line; nothing if a quote does not end.
std::optional<std::vector<CsvCell>> cells_of(std::string_view line) {
  std::vector<CsvCell> cells;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = at;
    std::string text;
    const std::size_t first = line.find_first_not_of(" \t", at);
    if (first != std::string_view::npos && line[first] == '"') {
      for (at = first + 1;; ++at) {
        if (at >= line.size()) return std::nullopt;
        if (line[at] != '"')
          text += line[at];
        else if (at + 1 < line.size() && line[at + 1] == '"')
          text += line[at++];
        else
          break;
      }
      at = std::min(line.find(',', at), line.size());
    } else {
      at = std::min(line.find(',', at), line.size());
      text = trimmed(line.substr(begin, at - begin));
    }
    cells.push_back({std::move(text), static_cast<int>(begin) + 1});
    if (at == line.size()) return cells;
    ++at;
  }
}

bool is_header(const std::vector<CsvCell>& cells, const std::vector<std::string>& names) {
  return std::equal(cells.begin(), cells.end(), names.begin(), names.end(),
                    [](const CsvCell& cell, const std::string& name) { return cell.text == name; });
}

}  // namespace

int CsvTable::find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

CsvTable read_csv(const std::string& path, const std::string& hint) {
  const std::string text = read_whole(path, hint);
  CsvTable table{path, {}, {}};
  std::vector<core::Problem> problems;
  int number = 0;
  for (std::size_t from = 0; from < text.size() && problems.size() < most_problems;) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line(text.data() + from, end - from);
    from = end + 1;
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (number > most_lines) {
      problems.push_back({{path, number, 0}, "", fmt::format("more than {} lines", most_lines), hint});
      break;
    }
    const auto cells = cells_of(line);
    if (!cells) {
      problems.push_back({{path, number, 0}, "", "a quote is opened and not closed in this line", ""});
    } else if (table.names.empty()) {
      for (const CsvCell& cell : *cells) {
        if (table.find(cell.text) >= 0)
          problems.push_back(
              {{path, number, cell.column}, cell.text, "the column is there twice", "rename one of them"});
        table.names.push_back(cell.text);
      }
    } else if (is_header(*cells, table.names)) {
      problems.push_back({{path, number, 1}, "", "the line of column names is there twice", "take this one out"});
    } else if (cells->size() != table.names.size()) {
      problems.push_back({{path, number, cells->back().column},
                          "",
                          fmt::format("{} cells where the header has {}", cells->size(), table.names.size()),
                          "is a comma missing, or one too many? a missing value is an empty cell"});
    } else {
      table.rows.push_back({number, *cells});
    }
  }
  if (problems.empty() && table.rows.empty())
    problems.push_back({{path, number, 0}, "", "there is nothing below the line of column names", hint});
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return table;
}

}  // namespace capplan::plan
