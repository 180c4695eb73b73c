#pragma once
// What a connection pool tells itself: events, with the number of an instance in the upper bits where the index is
// taken by something else, and the kinds of answers that it waits for.

#include <cstdint>

namespace capplan::models {

enum PoolEvent : std::uint32_t {
  pool_wait_expired,      // of an instance: the patience of its first waiter
  pool_own_wait_expired,  // of a waiter that queued again
  pool_woken,             // a waiter looks for the connection that it was woken for
  pool_late,              // the patience of whom a connection is opened or checked for
  pool_connect,           // of a connection: its opening reaches the endpoint
  pool_retry,             // of a connection: the pause after a failed opening is over
  pool_add,               // of an instance: the background thread goes on
  pool_lifetime_over,     // of a connection
  pool_keepalive,         // of a connection
  pool_inactive,          // of an instance: the connection idle longest
  pool_maintenance,       // of an instance
  pool_arrives,           // a statement at the endpoint
  pool_returns,           // its answer at the application
  pool_goes_on,           // who gave a connection back
};
inline constexpr std::uint32_t pool_event_bits = 4;
inline constexpr std::uint32_t pool_event_mask = (1u << pool_event_bits) - 1;

enum PoolAnswer : std::uint32_t {
  pool_connected,
  pool_executed,
  pool_checked,
  pool_probed,
  pool_reset_done,
  pool_begun
};

}  // namespace capplan::models
