#pragma once
// Vectors of numbers as numpy sees them in place: read-only, and alive as long as what owns them is.

#include <pybind11/numpy.h>

#include <vector>

namespace capplan::bindings {

template <class T>
pybind11::array column(const pybind11::handle& owner, const std::vector<T>& values, const char* type) {
  pybind11::array array(pybind11::dtype(type), {values.size()}, {sizeof(T)}, values.data(), owner);
  array.attr("setflags")(pybind11::arg("write") = false);
  return array;
}

}  // namespace capplan::bindings
