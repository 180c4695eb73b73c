#pragma once
// What is measured of an external call.

#include "core/figure_spec.h"

namespace capplan::models {

inline constexpr core::FigureSpec call_calls_figure{.name = "calls_per_s",
                                                    .unit = core::Unit::per_second,
                                                    .help = "calls that began",
                                                    .better = core::Better::up,
                                                    .heading = "done/s",
                                                    .alias = "throughput",
                                                    .column = core::Column::always};
inline constexpr core::FigureSpec call_ended_figure{.name = "ended_per_s",
                                                    .unit = core::Unit::per_second,
                                                    .help = "calls that were answered, or failed after their last try",
                                                    .heading = "ended/s"};
inline constexpr core::FigureSpec call_error_figure{.name = "error_ratio",
                                                    .unit = core::Unit::ratio,
                                                    .help = "calls that failed after their last try, of all that ended",
                                                    .better = core::Better::down,
                                                    .aggregation = core::Aggregation::ratio,
                                                    .heading = "errors",
                                                    .alias = "errors",
                                                    .column = core::Column::always};
inline constexpr core::FigureSpec call_utilization_figure{.name = "utilization",
                                                          .unit = core::Unit::ratio,
                                                          .help = "permits in use, as a share of concurrency",
                                                          .better = core::Better::down,
                                                          .aggregation = core::Aggregation::level,
                                                          .heading = "use",
                                                          .column = core::Column::always,
                                                          .absent = "without concurrency"};
inline constexpr core::FigureSpec call_waiting_figure{.name = "waiting",
                                                      .help = "calls that wait for a permit",
                                                      .better = core::Better::down,
                                                      .aggregation = core::Aggregation::level,
                                                      .heading = "waiting",
                                                      .column = core::Column::always,
                                                      .stock = true,
                                                      .absent = "without concurrency"};
inline constexpr core::FigureSpec call_wait_figure{.name = "wait_s",
                                                   .unit = core::Unit::seconds,
                                                   .help = "from asking for a permit to having it or giving up",
                                                   .better = core::Better::down,
                                                   .aggregation = core::Aggregation::histogram,
                                                   .heading = "wait",
                                                   .column = core::Column::always,
                                                   .statistics = "p95",
                                                   .absent = "without concurrency"};
inline constexpr core::FigureSpec call_latency_figure{.name = "latency_s",
                                                      .unit = core::Unit::seconds,
                                                      .help = "of a whole call: waits, tries and pauses",
                                                      .better = core::Better::down,
                                                      .aggregation = core::Aggregation::histogram,
                                                      .alias = "latency",
                                                      .column = core::Column::always,
                                                      .statistics = "mean p50 p95 p99"};

}  // namespace capplan::models
