// A calibration as a TOML file. The scenario reads [query.CLASS] cpu; all else says where it comes from and how good
// it is. Format: capplan's own, "capplan.calibration/1". Captures, fits and the alternatives of a fit are given headers
// and lines of their own, one level deeper than the writer of scenarios goes.
// Limits: figures other than the demands are rounded to six digits.

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "core/units.h"
#include "models/spec/distribution_value.h"
#include "plan/fit/calibration.h"
#include "plan/fit/workload_file.h"
#include "plan/format/document.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using unwritten::number;
using unwritten::raw;
using unwritten::text;
using unwritten::time;

/// Only differences of AIC mean anything: digits behind the point, not six in all.
Value aic_number(double x) { return raw(std::round(x * 100) / 100); }
Value rate(double per_second) { return raw(fmt::format("{:.6g}/s", per_second)); }

/// NAME and NAME_interval, of 95 %; nothing where the figure is unknown.
void add(Table& table, const std::string& name, const core::Estimate& e, Value (*spell)(double)) {
  if (!e.known) return;
  table.emplace_back(name, spell(e.value));
  table.emplace_back(name + "_interval", raw(List{spell(e.lo), spell(e.hi)}));
}

Value texts(const std::vector<std::string>& values) {
  List list;
  for (const std::string& value : values) list.push_back(text(value));
  return raw(std::move(list));
}

Table head(const Calibration& c) {
  Table table{{"schema", text("capplan.calibration/1")}, {"engine", raw(std::int64_t{fit_revision})}};
  if (!c.assumption.empty()) table.emplace_back("assumption", text(c.assumption));
  if (!c.warnings.empty()) table.emplace_back("warnings", texts(c.warnings));
  return table;
}

Table capture(const CaptureRecord& r) {
  const CaptureManifest& m = r.manifest;
  Table table{{"name", text(m.name)},         {"log", text(m.log_name)},   {"sha256", text(r.sha256)},
              {"rows", raw(r.rows)},          {"skipped", raw(r.skipped)}, {"failed", raw(r.failed)},
              {"malformed", raw(r.malformed)}};
  if (!m.taken.empty()) table.emplace_back("taken", text(m.taken));
  table.emplace_back("duration", text(core::exact_duration(m.duration)));
  table.emplace_back("load", text(m.open() ? "open" : "closed"));
  if (m.open()) table.emplace_back("rate", rate(m.rate));
  table.emplace_back("clients", raw(std::int64_t{m.clients}));
  table.emplace_back("connections", raw(std::int64_t{m.connections}));
  table.emplace_back("cores", number(m.cores));
  if (m.server_cpu) table.emplace_back("server_cpu", number(*m.server_cpu));
  if (r.cpu_per_request) table.emplace_back("cpu_per_request", time(*r.cpu_per_request));
  table.emplace_back("mean_duration", time(r.mean_duration));
  Table mix;
  for (const auto& [name, count] : r.mix) mix.emplace_back(name, raw(count));
  table.emplace_back("mix", raw(std::move(mix)));
  return table;
}

Table fit(const ClassCalibration& c) {
  const SampleFit& f = c.fit;
  Table table{{"family", text(f.chosen.family)},
              {"samples", raw(f.sample.count)},
              {"capture", c.captures.size() == 1 ? text(c.captures.front()) : texts(c.captures)}};
  add(table, "mean", f.sample.mean, time);
  add(table, "p50", f.sample.p50, time);
  add(table, "p95", f.sample.p95, time);
  add(table, "p99", f.sample.p99, time);
  table.emplace_back("ks", number(f.chosen.ks));
  table.emplace_back("ks_critical_1pct", number(f.ks_critical));
  table.emplace_back("anderson_darling", number(f.chosen.anderson_darling));
  if (f.chosen.has_likelihood) table.emplace_back("aic", aic_number(f.chosen.aic));
  return table;
}

/// A fixed number of the sample's quantiles beside the fitted distribution's: what a QQ plot draws.
Value quantile_pairs(const SampleFit& f) {
  List p, measured, fitted;
  for (const QuantilePair& q : f.pairs) {
    p.push_back(number(q.p));
    measured.push_back(time(q.measured));
    fitted.push_back(time(q.fitted));
  }
  return raw(
      Table{{"p", raw(std::move(p))}, {"measured", raw(std::move(measured))}, {"fitted", raw(std::move(fitted))}});
}

/// The indexes that the captures searched, by name, as the first capture with each says.
Table searched_indexes(const Calibration& c) {
  Table table;
  for (const CaptureRecord& r : c.captures)
    for (const CaptureIndex& index : r.manifest.indexes) {
      if (models::find(table, index.name) != nullptr) continue;
      Table own{{"kind", text(index.kind)}};
      own.insert(own.end(), index.parameters.begin(), index.parameters.end());
      table.emplace_back(index.name, raw(std::move(own)));
    }
  return table;
}

