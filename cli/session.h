#pragma once
// What the program's parts share while it runs. Nothing outlives a session, so that several can run in one process.

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/exit_status.h"

namespace capplan::cli {

struct Session {
  std::ostream& out;                 ///< results
  std::ostream& err;                 ///< everything else
  std::vector<std::string> command;  ///< as typed, the program's name first
  std::function<ExitStatus()> job;   ///< of the verb that was named
};

}  // namespace capplan::cli
