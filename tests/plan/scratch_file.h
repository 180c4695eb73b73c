#pragma once
// A file with given bytes in the folder for temporary files, gone at the end of its scope; and whole files as bytes.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace capplan::test {

class ScratchFile {
 public:
  explicit ScratchFile(const std::string& bytes, const std::string& suffix = ".log") {
    static int count = 0;
    path_ = (std::filesystem::temp_directory_path() /
             ("capplan-" + std::to_string(getpid()) + "-" + std::to_string(++count) + suffix))
                .string();
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace capplan::test
