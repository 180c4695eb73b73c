#include "plan/fit/known_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "plan/format/raw_values.h"

namespace capplan::plan {

MeasuredCapture of_known_classes(const models::Table& calibration, MeasuredCapture capture) {
  const models::Table* queries = table_in(&calibration, "query");
  const auto is_known = [&](const std::string& name) {
    return queries != nullptr && models::find(*queries, name) != nullptr;
  };
  CaptureManifest& m = capture.manifest;
  const models::Table* head = table_in(&calibration, "calibration");
  const models::Table* indexes = head != nullptr ? table_in(head, "index") : nullptr;
  for (const CaptureIndex& index : m.indexes)
    if (indexes != nullptr && models::find(*indexes, index.name) == nullptr)
      capture.warnings.push_back(fmt::format(
          "the calibration knows no index {}: its searches are taken to cost what those of their classes did",
          index.name));
  std::set<std::string> unknown;
  for (const MeasuredClass& c : capture.classes)
    if (!is_known(c.name)) unknown.insert(c.name);
  if (unknown.empty()) return capture;

  const auto is_left_out = [&](const auto& named) { return unknown.contains(named); };
  double all = 0, left = 0, weights = 0, weights_left = 0;
  for (const MeasuredClass& c : capture.classes) {
    all += static_cast<double>(c.durations.size());
    left += is_left_out(c.name) ? 0 : static_cast<double>(c.durations.size());
  }
  for (const auto& [name, weight] : m.mix) {
    weights += weight;
    weights_left += is_left_out(name) ? 0 : weight;
  }
  std::erase_if(capture.classes, [&](const MeasuredClass& c) { return is_left_out(c.name); });
  std::erase_if(m.classes, is_left_out);
  std::erase_if(m.mix, [&](const auto& entry) { return is_left_out(entry.first); });
  const std::string names = fmt::format("{}", fmt::join(unknown, ", "));
  if (!(left > 0) || !(weights_left > 0))
    throw core::InputError({m.file, 0, 0}, "capture.classes",
                           fmt::format("the calibration has costs of none of them: {}", names),
                           fmt::format("capplan calibrate {} OTHERS... -o costs.toml", m.file));
  m.rate *= weights_left / weights;
  capture.completed_per_s *= left / all;
  if (all > left)
    capture.warnings.push_back(fmt::format(
        "the calibration has no costs of {}: {:.3g}% of the requests are left out, and what they took from the rest is "
        "not predicted",
        names, 100 * (1 - left / all)));
  return capture;
}

}  // namespace capplan::plan
