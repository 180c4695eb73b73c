// Quantities: what is read, what is refused with which remedy, and that exact spellings read back the same.

#include "core/units.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("durations are read in the units of postgresql.conf") {
  const std::pair<const char*, Nanos> cases[] = {{"400us", 400 * microsecond},
                                                 {"1ms", millisecond},
                                                 {"30s", 30 * second},
                                                 {"2min", 120 * second},
                                                 {"1h", 3600 * second},
                                                 {"7d", 7 * 86400 * second},
                                                 {"1h30min", 5400 * second},
                                                 {"1h 30min", 5400 * second},
                                                 {" 30 s ", 30 * second},
                                                 {"1.5s", 1500 * millisecond},
                                                 {"0.25us", 250},
                                                 {".5s", 500 * millisecond},
                                                 {"1_000ms", second},
                                                 {"0", 0},
                                                 {"0s", 0},
                                                 {"1e3us", millisecond},
                                                 {"106751d", 106751LL * 86400 * second}};
  for (const auto& [text, nanos] : cases) {
    INFO(text);
    const auto parsed = parse_duration(text);
    CHECK(parsed.error == "");
    CHECK(parsed.value == nanos);
  }
}

TEST_CASE("durations that are none are refused with the remedy") {
  const std::pair<const char*, const char*> cases[] = {{"30", "needs a unit, as in \"30s\""},
                                                       {"1h30", "needs a unit"},
                                                       {"30m", "write \"30min\" for minutes"},
                                                       {"30S", "case-sensitive; write \"30s\""},
                                                       {"5sec", "write \"5s\""},
                                                       {"5 minutes", "write \"5min\""},
                                                       {"5ns", "the units are us ms s min h d"},
                                                       {"-5s", "cannot be negative"},
                                                       {"nan", "is not a duration"},
                                                       {"inf", "is not a duration"},
                                                       {"", "is not a duration"},
                                                       {"s", "is not a duration"},
                                                       {"1..5s", "is not a duration"},
                                                       {"1__0s", "unknown unit"},
                                                       {"_1s", "is not a duration"},
                                                       {"30min1h", "from large to small"},
                                                       {"1h1h", "from large to small"},
                                                       {"8GB", "unknown unit"},
                                                       {"200000d", "too long"},
                                                       {"99999999999999999999s", "too long"},
                                                       {"1e400s", "too long"}};
  for (const auto& [text, what] : cases) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
    CHECK_THAT(parse_duration(text).error, ContainsSubstring(what));
  }
}

TEST_CASE("seconds are read like durations but not rounded to a nanosecond") {
  CHECK(parse_seconds("2ms").value == 0.002);
  CHECK(parse_seconds("180.2504us").value == Approx(180.2504e-6).epsilon(1e-15));
  CHECK(parse_seconds("1min30s").value == 90);
  CHECK(parse_seconds("0").value == 0);
  CHECK_THAT(parse_seconds("2").error, ContainsSubstring("needs a unit"));
  CHECK_FALSE(parse_seconds("1e300d"));
}

TEST_CASE("sizes are multiples of 1024") {
  CHECK(parse_bytes("8GB").value == 8LL << 30);
  CHECK(parse_bytes("512B").value == 512);
  CHECK(parse_bytes("64kB").value == 65536);
  CHECK(parse_bytes("64KiB").value == 65536);
  CHECK(parse_bytes("1.5MB").value == 3LL << 19);
  CHECK(parse_bytes("0").value == 0);
  CHECK_THAT(parse_bytes("8").error, ContainsSubstring("needs a unit, as in \"8MB\""));
  CHECK_THAT(parse_bytes("8gb").error, ContainsSubstring("write \"8GB\""));
  CHECK_THAT(parse_bytes("8G").error, ContainsSubstring("write \"8GB\""));
  CHECK_THAT(parse_bytes("8KB").error, ContainsSubstring("write \"8kB\""));
  CHECK_THAT(parse_bytes("9000000TB").error, ContainsSubstring("too large"));
  CHECK_THAT(parse_bytes("1GB2MB").error, ContainsSubstring("not a size"));
  CHECK_FALSE(parse_bytes("-1MB"));
}

