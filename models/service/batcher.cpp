#include "models/service/batcher.h"

#include "models/catalog.h"
#include "models/draws.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec statements_figure{.name = "statements_per_s",
                                             .unit = Unit::per_second,
                                             .help = "statements sent",
                                             .better = Better::up,
                                             .heading = "statements/s",
                                             .column = Column::always};
constexpr core::FigureSpec rows_figure{.name = "rows_per_statement",
                                       .help = "rows of a statement",
                                       .aggregation = Aggregation::ratio,
                                       .heading = "rows each",
                                       .column = Column::always};
constexpr core::FigureSpec wait_figure{.name = "wait_s",
                                       .unit = Unit::seconds,
                                       .help = "from a batch's first row to its sending",
                                       .better = Better::down,
                                       .aggregation = Aggregation::histogram,
                                       .heading = "wait",
                                       .column = Column::always,
                                       .statistics = "mean"};

}  // namespace

Batcher::Batcher(Build& build, const Section& section, QueryClass& query)
    : simulator_(build.simulator),
      query_(query),
      max_size_(static_cast<std::uint32_t>(section.params.count("max_size"))),
      max_wait_(section.params.duration("max_wait")),
      statements_(build.meters.rate(statements_figure, section.subject())),
      rows_(build.meters.ratio(rows_figure, section.subject(), statements_)),
      wait_(build.meters.histogram(wait_figure, section.subject())) {}

void Batcher::add(std::uint32_t rows, std::uint64_t turn, std::uint64_t draws, const Reply& reply) {
  if (collecting_ != none && batches_[collecting_].rows + rows > max_size_) send();
  if (collecting_ == none) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(batches_.size()));
      batches_.emplace_back();
    }
    collecting_ = free_.back();
    free_.pop_back();
    Batch& batch = batches_[collecting_];
    batch.rows = 0;
    batch.turn = turn;
    batch.draws = combine(draws, 0xba7c4);
    batch.begun = simulator_.now();
    batch.timer = simulator_.schedule_timer(max_wait_, *this, 0, collecting_);
  }
  Batch& batch = batches_[collecting_];
  batch.members.push_back(reply);
  batch.rows += rows;
  if (batch.rows >= max_size_) send();
}

void Batcher::send() {
  const std::uint32_t number = collecting_;
  collecting_ = none;
  Batch& batch = batches_[number];
  simulator_.cancel(batch.timer);
  wait_.record(simulator_.now() - batch.begun);
  statements_.add();
  rows_.add(batch.rows);
  query_.pool->acquire(batch.turn, {this, leased, number});
}

void Batcher::on_event(std::uint32_t, std::uint32_t) { send(); }

void Batcher::on_reply(std::uint32_t kind, std::uint32_t number, Outcome outcome) {
  Batch& batch = batches_[number];
  if (kind == given_back) return close(number, batch.error);
  if (kind == leased) {
    if (outcome.error != ClientError::none) return close(number, outcome.error);
    batch.lease = outcome.value;
    batch.begun = simulator_.now();
    Statement statement = query_.statement(no_request, batch.draws, batch.rows);
    statement.flush = query_.commit;
    query_.pool->execute(batch.lease, statement, {this, answered, number});
    return;
  }
  if (outcome.error == ClientError::none) {
    query_.executed->add();
    query_.latency->record(simulator_.now() - batch.begun);
  }
  batch.error = outcome.error;
  if (!outcome.closed) return query_.pool->release(batch.lease, {this, given_back, number});
  query_.pool->release(batch.lease, {});
  close(number, outcome.error);
}

/// Whoever is told may join another batch at once, and batches_ may move.
void Batcher::close(std::uint32_t number, ClientError error) {
  for (std::size_t i = 0; i < batches_[number].members.size(); ++i) {
    const Reply member = batches_[number].members[i];
    member({error});
  }
  batches_[number].members.clear();
  free_.push_back(number);
}

Spec batch_section() {
  return {.section = "batch",
          .help = "rows of several requests written by one statement",
          .source = "graphql/dataloader (maxBatchSize, batchScheduleFn); multi-row INSERT",
          .validity =
              "one collector for all instances of the service; rows of a request are never split; the statement's own "
              "times are the batch's, not booked to single requests; a request that holds a connection while its rows "
              "wait can deadlock, if all others of the pool do so too",
          .params =
              {
                  {.name = "query",
                   .type = Type::reference,
                   .help = "the statement; its cpu_per_row counts for each row",
                   .required = true,
                   .choices = {"query"}},
                  {.name = "max_size",
                   .type = Type::count,
                   .fallback = "1000",
                   .help = "rows at which it is sent",
                   .lo = 1,
                   .hi = 1e6},
                  {.name = "max_wait",
                   .type = Type::duration,
                   .fallback = "10ms",
                   .help = "longest wait of its first row; then the batch is sent, full or not",
                   .lo = 0,
                   .hi = 3600},
              },
          .figures = {&statements_figure, &rows_figure, &wait_figure}};
}

}  // namespace capplan::models
