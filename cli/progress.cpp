#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "core/units.h"
#include "plan/format/text_layout.h"
#include "plan/report/progress_text.h"

namespace capplan::cli {

namespace {

constexpr double rewrite_every_s = 0.1;
constexpr double line_every_s = 5;

}  // namespace

Terminal terminal_of(const std::ostream& stream) {
  const int descriptor = &stream == &std::cout ? STDOUT_FILENO : &stream == &std::cerr ? STDERR_FILENO : -1;
  Terminal terminal;
  if (descriptor < 0 || isatty(descriptor) == 0) return terminal;
  terminal.is_one = true;
  winsize size = {};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.width = size.ws_col;
  return terminal;
}

When when(const std::string& word) {
  return word == "always" ? When::always : word == "never" ? When::never : When::automatic;
}

bool colored(When wish, const Terminal& terminal) {
  if (wish != When::automatic) return wish == When::always;
  const char* no_color = std::getenv("NO_COLOR");
  return terminal.is_one && (no_color == nullptr || *no_color == '\0');
}

std::string speed_text(double events, double elapsed_s) {
  return fmt::format("{} events in {}: {} a second\n", core::format_count(events), core::format_duration(elapsed_s),
                     core::format_count(events / elapsed_s));
}

ProgressLine::ProgressLine(std::ostream& stream, Terminal terminal, std::string verb, bool shown)
    : stream_(stream), terminal_(terminal), verb_(std::move(verb)), shown_(shown) {}

void ProgressLine::show(const plan::Progress& progress) {
  if (!shown_ || progress.elapsed_s - last_s_ < (terminal_.is_one ? rewrite_every_s : line_every_s)) return;
  last_s_ = progress.elapsed_s;
  if (const std::string said = said_long_ ? "" : plan::long_question_text(verb_, progress); !said.empty()) {
    clear();
    stream_ << said << std::endl;
    said_long_ = true;
  }
  const std::string text = plan::progress_text(verb_, progress);
  if (!terminal_.is_one) {
    stream_ << text << std::endl;
    return;
  }
  const auto width = static_cast<std::size_t>(std::max(terminal_.width - 1, 10));
  stream_ << "\r" << plan::elided(text, width) << "\x1b[K" << std::flush;
  on_screen_ = true;
}

void ProgressLine::clear() {
  if (on_screen_) stream_ << "\r\x1b[K" << std::flush;
  on_screen_ = false;
}

ElapsedLine::ElapsedLine(std::ostream& stream, std::string verb, bool shown) : line_(stream, std::move(verb), shown) {
  if (shown) thread_ = std::thread([this] { serve(); });
}

ElapsedLine::~ElapsedLine() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ElapsedLine::serve() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; }))
    line_.show({.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
}

}  // namespace capplan::cli
