// capplan.SloResult, AlertResult, BudgetResult and Result.

#include <fmt/format.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/columns.h"
#include "bindings/figures.h"
#include "bindings/values.h"
#include "plan/report/tables.h"
#include "plan/study/calibration_check_json.h"
#include "plan/study/result_json.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using core::Estimate;
using plan::Result;
using plan::SloResult;

void bind_slo(py::module_& module) {
  py::class_<SloResult>(module, "SloResult", "One condition of [slo], held against its figure.")
      .def_readonly("target", &SloResult::target, "What it is about.")
      .def_readonly("text", &SloResult::text, "The condition as written.")
      .def_readonly("limit", &SloResult::limit, "Its limit, in base units.")
      .def_readonly("below", &SloResult::below, "Whether the figure must be below the limit.")
      .def_readonly("none", &SloResult::none, "Whether it must never be seen at all: \"= 0\".")
      .def_readonly("estimate", &SloResult::estimate, "The figure.")
      .def_readonly("probability", &SloResult::probability,
                    "That the true figure meets it; known where the calibration was drawn from.")
      .def_property_readonly(
          "of",
          [](const SloResult& s) -> std::optional<std::string> {
            return s.over == plan::Over::none ? std::nullopt : std::optional(plan::to_string(s.over));
          },
          "What a latency is over: \"attempts\" or \"completed\"; else None.")
      .def_readonly("never", &SloResult::never, "Whether so many fail that the percentile is never reached.")
      .def_readonly("failed", &SloResult::failed, "The share of the requests behind it that fail, where some do.")
      .def_readonly("rising", &SloResult::rising,
                    "The path of the stock that it rests on and that still rises, or \"\".")
      .def_property_readonly(
          "judgement", [](const SloResult& s) { return plan::to_string(s.judgement); },
          "\"met\", \"missed\" or \"undecided\".")
      .def(py::self == py::self)
      .def("__repr__",
           [](const SloResult& s) {
             const std::string likely =
                 s.probability.known ? fmt::format(", probability {:.2f}", s.probability.value) : std::string();
             return fmt::format("SloResult({} {}: {}{})", s.target, s.text, plan::to_string(s.judgement), likely);
           })
      .def(py::pickle(
          [](const SloResult& s) {
            return py::make_tuple(s.target, s.text, s.limit, s.below, s.estimate, static_cast<int>(s.judgement),
                                  s.probability, s.none, static_cast<int>(s.over), s.never, s.failed, s.rising);
          },
          [](const py::tuple& state) {
            return SloResult{state[0].cast<std::string>(),
                             state[1].cast<std::string>(),
                             state[2].cast<double>(),
                             state[3].cast<bool>(),
                             state[4].cast<Estimate>(),
                             static_cast<plan::Judgement>(state[5].cast<int>()),
                             state[6].cast<Estimate>(),
                             state[7].cast<bool>(),
                             static_cast<plan::Over>(state[8].cast<int>()),
                             state[9].cast<bool>(),
                             state[10].cast<Estimate>(),
                             state[11].cast<std::string>()};
          }));
}

/// Values without state of their own, pickled field by field.
template <class Class, class... Fields>
auto pickled(Fields... fields) {
  return py::pickle([fields...](const Class& value) { return py::make_tuple(value.*fields...); },
                    [fields...](const py::tuple& state) {
                      Class value;
                      py::size_t i = 0;
                      ((value.*fields = state[i++].template cast<std::decay_t<decltype(value.*fields)>>()), ...);
                      return value;
                    });
}