TEST_CASE("rates are per second whatever they are written in") {
  CHECK(parse_rate("200/s").value == 200);
  CHECK(parse_rate("50/1s").value == 50);
  CHECK(parse_rate("50/10s").value == 5);
  CHECK(parse_rate("12k/min").value == 200);
  CHECK(parse_rate("1.5/s").value == 1.5);
  CHECK(parse_rate("3600/h").value == 1);
  CHECK(parse_rate("86400/d").value == 1);
  CHECK(parse_rate("2/ms").value == 2000);
  CHECK(parse_rate("0").value == 0);
  CHECK_THAT(parse_rate("200").error, ContainsSubstring("as in \"200/s\""));
  CHECK_THAT(parse_rate("12k").error, ContainsSubstring("as in \"12k/s\""));
  CHECK_THAT(parse_rate("200/m").error, ContainsSubstring("\"1min\""));
  CHECK_THAT(parse_rate("200/").error, ContainsSubstring("needs a unit of time"));
  CHECK_THAT(parse_rate("200/0s").error, ContainsSubstring("above 0"));
  CHECK_THAT(parse_rate("200rps").error, ContainsSubstring("not a rate"));
  CHECK_FALSE(parse_rate("-1/s"));
  CHECK_FALSE(parse_rate("1e308/us"));
}

TEST_CASE("shares are read with and without a percent sign") {
  CHECK(parse_ratio("0.1%").value == 0.001);
  CHECK(parse_ratio("0.25").value == 0.25);
  CHECK(parse_ratio("70 %").value == 0.7);
  CHECK(parse_ratio("1e-3").value == 0.001);
  CHECK_FALSE(parse_ratio("half"));
  CHECK_FALSE(parse_ratio("-1%"));
  CHECK_FALSE(parse_ratio("nan"));
  CHECK_FALSE(parse_ratio("5%%"));
}

TEST_CASE("quantities are shown with three significant digits") {
  CHECK(format_duration(0.0412) == "41.2 ms");
  CHECK(format_duration(0.0009996) == "1.00 ms");
  CHECK(format_duration(5e-7) == "500 ns");
  CHECK(format_duration(30) == "30.0 s");
  CHECK(format_duration(1200) == "20.0 min");
  CHECK(format_duration(0) == "0 s");
  CHECK(format_duration(-0.0412) == "-41.2 ms");
  CHECK(format_bytes(8.0 * (1LL << 30)) == "8.00 GB");
  CHECK(format_bytes(512) == "512 B");
  CHECK(format_bytes(1e6) == "977 kB");
  CHECK(format_bytes(1LL << 30) == "1.00 GB");
  CHECK(format_rate(1250) == "1.25k/s");
  CHECK(format_rate(200) == "200/s");
  CHECK(format_rate(999.7) == "1.00k/s");
  CHECK(format_rate(0.0125) == "0.0125/s");
  CHECK(format_ratio(0.125) == "12.5 %");
  CHECK(format_ratio(0) == "0 %");
  CHECK(format_count(42) == "42");
  CHECK(format_count(9999) == "9999");
  CHECK(format_count(12'500) == "12.5k");
  CHECK(format_count(2'000'000) == "2.00M");
  CHECK(format_count(1.234) == "1.23");
}

TEST_CASE("exact spellings read back the same") {
  CHECK(exact_duration(1500 * microsecond) == "1500us");
  CHECK(exact_duration(120 * second) == "2min");
  CHECK(exact_duration(90 * second) == "90s");
  CHECK(exact_duration(180'250) == "180.25us");
  CHECK(exact_duration(1) == "0.001us");
  CHECK(exact_duration(0) == "0");
  CHECK(exact_bytes(8LL << 30) == "8GB");
  CHECK(exact_bytes(1000) == "1000B");
  for (Nanos span = 1; span < Nanos{1} << 61; span = span * 3 + 7) {
    INFO(span);
    // Fractions of a microsecond pass through a double, which holds 104 days of nanoseconds exactly.
    if (span < (Nanos{1} << 53) || span % microsecond == 0) CHECK(parse_duration(exact_duration(span)).value == span);
    CHECK(parse_bytes(exact_bytes(span)).value == span);
  }
}
