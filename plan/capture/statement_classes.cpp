// Classes of statements; rules and limits in statement_classes.h. Patterns are those of POSIX <regex.h>, extended,
// without regard to case: its matching cannot run out of stack, as std::regex does on long texts.

#include "plan/capture/statement_classes.h"

#include <fmt/core.h>
#include <regex.h>

#include <array>
#include <functional>

#include "plan/capture/sql_fingerprint.h"
#include "plan/capture/sql_outline.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_classes = 1000;
constexpr std::size_t most_outlines = 200'000;
constexpr std::size_t places = 4096;
constexpr std::size_t longest_matched = 65'536;

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

}  // namespace

struct StatementClasses::Rule {
  std::uint16_t klass = 0;
  std::string fingerprint;
  regex_t pattern{};
};

StatementClasses::StatementClasses(const CaptureManifest& manifest)
    : keep_unmatched_(manifest.keep_unmatched), seen_(places) {
  std::vector<core::Problem> problems;
  rules_.reserve(manifest.statements.size());
  for (const StatementClass& one : manifest.statements) {
    Rule rule{own_class(one.name), one.fingerprint, {}};
    if (!one.pattern.empty()) {
      const int failure = regcomp(&rule.pattern, one.pattern.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB);
      if (failure != 0) {
        std::array<char, 200> why{};
        regerror(failure, &rule.pattern, why.data(), why.size());
        problems.push_back({one.where, fmt::format("capture.class.{}.pattern", one.name),
                            fmt::format("is no regular expression: {}", why.data()),
                            "it is a POSIX extended one, as PostgreSQL's ~* takes; \\\\( is a bracket"});
        continue;
      }
    }
    rules_.push_back(std::move(rule));
  }
  if (!problems.empty()) {
    for (Rule& rule : rules_)
      if (rule.fingerprint.empty()) regfree(&rule.pattern);
    throw core::InputError(std::move(problems));
  }
}

StatementClasses::~StatementClasses() {
  for (Rule& rule : rules_)
    if (rule.fingerprint.empty()) regfree(&rule.pattern);
}

std::uint16_t StatementClasses::own_class(const std::string& name) {
  const auto known = numbers_.find(name);
  if (known != numbers_.end()) return known->second;
  if (names_.size() == most_classes && name != "other") return own_class("other");
  const auto number = static_cast<std::uint16_t>(names_.size());
  names_.push_back(name);
  numbers_.emplace(name, number);
  return number;
}

std::uint16_t StatementClasses::of_title(const std::string& title) { return keep_unmatched_ ? own_class(title) : none; }

std::uint16_t StatementClasses::of(std::string_view statement) {
  const std::uint64_t hash = hash_of(statement);
  Seen& seen = seen_[hash % places];
  if (seen.filled && seen.hash == hash) return seen.klass;
  outline_of(statement, outline_);
  const std::uint64_t outline = hash_of(outline_);
  auto known = by_outline_.find(outline);
  if (known == by_outline_.end()) {
    if (by_outline_.size() == most_outlines) by_outline_.clear();
    known = by_outline_.emplace(outline, classify(statement)).first;
  }
  seen = {hash, known->second, true};
  return known->second;
}

std::uint16_t StatementClasses::classify(std::string_view statement) {
  const std::optional<NormalStatement> normal = normalise(outline_);
  ++parsed_;
  if (!normal) ++unreadable_;
  std::string text = normal ? normal->text : outline_;
  const std::string fingerprint = normal ? normal->fingerprint : fmt::format("{:016x}", hash_of(outline_));
  if (text.size() > longest_matched) text.resize(longest_matched);
  for (const Rule& rule : rules_) {
    const bool matches = rule.fingerprint.empty() ? regexec(&rule.pattern, text.c_str(), 0, nullptr, 0) == 0
                                                  : normal && fingerprint.starts_with(rule.fingerprint);
    if (matches) return rule.klass;
  }
  if (!keep_unmatched_) return none;
  return own_class(title_of(statement) + "_" + fingerprint.substr(0, 6));
}

}  // namespace capplan::plan
