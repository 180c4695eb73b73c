// Writing of "capplan.drift/1"; see drift_json.h.

#include "plan/report/drift_json.h"

#include <nlohmann/json.hpp>

#include "plan/report/drift_report.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Json figure(double x) { return x > 0 ? Json(x) : Json(nullptr); }

Json of(const DriftLine& l) {
  Json json{
      {"kind", to_string(l.kind)},
      {"of", l.subject},
      {"figure", l.figure},
      {"before", figure(l.before)},
      {"calibrated", figure(l.calibrated)},
      {"measured", figure(l.measured)},
      {"ratio", l.ratio.known ? Json{{"value", l.ratio.value}, {"lo", l.ratio.lo}, {"hi", l.ratio.hi}} : Json(nullptr)},
      {"p", l.tested ? Json(l.p) : Json(nullptr)},
      {"adjusted_p", l.tested ? Json(l.adjusted_p) : Json(nullptr)},
      {"margin", l.margin}};
  if (l.kind == DriftKind::mix) json["distance"] = l.distance;
  json["verdict"] = to_string(l.verdict);
  json["note"] = l.note;
  return json;
}

}  // namespace

std::string to_json(const Drift& drift, int indent) {
  Json json{{"schema", "capplan.drift/1"}, {"calibration", drift.calibration},    {"margin", drift.margin},
            {"level", drift_level},        {"verdict", to_string(drift.verdict)}, {"words", in_words(drift)},
            {"captures", Json::array()}};
  for (const CaptureDrift& capture : drift.captures) {
    Json lines = Json::array();
    for (const DriftLine& l : capture.lines) lines.push_back(of(l));
    json["captures"].push_back({{"name", capture.name},
                                {"against", capture.against},
                                {"verdict", to_string(capture.verdict)},
                                {"words", in_words(capture)},
                                {"lines", lines},
                                {"warnings", capture.warnings}});
  }
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : text + "\n";
}

}  // namespace capplan::plan
