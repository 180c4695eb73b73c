#pragma once
// What an input is refused with, as a user reads it: every problem on its lines; empty if it is taken.

#include <string>

#include "core/error.h"

namespace capplan::test {

template <class Read>
std::string refusal_of(Read read) {
  try {
    read();
  } catch (const core::InputError& error) {
    std::string all;
    for (const core::Problem& problem : error.problems()) all += describe(problem) + "\n";
    return all;
  }
  return {};
}

}  // namespace capplan::test
