// Writing of "capplan.drift/1"; see drift_report.h.

#include <nlohmann/json.hpp>

#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/drift_report.h"

namespace capplan::plan {

namespace {

constexpr const char* drift_schema = "capplan.drift/1";

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
  Json json{{"schema", drift_schema},   {"calibration", drift.calibration},    {"margin", drift.margin},
            {"level", drift_level},     {"verdict", to_string(drift.verdict)}, {"words", in_words(drift)},
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

namespace {

std::string drift_json_schema() {
  using namespace shape;
  const Json verdict = word({to_string(Moved::moved), to_string(Moved::none_shown), to_string(Moved::cannot_tell)});
  const Json line = object({{"kind", text()},
                            {"of", text()},
                            {"figure", text()},
                            {"before", or_null(real())},
                            {"calibrated", or_null(real())},
                            {"measured", or_null(real())},
                            {"ratio", estimate()},
                            {"p", or_null(real())},
                            {"adjusted_p", or_null(real())},
                            {"margin", real()},
                            optional("distance", real()),
                            {"verdict", verdict},
                            {"note", text()}});
  const Json capture = object({{"name", text()},
                               {"against", text()},
                               {"verdict", verdict},
                               {"words", text()},
                               {"lines", list(line)},
                               {"warnings", list(text())}});
  return document(drift_schema, "whether a calibration still describes captures, and what moved",
                  {{"calibration", text()},
                   {"margin", real()},
                   {"level", real()},
                   {"verdict", verdict},
                   {"words", text()},
                   {"captures", list(capture)}});
}

}  // namespace

AnswerSpec drift_answer();

AnswerSpec drift_answer() {
  return {.name = "drift",
          .schema = drift_schema,
          .verb = "drift",
          .help = "whether a calibration still describes captures, and what moved",
          .json_schema = drift_json_schema};
}

}  // namespace capplan::plan
