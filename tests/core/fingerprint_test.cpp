// The fingerprint of the C library, and checked conversions.

#include "core/fingerprint.h"

#include <cstdint>

#include "core/whole_number.h"
#include "tests/support/catch.h"

using namespace capplan::core;

TEST_CASE("a machine's fingerprint is sixteen hex digits and stays") {
  const std::string text = math_fingerprint();
  CHECK(text.size() == 16);
  CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(math_fingerprint() == text);
}

TEST_CASE("only whole numbers that fit become integers") {
  CHECK(whole_number<int>(-7.0) == -7);
  CHECK(whole_number<int>(2147483647.0) == 2147483647);
  CHECK(whole_number<int>(-2147483648.0) == -2147483647 - 1);
  CHECK_FALSE(whole_number<int>(2147483648.0).has_value());
  CHECK_FALSE(whole_number<int>(3e9).has_value());
  CHECK_FALSE(whole_number<int>(1e300).has_value());
  CHECK_FALSE(whole_number<int>(-1e300).has_value());
  CHECK_FALSE(whole_number<int>(0.5).has_value());
  CHECK_FALSE(whole_number<int>(std::numeric_limits<double>::quiet_NaN()).has_value());
  CHECK_FALSE(whole_number<int>(std::numeric_limits<double>::infinity()).has_value());
  CHECK(whole_number<std::uint64_t>(9223372036854775808.0) == 9223372036854775808U);
  CHECK_FALSE(whole_number<std::uint64_t>(18446744073709551616.0).has_value());
  CHECK_FALSE(whole_number<std::int64_t>(9223372036854775808.0).has_value());
}
