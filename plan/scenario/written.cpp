// Finding the sections of a document and completing them. `like` copies whole keys, as if they were written again: own
// keys win, chains are followed, rings are refused.

#include "plan/scenario/written.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "plan/format/document.h"
#include "plan/scenario/calibrated.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void add_named(const std::string& word, const Value& value, std::vector<WrittenSection>& sections, Problems& problems) {
  bool unnamed = false;
  for (const auto& [name, child] : *value.as<Table>()) {
    const auto* table = child.as<Table>();
    if (!table) {
      if (!unnamed)
        problems.push_back({child.key_where,
                            word + "." + name,
                            fmt::format("a {} needs a name: write [{}.NAME] above its keys", word, word),
                            {}});
      unnamed = true;
    } else if (!is_name(name)) {
      problems.push_back({child.key_where,
                          word + "." + name.substr(0, 100),
                          "a name is of letters, digits, \"_\" and \"-\", 100 at most",
                          {}});
    } else if (word == "request" && name == "all") {
      problems.push_back({child.key_where, word + "." + name, "\"all\" stands for all requests together in results",
                          "give it another name"});
    } else {
      sections.push_back({word, name, *table, child.where});
    }
  }
}

/// Completes section i by the one it is like, that one first. `state`: 0 untouched, 1 in work, 2 done.
void inherit(std::vector<WrittenSection>& sections, std::size_t i, std::vector<int>& state, Problems& problems) {
  state[i] = 1;
  const auto found = std::find_if(sections[i].values.begin(), sections[i].values.end(),
                                  [](const auto& field) { return field.first == "like"; });
  if (found == sections[i].values.end()) {
    state[i] = 2;
    return;
  }
  const Value like = std::move(found->second);
  sections[i].values.erase(found);
  const std::string key = sections[i].path() + ".like";
  const auto* written = like.as<std::string>();
  const std::string word = sections[i].section + ".";
  const std::string name = !written ? "" : written->starts_with(word) ? written->substr(word.size()) : *written;
  std::vector<std::string> names;
  std::size_t base = sections.size();
  for (std::size_t j = 0; j < sections.size(); ++j) {
    if (sections[j].section != sections[i].section) continue;
    names.push_back(sections[j].name);
    if (sections[j].name == name) base = j;
  }
  if (!written || base == sections.size()) {
    const std::string near = core::nearest(name, names);
    problems.push_back({like.where,
                        key,
                        fmt::format("must name a {} of this file{}", sections[i].section,
                                    near.empty() ? "" : "; did you mean " + near + "?"),
                        {}});
  } else if (state[base] == 1) {
    problems.push_back({like.where, key, fmt::format("{} is like itself, through this", sections[base].path()), {}});
  } else {
    if (state[base] == 0) inherit(sections, base, state, problems);
    for (const auto& [field, value] : sections[base].values)
      if (!find(sections[i].values, field)) sections[i].values.emplace_back(field, value);
  }
  state[i] = 2;
}

}  // namespace

std::vector<std::string> split_key(const std::string& key) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t dot; (dot = key.find('.', from)) != std::string::npos; from = dot + 1)
    parts.push_back(key.substr(from, dot - from));
  parts.push_back(key.substr(from));
  return parts;
}

