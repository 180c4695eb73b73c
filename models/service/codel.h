#pragma once
// Controlled delay for a queue of requests: while even the shortest wait of an interval was above the target, the queue
// is a standing one, and whoever has waited twice the target is sent away instead of served.
// Source: folly executors/Codel.cpp (Codel::overloaded); Nichols and Jacobson, "Controlling queue delay", ACM Queue
// 10(5) 2012, whose growing drop rate folly replaces by that one rule; Maurer, "Fail at scale", ACM Queue 13(8) 2015.

#include <algorithm>

#include "core/time.h"

namespace capplan::models {

class Codel {
 public:
  /// `target`: a wait that is no congestion; `interval`: how long the shortest wait is looked for.
  Codel(core::Nanos target, core::Nanos interval) : target_(target), interval_(interval) {}

  /// Called for each that leaves the queue, with its wait: whether it is sent away.
  bool sheds(core::Nanos now, core::Nanos wait) {
    if (now > interval_end_) {
      interval_end_ = now + interval_;
      overloaded_ = least_ > target_;
      least_ = wait;
      return false;  // the first of an interval is never sent away
    }
    least_ = std::min(least_, wait);
    return overloaded_ && wait > 2 * target_;
  }

 private:
  core::Nanos target_;
  core::Nanos interval_;
  core::Nanos interval_end_ = 0;
  core::Nanos least_ = 0;
  bool overloaded_ = false;
};

}  // namespace capplan::models
