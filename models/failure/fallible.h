#pragma once
// What may go away in the midst of a run and come back: a server, a bouncer, a cache.

namespace capplan::models {

class Fallible {
 public:
  /// Called when it goes away: whoever waits for an answer of it is told an error, and nobody reaches it any more.
  virtual void go_down() = 0;
  /// Called when it is there again, and knows nothing of what was before.
  virtual void come_back() = 0;

 protected:
  ~Fallible() = default;
};

}  // namespace capplan::models
