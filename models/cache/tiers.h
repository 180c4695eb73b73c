#pragma once
// The caches that a request, or a step of one, asks in order; and what is stored on the way back. A hit in a later tier
// is stored in those before it. Requests for a key that is being computed may share its answer (coalescing). Sources:
// golang/sync singleflight/singleflight.go (who joins shares value and error; nothing is kept), nginx
// ngx_http_file_cache.c (waiting at a lock), RFC 5861 (stale answers).

#include <vector>

#include "core/meters.h"
#include "core/simulator.h"
#include "models/cache/cache.h"
#include "models/cache/key_table.h"
#include "models/endpoint.h"
#include "models/stages.h"

namespace capplan::models {

/// What came of asking, as the value of an outcome.
enum Asked : std::uint32_t {
  absent,  ///< to be computed; then settle() or abandon()
  answered_by_cache,
  answered_stale,  ///< answered, and to be computed anew in the background: stand_in()
};

class Tiers : private core::Handler {
 public:
  /// A cache that is written to when a request of this kind has been computed.
  struct Write {
    Cache* cache;
    bool store;  ///< the new value; else the old one is taken away
  };
  struct Settings {
    std::vector<Cache*> caches{};  ///< asked in order
    std::vector<Write> writes{};
    core::Nanos ttl = Cache::own_ttl;  ///< of what is stored; else each cache's own
    std::uint64_t prefix = 0;          ///< tells the keys of different prefixes apart; 0 for none
    bool in_background = true;         ///< what is stale is computed anew in the background; else by who asked
    bool coalesce = false;
    core::Counter* coalesced = nullptr;  ///< requests that joined another; set where they coalesce
  };

  Tiers(core::Simulator& simulator, Accounts& accounts, Settings settings)
      : simulator_(simulator), accounts_(accounts), settings_(std::move(settings)) {}

  /// Asks for `key` on behalf of a request; `draws` are bits of its own. The reply's value is an Asked, or its error
  /// that of the request whose answer was to be shared.
  void ask(std::uint32_t request, std::uint64_t key, std::uint64_t draws, Reply reply);
  /// What was absent has been computed: stores it where it was missed, does the writes, and replies.
  void settle(std::uint32_t request, Reply reply);
  /// It has not, for this reason: whoever waits for it hears it too.
  void abandon(std::uint32_t request, ClientError error);
  /// A request in the background takes over what `request` was answered stale; then it settles or abandons.
  void stand_in(std::uint32_t request, std::uint32_t background);
  /// Stores a key in every tier, with another time to live, on behalf of a request.
  void put(std::uint32_t request, std::uint64_t key, std::uint64_t draws, core::Nanos ttl, Reply reply);

  /// Stores keys in every tier at once, before anything runs.
  void warm(const std::vector<std::uint64_t>& keys);
  /// Whether a tier serves what has expired.
  bool may_be_stale() const;
  /// Takes a key away from every tier, at once.
  void erase(std::uint64_t key, std::uint64_t draws);

 private:
  enum Kind : std::uint32_t { reached, answered, polled, written, stored };
  struct Visit {
    std::uint64_t key = 0;
    std::uint64_t draws = 0;
    std::uint32_t tier = 0;    // asked now, or filled last
    std::uint32_t write = 0;   // to be done next
    std::uint64_t passed = 0;  // tiers (as bits) that are not to store: their lock was not awaited
    core::Nanos ttl = 0;
    core::Nanos mark = 0;
    core::Nanos locked_since = -1;
    Reply reply{};
    bool open = false;                     // being computed
    bool leads = false;                    // and others wait for it
    std::uint32_t followers = no_request;  // the first; `next` the next of a follower
    std::uint32_t next = no_request;
  };

  std::uint64_t named(std::uint64_t key) const;
  Visit& visit(std::uint32_t request);
  void ask_tier(std::uint32_t request);
  void hear(std::uint32_t request);
  void answer(std::uint32_t request, Asked asked);
  void missed(std::uint32_t request);
  void fill(std::uint32_t request);
  void next_fill(std::uint32_t request);
  void book(std::uint32_t request);
  void release(std::uint32_t request, Outcome outcome);
  void command(Cache& cache, Kind done, std::uint32_t request);
  void on_event(std::uint32_t kind, std::uint32_t request) override;

  core::Simulator& simulator_;
  Accounts& accounts_;
  Settings settings_;
  std::vector<Visit> visits_;  // by request
  KeyTable computing_;         // who computes a key, where they coalesce
};

}  // namespace capplan::models
