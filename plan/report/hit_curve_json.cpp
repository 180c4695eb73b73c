// Hit ratio over cache size as JSON and CSV: every estimate {"value", "lo", "hi"}.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plan/report/hit_curve_report.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Json leaf(const core::Estimate& e) {
  if (!e.known) return nullptr;
  return {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
}

}  // namespace

std::string csv(const HitCurves& curves) {
  std::string text = "request,entries,hit_ratio,hit_ratio_lo,hit_ratio_hi\n";
  for (const HitCurve& curve : curves.curves)
    for (const HitCurvePoint& p : curve.points)
      text += fmt::format("{},{},{},{},{}\n", curve.name, p.entries, p.hit_ratio.value, p.hit_ratio.lo, p.hit_ratio.hi);
  return text;
}

std::string to_json(const HitCurves& curves, int indent) {
  Json json = {{"schema", "capplan.cache/1"}, {"source", curves.source}, {"policy", "lru"}, {"curves", Json::array()}};
  for (const HitCurve& curve : curves.curves) {
    Json one = {{"name", curve.name},
                {"keys", curve.keys},
                {"requests", curve.asked},
                {"warmup_requests", curve.warmup},
                {"distinct_keys", leaf(curve.distinct)},
                {"most_hits", leaf(curve.most_hits)},
                {"points", Json::array()},
                {"targets", Json::array()}};
    for (const HitCurvePoint& p : curve.points)
      one["points"].push_back({{"entries", p.entries}, {"stated", p.stated}, {"hit_ratio", leaf(p.hit_ratio)}});
    for (const HitCurveTarget& t : curve.targets)
      one["targets"].push_back({{"hit_ratio", t.hit_ratio}, {"entries", leaf(t.entries)}});
    json["curves"].push_back(std::move(one));
  }
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + (indent < 0 ? "" : "\n");
}

}  // namespace capplan::plan
