// capplan._core: the room plan for Python. Values go in, values come out; problems become capplan.ScenarioError.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "core/error.h"
#include "plan/study/result.h"

namespace py = pybind11;

namespace {

void raise_problems(const capplan::core::InputError& error) {
  const py::object type = py::module_::import("capplan.errors").attr("ScenarioError");
  py::list problems;
  for (const capplan::core::Problem& p : error.problems())
    problems.append(py::make_tuple(p.where.file, p.where.line, p.where.column, p.key, p.what, p.hint));
  PyErr_SetObject(type.ptr(), type(std::string(error.what()), problems).ptr());
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "The part of capplan that is written in C++.";
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const capplan::core::InputError& error) {
      raise_problems(error);
    }
  });
  capplan::bindings::bind_distribution(module);
  capplan::bindings::bind_keys(module);
  capplan::bindings::bind_scenario(module);
  capplan::bindings::bind_figures(module);
  capplan::bindings::bind_result(module);
  capplan::bindings::bind_sweep(module);
  capplan::bindings::bind_comparison(module);
  capplan::bindings::bind_capture(module);
  capplan::bindings::bind_answers(module);
  capplan::bindings::bind_verbs(module);
  module.attr("__version__") = CAPPLAN_VERSION;
  module.attr("engine_revision") = capplan::plan::engine_revision;
}
