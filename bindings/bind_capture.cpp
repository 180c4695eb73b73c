// capplan.Capture: a log with its manifest, column by column, without copies; and the fit of costs to captures.

#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/columns.h"
#include "bindings/waiting.h"
#include "core/units.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/calibration.h"
#include "plan/fit/workload_file.h"
#include "plan/report/calibration_json.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

struct Capture {
  plan::CaptureManifest manifest;
  plan::RequestLog log;
  std::vector<core::Nanos> start;
  bool lenient = false;
};

std::string path_of(const py::handle path) {
  return py::module_::import("os").attr("fspath")(path).cast<std::string>();
}

Capture load(const py::object& path, bool lenient) {
  const std::string file = path_of(path);
  const py::gil_scoped_release others_may_run;
  Capture capture{plan::read_manifest(file), {}, {}, lenient};
  capture.log = plan::read_log(capture.manifest, lenient);
  capture.start.reserve(capture.log.size());
  for (std::size_t i = 0; i < capture.log.size(); ++i) capture.start.push_back(capture.log.start_ns(i));
  return capture;
}

/// A getter of the column that `of` finds.
template <class Of>
auto getter(Of of, const char* type) {
  return [of, type](const py::object& self) { return column(self, of(self.cast<const Capture&>()), type); };
}

bool same(const Capture& a, const Capture& b) {
  return a.manifest.file == b.manifest.file && a.log.classes == b.log.classes && a.log.klass == b.log.klass &&
         a.log.client == b.log.client && a.log.finish_ns == b.log.finish_ns && a.log.duration_ns == b.log.duration_ns &&
         a.log.lag_ns == b.log.lag_ns;
}

py::dict manifest(const Capture& capture) {
  const plan::CaptureManifest& m = capture.manifest;
  using py::arg;
  return py::dict(arg("file") = m.file, arg("name") = m.name, arg("format") = m.format, arg("log") = m.log,
                  arg("taken") = m.taken, arg("duration") = static_cast<double>(m.duration) / 1e9,
                  arg("load") = m.open() ? "open" : "closed", arg("rate") = m.rate, arg("clients") = m.clients,
                  arg("path") = m.path == plan::CaptureManifest::Path::direct ? "direct" : "pgbouncer",
                  arg("connections") = m.connections, arg("cores") = m.cores, arg("server_cpu") = m.server_cpu);
}

py::dict content(const Capture& capture) {
  std::vector<std::size_t> counts(capture.log.classes.size());
  for (const std::uint16_t klass : capture.log.klass) ++counts[klass];
  py::dict requests;
  for (std::size_t i = 0; i < counts.size(); ++i) requests[py::str(capture.log.classes[i])] = counts[i];
  using py::arg;
  return py::dict(arg("manifest") = manifest(capture), arg("requests") = requests,
                  arg("warnings") = capture.log.warnings);
}

py::dict family_of(const plan::Fit& fit) {
  using py::arg;
  return py::dict(arg("family") = fit.family, arg("distribution") = fit.distribution,
                  arg("parameters") = fit.parameters, arg("aic") = fit.aic, arg("ks") = fit.ks,
                  arg("anderson_darling") = fit.anderson_darling, arg("fits") = fit.fits);
}

py::dict fit_of(const plan::ClassCalibration& c) {
  const plan::SampleSummary& s = c.fit.sample;
  py::list alternatives;
  for (const plan::Fit& fit : c.fit.alternatives) alternatives.append(family_of(fit));
  py::list quantiles;
  for (const plan::QuantilePair& q : c.fit.pairs) quantiles.append(py::make_tuple(q.p, q.measured, q.fitted));
  using py::arg;
  return py::dict(arg("name") = c.name, arg("requests") = s.count, arg("mean") = s.mean, arg("p50") = s.p50,
                  arg("p95") = s.p95, arg("p99") = s.p99, arg("cv") = s.cv, arg("family") = c.fit.chosen.family,
                  arg("ks") = c.fit.chosen.ks, arg("anderson_darling") = c.fit.chosen.anderson_darling,
                  arg("captures") = py::tuple(py::cast(c.captures)), arg("distribution") = c.fit.chosen.distribution,
                  arg("ks_critical") = c.fit.ks_critical, arg("alternatives") = alternatives,
                  arg("quantiles") = py::tuple(quantiles));
}

/// What was fitted besides the classes: by name, in seconds or a plain number.
py::dict costs_of(const plan::Calibration& calibration) {
  py::dict costs;
  if (calibration.contention)
    for (const plan::FittedCost& cost : calibration.contention->fitted)
      costs[py::str(cost.name)] = py::make_tuple(cost.value, cost.identified);
  return costs;
}

