// capplan.Comparison and Change, and what writes answers into files.

#include <fmt/format.h>
#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/rendered.h"
#include "bindings/values.h"
#include "plan/report/answers.h"
#include "plan/report/report.h"
#include "plan/study/comparison_words.h"
#include "plan/study/figure_text.h"
#include "plan/study/result_json.h"

namespace py = pybind11;

namespace capplan::bindings {

plan::Format format_of(const std::string& extension, const std::string& format) {
  if (const auto known = plan::format_of_extension(extension)) return *known;
  if (const auto known = plan::format_of_word(format)) return *known;
  throw py::value_error(
      format.empty()
          ? fmt::format("\"{}\" is none of the extensions .html .txt .json .csv .md; name the format", extension)
          : fmt::format("format: \"{}\" is none of table, json, csv, markdown, html", format));
}

namespace {

using plan::Comparison;
using plan::FigureChange;

bool same(const FigureChange& a, const FigureChange& b) {
  return a.path == b.path && a.a == b.a && a.b == b.b && a.difference == b.difference && a.relative == b.relative &&
         a.margin == b.margin && a.p == b.p && a.adjusted_p == b.adjusted_p && a.tested == b.tested &&
         a.change == b.change;
}

std::optional<double> if_tested(const FigureChange& change, double p) {
  return change.tested ? std::optional(p) : std::nullopt;
}

std::string joined(const FigureChange& change) { return fmt::format("{}", fmt::join(change.path, "/")); }

void bind_change(py::module_& module) {
  py::class_<FigureChange>(module, "Change", "What becomes of one figure from A to B.")
      .def_property_readonly("path", &joined, "The figure: \"requests/all/latency_s/p99\".")
      .def_property_readonly(
          "subject", [](const FigureChange& c) { return plan::subject_of(c.path); }, "What it is of.")
      .def_property_readonly(
          "figure", [](const FigureChange& c) { return plan::word_of(c.path); }, "Which of its figures it is.")
      .def_readonly("a", &FigureChange::a, "A's value.")
      .def_readonly("b", &FigureChange::b, "B's value.")
      .def_readonly("difference", &FigureChange::difference, "B less A.")
      .def_readonly("relative", &FigureChange::relative, "The difference as a share of A's value.")
      .def_readonly("margin", &FigureChange::margin, "A difference up to this has no practical importance.")
      .def_property_readonly(
          "p", [](const FigureChange& c) { return if_tested(c, c.p); }, "Of the difference alone, or None.")
      .def_property_readonly(
          "adjusted_p", [](const FigureChange& c) { return if_tested(c, c.adjusted_p); },
          "After Holm, of others after Benjamini and Hochberg; or None.")
      .def_property_readonly(
          "verdict", [](const FigureChange& c) { return plan::to_string(c.change); },
          "\"better\", \"worse\", \"no practical difference\", \"cannot tell\", \"changed\", \"only in A\" or \"only "
          "in "
          "B\".")
      .def("__eq__", &same, py::is_operator())
      .def("__hash__", [](const FigureChange& c) { return py::hash(py::make_tuple(joined(c), c.p)); })
      .def("__repr__",
           [](const FigureChange& c) {
             const plan::Cell shown = plan::change_cell(c.relative);
             return fmt::format("Change({}: {}{}{}, {})", joined(c), shown.text, shown.beside.empty() ? "" : " ",
                                shown.beside, plan::to_string(c.change));
           })
      .def(py::pickle(
          [](const FigureChange& c) {
            return py::make_tuple(c.path, c.a, c.b, c.difference, c.relative, c.margin, c.p, c.adjusted_p, c.tested,
                                  static_cast<int>(c.change));
          },
          [](const py::tuple& s) {
            return FigureChange{s[0].cast<std::vector<std::string>>(),
                                s[1].cast<core::Estimate>(),
                                s[2].cast<core::Estimate>(),
                                s[3].cast<core::Estimate>(),
                                s[4].cast<core::Estimate>(),
                                s[5].cast<double>(),
                                s[6].cast<double>(),
                                s[7].cast<double>(),
                                s[8].cast<bool>(),
                                static_cast<plan::Change>(s[9].cast<int>())};
          }));
}

py::tuple listed(const std::vector<FigureChange>& changes) {
  py::list list;
  for (const FigureChange& change : changes) list.append(change);
  return py::tuple(list);
}

py::tuple changes(const Comparison& comparison) { return listed(comparison.figures); }

FigureChange item(const Comparison& comparison, const std::string& path) {
  for (const auto* family : {&comparison.figures, &comparison.others})
    for (const FigureChange& change : *family)
      if (joined(change) == path) return change;
  throw py::key_error(path + "; the paths are those of changes and others");
}

py::dict settings(const Comparison& comparison) {
  py::dict result;
  const auto value = [](const std::string& text) { return text.empty() ? py::object(py::none()) : py::str(text); };
  for (const plan::SettingDifference& each : comparison.settings)
    result[py::str(each.key)] = py::make_tuple(value(each.a), value(each.b));
  return result;
}

/// What compare() computed from, and so does again.
py::tuple state(const Comparison& c) {
  return py::make_tuple(c.a.label, plan::to_json(c.a.result, -1), c.b.label, plan::to_json(c.b.result, -1), c.margin);
}

Comparison from_state(const py::tuple& state) {
  const auto side = [&](int at) {
    return plan::Compared{state[at].cast<std::string>(),
                          plan::result_from_json(state[at + 1].cast<std::string>(), "pickle")};
  };
  return plan::compare(side(0), side(2), state[4].cast<double>());
}

template <class Kind>
std::string rendered(const Kind& answer, const std::string& extension, const std::string& format) {
  return plan::rendered(answer, format_of(extension, format));
}

std::string rendered_kept(const std::string& kept, const std::string& extension, const std::string& format) {
  const plan::Format wanted = format_of(extension, format);
  return plan::read_answer(kept).text(wanted, {});
}

}  // namespace

void bind_comparison(py::module_& module) {
  bind_change(module);
  py::class_<Comparison>(module, "Comparison", "What changes from A to B, and what is chance.")
      .def_property_readonly("verdict", &plan::in_words, "The headline in one sentence.")
      .def_property_readonly(
          "labels", [](const Comparison& c) { return py::make_tuple(c.a.label, c.b.label); }, "How A and B were named.")
      .def_property_readonly(
          "a", [](const Comparison& c) { return c.a.result; }, "A's answer.")
      .def_property_readonly(
          "b", [](const Comparison& c) { return c.b.result; }, "B's answer.")
      .def_readonly("paired", &Comparison::paired, "Whether replications were compared one by one.")
      .def_readonly("margin", &Comparison::margin, "What has practical importance, as a share of A's value.")
      .def_property_readonly(
          "claim", [](const Comparison& c) { return plan::to_string(c.headline.claim); },
          "\"misses\", \"worse\", \"better\", \"mixed\", \"same\" or \"cannot_tell\".")
      .def_property_readonly("settings", &settings, "The settings in which they differ, with both values.")
      .def_property_readonly("changes", &changes, "The figures that the verdict rests on, with their differences.")
      .def_property_readonly(
          "others", [](const Comparison& c) { return listed(c.others); }, "Every other figure of either.")
      .def("__getitem__", &item, py::arg("path"))
      .def("__len__", [](const Comparison& c) { return c.figures.size(); })
      .def("__iter__", [](const Comparison& c) { return py::iter(changes(c)); })
      .def(
          "to_dict", [](const Comparison& c) { return from_json(plan::to_json(c, -1)); }, "As --format json prints it.")
      .def("_csv", [](const Comparison& c) { return plan::csv(c); })
      .def("to_frame", in_python("frames", "comparison_frame"), "A pandas.DataFrame: a row a figure.")
      .def(
          "plot",
          [](const py::object& self, const py::object& ax) {
            return py::module_::import("capplan.plot").attr("plot_comparison")(self, py::arg("ax") = ax);
          },
          py::kw_only(), py::arg("ax") = py::none(), "The changes with their intervals; returns the axes.")
      .def(
          "__eq__",
          [](const Comparison& a, const Comparison& b) { return plan::to_json(a, -1) == plan::to_json(b, -1); },
          py::is_operator())
      .def("__hash__",
           [](const Comparison& c) {
             return py::hash(py::make_tuple(c.a.result.scenario_hash, c.b.result.scenario_hash, c.a.result.seed));
           })
      .def("__repr__",
           [](const Comparison& c) {
             std::string text = plan::text_table(c);
             text.erase(text.find_last_not_of('\n') + 1);
             return text;
           })
      .def("_repr_html_", in_python("display", "comparison_html"), "The same for notebooks, with a figure.")
      .def(py::pickle(&state, &from_state));
  module.def("rendered", &rendered<plan::Result>, py::arg("answer"), py::arg("extension"), py::arg("format"));
  module.def("rendered", &rendered<plan::Sweep>, py::arg("answer"), py::arg("extension"), py::arg("format"));
  module.def("rendered", &rendered<Comparison>, py::arg("answer"), py::arg("extension"), py::arg("format"));
  module.def("rendered", &rendered_kept, py::arg("answer"), py::arg("extension"), py::arg("format"));
}

}  // namespace capplan::bindings
