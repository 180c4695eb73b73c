// capplan.Sweep and SweepPoint.

#include <fmt/format.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/values.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "plan/study/smallest_json.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using plan::Smallest;
using plan::Sweep;

/// A point with the names of its axes.
struct Point {
  py::dict at;
  std::string hash;
  std::optional<plan::Result> result;
};

Point point(const Sweep& sweep, std::size_t index) {
  const plan::SweepPoint& source = sweep.points.at(index);
  Point point{{}, source.hash, source.done ? std::optional(source.result) : std::nullopt};
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) point.at[py::str(sweep.axes[a].key)] = source.labels.at(a);
  return point;
}

Point item(const Sweep& sweep, py::ssize_t index) {
  const auto size = static_cast<py::ssize_t>(sweep.points.size());
  if (index < -size || index >= size) throw py::index_error("the sweep has " + std::to_string(size) + " points");
  return point(sweep, static_cast<std::size_t>(index < 0 ? index + size : index));
}

py::dict axes(const Sweep& sweep) {
  py::dict result;
  for (const plan::Axis& axis : sweep.axes) result[py::str(axis.key)] = py::tuple(py::cast(axis.labels));
  return result;
}

py::object smallest(const Sweep& sweep) { return from_json(plan::to_json(sweep, -1))["smallest"]; }

py::tuple state(const Sweep& sweep) {
  py::list axes_, points, smallest_;
  for (const plan::Axis& axis : sweep.axes) {
    py::list values;
    for (const models::Value& value : axis.values) values.append(to_python(value));
    axes_.append(py::make_tuple(axis.key, values, axis.labels, axis.costs));
  }
  for (const plan::SweepPoint& p : sweep.points)
    points.append(
        py::make_tuple(p.labels, p.hash, p.done ? py::object(py::str(plan::to_json(p.result, -1))) : py::none()));
  for (const Smallest& s : sweep.smallest) smallest_.append(plan::json_of(s).dump());
  return py::make_tuple(sweep.name, sweep.seed, axes_, points, smallest_, sweep.reused);
}

Sweep from_state(const py::tuple& state) {
  Sweep sweep;
  sweep.name = state[0].cast<std::string>();
  sweep.seed = state[1].cast<std::uint64_t>();
  for (const py::handle item : state[2]) {
    const auto t = py::reinterpret_borrow<py::tuple>(item);
    plan::Axis axis{t[0].cast<std::string>(), {}, t[2].cast<std::vector<std::string>>(), t[3].cast<bool>()};
    for (const py::handle value : t[1]) axis.values.push_back(to_value(value, "sweep"));
    sweep.axes.push_back(std::move(axis));
  }
  for (const py::handle item : state[3]) {
    const auto t = py::reinterpret_borrow<py::tuple>(item);
    plan::SweepPoint p{t[0].cast<std::vector<std::string>>(), t[1].cast<std::string>(), !t[2].is_none(), {}};
    if (p.done) p.result = plan::result_from_json(t[2].cast<std::string>(), "pickle");
    sweep.points.push_back(std::move(p));
  }
  sweep.planned = sweep.points.size();
  for (const py::handle item : state[4])
    sweep.smallest.push_back(plan::smallest_of(plan::parse_json(item.cast<std::string>())));
  sweep.reused = state[5].cast<std::size_t>();
  return sweep;
}

std::string repr(const Point& point) {
  std::string text;
  for (const auto& [key, label] : point.at)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", py::str(key).cast<std::string>(),
                        py::str(label).cast<std::string>());
  return fmt::format("SweepPoint({}: {})", text, point.result ? plan::to_string(point.result->verdict) : "not done");
}

}  // namespace

void bind_sweep(py::module_& module) {
  py::class_<Point>(module, "SweepPoint", "One point of a grid.")
      .def_property_readonly(
          "at", [](const Point& p) { return p.at.attr("copy")(); }, "Its value on each axis, as text.")
      .def_readonly("hash", &Point::hash, "Its identity in a store.")
      .def_property_readonly(
          "result", [](const Point& p) { return p.result; }, "None where it is not done.")
      .def(
          "__eq__",
          [](const Point& a, const Point& b) { return a.at.equal(b.at) && a.hash == b.hash && a.result == b.result; },
          py::is_operator())
      .def("__hash__", [](const Point& p) { return py::hash(py::str(p.hash)); })
      .def("__repr__", [](const Point& p) { return repr(p); })
      .def(py::pickle([](const Point& p) { return py::make_tuple(p.at, p.hash, p.result); },
                      [](const py::tuple& state) {
                        return Point{state[0].cast<py::dict>(), state[1].cast<std::string>(),
                                     state[2].cast<std::optional<plan::Result>>()};
                      }));
  py::class_<Sweep>(module, "Sweep", "A grid of scenarios with its results: a sequence of points, last axis fastest.")
      .def_readonly("name", &Sweep::name, "The scenario's name.")
      .def_readonly("seed", &Sweep::seed, "Which random numbers were used.")
      .def_readonly("reused", &Sweep::reused, "Points taken from the store.")
      .def_property_readonly("axes", &axes, "The values of each axis, as text.")
      .def_property_readonly("smallest", &smallest, "The least values that meet the SLOs, as to_dict() has them.")
      .def("__len__", [](const Sweep& s) { return s.points.size(); })
      .def("__getitem__", &item, py::arg("index"))
      .def("__iter__",
           [](const Sweep& s) {
             py::list points;
             for (std::size_t i = 0; i < s.points.size(); ++i) points.append(point(s, i));
             return py::iter(points);
           })
      .def(
          "to_dict", [](const Sweep& s) { return from_json(plan::to_json(s, -1)); }, "As --format json prints it.")
      .def("_csv", [](const Sweep& s) { return plan::csv(s); })
      .def("to_frame", in_python("frames", "sweep_frame"), "A pandas.DataFrame: a row a point.")
      .def(
          "__eq__", [](const Sweep& a, const Sweep& b) { return plan::to_json(a, -1) == plan::to_json(b, -1); },
          py::is_operator())
      .def("__hash__", [](const Sweep& s) { return py::hash(py::make_tuple(s.name, s.seed, s.points.size())); })
      .def("__repr__",
           [](const Sweep& s) {
             std::string text = plan::text_table(s);
             text.erase(text.find_last_not_of('\n') + 1);
             return text;
           })
      .def("_repr_html_", in_python("display", "sweep_html"), "The same for notebooks, with a figure.")
      .def(py::pickle(&state, &from_state));
}

}  // namespace capplan::bindings
