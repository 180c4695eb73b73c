#pragma once
// Idempotency keys: a client that sends a request again sends its key again, and gets the answer of the first, or 409
// while that is still being worked on. A Bloom filter spares the look-up of keys never seen; when it is wrong, a
// look-up is made for nothing. Sources: the Idempotency-Key header (IETF draft-ietf-httpapi-idempotency-key-header, 409
// while in progress), Bloom 1970. A retry goes under the key of its request. Limits: an attempt that fails is
// forgotten, so that the request may be sent again; which requests repeat others is drawn, retries apart.

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "core/distribution.h"
#include "models/build.h"
#include "models/cache/request_caches.h"
#include "models/service/bloom_filter.h"

namespace capplan::models {

/// What a client sends a request under; kept for all its attempts.
struct IdempotencyKey {
  std::uint64_t value = 0;
  bool repeats = false;  ///< it has been sent before
};

class Idempotency : private Caller {
 public:
  Idempotency(Build& build, const Section& section, const CachesByPath& caches, const core::Counter& offered);

  /// The key of a request when it is sent first; `draws` names its random numbers.
  IdempotencyKey key(std::uint64_t draws);
  /// An attempt comes in. Its outcome: 409; or as a value of Asked, absent (to be worked on, then done() or failed())
  /// or answered_by_cache. `draws` are bits of the attempt's own.
  void ask(std::uint32_t request, IdempotencyKey key, std::uint64_t draws, Reply reply);
  /// Its answer is stored under its key; replies when that is done.
  void done(std::uint32_t request, Reply reply);
  void failed(std::uint32_t request);

 private:
  enum Kind : std::uint32_t { looked_up, marked, stored };
  struct Visit {
    std::uint64_t key = 0;
    std::uint64_t draws = 0;
    bool owns = false;  // is who works on the key
    Reply reply{};
  };
  /// Which request was when, for those that send again: the last so many.
  struct Sent {
    core::Nanos at;
    std::uint64_t key;
  };
  static constexpr std::size_t remembered = 1 << 16;

  std::uint64_t key_before(core::Nanos time) const;
  void mark(std::uint32_t request);
  void leave(std::uint32_t request);
  void on_reply(std::uint32_t kind, std::uint32_t request, Outcome outcome) override;

  core::Simulator& simulator_;
  Tiers tiers_;
  BloomFilter filter_;
  core::Nanos in_progress_ttl_, ttl_;
  double repeats_;
  core::Distribution after_;
  core::Stream stream_;
  core::Counter& repeated_;
  core::Counter& replayed_;
  core::Counter& lookups_;
  core::Counter& false_positives_;
  std::vector<Visit> visits_;
  KeyTable in_progress_;
  std::vector<Sent> sent_;  // a ring
  std::uint64_t sent_count_ = 0;
};

/// The parameter `idempotency` of a request.
Param idempotency_param();
/// What it measures.
FigureSpecs idempotency_figures();

}  // namespace capplan::models
