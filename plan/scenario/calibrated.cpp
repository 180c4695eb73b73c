#include "plan/scenario/calibrated.h"

#include "plan/costs/index_law_file.h"
#include "plan/format/document.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

/// Gives `values` what `fitted` has and they lack.
void fill_in(Table& values, const Table& fitted, const std::vector<models::Param>& params) {
  for (const models::Param& param : params) {
    const Value* value = find(fitted, param.name);
    if (!value) continue;
    Value* own = find(values, param.name);
    if (!own) {
      values.emplace_back(param.name, *value);
      values.back().second.origin = "calibration";
    } else if (param.type == models::Type::record && own->as<Table>() && value->as<Table>()) {
      fill_in(std::get<Table>(own->data), *value->as<Table>(), param.fields);
    }
  }
}

void take_in_law(const Table& calibration, std::vector<WrittenSection>& sections, Problems& problems) {
  try {
    const auto costs = std::make_shared<const models::IndexCosts>(index_costs_of(calibration));
    for (WrittenSection& section : sections) {
      if (section.section != "index" || find(section.values, "law")) continue;
      section.values.emplace_back("law", Value{costs, section.where, section.where, false, "calibration"});
    }
  } catch (const core::InputError& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
}

}  // namespace

Table read_calibration(const Table& document, const std::string& file, Problems& problems) {
  const Value* scenario = find(document, "scenario");
  const auto* settings = scenario ? scenario->as<Table>() : nullptr;
  const Value* named = settings ? find(*settings, "calibration") : nullptr;
  const auto* path = named ? named->as<std::string>() : nullptr;
  if (!path) return {};
  try {
    return read_toml(beside(file, *path));
  } catch (const core::InputError& error) {
    for (core::Problem problem : error.problems()) {
      if (problem.where.line == 0)  // the file as a whole: point at where it is named
        problem = {named->where, "scenario.calibration", problem.where.file + " " + problem.what,
                   "capplan calibrate CAPTURE... -o " + problem.where.file};
      problems.push_back(std::move(problem));
    }
    return {};
  }
}

const Table* calibrated(const Table& calibration, const std::string& section, const std::string& name) {
  const bool query = section == "query";
  const Value* word = find(calibration, query ? "query" : "costs");
  const auto* table = word ? word->as<Table>() : nullptr;
  const Value* found = table ? find(*table, query ? name : section) : nullptr;
  return found ? found->as<Table>() : nullptr;
}

void take_in(const Table& calibration, std::vector<WrittenSection>& sections, Problems& problems) {
  if (find(calibration, "index_law")) take_in_law(calibration, sections, problems);
  for (WrittenSection& section : sections) {
    const Table* fitted = calibrated(calibration, section.section, section.name);
    if (!fitted) continue;
    const Value* kind = find(section.values, "kind");
    const auto* kind_name = kind ? kind->as<std::string>() : nullptr;
    const models::Spec* spec = find_spec(section.section, kind_name ? *kind_name : "");
    if (!spec) continue;
    std::vector<models::Param> params = spec->params;
    if (section.section == "query" && find(section.values, "index"))
      std::erase_if(params, [](const models::Param& param) { return param.name == "cpu"; });
    fill_in(section.values, *fitted, params);
  }
}

}  // namespace capplan::plan
