// The verbs, as the functions of bindings/capplan/verbs.py call them: options come as the text that flags would hold.

#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/scenario.h"
#include "bindings/values.h"
#include "bindings/waiting.h"
#include "core/error.h"
#include "models/system.h"
#include "plan/report/describe_text.h"
#include "plan/scenario/draws.h"
#include "plan/study/compare.h"
#include "plan/study/interrupted.h"
#include "plan/study/kept.h"
#include "plan/study/runner.h"
#include "plan/study/written_options.h"

namespace py = pybind11;

namespace capplan::bindings {

plan::RunOptions options_of(const RunTexts& texts) {
  return plan::read_options({.seed = texts.at("seed"),
                             .replications = texts.at("replications"),
                             .precision = texts.at("precision"),
                             .margin = texts.contains("margin") ? texts.at("margin") : "",
                             .budget = texts.at("budget"),
                             .jobs = texts.at("jobs"),
                             .uncertainty = texts.at("uncertainty")},
                            "");
}

namespace {

/// The scenario as it is run: with draws of its calibration, where they are asked for.
plan::Scenario with_draws(const Scenario& scenario, const plan::RunOptions& options) {
  plan::Scenario resolved = scenario.resolved();
  if (options.draws > 0) plan::add_draws(scenario.draft(), scenario.overrides(), options.draws, options.seed, resolved);
  return resolved;
}

plan::Result run(const Scenario& scenario, const RunTexts& texts, const py::object& progress) {
  const plan::RunOptions options = options_of(texts);
  const plan::Scenario resolved = with_draws(scenario, options);
  plan::Result result;
  std::optional<plan::Result> so_far;
  try {
    wait_for("run", progress, [&](const plan::RunHooks& hooks) {
      try {
        result = plan::run(resolved, options, hooks);
      } catch (const plan::Interrupted& interrupted) {
        so_far = interrupted.so_far();
      }
    });
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_KeyboardInterrupt)) throw;
    error.value().attr("add_note")(so_far ? std::to_string(so_far->replications) + " replications are done: see .result"
                                          : "there is no answer before two replications are done");
    error.value().attr("result") = so_far;
    throw;
  }
  return result;
}

std::size_t points_done(const plan::Sweep& sweep) {
  std::size_t done = 0;
  for (const plan::SweepPoint& point : sweep.points) done += point.done ? 1 : 0;
  return done;
}

plan::Sweep sweep(const Scenario& scenario, const py::object& vary, const RunTexts& texts, const py::object& progress) {
  plan::SweepOptions options{
      .run = options_of(texts), .store = texts.at("store"), .fresh = texts.at("fresh") == "true"};
  plan::read_shard(texts.at("shard"), options, "");
  plan::read_sampling(texts.at("samples"), texts.at("design"), options, "");
  const std::vector<plan::Axis> axes = to_axes(vary, "vary");
  if (axes.empty() && scenario.resolved().axes.empty())
    throw core::InputError({scenario.file()}, "sweep", "there is nothing to vary",
                           "vary={\"pool.app.size\": [5, 10, 20]}, or a [sweep] in the scenario");
  plan::Sweep result;
  try {
    wait_for("sweep", progress, [&](const plan::RunHooks& hooks) {
      result = plan::sweep(scenario.draft(), scenario.overrides(), axes, options, hooks);
    });
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_KeyboardInterrupt)) throw;
    const std::string kept = options.store.empty() ? "nothing is kept without a store"
                                                   : "kept in " + options.store + "; the same call goes on";
    error.value().attr("add_note")(std::to_string(points_done(result)) + " of " + std::to_string(result.planned) +
                                   " points are done: " + kept);
    error.value().attr("sweep") = result;
    throw;
  }
  return result;
}

/// Of two scenarios: runs both. Labels name them.
plan::Comparison compare(const Scenario& a, const Scenario& b, const std::pair<std::string, std::string>& labels,
                         const RunTexts& texts, const py::object& progress) {
  const plan::RunOptions options = options_of(texts);
  const plan::Candidate first{labels.first, with_draws(a, options)}, second{labels.second, with_draws(b, options)};
  std::optional<plan::Comparison> comparison;
  wait_for("compare", progress,
           [&](const plan::RunHooks& hooks) { comparison = plan::compare(first, second, options, hooks); });
  return std::move(*comparison);  // only Ctrl-C leaves none, and is thrown by then
}

plan::Comparison compare_results(const plan::Result& a, const plan::Result& b,
                                 const std::pair<std::string, std::string>& labels, const RunTexts& texts) {
  return plan::compare({labels.first, a}, {labels.second, b}, options_of(texts).margin);
}

/// Refuses what only building can tell.
void check(const Scenario& scenario) {
  models::RunSettings settings;
  settings.duration = scenario.resolved().find("scenario")->params.duration("duration");
  const models::System system(scenario.resolved().sections, scenario.resolved().topology, settings);
}

}  // namespace

void bind_verbs(py::module_& module) {
  module.def("run", &run, py::arg("scenario"), py::arg("options"), py::arg("progress"));
  module.def("sweep", &sweep, py::arg("scenario"), py::arg("vary"), py::arg("options"), py::arg("progress"));
  module.def("compare", &compare, py::arg("a"), py::arg("b"), py::arg("labels"), py::arg("options"),
             py::arg("progress"));
  module.def("compare_results", &compare_results, py::arg("a"), py::arg("b"), py::arg("labels"), py::arg("options"));
  module.def("read_result", &plan::read_kept_result, py::arg("path"));
  module.def("check", &check, py::arg("scenario"));
  module.def(
      "describe", [](const std::string& word) { return plan::description(word, 100); }, py::arg("word"));
}

}  // namespace capplan::bindings
