// Reading of logs in blocks; limits in byte_source.h.

#include "plan/format/byte_source.h"

#include <algorithm>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cstring>
#include <filesystem>
#include <limits>

#include "core/error.h"

namespace capplan::plan {

namespace {

namespace io = boost::iostreams;

}  // namespace

ByteSource::ByteSource(const std::string& path, const std::string& hint) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code))
    throw core::InputError({path, 0, 0}, "", code ? "cannot be read: " + code.message() : "is not a regular file",
                           hint);
  file_.open(path, std::ios::binary);
  if (!file_) throw core::InputError({path, 0, 0}, "", "cannot be opened for reading", "check its permissions");
  const int first = file_.get();
  const int second = file_.get();
  file_.clear();
  file_.seekg(0);
  bytes_ = file_.rdbuf();
  if (first != 0x1f || second != 0x8b) return;
  auto unzipped = std::make_unique<io::filtering_streambuf<io::input>>();
  unzipped->push(io::gzip_decompressor(), 1024);  // where a stream is damaged, no more than this much is lost before
  unzipped->push(file_);
  bytes_ = unzipped.get();
  unzipped_ = std::move(unzipped);
}

ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(char* to, std::size_t room) {
  std::size_t size = 0;
  try {
    while (size < room && damage_.empty()) {
      if (bytes_->sgetc() == std::char_traits<char>::eof()) break;
      // No more than stands decoded: it has been taken over, and is counted, before the next block throws.
      const auto wanted = static_cast<std::streamsize>(room - size);
      size += static_cast<std::size_t>(bytes_->sgetn(to + size, std::min(wanted, bytes_->in_avail())));
    }
  } catch (const io::gzip_error&) {
    damage_ = "the gzip stream is damaged or ends early";
  } catch (const std::ios_base::failure&) {
    damage_ = "reading fails";
  }
  return size;
}

void TextWindow::take(std::size_t bytes) {
  constexpr int last = std::numeric_limits<int>::max();
  const auto lines = std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(from_),
                                buffer_.begin() + static_cast<std::ptrdiff_t>(from_ + bytes), '\n');
  line_ = lines > last - line_ ? last : line_ + static_cast<int>(lines);
  from_ += bytes;
}

bool TextWindow::more() {
  if (ended_) return false;
  std::memmove(buffer_.data(), buffer_.data() + from_, held_ - from_);
  held_ -= from_;
  from_ = 0;
  if (held_ == most) return false;
  if (held_ == buffer_.size()) buffer_.resize(std::min(most, 2 * buffer_.size()));
  const std::size_t wanted = buffer_.size() - held_;
  const std::size_t got = source_.read(buffer_.data() + held_, wanted);
  held_ += got;
  ended_ = got < wanted;
  return got > 0;
}

}  // namespace capplan::plan
