#pragma once
// Catch2, version 2 or 3, whichever is installed. Tests write version 3's spelling: unqualified Approx, and the
// matchers below Catch::Matchers (ContainsSubstring for text, WithinRel, WithinAbs).

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

using Catch::Approx;

#else

#include <catch2/catch.hpp>

namespace Catch::Matchers {
/// Version 2 names this Contains, as it does the matcher for an element of a vector.
inline auto ContainsSubstring(const std::string& text, CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(text, sensitivity);
}
}  // namespace Catch::Matchers

#endif
