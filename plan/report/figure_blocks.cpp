#include "plan/report/figure_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "models/client_error.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/figure_text.h"
#include "plan/study/stocks.h"

namespace capplan::plan {

namespace {

using core::Column;

/// One column of a grid of figures.
struct FigureColumn {
  std::string head;
  Path below;  ///< of the figure, below its group and name
  Unit unit = Unit::count;
  bool only_if_any = false;  ///< left out where it is zero throughout
};

Path joined(const std::string& group, const std::string& name, const Path& below) {
  Path path = {group, name};
  path.insert(path.end(), below.begin(), below.end());
  return path;
}

FigureColumn column_of(const Path& path, bool only_if_any) {
  return {word_of(path), Path(path.begin() + 2, path.end()), unit_of(path), only_if_any};
}

/// The groups in the order of a report: what users see first, then what serves them, then any other.
std::vector<std::string> groups_of(const Result& result) {
  std::vector<std::string> groups = {"requests", "jobs",  "calls",      "batches",  "workers", "containers", "webs",
                                     "queries",  "pools", "http_pools", "bouncers", "servers", "caches",     "indexes"};
  for (const Figure& figure : result.figures)
    if (std::find(groups.begin(), groups.end(), figure.path[0]) == groups.end()) groups.push_back(figure.path[0]);
  return groups;
}

std::string head_of(const std::string& group) {
  if (group == "webs") return "web server";
  if (group == "http_pools") return "HTTP pool";
  const std::string section = section_of_group(group);
  return section.empty() ? group : section;
}

class Grids {
 public:
  Grids(const Result& result, const FigureChoice& choice, bool& has_unknown)
      : result_(result), choice_(choice), figures_(result.figures), has_unknown_(has_unknown) {}

  std::vector<Block> blocks() {
    for (const std::string& group : groups_of(result_)) {
      add_group(group);
      if (group != "jobs" || choice_.given()) continue;
      add_stages("requests");
      add_stages("jobs");
    }
    return std::move(blocks_);
  }

 private:
  Cell shown(const core::Estimate& estimate, Unit unit) {
    if (!estimate.known) has_unknown_ = true;
    return cell(estimate, unit);
  }

  /// The columns that specs ask for; of a figure that this engine does not know, one under its path.
  std::vector<FigureColumn> usual_columns(const std::string& group) const {
    std::vector<FigureColumn> columns;
    for (const KnownFigure& figure : known_figures()) {
      const core::FigureSpec& spec = *figure.spec;
      if (figure.group != group || spec.column == Column::asked) continue;
      std::istringstream words{std::string(spec.statistics)};
      std::string statistic;
      const auto add = [&](const std::string& leaf) {
        columns.push_back(column_of(joined(group, "", Quantity{&spec, leaf}.path()), spec.column == Column::if_any));
      };
      if (spec.statistics.empty()) add("");
      while (words >> statistic) add(statistic);
    }
    for (const Figure& figure : result_.figures)
      if (figure.path[0] == group && figure.path.size() > 2 && spec_of(figure.path) == nullptr)
        add_once(columns, column_of(figure.path, false));
    return columns;
  }

  std::vector<FigureColumn> chosen_columns(const std::string& group) const {
    std::vector<FigureColumn> columns;
    for (const Figure& figure : result_.figures)
      if (figure.path[0] == group && figure.path.size() > 2 && choice_.takes(figure.path))
        add_once(columns, column_of(figure.path, false));
    return columns;
  }

  static void add_once(std::vector<FigureColumn>& columns, FigureColumn column) {
    if (std::none_of(columns.begin(), columns.end(), [&](const FigureColumn& c) { return c.below == column.below; }))
      columns.push_back(std::move(column));
  }

  bool is_used(const std::string& group, const std::vector<std::string>& names, const FigureColumn& column) const {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      const Path path = joined(group, name, column.below);
      return column.only_if_any ? figures_.at(path).value > 0 : figures_.find(path) != nullptr;
    });
  }

