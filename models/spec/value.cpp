// Looking up keys of tables. A table keeps the order of the input and is small, so a straight scan serves. Limit: where
// a key stands twice, which no parser of ours lets through, the first one counts.

#include "models/spec/value.h"

namespace capplan::models {

const Value* find(const Table& table, const std::string& key) {
  for (const auto& [name, value] : table)
    if (name == key) return &value;
  return nullptr;
}

Value* find(Table& table, const std::string& key) {
  for (auto& [name, value] : table)
    if (name == key) return &value;
  return nullptr;
}

}  // namespace capplan::models
