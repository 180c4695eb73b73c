#pragma once
// Python objects as values of a scenario, and back. What is no value of a scenario is refused by the name of its type;
// numpy's scalars and arrays are taken for numbers and lists.

#include <pybind11/pybind11.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/written_options.h"

namespace capplan::bindings {

/// A series of arrivals made in Python, as a value.
struct Arrivals {
  std::shared_ptr<const models::ArrivalTrace> trace;
};

/// The keys of a class of requests made in Python, as a value.
struct Keys {
  std::shared_ptr<const models::KeyTrace> trace;
};

/// `place` is what problems name: "set", "replace", "vary".
models::Value to_value(pybind11::handle object, const std::string& place);
pybind11::object to_python(const models::Value& value);

/// {"pool.app.max_size": 20}, or ["pool.app.max_size=20"] as the flag --set spells it; None for nothing.
std::vector<plan::Override> to_overrides(pybind11::handle object, const std::string& place);
/// {"pool.app.max_size": [10, 20]} or {…: "2..64:6:log"}, or ["pool.app.max_size=10,20"] as --vary spells it.
std::vector<plan::Axis> to_axes(pybind11::handle object, const std::string& place);

/// Options of a simulation as the flags would hold them, by name.
using RunTexts = std::map<std::string, std::string>;
/// Throws core::InputError with everything that is wrong with them.
plan::RunOptions options_of(const RunTexts& texts);

/// What JSON text says, as Python's own dict, list, str and so on.
pybind11::object from_json(const std::string& text);

}  // namespace capplan::bindings
