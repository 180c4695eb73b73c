#pragma once
// Statements -> query classes: by the patterns and fingerprints of a manifest, in its order, else each fingerprint a
// class of its own, named "select_memories_3fa2c1" by what it does, to what, and the first digits of its fingerprint,
// so that the same statement has the same name in every capture. Each text is parsed once. Limits: 1,000 classes,
// "other" for whatever comes later; statements that the parser cannot read go by their outline.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plan/capture/manifest.h"

namespace capplan::plan {

class StatementClasses {
 public:
  static constexpr std::uint16_t none = 0xffff;

  /// Throws core::InputError for a pattern that is none.
  explicit StatementClasses(const CaptureManifest& manifest);
  ~StatementClasses();
  StatementClasses(const StatementClasses&) = delete;
  StatementClasses& operator=(const StatementClasses&) = delete;

  /// The class of a statement; `none` if the manifest drops what it does not name.
  std::uint16_t of(std::string_view statement);
  /// The class of what a log names by an identifier or a command alone.
  std::uint16_t of_title(const std::string& title);

  const std::vector<std::string>& names() const { return names_; }
  std::size_t parsed() const { return parsed_; }          ///< texts given to the parser
  std::size_t unreadable() const { return unreadable_; }  ///< of these, what it could not read

 private:
  struct Rule;

  std::uint16_t classify(std::string_view statement);
  std::uint16_t own_class(const std::string& name);

  std::vector<Rule> rules_;
  bool keep_unmatched_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint16_t> numbers_;
  std::unordered_map<std::uint64_t, std::uint16_t> by_outline_;
  struct Seen {
    std::uint64_t hash = 0;
    std::uint16_t klass = none;
    bool filled = false;
  };
  std::vector<Seen> seen_;  ///< by the lowest bits of the hash of the whole text
  std::string outline_;
  std::size_t parsed_ = 0;
  std::size_t unreadable_ = 0;
};

}  // namespace capplan::plan
