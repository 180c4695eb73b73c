#include "bindings/figures.h"

#include <algorithm>

#include "plan/scenario/figure_specs.h"

namespace capplan::bindings {

std::vector<std::string> targets(const plan::Result& result) {
  std::vector<std::string> found;
  for (const plan::Figure& figure : result.figures) {
    std::string target = plan::target_of(figure.path);
    if (target.empty() || std::find(found.begin(), found.end(), target) != found.end()) continue;
    found.push_back(std::move(target));
  }
  return found;
}

Figures figures_of(const plan::Result& result, const std::string& target) {
  Figures figures{target, {}};
  for (const plan::Figure& figure : result.figures)
    if (const core::FigureSpec* spec = plan::spec_of(figure.path); spec && plan::target_of(figure.path) == target)
      figures.metrics.emplace_back(plan::Quantity{spec, plan::leaf_of(figure.path)}.word(), figure.estimate);
  return figures;
}

}  // namespace capplan::bindings
