#pragma once
// The keys of a manifest by name and type: what is missing or wrong is noted where it stands, and in the end which keys
// nobody asked for. Limits: for manifests alone, whose unknown keys are warnings; scenarios have specs.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/units.h"
#include "models/spec/value.h"

namespace capplan::plan {

/// What is found on the way.
struct ManifestFindings {
  std::vector<core::Problem> problems;
  std::vector<std::string> warnings;
};

/// One table of the manifest. All that hands out a value notes a problem, and hands out a harmless one, where it is not
/// what it should be.
class ManifestKeys {
 public:
  static constexpr int most = 1'000'000;  ///< clients, connections, cores

  ManifestKeys(const models::Table* table, std::string path, core::Position where, ManifestFindings& findings)
      : table_(table), path_(std::move(path)), where_(std::move(where)), findings_(findings) {}

  /// The value of a key, or null; a missing one is a problem if required (and its table is not itself missing).
  const models::Value* get(const std::string& name, bool required = false) {
    asked_.push_back(name);
    const models::Value* value = table_ != nullptr ? models::find(*table_, name) : nullptr;
    if (value == nullptr && required && table_ != nullptr)
      findings_.problems.push_back(
          {where_, path(name), "is missing",
           path_.empty() ? fmt::format("add a table [{}]", name) : fmt::format("add it below [{}]", path_)});
    return value;
  }

  std::string text(const std::string& name, bool required = false) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return {};
    const std::string* text = value->as<std::string>();
    if (text == nullptr || text->empty()) wrong(*value, name, "must be text in quotes, and not empty");
    return text != nullptr ? *text : std::string();
  }

  /// One of `choices`, or `fallback` where the key is missing.
  std::string choice(const std::string& name, const std::vector<std::string>& choices, const std::string& fallback) {
    const models::Value* value = get(name, fallback.empty());
    if (value == nullptr) return fallback.empty() ? choices.front() : fallback;
    const std::string* text = value->as<std::string>();
    if (text != nullptr && std::find(choices.begin(), choices.end(), *text) != choices.end()) return *text;
    std::string allowed;
    for (const std::string& c : choices) allowed += (allowed.empty() ? "" : ", ") + c;
    const std::string near = text != nullptr ? core::nearest(*text, choices) : "";
    wrong(*value, name,
          text != nullptr ? fmt::format("'{}' is not known; it is one of: {}", *text, allowed)
                          : fmt::format("must be text, one of: {}", allowed),
          near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
    return choices.front();
  }

  int count(const std::string& name, bool required = false, int fallback = 1) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return fallback;
    const std::int64_t* number = value->as<std::int64_t>();
    if (number != nullptr && *number >= 1 && *number <= most) return static_cast<int>(*number);
    wrong(*value, name, fmt::format("must be a whole number from 1 to {}", most));
    return fallback;
  }

