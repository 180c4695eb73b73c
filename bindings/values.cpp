#include "bindings/values.h"

#include <pybind11/stl.h>

#include "core/error.h"
#include "models/spec/distribution_value.h"
#include "plan/scenario/axes.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using models::List;
using models::Table;
using models::Value;

/// Ends in Python's RecursionError where lists hold themselves.
struct Depth {
  Depth() {
    if (Py_EnterRecursiveCall(" in a value of a scenario") != 0) throw py::error_already_set();
  }
  ~Depth() { Py_LeaveRecursiveCall(); }
};

std::int64_t whole(py::handle object) {
  const long long number = PyLong_AsLongLong(object.ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

Value::Data data_of(py::handle object, const std::string& place) {
  const Depth depth;
  if (py::isinstance<py::bool_>(object)) return object.cast<bool>();
  if (py::isinstance<py::int_>(object)) return whole(object);
  if (py::isinstance<py::float_>(object)) return object.cast<double>();
  if (py::isinstance<py::str>(object)) return object.cast<std::string>();
  if (py::isinstance<Arrivals>(object)) return object.cast<const Arrivals&>().trace;
  if (py::isinstance<core::Distribution>(object))
    return models::to_value(object.cast<const core::Distribution&>()).data;
  if (py::isinstance<Keys>(object)) return object.cast<const Keys&>().trace;
  if (py::hasattr(object, "tolist")) return data_of(object.attr("tolist")(), place);
  if (py::hasattr(object, "items")) {
    Table table;
    for (const py::handle item : object.attr("items")()) {
      const auto pair = py::reinterpret_borrow<py::tuple>(item);
      table.emplace_back(py::str(pair[0]).cast<std::string>(), to_value(pair[1], place));
    }
    return table;
  }
  if (py::hasattr(object, "__iter__")) {
    List list;
    for (const py::handle element : object) list.push_back(to_value(element, place));
    return list;
  }
  throw py::type_error(place + ": " + py::str(py::type::of(object)).cast<std::string>() + " is no value of a scenario");
}

bool is_flags(py::handle object) { return py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object); }

/// The pairs of a mapping.
Table pairs(py::handle object, const std::string& place) {
  if (!py::hasattr(object, "items")) throw py::type_error(place + ": a dict, or a list of texts KEY=VALUE, is wanted");
  return std::get<Table>(data_of(object, place));
}

}  // namespace

Value to_value(py::handle object, const std::string& place) {
  Value value;
  value.data = data_of(object, place);
  value.where = value.key_where = {place};
  return value;
}

py::object to_python(const Value& value) {
  if (const auto* flag = value.as<bool>()) return py::bool_(*flag);
  if (const auto* whole = value.as<std::int64_t>()) return py::int_(*whole);
  if (const auto* real = value.as<double>()) return py::float_(*real);
  if (const auto* text = value.as<std::string>()) return py::str(*text);
  if (const auto* trace = value.as<std::shared_ptr<const models::ArrivalTrace>>()) return py::cast(Arrivals{*trace});
  if (const auto* keys = value.as<std::shared_ptr<const models::KeyTrace>>()) return py::cast(Keys{*keys});
  if (const auto* list = value.as<List>()) {
    py::list result;
    for (const Value& element : *list) result.append(to_python(element));
    return result;
  }
  py::dict result;
  if (const auto* table = value.as<Table>())
    for (const auto& [key, field] : *table) result[py::str(key)] = to_python(field);
  return result;
}

std::vector<plan::Override> to_overrides(py::handle object, const std::string& place) {
  std::vector<plan::Override> overrides;
  if (object.is_none()) return overrides;
  if (is_flags(object)) return plan::parse_overrides(object.cast<std::vector<std::string>>());
  for (auto& [key, value] : pairs(object, place)) overrides.push_back({key, std::move(value)});
  return overrides;
}

std::vector<plan::Axis> to_axes(py::handle object, const std::string& place) {
  std::vector<plan::Axis> axes;
  if (object.is_none()) return axes;
  if (is_flags(object)) return plan::parse_axes(object.cast<std::vector<std::string>>());
  std::vector<core::Problem> problems;
  for (const auto& [key, values] : pairs(object, place)) axes.push_back(plan::make_axis(key, values, problems));
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return axes;
}

py::object from_json(const std::string& text) { return py::module_::import("json").attr("loads")(text); }

}  // namespace capplan::bindings
