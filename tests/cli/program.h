#pragma once
// The program called as a shell would call it, in this process; and a folder of its own for what it writes.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/app.h"

namespace capplan::test {

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

inline Outcome call(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"capplan"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out, err;
  const int status = cli::run(static_cast<int>(argv.size()), argv.data(), out, err);
  return {status, out.str(), err.str()};
}

/// A new folder, the current one while this lives; gone with everything in it at the end.
class ScratchFolder {
 public:
  ScratchFolder() : before_(std::filesystem::current_path()) {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("capplan-" + std::to_string(getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directory(path_);
    std::filesystem::current_path(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path_ / name); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path before_;
  std::filesystem::path path_;
};

/// A service that is simulated in milliseconds: one pool of `size` before one server, exponential statements of 2 ms.
inline std::string small_scenario(const std::string& slo = "p95 < 1s", const std::string& rate = "100/s") {
  return R"([scenario]
name = "small"
duration = "20s"
[server.primary]
kind = "postgres"
[pool.app]
kind = "fixed"
to = "primary"
size = 4
[query.lookup]
pool = "app"
cpu = { exponential = { mean = "2ms" } }
[request.search]
steps = [{ query = "lookup" }]
[workload.api]
kind = "open"
rate = ")" +
         rate + R"("
mix = { search = 1 }
[slo]
search = [")" +
         slo + R"("]
)";
}

}  // namespace capplan::test
