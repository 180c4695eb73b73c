#pragma once
// The walk of a request through the service, top to bottom: caches, connection, statements, end. Everything the walk
// passes (pools, bouncers, servers) answers it through Reply or an event.

#include <optional>

#include "core/zipf.h"
#include "models/build.h"
#include "models/cache/tiers.h"
#include "models/index/search_demand.h"
#include "models/pool/pool.h"
#include "models/service/idempotency.h"

namespace capplan::models {

/// A class of SQL statements, as [query.NAME].
struct QueryClass {
  /// What an index adds to both, and what its variation is drawn from.
  struct Search {
    SearchDemand demand;
    core::Stream stream;
  };
  Pool* pool = nullptr;
  core::Distribution cpu;
  std::optional<core::Distribution> cold{};
  std::optional<core::Distribution> io{};
  std::optional<Search> search{};
  bool commit = false;
  core::Stream cpu_stream;
  core::Stream cold_stream;
  core::Stream io_stream;
  core::Counter* executed = nullptr;
  core::Histogram* latency = nullptr;
};

/// A class of requests, as [request.NAME].
struct RequestClass {
  struct Step {
    std::uint32_t query = 0;
    std::uint32_t times = 1;
    std::unique_ptr<Tiers> caches{};  ///< asked before it, if any
  };
  std::vector<Step> steps{};
  bool per_request = false;  ///< holds one connection throughout
  bool transaction = false;
  core::Nanos transaction_cpu = 0;
  std::unique_ptr<Tiers> caches{};  ///< asked before the first step, filled after the last
  std::unique_ptr<Idempotency> idempotency{};
  std::optional<core::Zipf> keys{};
  std::shared_ptr<const KeyTrace> key_trace{};  ///< in the place of `keys`
  std::uint64_t keys_taken = 0;                 ///< of `key_trace`
  core::Stream key_stream;
  core::Counter* offered = nullptr;
  core::Counter* completed = nullptr;
  core::Counter* failed = nullptr;
  core::Counter* refreshed = nullptr;  ///< in the background; set where an answer can be stale
  core::Histogram* latency = nullptr;
  std::vector<core::Counter*> errors{};  ///< by ClientError, null for none
  std::vector<core::Counter*> stages{};  ///< by Stage: seconds
  core::Breakdown* breakdown = nullptr;  ///< the same by latency, its parts by Stage
};

class Walk : public Intake, private Caller {
 public:
  Walk(core::Simulator& simulator, Accounts& accounts) : simulator_(simulator), accounts_(accounts) {}

  std::vector<QueryClass> queries;
  std::vector<RequestClass> classes;
  core::Level in_flight;  ///< requests that have arrived and not ended

  void arrive(Workload& from, std::uint64_t workload_key, const Arrival& arrival) override;

 private:
  enum Answer : std::uint32_t {  // replies
    leased,
    answered,
    admitted,
    caches_answered,
    step_caches_answered,
    step_stored,
    stored
  };
  enum class Block : std::uint8_t { none, begin, open, commit };  // where a transaction stands

  struct Request {
    Workload* from = nullptr;  // none: in the background, nobody waits for it
    std::uint32_t user = 0;
    std::uint32_t request_class = 0;
    std::uint64_t draws = 0;  // names this request's random numbers
    std::uint64_t turn = 0;   // its number among all that arrived
    std::uint32_t statements = 0;
    std::uint64_t key = 0;
    bool guarded = false;          // works under an idempotency key
    bool computing = false;        // what its caches lack
    Tiers* step_caches = nullptr;  // what those of the present step lack
    std::uint32_t step = 0;
    std::uint32_t repeat = 0;
    Block block = Block::none;
    bool wrote = false;
    bool has_lease = false;
    std::uint32_t lease = 0;
    core::Nanos arrived = 0;
    core::Nanos mark = 0;
  };

  std::uint32_t take_number();
  void admit(std::uint32_t number);
  void ask_caches(std::uint32_t number);
  void caches_answer(std::uint32_t number, Outcome outcome);
  void refresh(std::uint32_t number);
  void next_statement(std::uint32_t number);
  void start_statement(std::uint32_t number);
  void execute(std::uint32_t number);
  void statement_done(std::uint32_t number, Outcome outcome);
  void computed(std::uint32_t number);
  void complete(std::uint32_t number);
  void fail(std::uint32_t number, ClientError error);
  void leave(std::uint32_t number, bool failed);
  Pool& pool_of(const Request& request);

  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  core::Simulator& simulator_;
  Accounts& accounts_;
  std::uint64_t arrivals_ = 0;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> free_;
};

}  // namespace capplan::models