py::dict calibrate(const std::vector<std::string>& manifests, const std::vector<std::string>& index_samples,
                   const std::vector<std::string>& index_plans, const std::vector<std::string>& index,
                   const std::string& settings, bool lenient, const py::object& progress) {
  const plan::IndexSources indexes{index_samples, index_plans, index, settings};
  plan::Calibration calibration;
  wait_for("calibrate", progress, [&](const plan::RunHooks& hooks) {
    calibration = plan::calibrate(manifests, indexes, {.lenient = lenient, .cancel = hooks.cancel});
  });
  py::list classes;
  for (const plan::ClassCalibration& c : calibration.classes) classes.append(fit_of(c));
  py::dict mix;
  for (const plan::MixShare& share : calibration.workload.mix) mix[py::str(share.name)] = share.share;
  using py::arg;
  return py::dict(arg("toml") = plan::to_toml(calibration), arg("table") = plan::summary_table(calibration),
                  arg("classes") = classes, arg("rate") = calibration.workload.rate,
                  arg("cv") = calibration.workload.cv, arg("dispersion") = calibration.workload.dispersion,
                  arg("mix") = mix, arg("workload") = plan::workload_sentences(calibration.workload),
                  arg("warnings") = calibration.warnings, arg("costs") = costs_of(calibration),
                  arg("json") = plan::to_json(calibration));
}

}  // namespace

void bind_capture(py::module_& module) {
  const char* span = "timedelta64[ns]";
  py::class_<Capture>(module, "Capture", "A log with its manifest: a row a completed request, as numpy arrays.")
      .def_static("load", &load, py::arg("manifest"), py::kw_only(), py::arg("lenient") = false,
                  "Reads the log that a manifest names.")
      .def_property_readonly(
          "name", [](const Capture& c) { return c.manifest.name; }, "As the manifest says.")
      .def_property_readonly("manifest", &manifest, "What the manifest says, in base units.")
      .def_property_readonly(
          "classes", [](const Capture& c) { return py::tuple(py::cast(c.log.classes)); },
          "The request classes, in the order of class_index.")
      .def_property_readonly("start",
                             getter(
                                 [](const Capture& c) -> auto& { return c.start; }, span),
                             "Scheduled start since the first one, timedelta64[ns].")
      .def_property_readonly("duration",
                             getter(
                                 [](const Capture& c) -> auto& { return c.log.duration_ns; }, span),
                             "From the scheduled start to the end, timedelta64[ns].")
      .def_property_readonly("lag",
                             getter(
                                 [](const Capture& c) -> auto& { return c.log.lag_ns; }, span),
                             "From the scheduled start to when a client took it, timedelta64[ns].")
      .def_property_readonly("class_index",
                             getter(
                                 [](const Capture& c) -> auto& { return c.log.klass; }, "uint16"),
                             "The class of each request, as its place in classes.")
      .def_property_readonly("client",
                             getter(
                                 [](const Capture& c) -> auto& { return c.log.client; }, "int32"),
                             "The load generator's client that sent it.")
      .def_property_readonly(
          "warnings", [](const Capture& c) { return c.log.warnings; }, "What the reader noticed.")
      .def("__len__", [](const Capture& c) { return c.log.size(); })
      .def("to_frame", in_python("frames", "capture_frame"), "A pandas.DataFrame: a row a request.")
      .def("to_dict", &content, "The manifest, the number of requests of each class, and the warnings.")
      .def("_repr_html_", in_python("display", "capture_html"), "The same for notebooks, with a figure.")
      .def("__eq__", &same, py::is_operator())
      .def("__hash__", [](const Capture& c) { return py::hash(py::make_tuple(c.manifest.file, c.log.size())); })
      .def("__repr__",
           [](const Capture& c) {
             return fmt::format("{}: {} requests of {} classes in {} ({})", c.manifest.name, c.log.size(),
                                c.log.classes.size(), core::exact_duration(c.manifest.duration), c.manifest.file);
           })
      .def(py::pickle([](const Capture& c) { return py::make_tuple(c.manifest.file, c.lenient); },
                      [](const py::tuple& state) { return load(state[0], state[1].cast<bool>()); }));
  module.def("calibrate", &calibrate, py::arg("manifests"), py::arg("index_samples"), py::arg("index_plans"),
             py::arg("index"), py::arg("settings"), py::arg("lenient"), py::arg("progress"),
             "What capplan.Calibration.fit learns.");
}

}  // namespace capplan::bindings
