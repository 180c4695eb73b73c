// The flags --set and --vary: text taken apart at the first `=`, and at commas that stand outside quotes and brackets.
// Values are spelled as in a scenario file, except that a bare word needs no quotes. Problems name the flag: --set #2.
// Limit: a value that begins with a quote or a bracket must be good TOML to its end.

#include <fmt/format.h>

#include "plan/format/document.h"
#include "plan/scenario/axes.h"

namespace capplan::plan {

namespace {

using models::Value;

struct Flag {
  std::string where, key, text;
};

/// "key=text" of the i-th flag, or a problem.
bool take_apart(const std::string& name, std::size_t i, const std::string& flag, const std::string& example,
                Flag& result, std::vector<core::Problem>& problems) {
  result.where = fmt::format("{} #{}", name, i + 1);
  const std::size_t equals = flag.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == flag.size()) {
    core::Problem problem;
    problem.where.file = result.where;
    problem.what = fmt::format("\"{}\" is not KEY=VALUE, as in {}", flag, example);
    problems.push_back(std::move(problem));
    return false;
  }
  result.key = flag.substr(0, equals);
  result.text = flag.substr(equals + 1);
  while (result.key.ends_with(' ')) result.key.pop_back();
  while (result.key.starts_with(' ')) result.key.erase(0, 1);
  return true;
}

/// Appends the value that a text spells, or what is wrong with it.
void read_value(const Flag& flag, const std::string& text, models::List& values, std::vector<core::Problem>& problems) {
  try {
    values.push_back(parse_toml_value(text, flag.where));
  } catch (const core::InputError& error) {
    for (core::Problem problem : error.problems()) {
      problem.key = flag.key;
      problems.push_back(std::move(problem));
    }
  }
}

/// The parts of a text between its outermost commas.
std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth <= 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  return parts;
}

}  // namespace

std::vector<Override> parse_overrides(const std::vector<std::string>& values, const std::string& name) {
  std::vector<Override> overrides;
  std::vector<core::Problem> problems;
  const std::string example = name + " pool.main.max_size=20";
  for (std::size_t i = 0; i < values.size(); ++i) {
    Flag flag;
    models::List read;
    if (take_apart(name, i, values[i], example, flag, problems)) read_value(flag, flag.text, read, problems);
    if (!read.empty()) overrides.push_back({flag.key, read.front()});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return overrides;
}

std::vector<Axis> parse_axes(const std::vector<std::string>& flags) {
  std::vector<Axis> axes;
  std::vector<core::Problem> problems;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    Flag flag;
    if (!take_apart("--vary", i, flags[i], "--vary pool.main.max_size=20,50,100", flag, problems)) continue;
    const core::Position where{flag.where, 0, 0};
    const std::size_t before = problems.size();
    Value values;
    values.where = values.key_where = where;
    if (axis_kind(flag.text) != nullptr) {
      values.data = flag.text;
    } else {
      models::List list;
      for (const std::string& part : split_commas(flag.text)) {
        if (part.find_first_not_of(' ') != std::string::npos)
          read_value(flag, part, list, problems);
        else
          problems.push_back({where, flag.key, "has an empty value", {}});
      }
      values.data = std::move(list);
    }
    if (problems.size() > before) continue;
    Axis axis = make_axis(flag.key, values, problems);
    for (const Axis& other : axes)
      if (other.key == axis.key) problems.push_back({where, flag.key, "is varied twice", {}});
    if (problems.size() == before) axes.push_back(std::move(axis));
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return axes;
}

}  // namespace capplan::plan
