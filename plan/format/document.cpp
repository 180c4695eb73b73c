// Reading TOML with toml++, whose nodes carry their positions. Its tables are sorted by name; ours keep the order of
// the file. Limits: a file of at most 16 MB, dotted keys of at most 32 parts, and values at most as deep as the parser
// allows (256), so that nothing that walks a document can run out of stack.

#include "plan/format/document.h"

// The parser asserts things that malformed text can break, then reports that text as an error all the same: so its
// assertions are taken for nothing, and never for promises to the optimiser.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;

constexpr std::size_t longest_file = 16U << 20;
constexpr int deepest_key = 32;

core::Position position(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Table to_table(const toml::table& node, const std::string& file);

template <class Node>
std::string as_text(const Node& node) {
  std::ostringstream text;
  text << node.get();
  return text.str();
}

Value to_value(const toml::node& node, const std::string& file) {
  Value value;
  value.where = position(node.source(), file);
  switch (node.type()) {
    case toml::node_type::table:
      value.data = to_table(*node.as_table(), file);
      break;
    case toml::node_type::array: {
      List list;
      for (const toml::node& element : *node.as_array()) list.push_back(to_value(element, file));
      value.data = std::move(list);
      break;
    }
    case toml::node_type::string:
      value.data = node.as_string()->get();
      break;
    case toml::node_type::integer:
      value.data = node.as_integer()->get();
      break;
    case toml::node_type::floating_point:
      value.data = node.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      value.data = node.as_boolean()->get();
      break;
    case toml::node_type::date:
      value.data = as_text(*node.as_date());
      break;
    case toml::node_type::time:
      value.data = as_text(*node.as_time());
      break;
    case toml::node_type::date_time:
      value.data = as_text(*node.as_date_time());
      break;
    case toml::node_type::none:
      break;
  }
  return value;
}

Table to_table(const toml::table& node, const std::string& file) {
  Table table;
  for (auto&& [key, child] : node) {
    Value value = to_value(child, file);
    value.key_where = position(key.source(), file);
    table.emplace_back(std::string(key.str()), std::move(value));
  }
  std::stable_sort(table.begin(), table.end(), [](const auto& a, const auto& b) {
    const core::Position &first = a.second.key_where, &second = b.second.key_where;
    return std::pair(first.line, first.column) < std::pair(second.line, second.column);
  });
  return table;
}

/// The end of the string or comment that starts at `i`, or `i` where there is neither.
std::size_t skip_text(std::string_view text, std::size_t i) {
  if (text[i] == '#') return std::min(text.find('\n', i), text.size());
  if (text[i] != '"' && text[i] != '\'') return i;
  const bool many_lines = text.substr(i, 3) == std::string(3, text[i]);
  const std::string end(many_lines ? 3 : 1, text[i]);
  for (std::size_t j = i + end.size(); j < text.size(); ++j) {
    if (text[i] == '"' && text[j] == '\\') {
      ++j;
    } else if (text.substr(j, end.size()) == end) {
      j += end.size();  // up to two more quotes at the end of many lines are part of them
      for (int more = 0; many_lines && more < 2 && j < text.size() && text[j] == text[i]; ++more) ++j;
      return j;
    } else if (!many_lines && text[j] == '\n') {
      return j;
    }
  }
  return text.size();
}

/// Refuses what the parser would take badly: dotted keys of absurd length, of which it makes a table for each part; and
/// characters beyond ASCII outside texts and comments, some of which it takes for unreachable.
void screen(std::string_view text, const std::string& file) {
  int dots = 0, line = 1, column = 0;
  std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (i < text.size()) {
    const std::size_t end = std::max(skip_text(text, i), i + 1);
    const char first = text[i];
    if (first == '.')
      ++dots;
    else if (first == '\n' || first == '=' || first == ',' || first == '[' || first == '{')
      dots = 0;
    for (; i < end; ++i) {
      if (text[i] == '\n') {
        ++line;
        column = 0;
      } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
        ++column;
      }
    }
    if (dots > deepest_key) throw core::InputError({file, line, column}, {}, "a key of more than 32 parts");
    if (static_cast<unsigned char>(first) >= 0x80)
      throw core::InputError({file, line, column}, {}, "letters beyond ASCII must stand in quotes");
  }
}

/// What the parser says, in plain words.
std::string plain(std::string_view description) {
  constexpr std::string_view opening = "Error while parsing ";
  if (description.substr(0, opening.size()) != opening) return std::string(description);
  return "in this " + std::string(description.substr(opening.size()));
}

}  // namespace

Table parse_toml(std::string_view text, const std::string& file) {
  if (text.size() > longest_file) throw core::InputError({file}, {}, "is larger than 16 MB");
  screen(text, file);
  try {
    const toml::table document = toml::parse(text, std::string_view(file));
    return to_table(document, file);
  } catch (const toml::parse_error& error) {
    throw core::InputError(position(error.source(), file), {}, plain(error.description()));
  }
}

Table read_toml(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) throw core::InputError({path}, {}, "is a folder, not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw core::InputError({path}, {}, std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  for (char block[65536]; text.size() <= longest_file && (file.read(block, sizeof block), file.gcount() > 0);)
    text.append(block, static_cast<std::size_t>(file.gcount()));
  if (file.bad()) throw core::InputError({path}, {}, "cannot be read");
  return parse_toml(text, path);
}

Value parse_toml_value(std::string_view text, const std::string& flag) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  Value value;
  value.data = std::string(text);
  try {
    const bool one_line = text.find_first_of("\r\n") == std::string_view::npos;
    Table table = one_line ? parse_toml("value = " + std::string(text), flag) : Table();
    if (table.size() == 1 && table.front().first == "value") value = std::move(table.front().second);
  } catch (const core::InputError& error) {
    const bool quoted = !text.empty() && std::string_view("\"'[{").find(text.front()) != std::string_view::npos;
    if (quoted) throw core::InputError({flag}, {}, error.problems().front().what);
  }
  // A flag has no lines and columns.
  const auto place = [&flag](const auto& self, Value& v) -> void {
    v.where = v.key_where = {flag};
    if (auto* list = std::get_if<List>(&v.data))
      for (Value& element : *list) self(self, element);
    if (auto* table = std::get_if<Table>(&v.data))
      for (auto& [name, field] : *table) self(self, field);
  };
  place(place, value);
  return value;
}

}  // namespace capplan::plan