  /// A row for each name of a group; columns that no name has are left out.
  void add_group(const std::string& group) {
    const std::vector<std::string> names = names_of(result_, group);
    std::vector<FigureColumn> columns = choice_.given() ? chosen_columns(group) : usual_columns(group);
    std::erase_if(columns, [&](const FigureColumn& column) { return !is_used(group, names, column); });
    if (names.empty() || (columns.empty() && choice_.given())) return;
    std::vector<Heading> heads = {{head_of(group), true}};
    for (const FigureColumn& column : columns) heads.push_back({column.head});
    Grid grid(std::move(heads));
    bool any_marked = false;
    for (const std::string& name : names) {
      if (name == "all" && names.size() == 2 && group == "requests") continue;  // the same again
      std::vector<Cell> row = {{name}};
      for (const FigureColumn& column : columns) {
        const Figure* figure = figures_.find(joined(group, name, column.below));
        row.push_back(figure ? shown(figure->estimate, column.unit) : Cell{});
        if (figure && figure->estimate.known && is_marked(figure->path, result_.rising)) {
          row.back().text += "↑";
          any_marked = true;
        }
      }
      grid.add(std::move(row));
    }
    std::vector<std::string> notes;
    if (any_marked) notes.emplace_back("↑: a stock that still rises, or rests on one (W07)");
    blocks_.push_back({group, std::move(grid), std::move(notes)});
  }

  /// Stages of one class with their share of the mean, the largest first: "cpu 40% (1.2ms ±0.1), …".
  std::string stages_of(const std::string& group, const std::string& name) const {
    std::vector<const Figure*> stages;
    double sum = 0;
    for (const Figure& figure : result_.figures)
      if (figure.path.size() == 4 && figure.path[0] == group && figure.path[1] == name &&
          figure.path[2] == "stages_s" && figure.estimate.known) {
        stages.push_back(&figure);
        sum += figure.estimate.value;
      }
    std::stable_sort(stages.begin(), stages.end(),
                     [](const Figure* a, const Figure* b) { return a->estimate.value > b->estimate.value; });
    std::string parts;
    for (const Figure* stage : stages) {
      const double share = sum > 0 ? stage->estimate.value / sum : 0;
      if (share < 0.005) continue;
      const Cell time = cell(stage->estimate, Unit::seconds);
      parts += fmt::format("{}{} {:.0f}% ({} {})", parts.empty() ? "" : ", ", stage->path[3], share * 100, time.text,
                           time.beside);
    }
    return parts;
  }

  void add_stages(const std::string& group) {
    Grid grid({{head_of(group), true}, {"mean"}, {"of which", true}});
    for (const std::string& name : names_of(result_, group))
      if (const std::string parts = stages_of(group, name); !parts.empty())
        grid.add({{name}, shown(result_.at({group, name, "latency_s", "mean"}), Unit::seconds), {parts}});
    const std::string title = group == "requests" ? "where the time goes" : "where the time of jobs goes";
    if (!grid.empty()) blocks_.push_back({title, std::move(grid)});
  }

  const Result& result_;
  const FigureChoice& choice_;
  FigureLookup figures_;
  bool& has_unknown_;
  std::vector<Block> blocks_;
};

}  // namespace

std::vector<std::string> names_of(const Result& result, const std::string& group) {
  std::vector<std::string> names;
  for (const Figure& figure : result.figures)
    if (figure.path.size() > 2 && figure.path[0] == group &&
        std::find(names.begin(), names.end(), figure.path[1]) == names.end())
      names.push_back(figure.path[1]);
  if (group == "requests") std::stable_partition(names.begin(), names.end(), [](const auto& n) { return n != "all"; });
  return names;
}

std::vector<Block> figure_blocks(const Result& result, const FigureChoice& choice, bool& has_unknown) {
  return Grids(result, choice, has_unknown).blocks();
}

std::vector<Block> error_blocks(const Result& result, bool& has_unknown) {
  Grid grid({{"request", true}, {"share"}, {"error", true}, {"remedy", true}});
  for (const Figure& figure : result.figures) {
    const core::FigureSpec* spec = spec_of(figure.path);
    if (spec == nullptr || spec->keys == nullptr || spec->unit != Unit::ratio) continue;
    if (figure.estimate.known && figure.estimate.hi <= 0) continue;
    std::string remedy;
    for (const models::ClientErrorInfo& info : models::client_errors)
      if (info.name == figure.path[3]) remedy = info.remedy;
    has_unknown = has_unknown || !figure.estimate.known;
    grid.add({{figure.path[1]}, cell(figure.estimate, Unit::ratio), {figure.path[3]}, {remedy}});
  }
  if (grid.empty()) return {};
  return {{"errors", std::move(grid)}};
}

}  // namespace capplan::plan
