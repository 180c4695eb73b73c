#pragma once
// The bytes of a log, plain or gzip (told apart by the first two), in blocks; and a window over them that grows to hold
// what belongs together. Limits: regular files; a window of at most 32 MB.

#include <cstddef>
#include <fstream>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace capplan::plan {

/// A file being read. What was decoded before a damaged place is kept.
class ByteSource {
 public:
  /// Throws core::InputError with `hint` if the file cannot be read.
  explicit ByteSource(const std::string& path,
                      const std::string& hint = "[capture] log names the file relative to the manifest");
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills `room` bytes, or fewer at the end of the file or where it is damaged.
  std::size_t read(char* to, std::size_t room);
  /// What is wrong with the file, once its end is reached; empty if nothing.
  const std::string& damage() const { return damage_; }

 private:
  std::ifstream file_;
  std::unique_ptr<std::streambuf> unzipped_;
  std::streambuf* bytes_;
  std::string damage_;
};

/// Part of a file in memory: text is taken off its front, and read on at its end.
class TextWindow {
 public:
  static constexpr std::size_t most = std::size_t{32} << 20;

  explicit TextWindow(ByteSource& source) : source_(source), buffer_(std::size_t{1} << 18) {}

  std::string_view text() const { return {buffer_.data() + from_, held_ - from_}; }
  /// Takes bytes off the front and counts their lines.
  void take(std::size_t bytes);
  /// Reads on; views of the text before are void. False at the file's end and where `most` bytes are held.
  bool more();
  bool at_end() const { return ended_; }
  /// The line that the text begins in, from 1.
  int line() const { return line_; }

 private:
  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t from_ = 0;
  std::size_t held_ = 0;
  bool ended_ = false;
  int line_ = 1;
};

}  // namespace capplan::plan