std::string alternatives(const SampleFit& f) {
  if (f.alternatives.empty()) return "alternatives = []\n";
  std::string out = "alternatives = [\n";
  for (const Fit& a : f.alternatives)
    out += "  " +
           write_toml_value(raw(Table{{"family", text(a.family)},
                                      {"aic", aic_number(a.aic)},
                                      {"ks", number(a.ks)},
                                      {"anderson_darling", number(a.anderson_darling)}})) +
           ",\n";
  return out + "]\n";
}

Table workload(const Calibration& c) {
  const WorkloadFit& w = c.workload;
  Table table{{"capture", text(c.captures.front().manifest.name)}};
  add(table, "rate", w.rate, rate);
  add(table, "cv", w.cv, number);
  add(table, "dispersion", w.dispersion, number);
  Table mix;
  for (const MixShare& m : w.mix) mix.emplace_back(m.name, raw(m.count));
  table.emplace_back("mix", raw(std::move(mix)));
  for (auto& detail : workload_details(w)) table.push_back(std::move(detail));
  if (!w.notes.empty()) table.emplace_back("notes", texts(w.notes));
  return table;
}

/// A line for each key; tables within one line.
std::string lines(const Table& table) {
  std::string out;
  for (const auto& [key, value] : table) out += key + " = " + write_toml_value(value) + "\n";
  return out;
}

/// [calibration.contention]: what was fitted, from what, how well; and what a replay must know besides the costs.
std::string contention(const ContentionFit& f) {
  Table table{{"base", text(f.base)}, {"captures", texts(f.captures)}};
  if (!f.left_out.empty()) table.emplace_back("left_out", texts(f.left_out));
  if (f.costs.probe > 0) table.emplace_back("probe", time(f.costs.probe));
  table.emplace_back("lateness", time(f.costs.lateness));
  table.emplace_back("residual", number(f.residual));
  const Table spread{{"p50", number(f.spread_p50)}, {"p95", number(f.spread_p95)}, {"p99", number(f.spread_p99)}};
  std::string out = "\n[calibration.contention]\n" + write_toml(table) + "spread = " + write_toml_value(raw(spread)) +
                    "\nfitted = [\n";
  for (const FittedCost& c : f.fitted)
    out += "  " +
           write_toml_value(raw(Table{{"name", text(c.name)},
                                      {"value", number(c.value.value)},
                                      {"interval", raw(List{number(c.value.lo), number(c.value.hi)})},
                                      {"identified", raw(c.identified)}})) +
           ",\n";
  return out + "]\n";
}

}  // namespace

std::string to_toml(const Calibration& calibration) {
  Table top = head(calibration);
  const Table indexes = searched_indexes(calibration);
  if (!indexes.empty()) top.emplace_back("index", raw(indexes));
  std::string out = write_toml({{"calibration", raw(top)}});
  for (const CaptureRecord& r : calibration.captures) out += "\n[[calibration.capture]]\n" + lines(capture(r));
  for (const CaptureBaseline& baseline : calibration.baselines) out += "\n" + to_toml(baseline);
  if (calibration.indexes)
    for (const IndexSampleFile& file : calibration.indexes->files)
      out += "\n[[calibration.index_samples]]\n" +
             write_toml({{"file", text(std::filesystem::path(file.name).filename().string())},
                         {"sha256", text(file.sha256)},
                         {"samples", raw(static_cast<std::int64_t>(file.samples.size()))}});
  if (calibration.contention) out += contention(*calibration.contention) + to_toml(calibration.contention->uncertainty);
  Table shared;
  Table of_class;
  if (calibration.contention) {
    for (auto& [word, value] : to_calibration(calibration.contention->costs))
      (word == "query" ? of_class : shared) = *value.as<Table>();
    out += "\n" + write_toml({{"costs", raw(shared)}});
  }
  for (const ClassCalibration& c : calibration.classes) {
    Table demand{{"cpu", models::to_value(c.fit.chosen.distribution)}};
    if (const Value* fitted = models::find(of_class, c.name)) demand = *fitted->as<Table>();
    const std::string section = write_toml({{"query", raw(Table{{c.name, raw(demand)}})}});
    const std::string header = section.substr(0, section.find('\n') - 1);  // "[query.CLASS", its key quoted if need be
    out += "\n" + section + "\n" + header + ".fit]\n" + write_toml(fit(c)) + alternatives(c.fit) +
           "quantiles = " + write_toml_value(quantile_pairs(c.fit)) + "\n";
  }
  if (!calibration.captures.empty()) out += "\n[workload]\n" + lines(workload(calibration));
  if (calibration.indexes) out += "\n" + index_law_toml(*calibration.indexes);
  return out;
}

}  // namespace capplan::plan
