// Splitting of blocks into lines; a line cut by a block's end is moved to the buffer's front. Limits: log_lines.h.

#include "plan/capture/log_lines.h"

#include <algorithm>
#include <cstring>

namespace capplan::plan {

LogLines::LogLines(ByteSource& source, std::size_t longest)
    : source_(source), longest_(longest), buffer_(std::max(std::size_t{1} << 18, 2 * longest + 2)) {}

LogLines::Step LogLines::next() {
  bool overlong = false;
  while (true) {
    const char* const begin = buffer_.data() + from_;
    const std::size_t size = held_ - from_;
    const auto* const newline = size > 0 ? static_cast<const char*>(std::memchr(begin, '\n', size)) : nullptr;
    if (newline != nullptr || !more_) {
      if (newline == nullptr && (size == 0 || !source_.damage().empty())) {
        from_ = held_;
        if (!overlong) return Step::end;
        ++number_;
        return Step::overlong;
      }
      const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - begin) : size;
      from_ += length + (newline != nullptr ? 1 : 0);
      ++number_;
      if (overlong || length > longest_) return Step::overlong;
      text_ = {begin, length};
      if (number_ == 1 && text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
      if (text_.ends_with('\r')) text_.remove_suffix(1);
      return Step::line;
    }
    if (size > longest_) {
      overlong = true;
      from_ = held_ = 0;
    } else {
      std::memmove(buffer_.data(), begin, size);
      from_ = 0;
      held_ = size;
    }
    const std::size_t wanted = buffer_.size() - held_;
    const std::size_t got = source_.read(buffer_.data() + held_, wanted);
    held_ += got;
    more_ = got == wanted;
  }
}

}  // namespace capplan::plan
