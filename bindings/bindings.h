#pragma once
// The parts of the module capplan._core; each file declares to Python what its name says. What a class does in pandas,
// HTML or matplotlib is in the Python files of bindings/capplan, which are imported when they are first needed.

#include <pybind11/pybind11.h>

namespace capplan::bindings {

void bind_distribution(pybind11::module_& module);
void bind_keys(pybind11::module_& module);
void bind_scenario(pybind11::module_& module);
void bind_figures(pybind11::module_& module);
void bind_result(pybind11::module_& module);
void bind_sweep(pybind11::module_& module);
void bind_comparison(pybind11::module_& module);
void bind_capture(pybind11::module_& module);
void bind_answers(pybind11::module_& module);
void bind_verbs(pybind11::module_& module);

/// A method that is written in Python: `name` of the file bindings/capplan/FILE.py, called with the object.
inline auto in_python(const char* file, const char* name) {
  return [file, name](const pybind11::object& self) {
    return pybind11::module_::import((std::string("capplan.") + file).c_str()).attr(name)(self);
  };
}

}  // namespace capplan::bindings
