#pragma once
// A child process that is talked to: its standard input and output are one socket, its standard error is ours. It
// stands in a process group of its own, so that Ctrl-C at a terminal is this process's to hear; it is ended when this
// goes. POSIX. Limit: what a child starts in turn is its own.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace capplan::plan {

class ChildProcess {
 public:
  /// Throws std::runtime_error where it cannot be started.
  explicit ChildProcess(const std::vector<std::string>& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  int descriptor() const { return descriptor_; }
  pid_t pid() const { return pid_; }
  /// False where it does not listen any more.
  bool send(std::string_view bytes);
  /// Appends what there is to be read, after it was waited for. False at the end.
  bool receive(std::string& bytes);
  /// Of one that has closed its socket: how it ended, as in "ended with exit status 1", "was killed by signal 9".
  std::string end();

 private:
  int descriptor_ = -1;
  pid_t pid_ = -1;
  bool ended_ = false;  ///< and has been waited for
};

}  // namespace capplan::plan
