// capplan.Distribution: the distribution of a time as a scenario file spells it, to look at its moments and quantiles.

#include <pybind11/numpy.h>
#include <pybind11/operators.h>

#include <stdexcept>

#include "bindings/bindings.h"
#include "bindings/values.h"
#include "core/error.h"
#include "models/spec/distribution_value.h"
#include "plan/format/document.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using core::Distribution;

Distribution read(const py::object& spelling) {
  std::vector<core::Problem> problems;
  const auto read = models::parse_distribution(to_value(spelling, "Distribution"), "distribution", problems);
  if (!read) throw core::InputError(std::move(problems));
  return *read;
}

double quantile(const Distribution& distribution, double p) {
  if (!(p >= 0 && p < 1)) throw std::invalid_argument("quantile: a probability from 0 to below 1 is wanted");
  return distribution.quantile(p);
}

}  // namespace

void bind_distribution(py::module_& module) {
  py::class_<Distribution>(module, "Distribution", "The distribution of a time, as a scenario file spells it.")
      .def(py::init(&read), py::arg("spelling"))
      .def_property_readonly("family", &Distribution::family_name, "Its name in a scenario file.")
      .def_property_readonly("mean", &Distribution::mean, "Its mean, in seconds.")
      .def_property_readonly("cv", &Distribution::cv, "Standard deviation over mean.")
      .def(
          "cdf",
          [](const Distribution& d, const py::array_t<double>& x) {
            return py::vectorize([&](double at) { return d.cdf(at); })(x);
          },
          py::arg("x"), "The share of times up to x seconds; of a number or an array.")
      .def(
          "quantile",
          [](const Distribution& d, const py::array_t<double>& p) {
            return py::vectorize([&](double share) { return quantile(d, share); })(p);
          },
          py::arg("p"), "The time in seconds that the share p stays below; of a number or an array.")
      .def(
          "spelling", [](const Distribution& d) { return to_python(models::to_value(d)); },
          "What a scenario file would hold.")
      .def(
          "__eq__", [](const Distribution& a, const Distribution& b) { return a == b; }, py::is_operator())
      .def("__hash__", [](const Distribution& d) { return py::hash(py::float_(d.mean())); })
      .def("__repr__", [](const Distribution& d) { return plan::write_toml_value(models::to_value(d)); })
      .def(py::pickle([](const Distribution& d) { return py::make_tuple(to_python(models::to_value(d))); },
                      [](const py::tuple& state) { return read(state[0]); }));
}

}  // namespace capplan::bindings
