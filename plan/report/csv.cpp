// Figures as CSV (RFC 4180, lines end with a line feed): paths joined by "/", base units, numbers that read back
// exactly, empty cells for what is not known.

#include <fmt/format.h>

#include <map>
#include <set>

#include "plan/report/tables.h"

namespace capplan::plan {

namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

std::string joined(const std::vector<std::string>& path) { return fmt::format("{}", fmt::join(path, "/")); }

/// ",value,lo,hi".
std::string numbers(const core::Estimate& e) { return e.known ? fmt::format(",{},{},{}", e.value, e.lo, e.hi) : ",,,"; }

}  // namespace

std::string csv(const Result& result) {
  std::string text = "path,value,lo,hi\n";
  for (const Figure& figure : result.figures) text += quoted(joined(figure.path)) + numbers(figure.estimate) + "\n";
  return text;
}

std::string csv(const Sweep& sweep) {
  std::vector<std::vector<std::string>> paths;
  std::set<std::vector<std::string>> seen;
  for (const SweepPoint& point : sweep.points)
    for (const Figure& figure : point.result.figures)
      if (seen.insert(figure.path).second) paths.push_back(figure.path);

  std::string text;
  for (const Axis& axis : sweep.axes) text += quoted(axis.key) + ",";
  text += "verdict,replications";
  for (const auto& path : paths) {
    const std::string name = joined(path);
    text += "," + quoted(name) + "," + quoted(name + "/lo") + "," + quoted(name + "/hi");
  }
  text += "\n";
  for (const SweepPoint& point : sweep.points) {
    for (const std::string& label : point.labels) text += quoted(label) + ",";
    text += point.done ? fmt::format("{},{}", to_string(point.result.verdict), point.result.replications) : ",";
    std::map<std::vector<std::string>, core::Estimate> estimates;
    for (const Figure& figure : point.result.figures) estimates.emplace(figure.path, figure.estimate);
    for (const auto& path : paths) text += numbers(estimates[path]);
    text += "\n";
  }
  return text;
}

std::string csv(const Comparison& comparison) {
  std::string text = "path";
  for (const char* what : {"a", "b", "difference", "relative"}) text += fmt::format(",{0},{0}/lo,{0}/hi", what);
  text += ",p,adjusted_p,verdict\n";
  for (const FigureChange& change : comparison.figures) {
    text += quoted(joined(change.path)) + numbers(change.a) + numbers(change.b) + numbers(change.difference) +
            numbers(change.relative);
    text += change.tested ? fmt::format(",{},{}", change.p, change.adjusted_p) : ",,";
    text += "," + to_string(change.change) + "\n";
  }
  return text;
}

}  // namespace capplan::plan
