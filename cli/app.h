#pragma once
// The program as a function: tests call it as the shell would.

#include <ostream>

namespace capplan::cli {

/// Runs the program on a command line: results to `out`, everything else to `err`. Returns the exit status and throws
/// nothing.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace capplan::cli
