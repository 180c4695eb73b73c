#include "plan/costs/envelope.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "plan/format/raw_values.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;

constexpr double margin = 1.1;         // beyond an end that still counts as within
constexpr double share_margin = 0.05;  // of all requests: a class may be so much more or less of them

Covered& of_name(CoveredByName& all, const std::string& name) {
  for (auto& [known, covered] : all)
    if (known == name) return covered;
  all.emplace_back(name, Covered{});
  return all.back().second;
}

void add_capture(const Table& capture, Envelope& envelope) {
  const auto get = [&](const char* key) { return number_in(capture, key); };
  if (get("duration") > 0) envelope.statements.add(get("rows") / get("duration"));
  const double connections = get("connections") > 0 ? get("connections") : get("clients");
  if (connections > 0) envelope.connections.add(connections);
  if (get("cores") > 0) envelope.cores.add(get("cores"));
  const Table* mix = table_in(&capture, "mix");
  if (mix == nullptr) return;
  double all = 0;
  for (const auto& entry : *mix) all += number_of(&entry.second);
  for (const auto& [name, count] : *mix) of_name(envelope.shares, name).add(number_of(&count) / std::max(all, 1.0));
}

/// "40%", of little "0.5%".
std::string percent(double share) {
  return share < 0.01 ? fmt::format("{:.2g}%", 100 * share) : fmt::format("{:.0f}%", 100 * share);
}

/// "1.9 times the most", "0.4 times the least"; empty within.
std::string beyond(const Covered& covered, double x) {
  if (within(covered, x)) return {};
  const bool above = x > covered.hi;
  const double times = x / (above ? covered.hi : covered.lo);
  return fmt::format("{} times the {} that was calibrated",
                     times < 10 ? fmt::format("{:.2g}", times) : fmt::format("{:.0f}", times),
                     above ? "most" : "least");
}

}  // namespace

void Covered::add(double x) {
  lo = known ? std::min(lo, x) : x;
  hi = known ? std::max(hi, x) : x;
  known = true;
}

Envelope envelope_of(const Table& calibration) {
  Envelope envelope;
  const Table* head = table_in(&calibration, "calibration");
  const Value* captures = head != nullptr ? models::find(*head, "capture") : nullptr;
  if (captures == nullptr || captures->as<models::List>() == nullptr) return envelope;
  for (const Value& capture : *captures->as<models::List>())
    if (capture.as<Table>() != nullptr) add_capture(*capture.as<Table>(), envelope);
  if (const Table* indexes = table_in(head, "index"))
    for (const auto& [name, index] : *indexes)
      if (index.as<Table>() != nullptr) {
        const double rows = number_in(*index.as<Table>(), "rows");
        if (rows > 0) of_name(envelope.rows, name).add(rows);
      }
  return envelope;
}

bool within(const Covered& covered, double x) {
  if (!covered.known || x <= 0) return true;
  return x <= margin * covered.hi && x * margin >= covered.lo;
}

bool share_within(const Covered& covered, double share) {
  const bool above = share > margin * covered.hi && share > covered.hi + share_margin;
  const bool below = share * margin < covered.lo && share < covered.lo - share_margin;
  return !covered.known || (!above && !below);
}

std::vector<std::string> outside(const Envelope& envelope, const OperatingPoint& point) {
  std::vector<std::string> found;
  const auto compare = [&](const Covered& covered, double x, const std::string& what) {
    const std::string how_far = beyond(covered, x);
    if (!how_far.empty()) found.push_back(what + " are " + how_far);
  };
  compare(envelope.statements, point.statements, fmt::format("{:.0f} statements/s", point.statements));
  compare(envelope.connections, point.connections, fmt::format("{:.3g} connections of the server", point.connections));
  compare(envelope.cores, point.cores, fmt::format("{:.3g} cores", point.cores));
  for (const auto& [name, rows] : point.rows)
    for (const auto& [known, covered] : envelope.rows)
      if (known == name) compare(covered, rows, fmt::format("{} rows of {}", core::format_count(rows), name));
  for (const auto& [name, share] : point.shares)
    for (const auto& [known, covered] : envelope.shares) {
      if (known != name || share_within(covered, share)) continue;
      const bool above = share > covered.hi;
      found.push_back(fmt::format("{} is {} of the statements, at {} {} where it was calibrated", name, percent(share),
                                  above ? "most" : "least", percent(above ? covered.hi : covered.lo)));
    }
  return found;
}

}  // namespace capplan::plan
