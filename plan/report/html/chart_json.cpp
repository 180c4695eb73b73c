// A chart as the page's script reads it: plain values in base units, null where there is none.

#include <cmath>
#include <nlohmann/json.hpp>

#include "plan/report/figures_text.h"
#include "plan/report/html/chart.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

const char* word(ChartKind kind) {
  switch (kind) {
    case ChartKind::line:
      return "line";
    case ChartKind::bars:
      return "bars";
    case ChartKind::stack:
      return "stack";
    case ChartKind::heat:
      return "heat";
    case ChartKind::parallel:
      return "parallel";
    default:
      return "dots";
  }
}

Json number(double value, bool known) { return known && std::isfinite(value) ? Json(value) : Json(); }

Json written(const ChartSeries& series, bool bare) {
  Json json = {{"name", series.name}, {"unit", unit_word(series.unit)}, {"values", Json::array()}};
  for (const core::Estimate& e : series.values) json["values"].push_back(number(e.value, e.known));
  if (!bare) {
    json["lo"] = json["hi"] = Json::array();
    for (const core::Estimate& e : series.values) {
      json["lo"].push_back(number(e.lo, e.known));
      json["hi"].push_back(number(e.hi, e.known));
    }
  }
  if (!series.words.empty()) json["words"] = series.words;
  if (series.limit != 0) json["limit"] = series.limit;
  return json;
}

Json written(const std::vector<ChartMark>& marks) {
  Json list = Json::array();
  for (const ChartMark& mark : marks) list.push_back({{"name", mark.name}, {"at", mark.at}, {"value", mark.value}});
  return list;
}

}  // namespace

std::string to_json(const Chart& chart) {
  Json json = {{"kind", word(chart.kind)}, {"title", chart.title}, {"xName", chart.x_name}, {"labels", chart.labels}};
  if (!chart.groups.empty()) json["groups"] = chart.groups;
  if (!chart.x.empty()) json["x"] = chart.x;
  json["xUnit"] = chart.x_unit;
  json["series"] = Json::array();
  for (const ChartSeries& series : chart.series) json["series"].push_back(written(series, chart.bare));
  json["limits"] = written(chart.limits);
  json["marks"] = written(chart.marks);
  if (!chart.across.empty()) json["across"] = written(chart.across);
  if (!chart.x_of.empty()) {
    json["xLo"] = json["xHi"] = Json::array();
    for (const core::Estimate& e : chart.x_of) {
      json["xLo"].push_back(number(e.lo, e.known));
      json["xHi"].push_back(number(e.hi, e.known));
    }
  }
  if (chart.above) json["above"] = true;
  if (chart.headroom) json["headroom"] = true;
  json["shadedUntil"] = chart.shaded_until;
  json["log"] = chart.log_scale;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace capplan::plan
