#pragma once
// The walk of a request through the service, top to bottom: caches and the end (walk.cpp), steps and their connections
// in between (walk_steps.cpp); and around it what a client makes of its attempts: patience, refusals, trying again
// (attempts.cpp). Everything the walk passes (pools, bouncers, servers, calls, containers) answers it through Reply or
// an event.

#include <array>
#include <optional>

#include "core/zipf.h"
#include "models/build.h"
#include "models/cache/tiers.h"
#include "models/query_class.h"
#include "models/service/adaptive.h"
#include "models/service/batcher.h"
#include "models/service/call.h"
#include "models/service/guard.h"
#include "models/service/idempotency.h"
#include "models/service/step.h"

namespace capplan::models {

/// A class of requests, as [request.NAME], or of jobs, as [job.NAME].
struct RequestClass {
  std::vector<Step> steps{};
  std::array<std::vector<Step>, Adaptive::ways>
      other_steps{};  ///< by way, where `adaptive`; those of `plain` are `steps`
  std::unique_ptr<Adaptive> adaptive{};
  bool per_request = false;  ///< holds one connection throughout
  Pool* pool = nullptr;      ///< of that connection
  bool transaction = false;
  core::Nanos transaction_cpu = 0;
  std::unique_ptr<Tiers> caches{};  ///< asked before the first step, filled after the last
  std::unique_ptr<Idempotency> idempotency{};
  std::optional<core::Zipf> keys{};
  std::uint64_t key_count = 0;                  ///< of `keys`
  double key_shift = 0;                         ///< keys per second that come in at the top, all others a rank lower
  std::shared_ptr<const KeyTrace> key_trace{};  ///< in the place of `keys`
  std::uint64_t keys_taken = 0;                 ///< of `key_trace`
  core::Stream key_stream;
  std::optional<core::Stream> cpu_stream{};  ///< of cpu steps
  bool job = false;
  std::unique_ptr<Guard> guard{};  ///< null: every attempt is let in, waited for, and the only one
  core::Counter* offered = nullptr;
  core::Counter* completed = nullptr;
  core::Counter* ended = nullptr;
  core::Counter* failed = nullptr;
  core::Counter* refreshed = nullptr;  ///< in the background; set where an answer can be stale
  core::Histogram* latency = nullptr;
  std::vector<core::Counter*> errors{};  ///< by ClientError, null for none
  std::vector<core::Counter*> stages{};  ///< by Stage: seconds; null for those that cannot be
  core::Breakdown* breakdown = nullptr;  ///< the same by latency, its parts by Stage
};

class Walk : public Intake, private core::Handler, private Caller, private Container::Owner {
 public:
  Walk(core::Simulator& simulator, Accounts& accounts) : simulator_(simulator), accounts_(accounts) {}

  std::vector<QueryClass> queries;
  std::vector<std::unique_ptr<ExternalCall>> calls;
  std::vector<std::unique_ptr<Batcher>> batches;
  std::vector<RequestClass> classes;
  core::Level in_flight;  ///< requests that have arrived and not ended, and attempts that go on for nobody

  void arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) override;
  /// At the end of the run: those that someone still waits for go into the latencies, by how long they have taken.
  void record_unfinished();

 private:
  enum Kind : std::uint32_t { cpu_done, timed_out, try_again };  // events
  enum Answer : std::uint32_t {                                  // replies
    leased,
    answered,
    admitted,
    called,
    called_together,
    batched,
    key_checked,
    caches_answered,
    step_caches_answered,
    step_stored,
    stored,
    given_back
  };
  enum class Block : std::uint8_t { none, begin, open, commit };  // where a transaction stands
  // What it waits for, as far as it can be left.
  enum class At : std::uint8_t { elsewhere, queue, caches, lease, call, cpu };

