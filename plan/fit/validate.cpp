#include "plan/fit/validate.h"

#include <fmt/format.h>

#include <map>

#include "core/error.h"
#include "plan/costs/index_law_file.h"
#include "plan/fit/capture_baselines.h"
#include "plan/fit/index_samples.h"
#include "plan/fit/known_classes.h"
#include "plan/format/document.h"

namespace capplan::plan {

namespace {

void check(const ValidateOptions& o) {
  if (o.index_samples.empty() && o.manifests.empty())
    throw core::InputError({"capplan validate"}, "", "nothing measured is given",
                           "capplan validate --calibration costs.toml CAPTURE.toml, or --index-samples samples.csv");
  if (o.calibration.empty() == o.leave_one_out.empty())
    throw core::InputError({"capplan validate"}, "",
                           o.calibration.empty()
                               ? "there is nothing to predict with"
                               : "--leave-one-out fits what is measured itself: it needs no --calibration",
                           "name a --calibration, or what is left out with --leave-one-out captures or m");
  const bool of_captures = o.leave_one_out == "captures";
  if (o.textbook && !of_captures)
    throw core::InputError({"--textbook"}, "", "is for captures that are left out one by one",
                           "capplan validate --leave-one-out captures --textbook data/captures/*.toml");
  if (o.effects && (!of_captures || o.textbook))
    throw core::InputError({"--effects"}, "", "is for captures that are left out one by one, and predicted by a fit",
                           "capplan validate --leave-one-out captures --effects data/captures/*.toml");
  if (!o.leave_one_out.empty() && (of_captures ? o.manifests : o.index_samples).empty())
    throw core::InputError({"--leave-one-out"}, o.leave_one_out,
                           of_captures ? "no captures are given" : "no index samples are given",
                           "capplan validate --leave-one-out captures data/captures/*.toml");
}

LeftOut left_out(const std::string& word) {
  if (word == "m") return LeftOut::m;
  if (word == "rows") return LeftOut::rows;
  if (word == "dimensions") return LeftOut::dimensions;
  throw core::InputError({"--leave-one-out"}, "", fmt::format("\"{}\" is none of captures, m, rows, dimensions", word));
}

/// The calibration's law; one that has none is refused.
models::IndexLaw law_of(const std::string& file) {
  const models::Table calibration = read_toml(file);
  if (!models::find(calibration, "index_law"))
    throw core::InputError({file, 0, 0}, "index_law", "the calibration has no law of vector indexes",
                           "capplan calibrate --index-samples SAMPLES.csv -o " + file);
  return index_law_of(calibration);
}

/// Adds what is to be known of the captures to what was compared of them, which is some or all of them in their order.
CaptureValidation with_warnings(CaptureValidation v, const std::vector<MeasuredCapture>& measured) {
  auto of = measured.begin();
  for (ComparedCapture& compared : v.captures) {
    while (of != measured.end() && of->manifest.name != compared.name) ++of;
    if (of == measured.end()) break;
    for (const auto* warnings : {&of->manifest.warnings, &of->warnings})
      compared.warnings.insert(compared.warnings.end(), warnings->begin(), warnings->end());
    ++of;
  }
  return v;
}

/// Refuses, before anything is fitted, what no other capture can predict.
void check_classes_are_shared(const std::vector<MeasuredCapture>& captures) {
  std::map<std::string, std::vector<const MeasuredCapture*>> holders;
  for (const MeasuredCapture& capture : captures)
    for (const MeasuredClass& c : capture.classes)
      if (!c.durations.empty()) holders[c.name].push_back(&capture);
  std::vector<core::Problem> problems;
  for (const auto& [name, of] : holders)
    if (of.size() == 1)
      problems.push_back({{of.front()->manifest.file, 0, 0},
                          "capture.classes",
                          fmt::format("{} is in no other capture, so that none can predict it", name),
                          "take another capture with it, or leave this one out"});
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

/// Captures beside their replays.
CaptureValidation captures(const ValidateOptions& o, const std::atomic<bool>* cancel) {
  std::vector<MeasuredCapture> measured = measure_all(o.manifests, o.lenient);
  if (!o.calibration.empty()) {
    const models::Table calibration = read_toml(o.calibration);
    for (MeasuredCapture& capture : measured) capture = of_known_classes(calibration, std::move(capture));
    return with_warnings(validate_captures(calibration, measured, cancel), measured);
  }
  if (measured.size() < 3)
    throw core::InputError({"--leave-one-out"}, "captures", "needs three captures or more",
                           "capplan validate --leave-one-out captures data/captures/*.toml");
  check_classes_are_shared(measured);
  return with_warnings(
      o.textbook ? textbook_leave_one_out(measured) : leave_one_capture_out(measured, o.effects, cancel), measured);
}

}  // namespace

Validation validate(const ValidateOptions& o, const std::atomic<bool>* cancel) {
  check(o);
  if (o.index_samples.empty())
    return {!o.calibration.empty() ? "calibration " + o.calibration
            : o.textbook           ? "M/M/c on the mean durations of all other captures"
                                   : "a fit to all other captures",
            std::nullopt, captures(o, cancel)};
  std::vector<IndexSampleFile> files;
  for (const std::string& file : o.index_samples) files.push_back(read_index_samples(file));
  const std::vector<IndexSample> samples = all_samples(files);
  const models::PlannerSettings planner = o.settings.empty() ? sample_settings : read_planner_settings(o.settings);
  if (o.calibration.empty())
    return {fmt::format("laws fitted to the samples of all other values of {}", o.leave_one_out),
            leave_one_out(samples, left_out(o.leave_one_out), planner), std::nullopt};
  Validation both{"calibration " + o.calibration, validate_index_law(law_of(o.calibration), samples, planner),
                  std::nullopt};
  if (!o.manifests.empty()) both.captures = captures(o, cancel);
  return both;
}

}  // namespace capplan::plan
