#pragma once
// Which JSON a text is: the value of "schema" in its outermost table, as every answer of the program begins.

#include <string>

namespace capplan::plan {

/// "capplan.result/1"; empty where there is none. Reads no further than to it. Throws core::InputError naming `file`
/// for a text that is no JSON up to there.
std::string json_schema_of(const std::string& text, const std::string& file);

}  // namespace capplan::plan
