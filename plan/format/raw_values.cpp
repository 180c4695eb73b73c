#include "plan/format/raw_values.h"

#include "core/units.h"

namespace capplan::plan {

const models::Table* table_in(const models::Table* table, const char* key) {
  const models::Value* value = table != nullptr ? models::find(*table, key) : nullptr;
  return value != nullptr ? value->as<models::Table>() : nullptr;
}

double number_of(const models::Value* value, double otherwise) {
  if (value == nullptr) return otherwise;
  if (const auto* x = value->as<double>()) return *x;
  if (const auto* n = value->as<std::int64_t>()) return static_cast<double>(*n);
  if (const auto* text = value->as<std::string>())
    if (const auto parsed = core::parse_seconds(*text)) return parsed.value;
  return otherwise;
}

double number_in(const models::Table& table, const char* key, double otherwise) {
  return number_of(models::find(table, key), otherwise);
}

}  // namespace capplan::plan
