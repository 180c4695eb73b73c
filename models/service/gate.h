#pragma once
// What lets so many in at once and has the others wait: the semaphore of a bulkhead, workers, workers that prefetch.

#include "models/endpoint.h"

namespace capplan::models {

class Gate {
 public:
  virtual ~Gate() = default;
  enum class Entry { in, waits, refused };
  /// Called when somebody asks to be let in. Of whom it says that he waits, `reply` is told when he may, with his seat
  /// as value, or why he may not; until then `ticket` takes him out of the line. Who is in has his seat as ticket.
  virtual Entry enter(const Reply& reply, std::uint32_t& ticket) = 0;
  /// Called when who was let in is done: whoever has his place goes on at the same instant.
  virtual void leave(std::uint32_t seat) = 0;
  /// Called when one who waits does so no longer.
  virtual void cancel(std::uint32_t ticket) = 0;
};

}  // namespace capplan::models
