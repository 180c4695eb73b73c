#pragma once
// Numbers and tables out of what a file holds, where no spec says what stands there: calibrations, read by those who
// wrote them. Limits: what is missing or of another kind is `otherwise`; who needs it to be there says so himself.

#include "models/spec/value.h"

namespace capplan::plan {

/// The table at `key`; null if there is none, or `table` is null.
const models::Table* table_in(const models::Table* table, const char* key);

/// A number, or a duration such as "30s" in seconds.
double number_of(const models::Value* value, double otherwise = 0);

/// The same of the value at `key`.
double number_in(const models::Table& table, const char* key, double otherwise = 0);

}  // namespace capplan::plan
