#pragma once
// What goes away in a run, and when: the sections [failure.NAME]. A server takes all that runs on it along, a bouncer
// its clients' and its servers' connections, a cache what it holds. What follows is not said here: refused connections,
// pools that connect anew all at once, a database that answers what the cache answered before.

#include <vector>

#include "models/build.h"

namespace capplan::models {

class Failures : private core::Handler {
 public:
  explicit Failures(core::Simulator& simulator) : simulator_(simulator) {}

  /// Adds a failure; throws core::InputError where there is no such target.
  void add(const Build& build, const Section& section);

 private:
  enum Kind : std::uint32_t { goes, returns };
  struct Failure {
    Fallible* target = nullptr;
    core::Nanos from = 0;
    core::Nanos length = core::never;
  };
  void on_event(std::uint32_t kind, std::uint32_t index) override;

  core::Simulator& simulator_;
  std::vector<Failure> failures_;
};

}  // namespace capplan::models
