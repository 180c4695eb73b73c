#pragma once
// A class of SQL statements, as [query.NAME]: which pool it goes through, and what one of them asks of the server.

#include <optional>

#include "core/distribution.h"
#include "core/meters.h"
#include "models/index/search_demand.h"
#include "models/pool/pool.h"

namespace capplan::models {

inline constexpr core::FigureSpec query_executed{.name = "executed_per_s",
                                                 .unit = core::Unit::per_second,
                                                 .help = "statements that ended without an error",
                                                 .better = core::Better::up,
                                                 .heading = "done/s",
                                                 .alias = "throughput",
                                                 .column = core::Column::always};
inline constexpr core::FigureSpec query_latency{.name = "latency_s",
                                                .unit = core::Unit::seconds,
                                                .help = "of a statement, from its connection to its answer",
                                                .better = core::Better::down,
                                                .aggregation = core::Aggregation::histogram,
                                                .alias = "latency",
                                                .column = core::Column::always,
                                                .statistics = "mean p50 p95 p99"};
inline constexpr core::FigureSpec query_parsed{.name = "parsed_ratio",
                                               .unit = core::Unit::ratio,
                                               .help = "statements that were parsed and planned anew, of all",
                                               .better = core::Better::down,
                                               .aggregation = core::Aggregation::ratio,
                                               .heading = "parsed",
                                               .alias = "parsed",
                                               .column = core::Column::if_any,
                                               .absent = "without parse_cpu"};

struct QueryClass {
  /// What an index adds to both, and what its variation is drawn from.
  struct Search {
    SearchDemand demand;
    core::Stream stream;
  };
  /// Its distinct texts, where parsing one costs anything.
  struct Texts {
    core::Nanos parse = 0;    ///< of a text that is not prepared
    std::uint32_t first = 1;  ///< its number; numbers are of the whole service
    std::uint32_t count = 1;  ///< one is as frequent as the next
    core::Stream stream;
    core::Counter* parsed = nullptr;  ///< executions that were parsed anew
  };
  Pool* pool = nullptr;
  core::Distribution cpu;
  std::optional<core::Distribution> cold{};
  std::optional<core::Distribution> io{};
  std::optional<Search> search{};
  std::optional<Texts> texts{};
  core::Nanos cpu_per_row = 0;
  std::uint32_t batch_size = 0;  ///< rows of a statement at most; 0: all that a step has
  bool commit = false;
  std::uint32_t sorts = 0;  ///< of a statement, that each hold a work_mem while it runs
  core::Stream cpu_stream;
  core::Stream cold_stream;
  core::Stream io_stream;
  core::Counter* executed = nullptr;
  core::Histogram* latency = nullptr;

  /// One statement of `rows` rows, whose random numbers are named by `draws`; the flush is the asker's to add.
  Statement statement(std::uint32_t request, std::uint64_t draws, std::uint32_t rows);
};

}  // namespace capplan::models