void bind_over_time(py::module_& module) {
  using plan::AlertResult;
  using plan::BudgetResult;
  py::class_<AlertResult>(module, "AlertResult", "What became of one alert over the simulated time.")
      .def_readonly("name", &AlertResult::name, "Its name.")
      .def_readonly("when", &AlertResult::when, "The condition as written.")
      .def_readonly("severity", &AlertResult::severity, "\"info\", \"warning\" or \"critical\".")
      .def_readonly("hold", &AlertResult::for_s, "Seconds for which it must hold.")
      .def_readonly("every", &AlertResult::every_s, "Seconds between evaluations.")
      .def_readonly("fired", &AlertResult::fired, "The share of runs in which it fired.")
      .def_readonly("first_fired", &AlertResult::first_s, "Seconds from the start, where it did.")
      .def_readonly("firing", &AlertResult::firing_s, "Seconds of a run in which it fires.")
      .def(py::self == py::self)
      .def("__repr__",
           [](const AlertResult& a) {
             return fmt::format("AlertResult({}: {}, fired in {:.0f}% of runs)", a.name, a.when, a.fired.value * 100);
           })
      .def("__hash__", [](const AlertResult& a) { return py::hash(py::make_tuple(a.name, a.when)); })
      .def(pickled<AlertResult>(&AlertResult::name, &AlertResult::when, &AlertResult::severity, &AlertResult::for_s,
                                &AlertResult::every_s, &AlertResult::fired, &AlertResult::first_s,
                                &AlertResult::firing_s));
  py::class_<BudgetResult>(module, "BudgetResult", "How an error budget fares.")
      .def_readonly("name", &BudgetResult::name, "Its name.")
      .def_readonly("request", &BudgetResult::request, "Of which requests, or \"all\".")
      .def_readonly("objective", &BudgetResult::objective, "The share that must be good.")
      .def_readonly("latency", &BudgetResult::latency_s, "Seconds beyond which a request is bad; 0: no matter.")
      .def_readonly("period", &BudgetResult::period_s, "Seconds that the objective is over.")
      .def_readonly("bad", &BudgetResult::bad, "The share that was bad.")
      .def_readonly("burn_rate", &BudgetResult::burn, "That over what the objective allows.")
      .def_readonly("consumed", &BudgetResult::consumed, "What one run takes of the period's budget.")
      .def(py::self == py::self)
      .def(
          "__repr__",
          [](const BudgetResult& b) { return fmt::format("BudgetResult({}: burn rate {:.3g})", b.name, b.burn.value); })
      .def("__hash__", [](const BudgetResult& b) { return py::hash(py::make_tuple(b.name, b.request)); })
      .def(pickled<BudgetResult>(&BudgetResult::name, &BudgetResult::request, &BudgetResult::objective,
                                 &BudgetResult::latency_s, &BudgetResult::period_s, &BudgetResult::bad,
                                 &BudgetResult::burn, &BudgetResult::consumed));
}

Figures item(const Result& result, const std::string& target) {
  Figures figures = figures_of(result, target);
  if (figures.metrics.empty())
    throw py::key_error(fmt::format("{}; there are: {}", target, fmt::join(targets(result), ", ")));
  return figures;
}

std::string joined(const std::vector<std::string>& path) { return fmt::format("{}", fmt::join(path, "/")); }

py::dict all_figures(const Result& result) {
  py::dict figures;
  for (const plan::Figure& figure : result.figures) figures[py::str(joined(figure.path))] = figure.estimate;
  return figures;
}

py::list warnings(const Result& result) {
  py::list list;
  for (const plan::Warning& warning : result.warnings) list.append(py::make_tuple(warning.code, warning.text));
  return list;
}

const plan::Profile& profile_of(const py::object& result) { return result.cast<const Result&>().profile; }

/// Latencies at the shares of `spectrum_shares`, by request class.
py::dict spectra(const py::object& result) {
  py::dict found;
  for (const plan::Spectrum& each : profile_of(result).spectra)
    found[py::str(each.request)] = column(result, each.latency_s, "float64");
  return found;
}

py::dict series(const py::object& result) {
  py::dict found;
  for (const plan::Series& each : profile_of(result).series)
    found[py::str(joined(each.path))] = column(result, each.values, "float64");
  return found;
}

/// Seconds by stage, by request class and what its requests are near.
py::dict stages(const Result& result) {
  py::dict found;
  for (const plan::Breakdown& each : result.profile.breakdowns) {
    py::dict parts;
    for (const auto& [stage, seconds] : each.stages_s) parts[py::str(stage)] = seconds;
    found[py::make_tuple(each.request, each.near)] = parts;
  }
  return found;
}

