// Writing of "capplan.fit/1"; see calibration_json.h.

#include "plan/report/calibration_json.h"
#include "plan/format/json_shape.h"
#include "plan/report/answers.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace capplan::plan {

namespace {

constexpr const char* fit_schema = "capplan.fit/1";

using Json = nlohmann::ordered_json;

Json leaf(const core::Estimate& e) {
  return e.known ? Json{{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}} : Json(nullptr);
}

Json family(const Fit& fit) {
  return {{"family", fit.family},
          {"aic", fit.has_likelihood ? Json(fit.aic) : Json(nullptr)},
          {"ks", fit.ks},
          {"anderson_darling", fit.anderson_darling},
          {"fits", fit.fits}};
}

Json of(const ClassCalibration& c) {
  const SampleFit& f = c.fit;
  Json json{{"requests", f.sample.count},  {"captures", c.captures},      {"mean_s", leaf(f.sample.mean)},
            {"p50_s", leaf(f.sample.p50)}, {"p95_s", leaf(f.sample.p95)}, {"p99_s", leaf(f.sample.p99)},
            {"cv", f.sample.cv},           {"chosen", family(f.chosen)},  {"ks_critical_1pct", f.ks_critical}};
  json["alternatives"] = Json::array();
  for (const Fit& fit : f.alternatives) json["alternatives"].push_back(family(fit));
  Json p = Json::array(), measured = p, fitted = p;
  for (const QuantilePair& q : f.pairs) {
    p.push_back(q.p);
    measured.push_back(q.measured);
    fitted.push_back(q.fitted);
  }
  json["quantiles"] = {{"p", p}, {"measured_s", measured}, {"fitted_s", fitted}};
  return json;
}

Json of(const SequenceFit& s) {
  Json json{{"pairs", s.pairs},           {"durations", leaf(s.durations)}, {"durations_p", s.durations_p},
            {"repeats", leaf(s.repeats)}, {"classes_p", s.classes_p},       {"think", nullptr}};
  if (s.think)
    json["think"] = {{"count", s.think->count},
                     {"none", s.think->none},
                     {"mean_s", leaf(s.think->mean)},
                     {"family", s.think->family},
                     {"ks", s.think->ks}};
  return json;
}

Json of(const WorkloadFit& w) {
  Json json{{"open", w.open}, {"per_s", leaf(w.rate)}, {"cv", leaf(w.cv)}, {"dispersion", leaf(w.dispersion)}};
  json["mix"] = Json::object();
  for (const MixShare& m : w.mix) json["mix"][m.name] = {{"count", m.count}, {"share", m.share}};
  json["course"] = {{"window_s", w.course.window},
                    {"per_s", w.course.per_second},
                    {"growth", leaf(w.course.growth)},
                    {"trend_p", w.course.trend_p},
                    {"wander_p", w.course.wander_p}};
  json["dispersion_by_scale"] = Json::array();
  for (const ScaleDispersion& s : w.scales)
    json["dispersion_by_scale"].push_back(
        {{"scale_s", s.scale}, {"windows", s.windows}, {"dispersion", leaf(s.dispersion)}});
  json["mix_course"] = {
      {"windows", w.mix_course.windows}, {"design", w.mix_course.design}, {"p", w.mix_course.p},
      {"most", w.mix_course.most},       {"least", w.mix_course.least},   {"greatest", w.mix_course.greatest}};
  json["sequence"] = of(w.sequence);
  json["keys"] = nullptr;
  if (w.keys)
    json["keys"] = {{"requests", w.keys->requests}, {"distinct", w.keys->distinct}, {"zipf", leaf(w.keys->zipf)},
                    {"ranks", w.keys->ranks},       {"distance", w.keys->distance}, {"goodness", goodness_of(*w.keys)},
                    {"heaps", leaf(w.keys->heaps)}};
  json["notes"] = w.notes;
  return json;
}

Json number(const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); }

