// From a file to a checked scenario, in this order: flags change the document, sections are found and completed by what
// they inherit, each is resolved against its spec, names are checked, SLOs and axes are read. Nothing stops at a
// problem: all are thrown together, in the order of their positions. Limit: of syntax errors there is only the first.

#include "plan/scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "plan/format/document.h"
#include "plan/scenario/alerts.h"
#include "plan/scenario/axes.h"
#include "plan/scenario/calibrated.h"
#include "plan/scenario/import_settings.h"
#include "plan/scenario/links.h"
#include "plan/scenario/profiles.h"
#include "plan/scenario/sections.h"
#include "plan/scenario/slo.h"
#include "plan/scenario/written.h"

namespace capplan::plan {

namespace {

using models::Section;
using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

/// The spec that a section's word and `kind` name, with `kind` taken out of the values; or null and a problem.
const models::Spec* take_spec(WrittenSection& section, Problems& problems) {
  const std::vector<std::string> kinds = plan::kinds(section.section);
  if (kinds.size() == 1 && kinds.front().empty()) return find_spec(section.section, "");
  const auto found = std::find_if(section.values.begin(), section.values.end(),
                                  [](const auto& field) { return field.first == "kind"; });
  const std::string key = section.path() + ".kind";
  const std::string hint = "capplan describe " + section.section;
  if (found == section.values.end()) {
    problems.push_back({section.where, key, fmt::format("is required: one of {}", fmt::join(kinds, ", ")), hint});
    return nullptr;
  }
  const Value kind = std::move(found->second);
  section.values.erase(found);
  const auto* word = kind.as<std::string>();
  if (word && std::find(kinds.begin(), kinds.end(), *word) != kinds.end()) return find_spec(section.section, *word);
  const std::string near = word ? core::nearest(*word, kinds) : "";
  problems.push_back({kind.where, key,
                      fmt::format("unknown kind; one of {}{}", fmt::join(kinds, ", "),
                                  near.empty() ? "" : "; did you mean " + near + "?"),
                      hint});
  return nullptr;
}

/// Resolves sections of one scenario; what they share is kept here.
struct Resolver {
  const std::vector<WrittenSection>& sections;
  const std::string& file;
  std::string calibration;  ///< file name as the scenario gives it, or empty
  Traces traces;

  /// The section, complete only if no problem was added.
  std::optional<Section> resolve(WrittenSection written, Problems& problems) {
    const models::Spec* spec = take_spec(written, problems);
    if (!spec) return std::nullopt;
    const std::size_t before = problems.size();
    take_in_profile(*spec, written);
    Section section{spec, written.name, {}, written.where};
    section.params = models::resolve(*spec, written.values, written.path(), written.where, problems);
    for (std::size_t i = before; i < problems.size(); ++i) add_calibration_hint(written, problems[i]);
    link(section, sections, file, traces, problems);
    return section;
  }

  /// Where a query lacks a cost that a calibration could have given, the hint says so.
  void add_calibration_hint(const WrittenSection& query, core::Problem& problem) const {
    if (query.section != "query" || !problem.what.starts_with("is required")) return;
    const std::string name = problem.key.substr(std::min(problem.key.size(), query.path().size() + 1));
    if (name.find('.') != std::string::npos) return;
    problem.hint = calibration.empty()
                       ? fmt::format("write it here, or name a calibration: capplan calibrate CAPTURE... -o FILE.toml")
                       : fmt::format("{} has no {} for [{}]: capplan calibrate CAPTURE... -o {}", calibration, name,
                                     query.path(), calibration);
  }

