// Reading of small files; limits in whole_file.h.

#include "plan/format/whole_file.h"

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <filesystem>
#include <fstream>

#include "core/error.h"

namespace capplan::plan {

namespace {

namespace io = boost::iostreams;

constexpr std::size_t most = std::size_t{64} << 20;

/// Everything, up to one block more than is allowed.
std::string drained(std::streambuf& source) {
  std::string text, block(std::size_t{1} << 16, '\0');
  while (text.size() <= most) {
    const std::streamsize got = source.sgetn(block.data(), static_cast<std::streamsize>(block.size()));
    if (got <= 0) break;
    text.append(block, 0, static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

std::string read_whole(const std::string& path, const std::string& hint) {
  const auto refuse = [&](const std::string& what) { throw core::InputError({path, 0, 0}, "", what, hint); };
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code))
    refuse(code ? "cannot be read: " + code.message() : "is not a regular file");
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse("cannot be opened for reading");
  const int first = file.get();
  const int second = file.get();
  file.clear();
  file.seekg(0);

  std::string text;
  if (first == 0x1f && second == 0x8b) {
    io::filtering_streambuf<io::input> unzipped;
    unzipped.push(io::gzip_decompressor());
    unzipped.push(file);
    try {
      text = drained(unzipped);
    } catch (const std::ios_base::failure&) {  // of which a damaged gzip stream is one
      refuse("the gzip stream is damaged or ends early");
    }
  } else {
    text = drained(*file.rdbuf());
  }
  if (text.size() > most) refuse("is longer than 64 MB");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) refuse("is empty");
  if (text.find('\0') != std::string::npos) refuse("is not a text file: it holds a zero byte");
  return text;
}

}  // namespace capplan::plan
