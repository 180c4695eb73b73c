#pragma once
// Problems with what a user gave: where, which key, what is wrong, and what to do about it. Found problems are
// collected and thrown together as one InputError, so that a file is mended in one go.

#include <stdexcept>
#include <string>
#include <vector>

namespace capplan::core {

/// A place in an input. Lines and columns count from 1; 0 is "not known". `file` may be a flag, as in "--set #2".
struct Position {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One thing that is wrong with an input.
struct Problem {
  Position where;
  std::string key;   ///< full key path, as in "pool.codebase.max_size"; empty where no key is concerned
  std::string what;  ///< what is wrong and what is allowed
  std::string hint;  ///< a command or an edit that helps; may be empty
};

/// "file:line:column: error: key: what", the source line with a caret where the file can be read, and the hint.
std::string describe(const Problem& problem);

/// Thrown at the edges for bad input, with every problem that was found. Ends in exit code 2.
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<Problem> problems);
  /// A single problem.
  InputError(Position where, std::string key, std::string what, std::string hint = {});

  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// The candidate nearest to `word` (at most a third of its letters differ), or an empty string.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace capplan::core
