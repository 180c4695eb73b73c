#include "plan/study/result.h"

#include <algorithm>

namespace capplan::plan {

const Figure* Result::find(const std::vector<std::string>& path) const {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.path == path; });
  return found == figures.end() ? nullptr : &*found;
}

core::Estimate Result::at(const std::vector<std::string>& path) const {
  const Figure* figure = find(path);
  return figure ? figure->estimate : core::Estimate{};
}

FigureLookup::FigureLookup(const std::vector<Figure>& figures) {
  for (const Figure& figure : figures) by_path_.push_back(&figure);
  std::stable_sort(by_path_.begin(), by_path_.end(),
                   [](const Figure* a, const Figure* b) { return a->path < b->path; });
}

const Figure* FigureLookup::find(const std::vector<std::string>& path) const {
  const auto found = std::lower_bound(by_path_.begin(), by_path_.end(), path,
                                      [](const Figure* figure, const auto& wanted) { return figure->path < wanted; });
  return found == by_path_.end() || (*found)->path != path ? nullptr : *found;
}

core::Estimate FigureLookup::at(const std::vector<std::string>& path) const {
  const Figure* figure = find(path);
  return figure ? figure->estimate : core::Estimate{};
}

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::missed:
      return "missed";
    case Verdict::undecided:
      return "undecided";
    default:
      return "no-steady-state";
  }
}

std::string to_string(Over over) {
  return over == Over::attempts ? "attempts" : over == Over::completed ? "completed" : "";
}

std::string to_string(Judgement judgement) {
  switch (judgement) {
    case Judgement::met:
      return "met";
    case Judgement::missed:
      return "missed";
    default:
      return "undecided";
  }
}

}  // namespace capplan::plan
