#pragma once
// Which figures of an answer are shown, as `--figures` names them: by the words of [slo] (wait_p95, oom_kills), by name
// (wait_s), by path (pools/app/*), or by target and word (pool.app.wait_p95); * stands for any text, ? for one letter.

#include <string>
#include <vector>

namespace capplan::plan {

/// Whether a text is what a pattern with * and ? says.
bool matches(std::string_view pattern, std::string_view text);

class FigureChoice {
 public:
  /// Nothing is named: whatever is usual.
  FigureChoice() = default;
  /// Throws core::InputError, at `flag`, for a pattern that no figure can match.
  explicit FigureChoice(std::vector<std::string> patterns, const std::string& flag = "--figures");

  bool given() const { return !patterns_.empty(); }
  /// Whether the figure at a path is named.
  bool takes(const std::vector<std::string>& path) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace capplan::plan
