// The laws of indexes as TOML, and as aligned text for a terminal. Format of the file: index_law_file.h; the errors
// that stand beside the law are for people, and read by nobody else.

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>

#include "core/units.h"
#include "plan/fit/index_calibration.h"
#include "plan/format/document.h"
#include "plan/format/text_layout.h"

namespace capplan::plan {

namespace {

using models::LawCoefficient;
using models::Table;
using models::Value;

constexpr std::size_t width = 400;  // nothing gives way: the table has as many columns as there are figures
constexpr double z95 = 1.959964;

template <class T>
Value raw(T data) {
  Value value;
  value.data = std::move(data);
  return value;
}

/// What an error is of, in words and as a key of the file.
std::string words(const IndexErrors& errors) {
  return errors.of == "in_sample" ? "samples fitted" : errors.of + " not seen";
}

std::string key(const IndexErrors& errors) { return errors.of == "in_sample" ? errors.of : errors.of + "_left_out"; }

Table error_table(const IndexValidation& v) {
  Table table;
  const auto add = [&](const char* name, const std::optional<double>& x) {
    if (x) table.emplace_back(name, raw(std::strtod(fmt::format("{:.4g}", *x).c_str(), nullptr)));
  };
  add("latency_p50_error_median", v.latency_p50_error_median);
  add("latency_p50_error_p90", v.latency_p50_error_p90);
  add("pages_error_median", v.pages_error_median);
  add("recall_error_median", v.recall_error_median);
  add("size_error_max", v.size_error_max);
  add("latency_inside", v.latency_inside);
  return table;
}

/// Behind the line of each coefficient its unit and what it is.
std::string with_comments(const std::string& toml) {
  std::string out;
  for (std::size_t from = 0; from < toml.size();) {
    const std::size_t end = std::min(toml.find('\n', from), toml.size());
    const std::string line = toml.substr(from, end - from);
    from = end + 1;
    out += line;
    for (const LawCoefficient& c : models::law_coefficients())
      if (line.starts_with(std::string(c.name) + " = {"))
        out += fmt::format("  # {}{}", *c.unit ? std::string(c.unit) + ": " : "", c.help);
    out += "\n";
  }
  return out;
}

std::string percent(const std::optional<double>& x) { return x ? fmt::format("{:.1f} %", 100 * *x) : "-"; }

/// The interval of a coefficient at 95 %, and how much of its prior's variance is gone.
std::vector<Cell> coefficient_row(const models::IndexLaw& law, std::size_t i) {
  const LawCoefficient& c = models::law_coefficients()[i];
  const double spread = std::sqrt(law.covariance[i * models::law_terms + i]);
  const auto shown = [&](double held) { return fmt::format("{:.3g}", c.positive ? std::exp(held) : held); };
  return {{c.name},
          {shown(law.at[i])},
          {shown(law.at[i] - z95 * spread) + " … " + shown(law.at[i] + z95 * spread)},
          {c.unit},
          {fmt::format("{:.0f} %", 100 * (1 - spread * spread / (c.spread * c.spread)))},
          {c.help}};
}

}  // namespace

std::string index_law_toml(const IndexCalibration& calibration) {
  Table law = to_table(calibration.costs);
  Table errors;
  for (const IndexErrors& e : calibration.errors) errors.emplace_back(key(e), raw(error_table(e.validation)));
  law.emplace_back("errors", raw(std::move(errors)));
  return with_comments(write_toml({{"index_law", raw(std::move(law))}}));
}

std::string summary_table(const IndexCalibration& calibration) {
  const models::IndexLaw& law = calibration.costs.search;
  Grid grid({{"coefficient", true}, {"value"}, {"95 % interval"}, {"unit", true}, {"learned"}, {"what", true}});
  for (std::size_t i = 0; i < models::law_terms; ++i) grid.add(coefficient_row(law, i));
  std::string text = grid.text(width) + "\n";

  Grid errors({{"error of", true}, {"p50 latency"}, {"its p90"}, {"pages"}, {"recall"}, {"size at most"}, {"inside"}});
  for (const IndexErrors& e : calibration.errors) {
    const IndexValidation& v = e.validation;
    errors.add({{words(e)},
                {percent(v.latency_p50_error_median)},
                {percent(v.latency_p50_error_p90)},
                {percent(v.pages_error_median)},
                {v.recall_error_median ? fmt::format("{:.4f}", *v.recall_error_median) : "-"},
                {percent(v.size_error_max)},
                {percent(v.latency_inside)}});
  }
  text += errors.text(width) + "\n";
  for (const IndexSampleFile& file : calibration.files)
    text += fmt::format("samples {}: {}\n", file.name, file.samples.size());
  text += fmt::format("the fit leaves: latency ±{:.1f} %, pages ±{:.1f} %, recall ±{:.4f} (one standard deviation)\n",
                      100 * law.latency_residual, 100 * law.pages_residual, law.recall_residual);
  if (calibration.hnsw_build)
    text += fmt::format("builds of hnsw: {:.1f} % from builds not seen, {:.1f} % at most\n",
                        100 * calibration.hnsw_build->leave_one_out, 100 * calibration.hnsw_build->leave_one_out_most);
  if (calibration.ivfflat_build)
    text += fmt::format("builds of ivfflat: {:.1f} % from builds not seen, {:.1f} % at most\n",
                        100 * calibration.ivfflat_build->leave_one_out,
                        100 * calibration.ivfflat_build->leave_one_out_most);
  for (const std::string& warning : calibration.warnings) text += "warning: " + warning + "\n";
  return text;
}

}  // namespace capplan::plan
