#include "plan/study/figure_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;

/// Every way in which the figure at a path can be named.
std::vector<std::string> names_of(const Path& path) {
  std::vector<std::string> names = {fmt::format("{}", fmt::join(path, "/"))};
  if (path.size() < 3) return names;
  names.push_back(fmt::format("{}", fmt::join(path.begin() + 2, path.end(), "/")));
  const core::FigureSpec* spec = spec_of(path);
  if (spec == nullptr) return names;
  names.emplace_back(spec->name);
  names.push_back(Quantity{spec, leaf_of(path)}.word());
  names.push_back(target_of(path) + "." + names.back());
  return names;
}

/// Whether any figure that this engine knows could be meant: a word or a name. What tells components apart is not
/// looked at.
bool can_match(const std::string& pattern) {
  if (pattern.find_first_of("/.") != std::string::npos) return true;
  return std::any_of(known_figures().begin(), known_figures().end(), [&](const KnownFigure& figure) {
    if (matches(pattern, figure.spec->name)) return true;
    const std::vector<std::string> words = metric_words(figure.section);
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return matches(pattern, word); });
  });
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, after = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*') {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

FigureChoice::FigureChoice(std::vector<std::string> patterns, const std::string& flag)
    : patterns_(std::move(patterns)) {
  std::vector<core::Problem> problems;
  for (const std::string& pattern : patterns_) {
    if (can_match(pattern)) continue;
    std::vector<std::string> words;
    for (const KnownFigure& figure : known_figures())
      for (std::string& word : metric_words(figure.section)) words.push_back(std::move(word));
    const std::string near = core::nearest(pattern, words);
    problems.push_back(
        {{flag},
         "",
         fmt::format("there is no figure \"{}\"{}", pattern, near.empty() ? "" : "; did you mean " + near + "?"),
         "capplan describe figures"});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

bool FigureChoice::takes(const Path& path) const {
  const std::vector<std::string> names = names_of(path);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return matches(pattern, name); });
  });
}

}  // namespace capplan::plan
