#pragma once
// The answers of a sweep as JSON, and back: what is written of each least setting, and its shape.

#include "plan/format/json_text.h"
#include "plan/study/smallest.h"

namespace capplan::plan {

nlohmann::ordered_json json_of(const Smallest& smallest);
/// Reads the same back; of an older sweep the margins and the binding resource are empty.
Smallest smallest_of(const nlohmann::ordered_json& json);
/// What json_of writes, for the schema.
nlohmann::ordered_json smallest_shape();

}  // namespace capplan::plan
