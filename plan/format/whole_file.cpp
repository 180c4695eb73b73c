// Reading of small files; limits in whole_file.h.

#include "plan/format/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace capplan::plan {

namespace {

namespace io = boost::iostreams;

constexpr std::size_t block_bytes = std::size_t{1} << 16;

/// A file that is open to be read, closed at the end of its scope.
struct OpenFile {
  int number;
  explicit OpenFile(const std::string& path) : number(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (number >= 0) close(number);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
};

/// What kind of file cannot be read as a text; empty for one that can.
std::string unreadable_kind(int file) {
  struct stat about {};
  if (fstat(file, &about) != 0) return std::string("cannot be read: ") + std::strerror(errno);
  if (S_ISDIR(about.st_mode)) return "is a folder, not a file";
  return S_ISREG(about.st_mode) || S_ISFIFO(about.st_mode) ? "" : "is not a regular file";
}

/// Everything, up to one block more than is allowed. False where reading fails; errno says why.
bool read_bytes(int file, std::size_t most, std::string& bytes) {
  std::string block(block_bytes, '\0');
  while (bytes.size() <= most) {
    const ssize_t got = read(file, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    bytes.append(block, 0, static_cast<std::size_t>(got));
  }
  return true;
}

/// Throws std::ios_base::failure for a damaged stream.
std::string unzipped(const std::string& bytes, std::size_t most) {
  io::filtering_streambuf<io::input> stream;
  stream.push(io::gzip_decompressor());
  stream.push(io::array_source(bytes.data(), bytes.size()));
  std::string text, block(block_bytes, '\0');
  while (text.size() <= most) {
    const std::streamsize got = stream.sgetn(block.data(), static_cast<std::streamsize>(block.size()));
    if (got <= 0) break;
    text.append(block, 0, static_cast<std::size_t>(got));
  }
  return text;
}

/// Why the text is none to be read; empty where it is.
std::string fault_of(const std::string& text, std::size_t most) {
  if (text.size() > most) return fmt::format("is longer than {} MB", most >> 20);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "is UTF-16: save it as UTF-8";
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return "is empty";
  return text.find('\0') == std::string::npos ? "" : "is not a text file: it holds a zero byte";
}

}  // namespace

std::string read_whole(const std::string& path, const std::string& hint, std::size_t most) {
  const auto refuse = [&](const std::string& what) { throw core::InputError({path, 0, 0}, "", what, hint); };
  const OpenFile file(path);
  if (file.number < 0) refuse(std::string("cannot be read: ") + std::strerror(errno));
  if (const std::string kind = unreadable_kind(file.number); !kind.empty()) refuse(kind);
  std::string text;
  if (!read_bytes(file.number, most, text)) refuse(std::string("cannot be read: ") + std::strerror(errno));
  if (text.size() <= most && text.starts_with("\x1F\x8B")) {
    try {
      text = unzipped(text, most);
    } catch (const std::ios_base::failure&) {  // of which a damaged gzip stream is one
      refuse("the gzip stream is damaged or ends early");
    }
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (const std::string fault = fault_of(text, most); !fault.empty()) refuse(fault);
  return text;
}

}  // namespace capplan::plan
