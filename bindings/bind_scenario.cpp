// capplan.Scenario, and the arrivals that can stand in for one of its workloads.

#include <pybind11/numpy.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <stdexcept>

#include "bindings/bindings.h"
#include "bindings/columns.h"
#include "bindings/scenario.h"
#include "bindings/values.h"
#include "core/units.h"
#include "plan/format/document.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using Times = py::array_t<std::int64_t, py::array::c_style>;
using Classes = py::array_t<std::uint16_t, py::array::c_style>;

Arrivals make_arrivals(const Times& at, const Classes& klass, std::vector<std::string> classes, core::Nanos span,
                       std::string source) {
  models::ArrivalTrace trace;
  trace.at.assign(at.data(), at.data() + at.size());
  trace.klass.assign(klass.data(), klass.data() + klass.size());
  trace.classes = std::move(classes);
  trace.span = span;
  trace.source = std::move(source);
  const auto is_class = [&](std::uint16_t index) { return index < trace.classes.size(); };
  if (trace.at.empty() || trace.at.size() != trace.klass.size() || trace.at.front() < 0 || trace.at.back() > span ||
      !std::is_sorted(trace.at.begin(), trace.at.end()) ||
      !std::all_of(trace.klass.begin(), trace.klass.end(), is_class))
    throw std::invalid_argument("arrivals: ascending times from 0 to the span, with a class each, are wanted");
  return {std::make_shared<const models::ArrivalTrace>(std::move(trace))};
}

bool same(const Arrivals& a, const Arrivals& b) {
  return a.trace->at == b.trace->at && a.trace->klass == b.trace->klass && a.trace->classes == b.trace->classes &&
         a.trace->span == b.trace->span && a.trace->source == b.trace->source;
}

Scenario from_dict(const py::dict& content) {
  const models::Value value = to_value(content, "<dict>");
  return {plan::write_toml(std::get<models::Table>(value.data)), "<dict>"};
}

py::dict axes(const Scenario& scenario) {
  py::dict result;
  for (const plan::Axis& axis : scenario.resolved().axes) result[py::str(axis.key)] = py::tuple(py::cast(axis.labels));
  return result;
}

py::tuple state(const Scenario& scenario) {
  py::list edits;
  for (const plan::Override& edit : scenario.edits()) edits.append(py::make_tuple(edit.key, to_python(edit.value)));
  return py::make_tuple(scenario.text(), scenario.file(), edits);
}

Scenario from_state(const py::tuple& state) {
  std::vector<plan::Override> edits;
  for (const py::handle item : state[2]) {
    const auto edit = py::reinterpret_borrow<py::tuple>(item);
    edits.push_back({edit[0].cast<std::string>(), to_value(edit[1], "replace")});
  }
  return {state[0].cast<std::string>(), state[1].cast<std::string>(), std::move(edits)};
}

void bind_arrivals(py::module_& module) {
  py::class_<Arrivals>(module, "Arrivals", "A series of arrivals; made by capplan.arrivals().")
      .def(py::init(&make_arrivals), py::arg("at"), py::arg("klass"), py::arg("classes"), py::arg("span"),
           py::arg("source"))
      .def_property_readonly(
          "classes", [](const Arrivals& a) { return py::tuple(py::cast(a.trace->classes)); },
          "The request classes that arrive.")
      .def_property_readonly(
          "span", [](const Arrivals& a) { return static_cast<double>(a.trace->span) / 1e9; },
          "How long the series is, in seconds.")
      .def_property_readonly(
          "at",
          [](const py::object& self) {
            return column(self, self.cast<const Arrivals&>().trace->at, "timedelta64[ns]");
          },
          "When, since the series began; ascending, read-only.")
      .def_property_readonly(
          "class_index",
          [](const py::object& self) { return column(self, self.cast<const Arrivals&>().trace->klass, "uint16"); },
          "The class of each, as its place in classes; read-only.")
      .def("__len__", [](const Arrivals& a) { return a.trace->at.size(); })
      .def("__eq__", &same, py::is_operator())
      .def("__hash__", [](const Arrivals& a) { return py::hash(py::make_tuple(a.trace->at.size(), a.trace->span)); })
      .def("__repr__",
           [](const Arrivals& a) {
             return "Arrivals(" + std::to_string(a.trace->at.size()) + " in " + core::exact_duration(a.trace->span) +
                    ")";
           })
      .def(py::pickle(
          [](const Arrivals& a) {
            const models::ArrivalTrace& t = *a.trace;
            return py::make_tuple(Times(static_cast<py::ssize_t>(t.at.size()), t.at.data()),
                                  Classes(static_cast<py::ssize_t>(t.klass.size()), t.klass.data()), t.classes, t.span,
                                  t.source);
          },
          [](const py::tuple& state) {
            return make_arrivals(state[0].cast<Times>(), state[1].cast<Classes>(),
                                 state[2].cast<std::vector<std::string>>(), state[3].cast<core::Nanos>(),
                                 state[4].cast<std::string>());
          }));
}

}  // namespace

void bind_scenario(py::module_& module) {
  bind_arrivals(module);
  py::class_<Scenario>(module, "Scenario", "A scenario, checked and complete. It never changes.")
      .def_static(
          "load",
          [](const py::object& path) {
            return Scenario::load(py::module_::import("os").attr("fspath")(path).cast<std::string>());
          },
          py::arg("path"), "Reads a scenario file.")
      .def_static(
          "from_text", [](const std::string& text, const std::string& file) { return Scenario(text, file); },
          py::arg("text"), py::kw_only(), py::arg("file") = "<text>", "A scenario from TOML text.")
      .def_static("from_dict", &from_dict, py::arg("content"), "A scenario from the tables that a file would hold.")
      .def(
          "replace",
          [](const Scenario& s, const py::object& changes) { return s.with(to_overrides(changes, "replace")); },
          py::arg("changes"), "A copy with other values for some keys.")
      .def(
          "_set",
          [](const Scenario& s, const py::object& changes, const std::string& place) {
            return s.with(to_overrides(changes, place));
          },
          py::arg("changes"), py::arg("place"))
      .def_property_readonly("_label", &Scenario::label)
      .def_property_readonly(
          "name", [](const Scenario& s) { return s.resolved().name; }, "As [scenario] says.")
      .def_property_readonly("file", &Scenario::file, "Where it was read.")
      .def_property_readonly("source", &Scenario::text, "The text it was read from.")
      .def_property_readonly("hash", &Scenario::hash, "SHA-256 of the resolved scenario: its identity.")
      .def_property_readonly("axes", &axes, "The axes of [sweep], with their values as text.")
      .def(
          "to_dict", [](const Scenario& s) { return from_json(s.json()); },
          "The resolved scenario: every default, in base units.")
      .def(
          "__eq__", [](const Scenario& a, const Scenario& b) { return a == b; }, py::is_operator())
      .def("__hash__", [](const Scenario& s) { return py::hash(py::str(s.hash())); })
      .def("__repr__", &Scenario::repr)
      .def("_repr_html_", in_python("display", "text_html"), "The same for notebooks.")
      .def(py::pickle(&state, &from_state));
}

}  // namespace capplan::bindings