/// The law of vector searches: coefficients with their intervals of 95 %, what the fit leaves, errors as of validate.
Json of(const IndexCalibration& c) {
  const models::IndexLaw& law = c.costs.search;
  Json json{{"samples", law.samples}, {"files", Json::array()}, {"coefficients", Json::object()}};
  for (const IndexSampleFile& file : c.files)
    json["files"].push_back({{"file", file.name}, {"sha256", file.sha256}, {"samples", file.samples.size()}});
  for (std::size_t i = 0; i < models::law_terms; ++i) {
    const models::LawCoefficient& term = models::law_coefficients()[i];
    const double reach = 1.959964 * std::sqrt(law.covariance[i * models::law_terms + i]);
    const auto shown = [&](double held) { return term.positive ? std::exp(held) : held; };
    json["coefficients"][term.name] = {
        {"value", shown(law.at[i])}, {"lo", shown(law.at[i] - reach)}, {"hi", shown(law.at[i] + reach)}};
  }
  json["residuals"] = {
      {"latency", law.latency_residual}, {"pages", law.pages_residual}, {"recall", law.recall_residual}};
  json["errors"] = Json::object();
  for (const IndexErrors& e : c.errors)
    json["errors"][e.of] = {{"latency_p50_error_median", number(e.validation.latency_p50_error_median)},
                            {"latency_p50_error_p90", number(e.validation.latency_p50_error_p90)},
                            {"pages_error_median", number(e.validation.pages_error_median)},
                            {"recall_error_median", number(e.validation.recall_error_median)},
                            {"size_error_max", number(e.validation.size_error_max)},
                            {"latency_inside", number(e.validation.latency_inside)}};
  json["warnings"] = c.warnings;
  return json;
}

}  // namespace

std::string to_json(const Calibration& calibration, int indent) {
  Json json{{"schema", fit_schema}, {"assumption", calibration.assumption}, {"captures", Json::array()}};
  for (const CaptureRecord& r : calibration.captures)
    json["captures"].push_back({{"name", r.manifest.name},
                                {"sha256", r.sha256},
                                {"completed", r.rows},
                                {"skipped", r.skipped},
                                {"failed", r.failed},
                                {"malformed", r.malformed},
                                {"duration_s", core::to_seconds(r.manifest.duration)},
                                {"mean_duration_s", r.mean_duration},
                                {"cpu_per_request_s", r.cpu_per_request ? Json(*r.cpu_per_request) : Json(nullptr)}});
  json["classes"] = Json::object();
  for (const ClassCalibration& c : calibration.classes) json["classes"][c.name] = of(c);
  json["workload"] = calibration.captures.empty() ? Json(nullptr) : of(calibration.workload);
  json["contention"] = nullptr;
  if (calibration.contention) {
    const ContentionFit& fit = *calibration.contention;
    Json fitted = Json::object();
    for (const FittedCost& cost : fit.fitted)
      fitted[cost.name] = {{"estimate", leaf(cost.value)}, {"identified", cost.identified}};
    json["contention"] = {{"base", fit.base},
                          {"captures", fit.captures},
                          {"left_out", fit.left_out},
                          {"fitted", fitted},
                          {"spread", {{"p50", fit.spread_p50}, {"p95", fit.spread_p95}, {"p99", fit.spread_p99}}}};
  }
  if (calibration.indexes) json["indexes"] = of(*calibration.indexes);
  json["warnings"] = calibration.warnings;
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  return indent < 0 ? text : text + "\n";
}

