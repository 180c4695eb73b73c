#pragma once
// The JSON Schemas of what result_json.h writes.

#include <string>

namespace capplan::plan {

std::string result_json_schema();
std::string sweep_json_schema();
std::string comparison_json_schema();

}  // namespace capplan::plan