  /// Whose request it is, and what became of it so far: goes on to another attempt.
  struct Client {
    Workload* from = nullptr;  // null: a job's
    std::uint32_t user = 0;
    std::uint32_t request_class = 0;
    std::uint64_t name = 0;  // names this request's random numbers
    std::uint64_t key = 0;
    core::Nanos arrived = 0;
    core::Nanos begun = 0;   // this attempt
    core::Nanos lost = 0;    // in attempts that failed
    core::Nanos paused = 0;  // before others
    std::uint32_t attempt = 0;
    std::uint32_t permission = 0;  // of the breaker
    IdempotencyKey sent_under{};   // its value 0: not sent so far that it took one
  };
  /// An attempt on its way through the service.
  struct Request : Client {
    std::uint64_t draws = 0;  // names this attempt's random numbers
    std::uint64_t turn = 0;   // its number among all that arrived
    std::uint32_t statements = 0;
    bool guarded = false;          // works under its idempotency key
    bool computing = false;        // what its caches lack
    Tiers* step_caches = nullptr;  // what those of the present step lack
    std::uint32_t step = 0;
    std::uint32_t repeat = 0;
    std::uint32_t way = 0;
    Block block = Block::none;
    bool wrote = false;
    Pool* lender = nullptr;  // whose connection it has
    std::uint32_t lease = 0;
    core::Nanos mark = 0;
    core::Nanos stepping = -1;                // since when; -1: not yet
    core::Nanos demand = 0;                   // of a cpu step
    ClientError failure = ClientError::none;  // why a transaction is rolled back, or a connection given back
    At at = At::elsewhere;
    bool live = false;
    bool abandoned = false;                         // nobody waits for it
    bool refreshes = false;                         // and nobody ever did: it computes anew what was answered stale
    bool stops = false;                             // then: nothing more is begun
    bool connected = false;                         // at the web server
    bool inside = false;                            // counted in flight
    bool gated = false;                             // holds a permit
    std::uint32_t seat = 0;                         // which
    std::uint32_t pending = 0;                      // of calls in parallel
    ClientError pending_error = ClientError::none;  // of one of them
    std::uint32_t instance = Container::none;
    std::uint32_t ticket = 0;  // in the queue, or of the call
    core::Timer timer;
  };

  // The walk
  void check_key(std::uint32_t number);
  void ask_caches(std::uint32_t number);
  void caches_answer(std::uint32_t number, Outcome outcome);
  void refresh(std::uint32_t number);
  void begin_steps(std::uint32_t number);
  void next_step(std::uint32_t number);
  void begin_step(std::uint32_t number);
  void run_step(std::uint32_t number);
  void call_together(std::uint32_t number, const Step& step);
  void execute(std::uint32_t number);
  void statement_done(std::uint32_t number, Outcome outcome);
  void step_done(std::uint32_t number, ClientError error);
  void move_on(std::uint32_t number);
  void give_back(std::uint32_t number);
  void computed(std::uint32_t number);
  void complete(std::uint32_t number);
  void leave(std::uint32_t number, bool failed);
  const std::vector<Step>& steps_of(const Request& request) const;
  Pool& pool_of(const Request& request);

  // Around it
  std::uint32_t take_slot();
  void enter(std::uint32_t number);
  void begin_attempt(std::uint32_t number);
  ClientError enter_container(std::uint32_t number);
  void let_in(std::uint32_t number, std::uint32_t seat);
  core::Nanos time_left(const Client& client) const;
  ClientError timeout_error(const Client& client) const;
  void start_clock(std::uint32_t number);
  void fail(std::uint32_t number, ClientError error);
  void withhold(std::uint32_t number, ClientError error);
  void end_attempt(std::uint32_t number);
  void release_permits(std::uint32_t number);
  void client_failed(std::uint32_t number, ClientError error);
  void begin_again(std::uint32_t number);
  std::uint32_t part_from_client(std::uint32_t number);
  void abandon(std::uint32_t number);
  void drop(std::uint32_t number);
  void killed(const std::vector<std::uint32_t>& requests) override;

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  core::Simulator& simulator_;
  Accounts& accounts_;
  std::uint64_t arrivals_ = 0;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> bereft_;  // clients of a container that was killed
};

}  // namespace capplan::models
