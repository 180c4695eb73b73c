// The progress line: what it says, how often, and how it goes away.

#include "cli/progress.h"

#include <sstream>

#include "cli/interrupt.h"
#include "plan/report/progress_text.h"
#include "tests/support/catch.h"

#include <csignal>

using namespace capplan;
using namespace capplan::cli;

namespace {

plan::Progress at(double seconds) {
  return {.done = 17,
          .total = 48,
          .work_done = 0.5,
          .events = 1.9e6 * seconds,
          .elapsed_s = seconds,
          .latest = "41.2ms ±1.1"};
}

}  // namespace

TEST_CASE("the line names what is done and when it will be over") {
  CHECK(plan::progress_text("sweep", at(38)) == "sweep 17/48  p99 41.2ms ±1.1  1.90M ev/s  eta 0:38");
  CHECK(plan::progress_text("sweep", at(3725)) == "sweep 17/48  p99 41.2ms ±1.1  1.90M ev/s  eta 1:02:05");
  plan::Progress single = at(10);
  single.total = 1;
  single.latest.clear();
  CHECK(plan::progress_text("run", single) == "run 50%  1.90M ev/s  eta 0:10");
  CHECK(plan::progress_text("run", {.total = 1}) == "run 0%");
  CHECK(plan::progress_text("calibrate", {.elapsed_s = 72}) == "calibrate 1:12");
}

TEST_CASE("a question that takes more than a minute says so once, before the line goes on") {
  plan::Progress progress = at(2);
  CHECK(plan::long_question_text("sweep", progress).empty());  // half is done
  progress.work_done = 0.01;
  CHECK(plan::long_question_text("sweep", progress) ==
        "sweep: about 3.33 min and 380M events for 48 points; --budget TIME ends it earlier, at a lower precision");
  CHECK(plan::long_question_text("calibrate", {.elapsed_s = 72}).empty());
  std::ostringstream stream;
  ProgressLine line(stream, {false, 100}, "sweep", true);
  for (const double seconds : {6.0, 12.0}) {
    progress.elapsed_s = seconds;
    line.show(progress);
  }
  const std::string text = stream.str();
  CHECK(text.starts_with("sweep: about 10.0 min"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("on a terminal one line is rewritten at most ten times a second and then taken away") {
  std::ostringstream stream;
  {
    ProgressLine line(stream, {true, 30}, "sweep", true);
    for (int i = 1; i <= 100; ++i) line.show(at(i * 0.01 + 0.001));
  }
  const std::string text = stream.str();
  CHECK(std::count(text.begin(), text.end(), '\r') <= 11);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.ends_with("\r\x1b[K"));
  CHECK(text.find("eta") != std::string::npos);
}

TEST_CASE("elsewhere a plain line is written every five seconds") {
  std::ostringstream stream;
  ProgressLine line(stream, {false, 100}, "sweep", true);
  for (int i = 1; i <= 110; ++i) line.show(at(i * 0.1 + 0.01));
  const std::string text = stream.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a line that is not wanted is not shown") {
  std::ostringstream stream;
  ProgressLine line(stream, {true, 100}, "sweep", false);
  line.show(at(60));
  line.clear();
  CHECK(stream.str().empty());
}

TEST_CASE("the line of the time so far ends with what it is for, though its second has not passed") {
  std::ostringstream stream;
  for (const bool shown : {true, false}) ElapsedLine line(stream, "calibrate", shown);
  CHECK(stream.str().find('\x1b') == std::string::npos);
}

TEST_CASE("colour is for terminals unless asked for") {
  CHECK(colored(When::always, {false, 100}));
  CHECK_FALSE(colored(When::never, {true, 100}));
  CHECK_FALSE(colored(When::automatic, {false, 100}));
  setenv("NO_COLOR", "1", 1);
  CHECK_FALSE(colored(When::automatic, {true, 100}));
  unsetenv("NO_COLOR");
  CHECK(colored(When::automatic, {true, 100}));
}

TEST_CASE("a stream in memory is no terminal") {
  const std::ostringstream stream;
  CHECK_FALSE(terminal_of(stream).is_one);
  CHECK(terminal_of(stream).width == 120);
}

TEST_CASE("an interrupt is noted once and forgotten by the next") {
  {
    const Interrupt interrupt;
    CHECK_FALSE(interrupt.raised());
    std::raise(SIGINT);
    CHECK(interrupt.raised());
  }
  const Interrupt again;
  CHECK_FALSE(again.raised());
  std::raise(SIGTERM);
  CHECK(again.raised());
}
