#include "plan/study/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"

namespace capplan::plan {

namespace {

[[noreturn]] void refuse(const SweepDesign& design, const std::string& file, const std::string& what,
                         const std::string& hint) {
  const core::Position where = design.where.file.empty() ? core::Position{file, 0, 0} : design.where;
  throw core::InputError(where, where.line > 0 ? "sweep.design" : "", what, hint);
}

const Design& find_design(const SweepDesign& wanted, const std::string& file) {
  if (wanted.name.empty()) return wanted.samples > 0 ? sobol_design : *designs().front();
  std::vector<std::string> names;
  for (const Design* design : designs()) {
    if (design->name == wanted.name) return *design;
    names.emplace_back(design->name);
  }
  const std::string near = core::nearest(wanted.name, names);
  refuse(wanted, file,
         fmt::format("unknown design; one of {}{}", fmt::join(names, ", "),
                     near.empty() ? "" : "; did you mean " + near + "?"),
         "capplan help sweep");
}

}  // namespace

std::span<const Design* const> designs() {
  static const std::array all = {&grid_design, &zip_design, &random_design, &latin_hypercube_design, &sobol_design};
  return all;
}

std::unique_ptr<Points> make_points(const SweepDesign& wanted, const std::vector<Axis>& axes, std::uint64_t seed,
                                    const std::string& file) {
  const Design& design = find_design(wanted, file);
  if (design.sampled && wanted.samples == 0)
    refuse(wanted, file, fmt::format("{} needs a number of samples", design.name), "--sample 64");
  if (!design.sampled && wanted.samples > 0)
    refuse(wanted, file, fmt::format("{} takes every value, and no number of samples", design.name),
           "--design " + std::string(sobol_design.name));
  Sampling sampling{{}, wanted.samples, seed};
  if (design.sampled && axes.empty()) refuse(wanted, file, "there is nothing to vary", "--vary pool.app.size=2..64:6");
  for (const Axis& axis : axes) sampling.sizes.push_back(axis.values.size());
  if (design.refusal != nullptr)
    if (const std::string why = design.refusal(sampling); !why.empty()) refuse(wanted, file, why, "capplan help sweep");
  return design.make(sampling);
}

SweepDesign design_of(const models::Table& document, const SweepDesign& flags) {
  std::vector<core::Problem> problems;
  SweepDesign design = read_design(document, problems);
  if (!problems.empty()) throw core::InputError(std::move(problems));
  if (flags.name.empty() && flags.samples == 0) return design;
  const auto sampled = [](const std::string& name) {
    return std::any_of(designs().begin(), designs().end(),
                       [&](const Design* d) { return d->sampled && d->name == name; });
  };
  design.where = flags.where;
  // What the file says of a design that takes samples is no word on one that does not, and the other way round.
  if (flags.name.empty() && !sampled(design.name)) design.name.clear();
  if (!flags.name.empty() && !sampled(flags.name)) design.samples = 0;
  if (!flags.name.empty()) design.name = flags.name;
  if (flags.samples > 0) design.samples = flags.samples;
  return design;
}

}  // namespace capplan::plan
