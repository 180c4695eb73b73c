// capplan._core.Rendered, and the verbs that give one: validate, drift, index, cache, rules and inspect. What they find
// is given its classes in bindings/capplan/answers.py.

#include <fmt/format.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include <map>

#include "bindings/bindings.h"
#include "bindings/rendered.h"
#include "bindings/scenario.h"
#include "bindings/values.h"
#include "bindings/waiting.h"
#include "plan/fit/validate.h"
#include "plan/report/drift_report.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/index_report.h"
#include "plan/report/inspection_report.h"
#include "plan/report/rules_report.h"
#include "plan/report/validation_json.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using Texts = std::vector<std::string>;

constexpr const char* formats[] = {"table", "csv", "markdown", "html"};

std::string text(const Rendered& kept, plan::Format format) {
  return format == plan::Format::json ? kept.json : kept.answer.text(format, {});
}

/// The texts in all formats that there are.
py::tuple state(const Rendered& kept) {
  py::dict texts;
  for (const char* word : formats) texts[word] = kept.answer.text(*plan::format_of_word(word), {});
  return py::make_tuple(kept.json, texts);
}

Rendered from_state(const py::tuple& state) {
  std::map<plan::Format, std::string> texts;
  for (const auto& [word, text] : state[1].cast<std::map<std::string, std::string>>())
    texts[*plan::format_of_word(word)] = text;
  return {
      state[0].cast<std::string>(),
      {.text = [texts](plan::Format format, const plan::TableOptions&) { return texts.at(format); }, .content = {}}};
}

/// Computes without the interpreter's lock; Ctrl-C is seen, and ends what looks at the hooks.
template <class Answer>
Rendered computed(const char* verb, const py::object& progress,
                  const std::function<Answer(const plan::RunHooks&)>& work) {
  std::optional<Answer> answer;
  wait_for(verb, progress, [&](const plan::RunHooks& hooks) { answer = work(hooks); });
  return rendered_answer(std::move(*answer));
}

Rendered validate(const Texts& manifests, const std::string& calibration, const Texts& index_samples,
                  const std::string& leave_one_out, const std::string& settings, bool effects, bool textbook,
                  bool lenient, const py::object& progress) {
  const plan::ValidateOptions options{.manifests = manifests,
                                      .calibration = calibration,
                                      .index_samples = index_samples,
                                      .leave_one_out = leave_one_out,
                                      .settings = settings,
                                      .effects = effects,
                                      .textbook = textbook,
                                      .lenient = lenient};
  return computed<plan::Validation>("validate", progress,
                                    [&](const plan::RunHooks& hooks) { return plan::validate(options, hooks.cancel); });
}

Rendered drift(const std::string& calibration, const Texts& manifests, double margin, const std::string& against,
               bool lenient, const py::object& progress) {
  return computed<plan::Drift>("drift", progress, [&](const plan::RunHooks& hooks) {
    return plan::drift(calibration, manifests, {margin, against, hooks.cancel}, lenient);
  });
}

Rendered plan_indexes(const Scenario& scenario, const std::string& index, const std::vector<double>& rows,
                      std::optional<double> recall, double months) {
  const plan::IndexPlanOptions options{index, rows, recall, months};
  return computed<plan::IndexPlans>(
      "index", py::none(), [&](const plan::RunHooks&) { return plan::plan_indexes(scenario.resolved(), options); });
}

plan::HitCurveOptions curve_options(const std::string& request, const std::vector<double>& entries,
                                    const std::vector<double>& hit_ratios, std::uint64_t draws, std::uint64_t seed) {
  plan::HitCurveOptions options;
  options.request = request;
  options.entries = entries;
  if (!hit_ratios.empty()) options.hit_ratios = hit_ratios;
  options.draws = draws;
  options.seed = seed;
  return options;
}

/// `source` is a Scenario, Keys, or the path of a file of keys.
Rendered hit_curves(const py::object& source, const std::string& request, const std::vector<double>& entries,
                    const std::vector<double>& hit_ratios, std::uint64_t draws, std::uint64_t seed,
                    const py::object& progress) {
  plan::HitCurveOptions options = curve_options(request, entries, hit_ratios, draws, seed);
  std::function<plan::HitCurves()> work;
  if (py::isinstance<Scenario>(source))
    work = [scenario = source.cast<const Scenario&>().resolved(), &options] {
      return plan::hit_curves(scenario, options);
    };
  else if (py::isinstance<Keys>(source))
    work = [keys = source.cast<const Keys&>().trace, &options] { return plan::hit_curves(*keys, "keys", options); };
  else
    work = [file = source.cast<std::string>(), &options] { return plan::hit_curves(file, options); };
  return computed<plan::HitCurves>("cache", progress, [&](const plan::RunHooks& hooks) {
    options.cancel = hooks.cancel;
    return work();
  });
}

Rendered rules(const Scenario& scenario, const RunTexts& texts, const py::object& progress) {
  const plan::RunOptions options = options_of(texts);
  return computed<plan::Rules>("rules", progress, [&](const plan::RunHooks& hooks) {
    auto rules = plan::check_rules(scenario.draft(), scenario.overrides(), options, hooks);
    return rules ? std::move(*rules) : plan::Rules{};  // only Ctrl-C leaves none, and is thrown by then
  });
}

Rendered inspect(const Texts& files, const std::string& since, const std::string& over, const std::string& as,
                 bool lenient, const py::object& progress) {
  const plan::InspectOptions options{since, plan::read_over(over), lenient, as};
  plan::Inspections inspections;
  wait_for("inspect", progress, [&](const plan::RunHooks&) { inspections = plan::inspect(files, options); });
  return rendered_answer(std::move(inspections));
}

}  // namespace

void bind_answers(py::module_& module) {
  py::class_<Rendered>(module, "Rendered", "An answer as the texts that the program writes of it.")
      .def(
          "text",
          [](const Rendered& kept, const std::string& extension, const std::string& format) {
            return text(kept, format_of(extension, format));
          },
          py::arg("extension"), py::arg("format"), "In the format of an extension, else in the one named.")
      .def(
          "__eq__", [](const Rendered& a, const Rendered& b) { return a.json == b.json; }, py::is_operator())
      .def("__hash__", [](const Rendered& kept) { return py::hash(py::str(kept.json)); })
      .def(py::pickle(&state, &from_state));
  module.def("validate", &validate, py::arg("manifests"), py::arg("calibration"), py::arg("index_samples"),
             py::arg("leave_one_out"), py::arg("settings"), py::arg("effects"), py::arg("textbook"), py::arg("lenient"),
             py::arg("progress"));
  module.def("drift", &drift, py::arg("calibration"), py::arg("manifests"), py::arg("margin"), py::arg("against"),
             py::arg("lenient"), py::arg("progress"));
  module.def("index", &plan_indexes, py::arg("scenario"), py::arg("index"), py::arg("rows"), py::arg("recall"),
             py::arg("months"));
  module.def("cache", &hit_curves, py::arg("source"), py::arg("request"), py::arg("entries"), py::arg("hit_ratio"),
             py::arg("draws"), py::arg("seed"), py::arg("progress"));
  module.def("rules", &rules, py::arg("scenario"), py::arg("options"), py::arg("progress"));
  module.def("inspect", &inspect, py::arg("files"), py::arg("since"), py::arg("over"), py::arg("as_format"),
             py::arg("lenient"), py::arg("progress"));
}

}  // namespace capplan::bindings
