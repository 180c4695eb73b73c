#include "plan/study/calibrated_range.h"

#include <fmt/format.h>

#include <algorithm>

namespace capplan::plan {

namespace {

using core::Estimate;

Estimate exactly(double x) { return {x, x, x, true}; }

/// Where the run was, by its figures: statements of calibrated classes, and the server that has most of them.
struct Place {
  Estimate statements;   ///< per second
  Estimate connections;  ///< of that server
  double cores = 0;      ///< of that server
  std::vector<std::pair<std::string, Estimate>> shares;
  std::vector<std::pair<std::string, double>> rows;
};

/// The sum of them; its bounds are those of all parts together.
Estimate sum_of(const std::vector<std::pair<std::string, Estimate>>& parts) {
  Estimate sum{0, 0, 0, !parts.empty()};
  for (const auto& [name, part] : parts) {
    sum.value += part.value;
    sum.lo += part.lo;
    sum.hi += part.hi;
  }
  return sum;
}

/// A part over the sum that it is in.
Estimate share_of(const Estimate& part, const Estimate& sum) {
  const auto over = [](double x, double rest) { return x / std::max(x + rest, 1e-300); };
  return {over(part.value, sum.value - part.value), over(part.lo, sum.hi - part.hi), over(part.hi, sum.lo - part.lo),
          true};
}

Place place_of(const Scenario& scenario, const Result& result) {
  Place place;
  std::string server;
  double most = 0;
  for (const Figure& figure : result.figures) {
    if (!figure.estimate.known || figure.path.size() != 3) continue;
    if (figure.path[0] == "queries" && figure.path[2] == "executed_per_s")
      place.shares.emplace_back(figure.path[1], figure.estimate);
    if (figure.path[0] == "servers" && figure.path[2] == "statements_per_s" && figure.estimate.value > most) {
      most = figure.estimate.value;
      server = figure.path[1];
    }
  }
  place.statements = sum_of(place.shares);
  for (auto& share : place.shares) share.second = share_of(share.second, place.statements);
  if (server.empty()) return place;
  const Estimate connections = result.at({"servers", server, "connections"});
  place.connections = {connections.value, connections.lo, connections.hi, connections.known};
  if (const models::Section* section = scenario.find("server." + server))
    if (section->params.has("cores")) place.cores = static_cast<double>(section->params.count("cores"));
  for (const models::SectionId index : models::all_of(scenario.topology, models::Role::index))
    place.rows.emplace_back(scenario.at(index).name, static_cast<double>(scenario.at(index).params.count("rows")));
  return place;
}

/// The same without intervals.
OperatingPoint point_of(const Place& place) {
  OperatingPoint point{
      place.statements.value, place.connections.known ? place.connections.value : 0, place.cores, {}, place.rows};
  for (const auto& [name, share] : place.shares) point.shares.emplace_back(name, share.value);
  return point;
}

}  // namespace

std::vector<Warning> outside_calibration(const Scenario& scenario, const Result& result) {
  const std::vector<std::string> found = outside(scenario.calibrated, point_of(place_of(scenario, result)));
  if (found.empty()) return {};
  return {{"W06", fmt::format("extrapolating beyond the calibrated range: {}", fmt::join(found, "; "))}};
}

CalibrationCheck check_calibration(const Scenario& scenario, const Result& result) {
  if (scenario.evidence.empty()) return {};
  CalibrationCheck check{scenario.evidence, {}};
  const Envelope& envelope = scenario.calibrated;
  const Place place = place_of(scenario, result);
  const auto add = [&](const char* quantity, const std::string& of, const Covered& covered, const Estimate& here) {
    if (covered.known && here.known)
      check.covered.push_back({quantity, of, covered.lo, covered.hi, here, within(covered, here.value)});
  };
  add("statements_per_s", "", envelope.statements, place.statements);
  add("connections", "", envelope.connections, place.connections);
  if (place.cores > 0) add("cores", "", envelope.cores, exactly(place.cores));
  for (const auto& [name, covered] : envelope.shares)
    for (const auto& [known, share] : place.shares)
      if (known == name) {
        add("share", name, covered, share);
        check.covered.back().inside = share_within(covered, share.value);
      }
  for (const auto& [name, covered] : envelope.rows)
    for (const auto& [known, rows] : place.rows)
      if (known == name) add("rows", name, covered, exactly(rows));
  return check;
}

}  // namespace capplan::plan
