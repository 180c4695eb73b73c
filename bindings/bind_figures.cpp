// capplan.Estimate, Figures and FigureSpec: numbers, by the words of conditions, and what each is.

#include <fmt/format.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include <cmath>

#include "bindings/bindings.h"
#include "bindings/figures.h"
#include "plan/report/figures_text.h"
#include "plan/scenario/figure_specs.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using core::Estimate;
using plan::KnownFigure;

std::string repr(const Estimate& e) {
  if (!e.known) return "Estimate(known=False)";
  const std::string parts =
      e.split() ? fmt::format(", sampling={}, calibration={}", e.sampling, e.calibration) : std::string();
  return fmt::format("Estimate(value={}, lo={}, hi={}{})", e.value, e.lo, e.hi, parts);
}

double number(const Estimate& e) { return e.known ? e.value : std::nan(""); }

void bind_estimate(py::module_& module) {
  py::class_<Estimate>(module, "Estimate", "A figure with its 95 % confidence interval, in base units.")
      .def(py::init<double, double, double, bool, double, double>(), py::arg("value") = 0.0, py::arg("lo") = 0.0,
           py::arg("hi") = 0.0, py::arg("known") = true, py::arg("sampling") = 0.0, py::arg("calibration") = 0.0)
      .def_readonly("value", &Estimate::value, "The figure.")
      .def_readonly("lo", &Estimate::lo, "The interval's lower end.")
      .def_readonly("hi", &Estimate::hi, "The interval's upper end.")
      .def_readonly("known", &Estimate::known, "Whether the sample carries the figure.")
      .def_readonly("sampling", &Estimate::sampling,
                    "Half width that sampling alone would give; 0 without draws of the calibration.")
      .def_readonly("calibration", &Estimate::calibration,
                    "Half width that the calibration's parameters alone would give; 0 without draws of them.")
      .def_property_readonly("half_width", &Estimate::half_width, "Half of hi - lo.")
      .def("__float__", &number)
      .def(py::self == py::self)
      .def("__hash__", [](const Estimate& e) { return py::hash(py::make_tuple(e.value, e.lo, e.hi, e.known)); })
      .def("__repr__", &repr)
      .def(py::pickle(
          [](const Estimate& e) { return py::make_tuple(e.value, e.lo, e.hi, e.known, e.sampling, e.calibration); },
          [](const py::tuple& state) {
            return Estimate{state[0].cast<double>(), state[1].cast<double>(), state[2].cast<double>(),
                            state[3].cast<bool>(),   state[4].cast<double>(), state[5].cast<double>()};
          }));
}

Estimate metric(const Figures& figures, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, estimate] : figures.metrics) {
    if (known == name) return estimate;
    names.push_back(known);
  }
  throw py::attribute_error(
      fmt::format("{} has no metric {}; there are: {}", figures.target, name, fmt::join(names, ", ")));
}

py::dict by_metric(const Figures& figures) {
  py::dict result;
  for (const auto& [name, estimate] : figures.metrics) result[py::str(name)] = estimate;
  return result;
}

std::string repr(const Figures& figures) {
  std::string text = figures.target;
  for (const auto& [name, estimate] : figures.metrics)
    if (estimate.known) text += fmt::format("\n  {} = {} ±{:.3g}", name, estimate.value, estimate.half_width());
  return text;
}

void bind_named(py::module_& module) {
  py::class_<Figures>(module, "Figures", "The figures of one request class or resource, by the metrics of [slo].")
      .def_readonly("target", &Figures::target, "What they are of: \"search\", \"pool.app\".")
      .def("to_dict", &by_metric, "The estimates by their metric's name.")
      .def("__getattr__", &metric, py::arg("name"))
      .def("__dir__",
           [](const Figures& f) {
             py::list names = py::list(by_metric(f).attr("keys")());
             names.append("target");
             names.append("to_dict");
             return names;
           })
      .def(py::self == py::self)
      .def("__repr__", [](const Figures& f) { return repr(f); })
      .def(py::pickle([](const Figures& f) { return py::make_tuple(f.target, f.metrics); },
                      [](const py::tuple& state) {
                        return Figures{state[0].cast<std::string>(), state[1].cast<decltype(Figures::metrics)>()};
                      }));
}

void bind_spec(py::module_& module) {
  py::class_<KnownFigure>(module, "FigureSpec", "What a figure is, wherever it is measured.")
      .def_readonly("group", &KnownFigure::group, "Where it stands in a result: \"pools\".")
      .def_property_readonly(
          "name", [](const KnownFigure& f) { return f.spec->name; }, "Its name there: \"wait_s\".")
      .def_property_readonly("word", &plan::condition_word, "How conditions name it: \"wait_p95\".")
      .def_property_readonly(
          "unit", [](const KnownFigure& f) { return plan::unit_word(f.spec->unit); },
          "\"seconds\", \"per second\", \"ratio\", \"count\" or \"bytes\".")
      .def_property_readonly(
          "better", [](const KnownFigure& f) { return plan::direction_word(f.spec->better); },
          "\"more\", \"less\", or \"\" where neither is.")
      .def_property_readonly(
          "help", [](const KnownFigure& f) { return f.spec->help; }, "What it is, in a line.")
      .def("__repr__", [](const KnownFigure& f) {
        return fmt::format("FigureSpec({}/{}: {})", f.group, f.spec->name, f.spec->help);
      });
  module.def(
      "figure_specs", [] { return py::tuple(py::cast(plan::known_figures())); },
      "Every figure that a result can hold.");
}

}  // namespace

void bind_figures(py::module_& module) {
  bind_estimate(module);
  bind_named(module);
  bind_spec(module);
}

}  // namespace capplan::bindings
