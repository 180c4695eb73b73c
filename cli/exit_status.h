#pragma once
// How the program ends: the numbers that scripts see. They do not depend on the output's format.

#include <array>
#include <utility>

namespace capplan::cli {

enum class ExitStatus {
  done = 0,
  failed = 1,
  bad_input = 2,
  missed = 3,
  undecided = 4,
  interrupted = 130,
};

/// Every status with its meaning, as help shows them.
inline constexpr std::array<std::pair<ExitStatus, const char*>, 6> exit_meanings = {{
    {ExitStatus::done, "done; SLOs are met, or none is stated"},
    {ExitStatus::failed, "could not finish"},
    {ExitStatus::bad_input, "bad usage or input"},
    {ExitStatus::missed, "an SLO is missed"},
    {ExitStatus::undecided, "an SLO is undecided, or there is no steady state"},
    {ExitStatus::interrupted, "interrupted; finished points are saved"},
}};

}  // namespace capplan::cli
