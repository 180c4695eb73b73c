#pragma once
// The lines of a log one after another, in constant memory. A line that is too long is passed over and said; where the
// file is damaged, the line that the damage cut is none. Limits: lines up to the length that the reader gives.

#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/format/byte_source.h"

namespace capplan::plan {

class LogLines {
 public:
  enum class Step { line, overlong, end };

  LogLines(ByteSource& source, std::size_t longest);

  Step next();
  /// The line without its end (line feed, or carriage return and line feed); valid until the next one.
  std::string_view text() const { return text_; }
  std::int64_t number() const { return number_; }  ///< from 1

 private:
  ByteSource& source_;
  std::size_t longest_;
  std::vector<char> buffer_;
  std::size_t from_ = 0;
  std::size_t held_ = 0;
  bool more_ = true;
  std::int64_t number_ = 0;
  std::string_view text_;
};

}  // namespace capplan::plan