namespace {

shape::Json class_shape() {
  using namespace shape;
  const Json family = object({{"family", text()},
                              {"aic", or_null(real())},
                              {"ks", real()},
                              {"anderson_darling", or_null(real())},
                              {"fits", flag("not beyond chance of 1 %")}});
  return object(
      {{"requests", whole()},
       {"captures", list(text())},
       {"mean_s", estimate()},
       {"p50_s", estimate()},
       {"p95_s", estimate()},
       {"p99_s", estimate()},
       {"cv", or_null(real())},
       {"chosen", family},
       {"ks_critical_1pct", real()},
       {"alternatives", list(family)},
       {"quantiles", object({{"p", list(real())}, {"measured_s", list(real())}, {"fitted_s", list(real())}})}});
}

shape::Json workload_shape() {
  using namespace shape;
  const Json maybe = or_null(real());
  const Json think =
      object({{"count", whole()}, {"none", flag()}, {"mean_s", estimate()}, {"family", text()}, {"ks", maybe}});
  const Json sequence = object({{"pairs", whole()},
                                {"durations", estimate()},
                                {"durations_p", maybe},
                                {"repeats", estimate()},
                                {"classes_p", maybe},
                                {"think", or_null(think)}});
  const Json keys = object({{"requests", whole()},
                            {"distinct", whole()},
                            {"zipf", estimate()},
                            {"ranks", whole()},
                            {"distance", maybe},
                            {"goodness", text()},
                            {"heaps", estimate()}});
  return object(
      {{"open", flag()},
       {"per_s", estimate()},
       {"cv", estimate()},
       {"dispersion", estimate()},
       {"mix", map(object({{"count", whole()}, {"share", real()}}))},
       {"course", object({{"window_s", maybe},
                          {"per_s", list(real())},
                          {"growth", estimate()},
                          {"trend_p", maybe},
                          {"wander_p", maybe}})},
       {"dispersion_by_scale", list(object({{"scale_s", real()}, {"windows", whole()}, {"dispersion", estimate()}}))},
       {"mix_course", object({{"windows", whole()},
                              {"design", maybe},
                              {"p", maybe},
                              {"most", text()},
                              {"least", maybe},
                              {"greatest", maybe}})},
       {"sequence", sequence},
       {"keys", or_null(keys)},
       {"notes", list(text())}});
}

shape::Json law_shape() {
  using namespace shape;
  const Json maybe = or_null(real());
  return object({{"samples", whole()},
                 {"files", list(object({{"file", text()}, {"sha256", text()}, {"samples", whole()}}))},
                 {"coefficients", map(estimate())},
                 {"residuals", object({{"latency", real()}, {"pages", real()}, {"recall", real()}})},
                 {"errors", map(object({{"latency_p50_error_median", maybe},
                                        {"latency_p50_error_p90", maybe},
                                        {"pages_error_median", maybe},
                                        {"recall_error_median", maybe},
                                        {"size_error_max", maybe},
                                        {"latency_inside", maybe}}))},
                 {"warnings", list(text())}});
}

std::string calibration_json_schema() {
  using namespace shape;
  const Json capture = object({{"name", text()},
                               {"sha256", text()},
                               {"completed", whole()},
                               {"skipped", whole()},
                               {"failed", whole()},
                               {"malformed", whole()},
                               {"duration_s", real()},
                               {"mean_duration_s", real()},
                               {"cpu_per_request_s", or_null(real())}});
  const Json contention =
      object({{"base", text()},
              {"captures", list(text())},
              {"left_out", list(text())},
              {"fitted", map(object({{"estimate", estimate()}, {"identified", flag("the captures tell it")}}))},
              {"spread", object({{"p50", real()}, {"p95", real()}, {"p99", real()}})}});
  return document(fit_schema, "how costs were fitted to captures; the costs themselves are in the TOML file",
                  {{"assumption", text()},
                   {"captures", list(capture)},
                   {"classes", map(class_shape())},
                   {"workload", or_null(workload_shape())},
                   {"contention", or_null(contention)},
                   optional("indexes", law_shape()),
                   {"warnings", list(text())}});
}

}  // namespace

AnswerSpec calibration_answer();

AnswerSpec calibration_answer() {
  return {.name = "calibration",
          .schema = fit_schema,
          .verb = "calibrate",
          .help = "how costs were fitted to captures: families, quantiles, load, contention",
          .json_schema = calibration_json_schema};
}

}  // namespace capplan::plan
