// capplan.Keys: the keys that a class of requests asks its caches for, in order, in the place of a popularity.

#include <pybind11/numpy.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include <stdexcept>

#include "bindings/bindings.h"
#include "bindings/columns.h"
#include "bindings/values.h"
#include "plan/capture/key_list.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using Numbers = py::array_t<std::uint64_t, py::array::c_style>;

Keys make_keys(const Numbers& keys, std::string source) {
  if (keys.size() == 0) throw std::invalid_argument("keys: one or more are wanted");
  models::KeyTrace trace{{keys.data(), keys.data() + keys.size()}, std::move(source)};
  return {std::make_shared<const models::KeyTrace>(std::move(trace))};
}

}  // namespace

void bind_keys(py::module_& module) {
  py::class_<Keys>(module, "Keys", "The keys that requests ask for, in order; made by capplan.keys().")
      .def(py::init(&make_keys), py::arg("keys"), py::arg("source"))
      .def_property_readonly(
          "source", [](const Keys& k) { return k.trace->source; }, "Where they come from.")
      .def_property_readonly(
          "numbers",
          [](const py::object& self) { return column(self, self.cast<const Keys&>().trace->keys, "uint64"); },
          "The keys in order, as numbers; read-only.")
      .def("__len__", [](const Keys& k) { return k.trace->keys.size(); })
      .def(
          "__eq__",
          [](const Keys& a, const Keys& b) {
            return a.trace->keys == b.trace->keys && a.trace->source == b.trace->source;
          },
          py::is_operator())
      .def("__hash__",
           [](const Keys& k) { return py::hash(py::make_tuple(k.trace->keys.size(), k.trace->keys.front())); })
      .def(
          "__repr__",
          [](const Keys& k) { return "Keys(" + std::to_string(k.trace->keys.size()) + " of " + k.trace->source + ")"; })
      .def(py::pickle(
          [](const Keys& k) {
            return py::make_tuple(Numbers(static_cast<py::ssize_t>(k.trace->keys.size()), k.trace->keys.data()),
                                  k.trace->source);
          },
          [](const py::tuple& state) { return make_keys(state[0].cast<Numbers>(), state[1].cast<std::string>()); }));
  module.def(
      "key_number", [](const std::string& text) { return plan::key_number(text); }, py::arg("text"));
}

}  // namespace capplan::bindings
