#include "cli/interrupt.h"

#include <signal.h>

namespace capplan::cli {

namespace {

// A signal handler can reach nothing but what is global.
std::atomic<bool> raised_flag = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void note(int) { raised_flag.store(true); }

}  // namespace

struct Interrupt::Before {
  struct sigaction interrupt, terminate;
};

Interrupt::Interrupt() : before_(new Before) {
  raised_flag.store(false);
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the second one does what it always did
  sigaction(SIGINT, &action, &before_->interrupt);
  sigaction(SIGTERM, &action, &before_->terminate);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_->interrupt, nullptr);
  sigaction(SIGTERM, &before_->terminate, nullptr);
}

const std::atomic<bool>& Interrupt::flag() const { return raised_flag; }

}  // namespace capplan::cli
