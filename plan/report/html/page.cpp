#include "plan/report/html/page.h"

#include "plan/format/page_data.h"
#include "plan/report/drift_json.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/html/assets.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page_sweep.h"
#include "plan/report/html/sections.h"
#include "plan/report/index_report.h"
#include "plan/report/report.h"
#include "plan/report/rules_report.h"
#include "plan/report/validation_json.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

std::string assembled(const std::string& name, const std::string& body, const std::string& json, bool with_charts) {
  const std::string script = with_charts ? "<script>" + std::string(assets::script) + "</script>" : "";
  return filled(assets::page, {{"title", escaped(name)},
                               {"style", std::string(assets::style)},
                               {"charts", with_charts ? "with-charts" : "without-charts"},
                               {"body", body},
                               {"data", std::string(data_begin) + for_script(json) + std::string(data_end)},
                               {"script", script}});
}

/// Tables stand open where nothing is drawn.
std::string body_of(std::string body, bool with_charts) {
  if (with_charts) return body;
  for (std::size_t at = body.find("<details><summary>Table"); at != std::string::npos;
       at = body.find("<details><summary>Table", at))
    body.replace(at, 9, "<details open>");
  return body;
}

}  // namespace

bool has_charts() { return !assets::script.empty(); }

std::string html(const Result& result, bool with_charts) {
  return assembled(result.name, body_of(sections(result), with_charts), to_json(result, -1), with_charts);
}

std::string html(const Sweep& sweep, bool with_charts) {
  const Sweep page = for_page(sweep);
  return assembled(page.name, body_of(sections(page), with_charts), to_json(page, -1), with_charts);
}

std::string html(const Comparison& comparison, bool with_charts) {
  return assembled(name_of(comparison), body_of(sections(comparison), with_charts), to_json(comparison, -1),
                   with_charts);
}

std::string html(const Validation& validation, bool with_charts) {
  return assembled("Predictions beside measurements", body_of(sections(validation), with_charts),
                   to_json(validation, -1), with_charts);
}

std::string html(const Drift& drift, bool with_charts) {
  return assembled("A calibration beside captures", body_of(sections(drift), with_charts), to_json(drift, -1),
                   with_charts);
}

std::string html(const IndexPlans& plans, bool with_charts) {
  return assembled(plans.scenario, body_of(sections(plans), with_charts), to_json(plans, -1), with_charts);
}

std::string html(const Rules& rules, bool with_charts) {
  return assembled(rules.name, body_of(sections(rules), with_charts), to_json(rules, -1), with_charts);
}

std::string html(const HitCurves& curves, bool with_charts) {
  return assembled(curves.source, body_of(sections(curves), with_charts), to_json(curves, -1), with_charts);
}

}  // namespace capplan::plan
