// A meter's figure is packed as its place among the specs of all components, which one build's programs share.

#include "plan/study/work_pack.h"

#include <algorithm>
#include <stdexcept>

#include "plan/format/packed_fields.h"
#include "plan/scenario/scenario_pack.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

/// All that meters can be of, in the order of the catalogue.
const std::vector<const core::FigureSpec*>& metered_figures() {
  static const auto figures = [] {
    std::vector<const core::FigureSpec*> all;
    for (const models::Spec& spec : section_specs()) all.insert(all.end(), spec.figures.begin(), spec.figures.end());
    return all;
  }();
  return figures;
}

}  // namespace

template <class P, Like<const core::FigureSpec*> T>
void fields(P& p, T& spec) {
  const auto& all = metered_figures();
  if constexpr (Packs<P>) {
    const auto found = std::find(all.begin(), all.end(), spec);
    if (found == all.end()) throw std::logic_error("a meter's figure is not among those of its component");
    p.count(static_cast<std::size_t>(found - all.begin()));
  } else {
    const std::size_t place = p.count();
    if (place >= all.size()) Unpacker::damaged();
    spec = all[place];
  }
}

template <class P, Like<core::Meter> T>
void fields(P& p, T& meter) {
  auto& [path, spec, capacity, over] = meter;
  pass_all(p, path, spec, capacity, over);
}

template <class P, Like<core::HistogramSlice::Bucket> T>
void fields(P& p, T& bucket) {
  auto& [index, count] = bucket;
  pass_all(p, index, count);
}

template <class P, Like<core::HistogramSlice> T>
void fields(P& p, T& slice) {
  auto& [buckets, count, sum, max] = slice;
  pass_all(p, buckets, count, sum, max);
}

template <class P, Like<core::BreakdownSlice::Row> T>
void fields(P& p, T& row) {
  auto& [index, count, parts] = row;
  pass_all(p, index, count, parts);
}

template <class P, Like<core::BreakdownSlice> T>
void fields(P& p, T& slice) {
  pass(p, slice.rows);
}

template <class P, Like<core::Recording> T>
void fields(P& p, T& recording) {
  auto& [meters, ends, scalars, histograms, breakdowns, unfinished, in_flight, events] = recording;
  pass_all(p, meters, ends, scalars, histograms, breakdowns, unfinished, in_flight, events);
}

template <class P, Like<AlertRun> T>
void fields(P& p, T& run) {
  auto& [modelled, every_s, fired, first_s, firing_s] = run;
  pass_all(p, modelled, every_s, fired, first_s, firing_s);
}

template <class P, Like<Replication> T>
void fields(P& p, T& replication) {
  auto& [recording, alerts, reduced, course, highest] = replication;
  pass_all(p, recording, alerts, reduced, course, highest);
}

template <class P, Like<core::Problem> T>
void fields(P& p, T& problem) {
  auto& [where, key, what, hint] = problem;
  pass_all(p, where.file, where.line, where.column, key, what, hint);
}

namespace {

template <class T>
std::string packed(const T& x) {
  Packer to;
  pass(to, x);
  return to.finish();
}

template <class T>
T unpacked(std::string_view bytes) {
  Unpacker from(bytes);
  T x;
  pass(from, x);
  return x;
}

}  // namespace

std::string pack_simulation(const Simulation& simulation, bool with_scenario) {
  const auto& [scenario, seed, first, last, paired, cut] = simulation;
  std::optional<std::string> held;
  if (with_scenario && scenario) held = pack_scenario(*scenario);
  Packer to;
  pass_all(to, held, seed, first, last, paired, cut);
  return to.finish();
}

Simulation unpack_simulation(std::string_view bytes, std::shared_ptr<const Scenario> known) {
  Unpacker from(bytes);
  Simulation simulation;
  auto& [scenario, seed, first, last, paired, cut] = simulation;
  std::optional<std::string> held;
  pass_all(from, held, seed, first, last, paired, cut);
  scenario = held ? std::make_shared<const Scenario>(unpack_scenario(*held)) : std::move(known);
  if (!scenario && first != last) throw std::invalid_argument("is a work without a scenario");
  return simulation;
}

std::string pack_batch(const Batch& batch) { return packed(batch); }
Batch unpack_batch(std::string_view bytes) { return unpacked<Batch>(bytes); }

std::string pack_problems(const std::vector<core::Problem>& problems) { return packed(problems); }
std::vector<core::Problem> unpack_problems(std::string_view bytes) {
  return unpacked<std::vector<core::Problem>>(bytes);
}

}  // namespace capplan::plan
