#include "models/server/host_meters.h"

#include <algorithm>

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec cpu_figure{.name = "cpu",
                                      .unit = Unit::ratio,
                                      .help = "cores busy, as a share of those that backends can use",
                                      .better = Better::down,
                                      .aggregation = Aggregation::level,
                                      .heading = "CPU",
                                      .alias = "utilization",
                                      .column = Column::always,
                                      .numbered = true};
constexpr core::FigureSpec disk_figure{.name = "disk",
                                       .unit = Unit::ratio,
                                       .help = "reads in service, as a share of those that the disk serves at once",
                                       .better = Better::down,
                                       .aggregation = Aggregation::level,
                                       .heading = "disk",
                                       .column = Column::always,
                                       .numbered = true};
constexpr core::FigureSpec wal_flush_figure{.name = "wal_flush",
                                            .unit = Unit::ratio,
                                            .help = "share of time in which a WAL flush is under way",
                                            .better = Better::down,
                                            .aggregation = Aggregation::level,
                                            .heading = "WAL flush",
                                            .column = Column::always,
                                            .numbered = true};
constexpr core::FigureSpec active_figure{.name = "active",
                                         .help = "backends that run a statement",
                                         .better = Better::down,
                                         .aggregation = Aggregation::level,
                                         .heading = "active",
                                         .column = Column::always,
                                         .numbered = true,
                                         .stock = true};
constexpr core::FigureSpec connections_figure{.name = "connections",
                                              .help = "connections from the start of their login, idle ones included",
                                              .aggregation = Aggregation::level,
                                              .heading = "connections",
                                              .column = Column::always,
                                              .numbered = true,
                                              .stock = true,
                                              .share_of = "max_connections"};
constexpr core::FigureSpec statements_figure{.name = "statements_per_s",
                                             .unit = Unit::per_second,
                                             .help = "statements that began",
                                             .better = Better::up,
                                             .heading = "statements/s",
                                             .column = Column::always};
constexpr core::FigureSpec commits_figure{.name = "commits_per_s",
                                          .unit = Unit::per_second,
                                          .help = "commits that began to wait for a WAL flush",
                                          .better = Better::up,
                                          .heading = "commits/s",
                                          .column = Column::if_any};
constexpr core::FigureSpec memory_figure{.name = "memory",
                                         .unit = Unit::ratio,
                                         .help = "memory in use, as a share of memory_limit",
                                         .better = Better::down,
                                         .aggregation = Aggregation::level,
                                         .heading = "memory",
                                         .column = Column::if_any,
                                         .numbered = true,
                                         .stock = true,
                                         .absent = "without memory_limit"};
constexpr core::FigureSpec recovering_figure{.name = "recovering",
                                             .unit = Unit::ratio,
                                             .help = "share of time in crash recovery after a kill",
                                             .better = Better::down,
                                             .aggregation = Aggregation::level,
                                             .heading = "recovering",
                                             .column = Column::if_any,
                                             .numbered = true,
                                             .absent = "without memory_limit"};
constexpr core::FigureSpec refused_figure{.name = "refused_connections_per_s",
                                          .unit = Unit::per_second,
                                          .help = "connections refused: too many clients, or in recovery",
                                          .better = Better::down,
                                          .heading = "refused/s",
                                          .column = Column::if_any};
constexpr core::FigureSpec oom_kills_figure{.name = "oom_kills_per_s",
                                            .unit = Unit::per_second,
                                            .help = "kills for lack of memory",
                                            .better = Better::down,
                                            .heading = "kills/s",
                                            .absent = "without memory_limit"};
constexpr core::FigureSpec throttled_figure{.name = "throttled",
                                            .unit = Unit::ratio,
                                            .help = "share of time in which the CPU quota of a period is used up",
                                            .better = Better::down,
                                            .aggregation = Aggregation::level,
                                            .heading = "throttled",
                                            .numbered = true,
                                            .absent = "without cpu_quota"};
