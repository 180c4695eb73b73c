#pragma once
// The most memory a process held since it was last asked, on Linux: the kernel's high-water mark of resident pages, set
// back by writing 5 to clear_refs. Source: Linux Documentation/filesystems/proc.rst. Limits: whole pages, all threads.

#include <fstream>
#include <string>

namespace capplan::bench {

/// A line of /proc/self/status, "VmRSS:" or "VmHWM:", in megabytes; 0 where there is none.
inline double status_megabytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word)
    if (word == name && status >> kilobytes) return kilobytes / 1024;
  return 0;
}

/// What was held at most while it lived, beyond what was held before.
class PeakMemory {
 public:
  PeakMemory() : before_(status_megabytes("VmRSS:")) { std::ofstream("/proc/self/clear_refs") << 5; }
  double megabytes() const { return status_megabytes("VmHWM:") - before_; }

 private:
  double before_;
};

}  // namespace capplan::bench
