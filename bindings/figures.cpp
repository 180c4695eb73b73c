#include "bindings/figures.h"

#include <algorithm>

#include "plan/scenario/slo.h"
#include "plan/study/judge.h"

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
  const std::vector<std::string> known = targets(result);
  if (std::find(known.begin(), known.end(), target) == known.end()) return figures;
  const plan::FigureLookup by_path(result.figures);
  const std::size_t dot = target.find('.');
  for (const std::string& metric : plan::slo_metrics(dot == std::string::npos ? "request" : target.substr(0, dot)))
    figures.metrics.emplace_back(metric, by_path.at(plan::figure_path(target, metric)));
  return figures;
}

}  // namespace capplan::bindings
