#pragma once
// JSON Schema (draft 2020-12) in words, so that the shape of what a writer writes stands beside it in a few lines. A
// table has the fields that it names and no others; a test holds everything that the program writes against its schema.
// Source: JSON Schema Core and Validation, draft 2020-12.

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace capplan::plan::shape {

using Json = nlohmann::ordered_json;

/// A field of a table, which may be left out if it is not `required`.
struct Field {
  std::string name;
  Json shape;
  bool required = true;
};

Json text(const std::string& help = {});
Json real(const std::string& help = {});
Json whole(const std::string& help = {});
Json flag(const std::string& help = {});
Json word(const std::vector<std::string>& words, const std::string& help = {});
/// {"value", "lo", "hi"}, or null where it is not known.
Json estimate(const std::string& help = {});

Json or_null(Json shape);
Json list(Json of, const std::string& help = {});
/// A table of any names, each value of this shape.
Json map(Json of, const std::string& help = {});
Json object(const std::vector<Field>& fields, const std::string& help = {});
/// Any JSON.
Json anything(const std::string& help);
/// One of the shapes below "$defs".
Json defined(const std::string& name);

/// A field that may be left out.
inline Field optional(std::string name, Json shape) { return {std::move(name), std::move(shape), false}; }

/// The whole schema of an answer, as text: its fields after "schema", and what they refer to besides estimates.
std::string document(const std::string& schema, const std::string& help, std::vector<Field> fields,
                     const std::vector<Field>& definitions = {});

}  // namespace capplan::plan::shape
