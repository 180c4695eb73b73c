#include "plan/report/laws_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/study/figure_text.h"
#include "plan/study/laws.h"

namespace capplan::plan {

namespace {

/// Lines under the tables at most.
constexpr std::size_t most_lines = 4;

std::string number(const LawRow& row, double value) { return compact(value, unit_of(row.figure)); }

std::string simulated(const LawRow& row) {
  if (!row.simulated.known) return "-";
  const Cell shown = cell(row.simulated, unit_of(row.figure));
  return shown.beside.empty() ? shown.text : shown.text + " " + shown.beside;
}

std::string says(const LawRow& row) {
  if (row.verdict == LawVerdict::not_applicable) return "-";
  return row.most > row.least ? number(row, row.least) + " to " + number(row, row.most) : number(row, row.least);
}

std::string line_of(const LawRow& row) {
  std::string text = fmt::format("{}, {}: {} {} here, the law has {}", row.law, printable(row.at), word_of(row.figure),
                                 simulated(row), says(row));
  if (row.verdict == LawVerdict::holds) return text + ", holds";
  text += row.verdict == LawVerdict::far ? ", far off" : ", disagrees";
  return row.note.empty() ? text : text + ": " + printable(row.note);
}

/// The place of the busiest of the resources that a law was held against.
std::string busiest(const Result& result) {
  std::string place;
  double most = -1;
  for (const LawRow& row : result.laws) {
    if (row.verdict == LawVerdict::not_applicable || row.figure.size() < 2) continue;
    for (const char* use : {"utilization", "cpu"})
      if (const double value = result.at({row.figure[0], row.figure[1], use}).value; value > most) {
        most = value;
        place = row.at;
      }
  }
  return place;
}

}  // namespace

Block laws_block(const Result& result) {
  Block block{.title = "laws"};
  const std::string place = busiest(result);
  std::vector<std::string> holding;
  for (const LawRow& row : result.laws) {
    if (row.verdict == LawVerdict::disagrees || row.verdict == LawVerdict::far)
      block.sentences.push_back(line_of(row));
    else if (row.verdict == LawVerdict::holds && row.at == place && row.most <= row.least)
      holding.push_back(line_of(row));
  }
  for (std::string& line : holding)
    if (block.sentences.size() < most_lines) block.sentences.push_back(std::move(line));
  for (std::string& line : block.sentences) line = "laws: " + line;
  return block;
}

Block all_laws_block(const Result& result) {
  Grid grid({{"law", true}, {"at", true}, {"of", true}, {"simulated"}, {"law has"}, {"", true}, {"", true}});
  for (const LawRow& row : result.laws)
    grid.add({{row.law},
              {printable(row.at)},
              {printable(row.figure.empty() ? "" : word_of(row.figure))},
              {simulated(row)},
              {says(row)},
              {to_string(row.verdict)},
              {printable(row.note)}});
  return {.title = "laws of queueing", .grid = std::move(grid), .on_terminal = false};
}

}  // namespace capplan::plan