  double number(const std::string& name, double lo, double hi, bool required) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return lo;
    const double got = as_number(*value);
    if (!(got >= lo && got <= hi)) wrong(*value, name, fmt::format("must be a number from {} to {}", lo, hi));
    return got >= lo && got <= hi ? got : lo;
  }

  /// A quantity in quotes, read by one of core's parsers; above 0. Null where missing or wrong.
  template <class T>
  std::optional<T> quantity(const std::string& name, core::Parsed<T> (*parse)(std::string_view), const char* example,
                            bool required = false) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return std::nullopt;
    const std::string* text = value->as<std::string>();
    if (text == nullptr) {
      wrong(*value, name, fmt::format("needs its unit, in quotes, as in \"{}\"", example));
      return std::nullopt;
    }
    const core::Parsed<T> parsed = parse(*text);
    if (!parsed || !(parsed.value > T{})) {
      wrong(*value, name, parsed ? "must be above 0" : parsed.error);
      return std::nullopt;
    }
    return parsed.value;
  }

  /// A share as a number or as "11%", of `whole` things together or of one by one: 1.4 of two cores is 0.7. What is
  /// measured may be a little above all of them.
  std::optional<double> share(const std::string& name, double whole) {
    constexpr double over = 1.05;
    const models::Value* value = get(name);
    if (value == nullptr) return std::nullopt;
    double got = as_number(*value);
    if (const std::string* text = value->as<std::string>()) {
      const auto parsed = core::parse_ratio(*text);
      got = parsed ? parsed.value : std::nan("");
    }
    if (got >= 0 && got <= over) return std::min(got, 1.0);
    if (got > over && got <= over * whole) {
      warn(*value, name,
           fmt::format("is taken for {:g} of {:g} cores: a share of all of them is {:.4g}", got, whole,
                       std::min(got / whole, 1.0)));
      return std::min(got / whole, 1.0);
    }
    wrong(*value, name, "must be a share from 0 to 1, or as \"11%\"");
    return std::nullopt;
  }

  /// A list of different names.
  std::vector<std::string> names(const std::string& name, bool required) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return {};
    const models::List* list = value->as<models::List>();
    if (list == nullptr || list->empty() || list->size() > 65535) {
      wrong(*value, name, "must be a list of names, as in [\"search\", \"insert\"]");
      return {};
    }
    std::vector<std::string> result;
    std::set<std::string> seen;
    for (const models::Value& element : *list) {
      const std::string* text = element.as<std::string>();
      if (text == nullptr || text->empty())
        wrong(element, name, "each element must be a name in quotes");
      else if (!seen.insert(*text).second)
        wrong(element, name, fmt::format("'{}' is there twice", *text));
      else
        result.push_back(*text);
    }
    return result;
  }

  /// A file, or two in a list: before and after. Paths from `folder`.
  std::vector<std::string> snapshots(const std::string& name, const std::filesystem::path& folder) {
    const models::Value* value = get(name);
    if (value == nullptr) return {};
    const models::List* list = value->as<models::List>();
    const models::List one{*value};
    std::vector<std::string> result;
    for (const models::Value& element : list != nullptr ? *list : one) {
      const std::string* text = element.as<std::string>();
      if (text != nullptr && !text->empty()) result.push_back((folder / *text).string());
    }
    const std::size_t expected = list != nullptr ? list->size() : 1;
    if (result.size() == expected && expected >= 1 && expected <= 2) return result;
    wrong(*value, name, "must be the name of a file, or [\"BEFORE\", \"AFTER\"]");
    return {};
  }

  /// A table below this one; reads as empty where missing.
  ManifestKeys table(const std::string& name, bool required = false) {
    const models::Value* value = get(name, required);
    if (value == nullptr) return ManifestKeys(nullptr, path(name), where_, findings_);
    const models::Table* inner = value->as<models::Table>();
    if (inner == nullptr) wrong(*value, name, "must be a table");
    return ManifestKeys(inner, path(name), value->where, findings_);
  }

  void wrong(const models::Value& value, const std::string& name, std::string what, std::string hint = {}) {
    findings_.problems.push_back({value.where, path(name), std::move(what), std::move(hint)});
  }

  void warn(const models::Value& value, const std::string& name, const std::string& what) {
    findings_.warnings.push_back(fmt::format("{}:{}: {}: {}", value.where.file, value.where.line, path(name), what));
  }

  /// Keys that nobody asked for: as warnings.
  void warn_of_the_rest() {
    for (const auto& [name, value] : entries()) {
      if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
      const std::string near = core::nearest(name, asked_);
      findings_.warnings.push_back(fmt::format("{}:{}: {}: is not known and was left out{}", value.key_where.file,
                                               value.key_where.line, path(name),
                                               near.empty() ? "" : "; did you mean " + near + "?"));
    }
  }

  const models::Table& entries() const {
    static const models::Table none;
    return table_ != nullptr ? *table_ : none;
  }

  static double as_number(const models::Value& value) {
    if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
    const auto* number = value.as<double>();
    return number != nullptr ? *number : std::nan("");
  }

 private:
  std::string path(const std::string& name) const { return path_.empty() ? name : path_ + "." + name; }

  const models::Table* table_;
  std::string path_;
  core::Position where_;
  ManifestFindings& findings_;
  std::vector<std::string> asked_;
};

}  // namespace capplan::plan