/// As JSON has it; None where costs were fitted to nothing.
py::object calibration(const Result& result) {
  if (result.calibration.empty()) return py::none();
  return from_json(plan::to_json(result.calibration));
}

py::object rising(const Result& result) {
  const py::dict all = from_json(plan::to_json(result, -1)).cast<py::dict>();
  return all.contains("rising") ? py::object(all["rising"]) : py::object(py::list());
}

}  // namespace

void bind_result(py::module_& module) {
  bind_slo(module);
  bind_over_time(module);
  module.attr("spectrum_shares") = py::tuple(py::cast(plan::spectrum_shares));
  py::class_<Result>(module, "Result", "The answer to one scenario: every figure with its interval.")
      .def_readonly("name", &Result::name, "The scenario's name.")
      .def_readonly("scenario_hash", &Result::scenario_hash, "The scenario's identity.")
      .def_readonly("engine_revision", &Result::revision, "Raised when the same scenario gives other numbers.")
      .def_readonly("seed", &Result::seed, "Which random numbers were used.")
      .def_readonly("replications", &Result::replications, "How many runs there were.")
      .def_readonly("draws", &Result::draws,
                    "How many draws of the calibration's parameters; 0: they are taken as given.")
      .def_readonly("duration", &Result::duration_s, "Simulated seconds of each.")
      .def_readonly("warmup", &Result::warmup_s, "Of these, seconds left out at the start.")
      .def_readonly("events", &Result::events, "Events handled in all of them.")
      .def_property_readonly(
          "verdict", [](const Result& r) { return plan::to_string(r.verdict); },
          "\"ok\", \"missed\", \"undecided\" or \"no-steady-state\".")
      .def_property_readonly(
          "slos", [](const Result& r) { return r.slos; }, "The conditions, judged.")
      .def_property_readonly("rising", &rising, "Stocks that still rise, as to_dict() has them.")
      .def_property_readonly(
          "alerts", [](const Result& r) { return r.alerts; }, "The alerts, over the simulated time.")
      .def_property_readonly(
          "budgets", [](const Result& r) { return r.budgets; }, "The error budgets.")
      .def_property_readonly("warnings", &warnings, "Codes and sentences.")
      .def_property_readonly("targets", &targets, "What result[…] has figures of.")
      .def_property_readonly("figures", &all_figures, "Every estimate by its path: \"requests/all/latency_s/p99\".")
      .def_property_readonly("spectra", &spectra,
                             "By request class: seconds that the shares in spectrum_shares do not exceed.")
      .def_property_readonly(
          "window_ends", [](const py::object& r) { return column(r, profile_of(r).ends_s, "float64"); },
          "Seconds at which the windows of series end.")
      .def_property_readonly("series", &series, "Every quantity over time, by its path: a value a window, or nan.")
      .def_property_readonly("stages", &stages, "By request class and \"mean\", \"p50\", …: mean seconds by stage.")
      .def_property_readonly("calibration", &calibration, "What the costs rest on, as to_dict() has it, or None.")
      .def("__getitem__", &item, py::arg("target"))
      .def(
          "to_dict", [](const Result& r) { return from_json(plan::to_json(r, -1)); }, "As --format json prints it.")
      .def("_csv", [](const Result& r) { return plan::csv(r); })
      .def("to_frame", in_python("frames", "result_frame"), "A pandas.DataFrame: a row a figure.")
      .def(
          "__eq__", [](const Result& a, const Result& b) { return plan::to_json(a, -1) == plan::to_json(b, -1); },
          py::is_operator())
      .def("__hash__",
           [](const Result& r) { return py::hash(py::make_tuple(r.scenario_hash, r.seed, r.replications)); })
      .def("__repr__",
           [](const Result& r) {
             std::string text = plan::text_table(r);
             text.erase(text.find_last_not_of('\n') + 1);
             return text;
           })
      .def("_repr_html_", in_python("display", "result_html"), "The same for notebooks, with a figure.")
      .def(py::pickle(
          [](const Result& r) { return py::make_tuple(plan::to_json(r, -1)); },
          [](const py::tuple& state) { return plan::result_from_json(state[0].cast<std::string>(), "pickle"); }));
}

}  // namespace capplan::bindings
