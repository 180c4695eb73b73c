#pragma once
// TOML in and out: the only place that knows the format. A document is a models::Table that keeps every position.

#include <string>
#include <string_view>

#include "models/spec/value.h"

namespace capplan::plan {

/// Parses TOML text; `file` is used in positions. Throws core::InputError with the parser's line and column.
/// Dates and times become text.
models::Table parse_toml(std::string_view text, const std::string& file);

/// Reads and parses a file. Throws core::InputError if it cannot be read (naming it) or parsed.
models::Table read_toml(const std::string& path);

/// One value as on the right of a `=`: used for flags, where bare words are taken as text. Positions name `flag`.
models::Value parse_toml_value(std::string_view text, const std::string& flag);

/// The inverse: the value as it would stand on the right of a `=`, in one line.
std::string write_toml_value(const models::Value& value);

/// Writes a document: scalars first, then tables as [a.b]; lists and tables below the second level inline. Numbers
/// are written so that they read back exactly.
std::string write_toml(const models::Table& document);

}  // namespace capplan::plan
