#pragma once
// The whole catalogue as JSON, for other programs: {"schema": "capplan.catalogue/1", "sections": [...], ...}. All of it
// comes from the registries that `capplan describe` shows. And the JSON Schemas of everything that the program writes,
// with that of a scenario file, for editors.

#include <string>
#include <vector>

namespace capplan::plan {

/// Sections with their parameters, metrics of conditions, figures, distributions, presets, errors, warnings, answers,
/// formats.
std::string catalogue_json();

/// Of scenario files (TOML). What a calibration or another section may say is not required there.
std::string scenario_json_schema();

/// The names of the answers, "scenario" and "catalogue": each is a page docs/schema/NAME.json.
std::vector<std::string> json_schema_names();
/// The schema of a name. Throws core::InputError naming the nearest.
std::string json_schema(const std::string& name);

}  // namespace capplan::plan
