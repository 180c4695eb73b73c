#pragma once
// Ctrl-C and a polite kill: noted, so that work can stop where it loses nothing. A second one ends the program at once.

#include <atomic>
#include <memory>

namespace capplan::cli {

/// While one lives, SIGINT and SIGTERM set its flag. One at a time: what signals do is the process's own.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& flag() const;
  bool raised() const { return flag().load(); }

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace capplan::cli