constexpr core::FigureSpec connects_figure{.name = "connects_per_s",
                                           .unit = Unit::per_second,
                                           .help = "connections opened",
                                           .better = Better::down,
                                           .heading = "connects/s"};
constexpr core::FigureSpec slow_statements_figure{.name = "slow_statements_per_s",
                                                  .unit = Unit::per_second,
                                                  .help = "statements that took log_min_duration_statement or longer",
                                                  .better = Better::down,
                                                  .heading = "slow/s",
                                                  .absent = "without log_min_duration_statement"};
constexpr core::FigureSpec wal_flushes_figure{.name = "wal_flushes_per_s",
                                              .unit = Unit::per_second,
                                              .help = "WAL flushes that ended",
                                              .heading = "WAL flushes/s"};

/// Cores that backends can use: what there are, or the quota of the container.
double usable_cores(const Params& p) {
  const auto cores = static_cast<double>(p.count("cores"));
  return p.has("cpu_quota") ? std::min(cores, p.number("cpu_quota")) : cores;
}

}  // namespace

FigureSpecs host_figures() {
  return {&cpu_figure,        &disk_figure,      &wal_flush_figure, &active_figure,          &connections_figure,
          &statements_figure, &commits_figure,   &memory_figure,    &recovering_figure,      &refused_figure,
          &oom_kills_figure,  &throttled_figure, &connects_figure,  &slow_statements_figure, &wal_flushes_figure};
}

HostMeters host_meters(Build& build, const Section& section, int hosts) {
  const std::vector<std::string> of = section.subject();
  const Params& p = section.params;
  const auto many = static_cast<double>(hosts);
  HostMeters m;
  m.statements = &build.meters.rate(statements_figure, of);
  m.refusals = &build.meters.rate(refused_figure, of);
  m.connects = &build.meters.rate(connects_figure, of);
  m.commits = &build.meters.rate(commits_figure, of);
  if (p.has("log_min_duration_statement")) m.slow_statements = &build.meters.rate(slow_statements_figure, of);
  m.connections = &build.meters.level(connections_figure, of);
  m.active = &build.meters.level(active_figure, of);
  m.cpu = &build.meters.level(cpu_figure, of, many * usable_cores(p));
  if (p.has("cpu_quota")) m.throttled = &build.meters.level(throttled_figure, of, many);
  m.disk = &build.meters.level(disk_figure, of, many * static_cast<double>(p.record("disk").count("concurrency")));
  m.wal_flush = &build.meters.level(wal_flush_figure, of, many);
  m.wal_flushes = &build.meters.rate(wal_flushes_figure, of);
  if (!p.has("memory_limit")) return m;
  m.memory = &build.meters.level(memory_figure, of, many * static_cast<double>(p.bytes("memory_limit")));
  m.recovering = &build.meters.level(recovering_figure, of, many);
  m.oom_kills = &build.meters.rate(oom_kills_figure, of);
  return m;
}

HostMeters host_meters(Build& build, const Section& section, const std::string& name, const HostMeters& all) {
  const std::vector<std::string> of = {section.subject().front(), name};
  const Params& p = section.params;
  HostMeters m = all;
  const auto one_of = [&](core::Level* sum, const core::FigureSpec& spec, double capacity) {
    core::Level& level = build.meters.level(spec, of, capacity);
    level.part_of = sum;
    return &level;
  };
  m.connections = one_of(all.connections, connections_figure, 0);
  m.active = one_of(all.active, active_figure, 0);
  m.cpu = one_of(all.cpu, cpu_figure, usable_cores(p));
  if (all.throttled != nullptr) m.throttled = one_of(all.throttled, throttled_figure, 1);
  m.disk = one_of(all.disk, disk_figure, static_cast<double>(p.record("disk").count("concurrency")));
  m.wal_flush = one_of(all.wal_flush, wal_flush_figure, 1);
  if (all.memory == nullptr) return m;
  m.memory = one_of(all.memory, memory_figure, static_cast<double>(p.bytes("memory_limit")));
  m.recovering = one_of(all.recovering, recovering_figure, 1);
  return m;
}

}  // namespace capplan::models
