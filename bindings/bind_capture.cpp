// capplan.Capture: a log with its manifest, column by column, without copies; and the fit of costs to captures.

#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/waiting.h"
#include "core/units.h"
#include "plan/calibrate/calibration.h"
#include "plan/calibrate/drift.h"
#include "plan/calibrate/workload_file.h"
#include "plan/capture/pgbench_log.h"
#include "plan/report/drift_json.h"
#include "plan/report/drift_report.h"

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

/// A column as numpy sees it in place: read-only, alive as long as the capture is.
template <class T>
py::array column(const py::object& owner, const std::vector<T>& values, const char* type) {
  py::array array(py::dtype(type), {values.size()}, {sizeof(T)}, values.data(), owner);
  array.attr("setflags")(py::arg("write") = false);
  return array;
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

py::dict calibrate(const std::vector<std::string>& manifests, bool lenient) {
  plan::Calibration calibration;
  wait_for("calibrate", py::none(),
           [&](const plan::RunHooks& hooks) {
             calibration = plan::calibrate(manifests, {.lenient = lenient, .cancel = hooks.cancel});
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
                  arg("warnings") = calibration.warnings);
}

/// The JSON, and the table that people read.
std::pair<std::string, std::string> drift(const std::string& calibration, const std::vector<std::string>& manifests,
                                          double margin, const std::string& against, bool lenient) {
  plan::Drift drift;
  wait_for("drift", py::none(), [&](const plan::RunHooks&) {
    drift = plan::drift(calibration, manifests, {.margin = margin, .against = against}, lenient);
  });
  return {plan::to_json(drift), plan::text_table(drift)};
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
      .def("__eq__", &same, py::is_operator())
      .def("__hash__", [](const Capture& c) { return py::hash(py::make_tuple(c.manifest.file, c.log.size())); })
      .def("__repr__",
           [](const Capture& c) {
             return fmt::format("{}: {} requests of {} classes in {} ({})", c.manifest.name, c.log.size(),
                                c.log.classes.size(), core::exact_duration(c.manifest.duration), c.manifest.file);
           })
      .def(py::pickle([](const Capture& c) { return py::make_tuple(c.manifest.file, c.lenient); },
                      [](const py::tuple& state) { return load(state[0], state[1].cast<bool>()); }));
  module.def("calibrate", &calibrate, py::arg("manifests"), py::arg("lenient"), "What capplan.Calibration.fit learns.");
  module.def("drift", &drift, py::arg("calibration"), py::arg("manifests"), py::arg("margin"), py::arg("against"),
             py::arg("lenient"), "What capplan.drift knows, as JSON, and its table.");
}

}  // namespace capplan::bindings
