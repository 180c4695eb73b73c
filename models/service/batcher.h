#pragma once
// Rows of several requests collected into one statement, as [batch.NAME]: it is sent when it is full, or when its first
// row has waited long enough, and its answer is the answer of all. What a statement costs is its query's: cpu once, and
// cpu_per_row for each row.
// Sources: graphql/dataloader (batchScheduleFn, maxBatchSize); guide code "batch_insert" of 1000 rows a statement.
// A request's rows are never split between two statements: one that does not fit sends what is there and begins
// another.

#include "models/build.h"
#include "models/query_class.h"

namespace capplan::models {

class Batcher : private core::Handler, private Caller {
 public:
  Batcher(Build& build, const Section& section, QueryClass& query);

  /// A request's rows join; `reply` is told when they are written, or why not. `draws` names the request's random
  /// numbers, `turn` deals the statement to an instance of the pool.
  void add(std::uint32_t rows, std::uint64_t turn, std::uint64_t draws, const Reply& reply);

 private:
  enum Answer : std::uint32_t { leased, answered, given_back };

  struct Batch {
    std::vector<Reply> members;
    std::uint32_t rows = 0;
    std::uint64_t turn = 0;  // of the first member, as the draws
    std::uint64_t draws = 0;
    std::uint32_t lease = 0;
    ClientError error = ClientError::none;  // of the statement
    core::Nanos begun = 0;
    core::Timer timer;
  };

  void send();
  void close(std::uint32_t number, ClientError error);
  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  static constexpr std::uint32_t none = 0xffffffff;
  core::Simulator& simulator_;
  QueryClass& query_;
  std::uint32_t max_size_;
  core::Nanos max_wait_;
  std::uint32_t collecting_ = none;
  std::vector<Batch> batches_;
  std::vector<std::uint32_t> free_;
  core::Counter& statements_;
  core::Counter& rows_;
  core::Histogram& wait_;
};

}  // namespace capplan::models
