// Hit ratio over cache size as JSON and CSV: every estimate {"value", "lo", "hi"}.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/hit_curve_report.h"

namespace capplan::plan {

namespace {

constexpr const char* cache_schema = "capplan.cache/1";

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
  Json json = {{"schema", cache_schema}, {"source", curves.source}, {"policy", "lru"}, {"curves", Json::array()}};
  for (const HitCurve& curve : curves.curves) {
    Json one = {{"name", curve.name},
                {"keys", curve.keys},
                {"requests", curve.asked},
                {"warmup_requests", curve.warmup},
                {"distinct_keys", leaf(curve.distinct)},
                {"exact_entries", std::isfinite(curve.exact_entries) ? Json(curve.exact_entries) : Json()},
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

namespace {

std::string cache_json_schema() {
  using namespace shape;
  const Json curve = object(
      {{"name", text()},
       {"keys", text()},
       {"requests", real()},
       {"warmup_requests", real()},
       {"distinct_keys", estimate("of listed keys exact")},
       {"exact_entries", or_null(real("hit ratios up to this size are exact; null: all are; 0: none"))},
       {"most_hits", estimate("hit ratio of a cache that holds every key")},
       {"points", list(object({{"entries", real()}, {"stated", flag("by the scenario")}, {"hit_ratio", estimate()}}))},
       {"targets", list(object({{"hit_ratio", real()}, {"entries", estimate("null: no size reaches it")}}))}});
  return document(cache_schema, "hit ratio of a cache over its size",
                  {{"source", text()}, {"policy", text()}, {"curves", list(curve)}});
}

}  // namespace

AnswerSpec cache_answer();

AnswerSpec cache_answer() {
  return {.name = "cache",
          .schema = cache_schema,
          .verb = "cache",
          .help = "hit ratio of LRU over its size, and the size for a hit ratio",
          .json_schema = cache_json_schema};
}

}  // namespace capplan::plan