  /// Checks the values of an axis by resolving its section with each of them.
  void check(Axis& axis, Problems& problems) {
    const WrittenSection* section = nullptr;
    const models::Param* param = nullptr;
    if (!find_axis(axis, sections, section, param, problems)) return;
    if (param) fit_to(*param, axis);
    const std::vector<std::string> path = split_key(axis.key);
    const std::size_t head = section->name.empty() ? 1 : 2;
    Problems own;
    resolve(*section, own);
    for (const Value& value : axis.values) {
      WrittenSection changed = *section;
      Problems found;
      if (set_path(changed.values, path, head, {axis.key, value}, found)) resolve(std::move(changed), found);
      for (core::Problem& problem : found) {
        // What is wrong without the axis too has been said; so what counts is what the value itself is blamed for.
        const auto place = [](const core::Problem& p) {
          return std::tie(p.where.file, p.where.line, p.where.column, p.what);
        };
        const auto same = [&](const core::Problem& p) { return place(p) == place(problem); };
        if (std::any_of(own.begin(), own.end(), same)) continue;
        problem.where = value.where;
        problems.push_back(std::move(problem));
        break;
      }
    }
  }
};

/// Problems by file (the scenario's first, then others, then flags), line and column; each once.
void sort_problems(Problems& problems, const std::string& file) {
  const auto rank = [&](const core::Problem& problem) {
    const int group = problem.where.file == file ? 0 : problem.where.line > 0 ? 1 : 2;
    return std::tuple(group, problem.where.file, problem.where.line, problem.where.column);
  };
  std::stable_sort(problems.begin(), problems.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::set<std::tuple<std::string, int, int, std::string>> seen;
  std::erase_if(problems, [&](const core::Problem& problem) {
    return problem.where.line > 0 &&
           !seen.emplace(problem.where.file, problem.where.line, problem.where.column, problem.what).second;
  });
}

/// A run must be longer than what is left out of it, by no less than the shortest duration there is.
void check_warmup(const Section& settings, Problems& problems) {
  const models::Params& p = settings.params;
  if (p.has("warmup") && p.has("duration") && p.duration("warmup") > p.duration("duration") - core::millisecond)
    problems.push_back({find(p.values(), "warmup")->where,
                        "scenario.warmup",
                        "must be shorter than the duration, by 1ms at least",
                        {}});
}

/// Whether a flag changes what decides about inheritance for all the others.
bool comes_first(const Override& change) { return change.key.starts_with("scenario."); }

}  // namespace

const Section* Scenario::find(const std::string& path) const {
  for (const Section& section : sections)
    if (section.path() == path) return &section;
  return nullptr;
}

Draft read_draft(const std::string& path) { return {path, read_toml(path), {}}; }

Scenario resolve(const Draft& draft, const std::vector<Override>& overrides, const std::vector<Axis>& vary) {
  Problems problems;
  Table document = draft.document;
  for (const Override& change : overrides)
    if (comes_first(change)) apply(document, change, {}, problems);
  const Table calibration = draft.calibration ? *draft.calibration : read_calibration(document, draft.file, problems);
  for (const Override& change : overrides)
    if (!comes_first(change)) apply(document, change, calibration, problems);

  std::vector<WrittenSection> written = written_sections(document, draft.file, problems);
  inherit(written, problems);
  take_in_imports(written, draft.file, problems);
  take_in(calibration, written, problems);

  Scenario scenario;
  scenario.source = draft.file;
  Resolver resolver{written, draft.file, named_calibration(document), {}};
  scenario.calibrated = envelope_of(calibration);
  scenario.evidence = evidence_of(calibration, resolver.calibration);
  for (const WrittenSection& section : written)
    if (std::optional<Section> resolved = resolver.resolve(section, problems))
      scenario.sections.push_back(std::move(*resolved));
  scenario.slos = read_slos(document, written, scenario.beyond, problems);
  read_alerts(scenario, written, problems);
  scenario.axes = read_axes(document, vary, problems);
  for (Axis& axis : scenario.axes)
    if (!axis.values.empty()) resolver.check(axis, problems);

  if (const Section* settings = scenario.find("scenario")) check_warmup(*settings, problems);
  const bool any_load = std::any_of(scenario.sections.begin(), scenario.sections.end(),
                                    [](const Section& section) { return section.spec->make_workload != nullptr; });
  if (problems.empty() && !any_load)
    problems.push_back(
        {{draft.file, 1, 1}, "workload", "there is none: no request would ever arrive", "capplan describe workload"});
  if (!problems.empty()) {
    sort_problems(problems, draft.file);
    throw core::InputError(std::move(problems));
  }
  scenario.topology = models::topology_of(scenario.sections);
  const Section* settings = scenario.find("scenario");
  if (settings && settings->params.has("name")) scenario.name = settings->params.text("name");
  return scenario;
}

}  // namespace capplan::plan
