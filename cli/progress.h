#pragma once
// Terminals: which stream is one, how wide it is, and the line that says how far a study is. On a terminal that line is
// rewritten, at most ten times a second; elsewhere a plain line is written every five seconds.

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

#include "plan/study/run_options.h"

namespace capplan::cli {

struct Terminal {
  bool is_one = false;
  int width = 120;  ///< of what is no terminal too: texts there are for people as well
};

/// What a stream writes to. Only the process's own standard streams can be terminals.
Terminal terminal_of(const std::ostream& stream);

enum class When { automatic, always, never };

/// "auto", "always", "never".
When when(const std::string& word);

/// Whether marks on a stream are coloured: `automatic` on a terminal where NO_COLOR is not set.
bool colored(When wish, const Terminal& terminal);

/// "1.2M events in 3.4 s: 350k a second", with the end of its line.
std::string speed_text(double events, double elapsed_s);

class ProgressLine {
 public:
  ProgressLine(std::ostream& stream, std::string verb, bool shown)
      : ProgressLine(stream, terminal_of(stream), std::move(verb), shown) {}
  ProgressLine(std::ostream& stream, Terminal terminal, std::string verb, bool shown);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows where a study is, if the last time is long enough ago by the study's own clock; once, that it will take
  /// long.
  void show(const plan::Progress& progress);
  /// Takes a rewritten line away, before anything else is written.
  void clear();

 private:
  std::ostream& stream_;
  Terminal terminal_;
  std::string verb_;
  bool shown_;
  bool on_screen_ = false;
  bool said_long_ = false;
  double last_s_ = -1;  // the first word comes at once on a terminal
};

/// The progress line of a verb that cannot say how far it is: as long as it lives, the time so far.
class ElapsedLine {
 public:
  ElapsedLine(std::ostream& stream, std::string verb, bool shown);
  ~ElapsedLine();
  ElapsedLine(const ElapsedLine&) = delete;
  ElapsedLine& operator=(const ElapsedLine&) = delete;

 private:
  void serve();

  ProgressLine line_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace capplan::cli
