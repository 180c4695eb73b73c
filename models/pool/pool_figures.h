#pragma once
// What every connection pool measures, whatever its kind.

#include "models/spec/spec.h"

namespace capplan::models {

inline constexpr core::FigureSpec pool_utilization{
    .name = "utilization",
    .unit = core::Unit::ratio,
    .help = "connections in use, resets and checks included, as a share of the most there may be",
    .better = core::Better::down,
    .aggregation = core::Aggregation::level,
    .heading = "use",
    .column = core::Column::always,
    .absent = "without a limit of its size"};
inline constexpr core::FigureSpec pool_in_use{.name = "in_use",
                                              .help = "connections in use, resets and checks included",
                                              .better = core::Better::down,
                                              .aggregation = core::Aggregation::level,
                                              .heading = "in use",
                                              .column = core::Column::if_any,
                                              .stock = true,
                                              .absent = "with a limit of its size"};
inline constexpr core::FigureSpec pool_size{.name = "size",
                                            .help = "most connections of an instance, as tuner and autoscale have it",
                                            .aggregation = core::Aggregation::level,
                                            .heading = "size",
                                            .column = core::Column::if_any,
                                            .absent = "without tuner or autoscale"};
inline constexpr core::FigureSpec pool_instances{.name = "instances",
                                                 .help = "instances that take requests",
                                                 .aggregation = core::Aggregation::level,
                                                 .heading = "instances",
                                                 .column = core::Column::if_any,
                                                 .absent = "without tuner or autoscale"};
inline constexpr core::FigureSpec pool_waiting{
    .name = "waiting",
    .help = "requests in the queue; not those whose connection is being opened or checked",
    .better = core::Better::down,
    .aggregation = core::Aggregation::level,
    .heading = "waiting",
    .column = core::Column::always,
    .stock = true};
inline constexpr core::FigureSpec pool_wait{.name = "wait_s",
                                            .unit = core::Unit::seconds,
                                            .help = "from asking for a connection to having it or giving up",
                                            .better = core::Better::down,
                                            .aggregation = core::Aggregation::histogram,
                                            .heading = "wait",
                                            .column = core::Column::always,
                                            .statistics = "mean p95 p99"};
inline constexpr core::FigureSpec pool_connections{.name = "connections",
                                                   .help = "connections that have logged in, idle ones included",
                                                   .aggregation = core::Aggregation::level,
                                                   .heading = "connections",
                                                   .column = core::Column::always,
                                                   .stock = true};
inline constexpr core::FigureSpec pool_opened{.name = "opened_per_s",
                                              .unit = core::Unit::per_second,
                                              .help = "connections opened",
                                              .better = core::Better::down,
                                              .heading = "opened/s",
                                              .column = core::Column::if_any,
                                              .absent = "of the kind fixed"};
inline constexpr core::FigureSpec pool_timeouts{.name = "timeouts_per_s",
                                                .unit = core::Unit::per_second,
                                                .help = "requests that timed out, or were refused at once",
                                                .better = core::Better::down,
                                                .heading = "timeouts/s",
                                                .column = core::Column::if_any};
inline constexpr core::FigureSpec pool_connect_errors{.name = "connect_errors_per_s",
                                                      .unit = core::Unit::per_second,
                                                      .help = "connections that could not be opened",
                                                      .better = core::Better::down,
                                                      .heading = "refused/s",
                                                      .column = core::Column::if_any};
inline constexpr core::FigureSpec pool_acquired{.name = "acquired_per_s",
                                                .unit = core::Unit::per_second,
                                                .help = "connections handed out",
                                                .heading = "acquired/s"};

/// All of them, for the spec of every kind.
inline FigureSpecs pool_figures() {
  return {&pool_utilization, &pool_in_use, &pool_size,     &pool_instances,      &pool_waiting, &pool_wait,
          &pool_connections, &pool_opened, &pool_timeouts, &pool_connect_errors, &pool_acquired};
}

}  // namespace capplan::models
