#include "models/bouncer/bouncer_meters.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec utilization_figure{
    .name = "utilization",
    .unit = Unit::ratio,
    .help = "server connections linked to a client, as a share of the most that its pools may hold",
    .better = Better::down,
    .aggregation = Aggregation::level,
    .heading = "use",
    .column = Column::always};
constexpr core::FigureSpec cpu_figure{.name = "cpu",
                                      .unit = Unit::ratio,
                                      .help = "share of a core that its single-threaded processes are busy",
                                      .better = Better::down,
                                      .aggregation = Aggregation::level,
                                      .heading = "CPU",
                                      .column = Column::always,
                                      .numbered = true};
constexpr core::FigureSpec waiting_figure{.name = "waiting",
                                          .help = "clients that wait for a server connection",
                                          .better = Better::down,
                                          .aggregation = Aggregation::level,
                                          .heading = "waiting",
                                          .column = Column::always,
                                          .stock = true};
constexpr core::FigureSpec wait_figure{
    .name = "wait_s",
    .unit = Unit::seconds,
    .help = "from a statement of an unlinked client to its server connection, or to giving up",
    .better = Better::down,
    .aggregation = Aggregation::histogram,
    .heading = "wait",
    .column = Column::always,
    .statistics = "p95 p99"};
constexpr core::FigureSpec clients_figure{.name = "clients",
                                          .help = "connected clients",
                                          .aggregation = Aggregation::level,
                                          .heading = "clients",
                                          .column = Column::always,
                                          .numbered = true,
                                          .stock = true};
constexpr core::FigureSpec timeouts_figure{.name = "query_wait_timeouts_per_s",
                                           .unit = Unit::per_second,
                                           .help = "clients that waited longer than query_wait_timeout",
                                           .better = Better::down,
                                           .heading = "timeouts/s",
                                           .column = Column::if_any};
constexpr core::FigureSpec queries_figure{.name = "queries_per_s",
                                          .unit = Unit::per_second,
                                          .help = "statements passed on",
                                          .better = Better::up,
                                          .heading = "queries/s"};

}  // namespace

FigureSpecs bouncer_figures() {
  return {&utilization_figure, &cpu_figure,      &waiting_figure, &wait_figure,
          &clients_figure,     &timeouts_figure, &queries_figure};
}

BouncerMeters bouncer_meters(Build& build, const Section& section, int processes) {
  const std::vector<std::string> of = section.subject();
  const auto servers =
      static_cast<double>(section.params.count("default_pool_size") + section.params.count("reserve_pool_size"));
  core::Counter& queries = build.meters.rate(queries_figure, of);
  core::Counter& timeouts = build.meters.rate(timeouts_figure, of);
  core::Histogram& wait = build.meters.histogram(wait_figure, of);
  core::Level& waiting = build.meters.level(waiting_figure, of);
  core::Level& active =
      build.meters.level(utilization_figure, of, servers * build.logins_to(section.path()) * processes);
  core::Level& clients = build.meters.level(clients_figure, of);
  core::Level& cpu = build.meters.level(cpu_figure, of, processes);
  return {queries, timeouts, wait, waiting, active, clients, cpu};
}

BouncerMeters process_meters(Build& build, const Section& section, const std::string& number,
                             const BouncerMeters& all) {
  const std::vector<std::string> of = {section.subject().front(), section.name + "." + number};
  core::Level& cpu = build.meters.level(cpu_figure, of, 1);
  core::Level& clients = build.meters.level(clients_figure, of);
  cpu.part_of = &all.cpu;
  clients.part_of = &all.clients;
  return {all.queries, all.timeouts, all.wait, all.waiting, all.active, clients, cpu};
}

}  // namespace capplan::models