std::vector<WrittenSection> written_sections(const Table& document, const std::string& file, Problems& problems) {
  std::vector<WrittenSection> sections;
  std::vector<std::string> words = section_words();
  const std::vector<std::string> known = words;
  words.insert(words.end(), {"slo", "sweep"});
  bool has_scenario = false;
  for (const auto& [word, value] : document) {
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      const std::string near = core::nearest(word, words);
      problems.push_back({value.key_where, word,
                          near.empty() ? fmt::format("unknown section; the sections are {}", fmt::join(words, ", "))
                                       : fmt::format("unknown section; did you mean {}?", near),
                          "capplan describe"});
    } else if (!value.as<Table>()) {
      problems.push_back({value.key_where, word, fmt::format("must be a table: write [{}]", word), {}});
    } else if (word == "scenario") {
      sections.push_back({word, {}, *value.as<Table>(), value.where});
    } else if (word != "slo" && word != "sweep") {
      add_named(word, value, sections, problems);
    }
    has_scenario = has_scenario || word == "scenario";
  }
  if (!has_scenario && std::find(known.begin(), known.end(), "scenario") != known.end())
    sections.insert(sections.begin(), {"scenario", {}, {}, {file, 1, 1}});
  std::stable_sort(sections.begin(), sections.end(), [](const auto& a, const auto& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  return sections;
}

void inherit(std::vector<WrittenSection>& sections, Problems& problems) {
  // A chain is followed by recursion; a file that is nothing but one long chain is cut before it fills the stack.
  if (sections.size() > 2'000) {
    problems.push_back({sections[2'000].where, sections[2'000].path(), "more than 2,000 sections", {}});
    sections.resize(2'000);
  }
  std::vector<int> state(sections.size(), 0);
  for (std::size_t i = 0; i < sections.size(); ++i)
    if (state[i] == 0) inherit(sections, i, state, problems);
}

std::string beside(const std::string& file, const std::string& path) {
  return (std::filesystem::path(file).parent_path() / path).string();
}

namespace {

Table* section_table(Table& document, const std::string& section, const std::string& name) {
  Value* word = find(document, section);
  Table* table = word ? std::get_if<Table>(&word->data) : nullptr;
  if (!table || name.empty()) return table;
  Value* found = find(*table, name);
  return found ? std::get_if<Table>(&found->data) : nullptr;
}

/// What a section has for `key` without writing it: from the sections it is like, else from the calibration.
const Value* inherited(Table& document, const std::string& section, std::string name, const std::string& key,
                       const Table& calibration) {
  const std::string own = name;
  for (int hops = 0; hops < 100; ++hops) {
    Table* table = section_table(document, section, name);
    if (!table) break;
    if (const Value* value = find(*table, key)) return value;
    const Value* like = find(*table, "like");
    const auto* base = like ? like->as<std::string>() : nullptr;
    if (!base) break;
    name = base->starts_with(section + ".") ? base->substr(section.size() + 1) : *base;
  }
  const Table* fitted = calibrated(calibration, section, own);
  return fitted ? find(*fitted, key) : nullptr;
}

void names_nothing(Table& document, const Override& change, Problems& problems) {
  std::vector<std::string> paths;
  for (const auto& [word, value] : document) {
    if (const auto* table = value.as<Table>())
      for (const auto& [name, child] : *table)
        if (child.as<Table>()) paths.push_back(word + "." + name);
  }
  const std::vector<std::string> parts = split_key(change.key);
  const std::string near = parts.size() < 2 ? "" : core::nearest(parts[0] + "." + parts[1], paths);
  problems.push_back({change.value.key_where, change.key,
                      "names no section of this scenario" + (near.empty() ? "" : "; did you mean " + near + "?"),
                      near.empty() ? "a key is SECTION.NAME.PARAMETER, as in pool.main.max_size" : ""});
}

}  // namespace

bool set_path(Table& table, const std::vector<std::string>& path, std::size_t from, const Override& change,
              Problems& problems) {
  Table* place = &table;
  for (std::size_t i = from; i + 1 < path.size(); ++i) {
    Value* next = find(*place, path[i]);
    if (!next) {
      Value fresh{Table{}, change.value.where, change.value.key_where, false, {}};
      next = &place->emplace_back(path[i], std::move(fresh)).second;
    }
    place = std::get_if<Table>(&next->data);
    if (!place) {
      problems.push_back({change.value.key_where,
                          change.key,
                          fmt::format("has no such place: {} is {}", path[i], write_toml_value(*next)),
                          {}});
      return false;
    }
  }
  if (Value* old = find(*place, path.back()))
    *old = change.value;
  else
    place->emplace_back(path.back(), change.value);
  return true;
}

void apply(Table& document, const Override& change, const Table& calibration, Problems& problems) {
  const std::vector<std::string> path = split_key(change.key);
  const bool whole = std::find(path.begin(), path.end(), "") == path.end();
  if (path[0] == "scenario" && !find(document, "scenario")) {
    document.emplace_back("scenario", Value{Table{}, change.value.where, change.value.key_where, false, {}});
  }
  const std::size_t head = path[0] == "scenario" || path[0] == "slo" ? 1 : 2;
  Table* section = path.size() < head ? nullptr : section_table(document, path[0], head == 1 ? "" : path[1]);
  if (!section || !whole || path.size() > 20 || path[0] == "sweep") return names_nothing(document, change, problems);
  if (path.size() == head) {
    problems.push_back(
        {change.value.key_where, change.key, fmt::format("names a whole section; write {}.PARAMETER", change.key), {}});
    return;
  }
  if (path[0] == "slo") {
    const std::string target = change.key.substr(4);
    set_path(*section, {target}, 0, change, problems);
    return;
  }
  if (path.size() > head + 1 && !find(*section, path[head])) {
    const Value* base = inherited(document, path[0], head == 1 ? "" : path[1], path[head], calibration);
    if (base) {
      Value copy = *base;
      section->emplace_back(path[head], std::move(copy));
    }
  }
  set_path(*section, path, head, change, problems);
}

}  // namespace capplan::plan
