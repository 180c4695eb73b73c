// Writing TOML: scalars first, then a header for each table and each table of tables below it, everything deeper
// inline. Strings are written with escapes, numbers as the shortest text that reads back exactly. Limits: comments are
// not kept; a resolved value that has no spelling of its own (a trace, of arrivals or of keys) is written as the name
// of its source.

#include <fmt/format.h>

#include <algorithm>

#include "models/spec/distribution_value.h"
#include "plan/format/document.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;

std::string text_literal(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      case '\r':
        result += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
          result += fmt::format("\\u{:04X}", static_cast<int>(c));
        else
          result += c;
    }
  }
  return result + "\"";
}

std::string key_literal(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? key : text_literal(key);
}

std::string number_literal(double x) {
  std::string text = fmt::format("{}", x);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string literal(const Value& value) {
  if (const auto* flag = value.as<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = value.as<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto* real = value.as<double>()) return number_literal(*real);
  if (const auto* text = value.as<std::string>()) return text_literal(*text);
  if (const auto* distribution = value.as<core::Distribution>()) return literal(models::to_value(*distribution));
  std::string result;
  if (const auto* list = value.as<List>()) {
    for (const Value& element : *list) result += (result.empty() ? "" : ", ") + literal(element);
    return "[" + result + "]";
  }
  if (const auto* table = value.as<Table>()) {
    for (const auto& [key, field] : *table)
      result += fmt::format("{}{} = {}", result.empty() ? "" : ", ", key_literal(key), literal(field));
    return result.empty() ? "{}" : "{ " + result + " }";
  }
  if (const auto* trace = value.as<std::shared_ptr<const models::ArrivalTrace>>())
    return text_literal(*trace ? (*trace)->source : std::string());
  if (const auto* trace = value.as<std::shared_ptr<const models::KeyTrace>>()) return text_literal((*trace)->source);
  return "\"\"";
}

/// The keys of a table that stand below its header; tables of them too where no deeper header is written.
void write_fields(const Table& table, bool tables_inline, std::string& out) {
  for (const auto& [key, value] : table)
    if (!value.empty() && (tables_inline || !value.as<Table>()))
      out += fmt::format("{} = {}\n", key_literal(key), literal(value));
}

void write_header(const std::string& path, std::string& out) {
  out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", path);
}

}  // namespace

std::string write_toml_value(const Value& value) { return literal(value); }

std::string write_toml(const Table& document) {
  std::string out;
  write_fields(document, false, out);
  for (const auto& [word, value] : document) {
    const auto* table = value.as<Table>();
    if (!table) continue;
    const auto is_table = [](const auto& field) { return field.second.template as<Table>() != nullptr; };
    const bool only_tables = !table->empty() && std::all_of(table->begin(), table->end(), is_table);
    if (!only_tables) {
      write_header(key_literal(word), out);
      write_fields(*table, false, out);
    }
    for (const auto& [name, section] : *table) {
      const auto* fields = section.as<Table>();
      if (!fields) continue;
      write_header(key_literal(word) + "." + key_literal(name), out);
      write_fields(*fields, true, out);
    }
  }
  return out;
}

}  // namespace capplan::plan
