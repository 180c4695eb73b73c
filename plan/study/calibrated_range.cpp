#include "plan/study/calibrated_range.h"

#include <fmt/format.h>

#include <algorithm>

namespace capplan::plan {

namespace {

/// Where the run was, by its figures: statements of calibrated classes, and the server that has most of them.
OperatingPoint point_of(const Scenario& scenario, const Result& result) {
  OperatingPoint point;
  double all = 0;
  std::string server;
  double most = 0;
  for (const Figure& figure : result.figures) {
    if (!figure.estimate.known || figure.path.size() != 3) continue;
    const double x = figure.estimate.value;
    if (figure.path[0] == "queries" && figure.path[2] == "executed_per_s") {
      point.shares.emplace_back(figure.path[1], x);
      all += x;
    }
    if (figure.path[0] == "servers" && figure.path[2] == "statements_per_s" && x > most) {
      most = x;
      server = figure.path[1];
    }
  }
  point.statements = all;
  for (auto& share : point.shares) share.second /= std::max(all, 1e-300);
  if (server.empty()) return point;
  const core::Estimate connections = result.at({"servers", server, "connections"});
  if (connections.known) point.connections = connections.value;
  if (const models::Section* section = scenario.find("server." + server))
    if (section->params.has("cores")) point.cores = static_cast<double>(section->params.count("cores"));
  for (const models::Section& section : scenario.sections)
    if (section.spec->section == "index" && section.params.has("rows"))
      point.rows.emplace_back(section.name, static_cast<double>(section.params.count("rows")));
  return point;
}

}  // namespace

std::vector<Warning> outside_calibration(const Scenario& scenario, const Result& result) {
  const std::vector<std::string> found = outside(scenario.calibrated, point_of(scenario, result));
  if (found.empty()) return {};
  return {{"W06", fmt::format("outside of the calibration, its costs are a guess there: {}", fmt::join(found, "; "))}};
}

}  // namespace capplan::plan
