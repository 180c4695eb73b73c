// Figures that no meter measures: from the law of an index, from the windows of a run, or from requests and budgets
// after it. They can be judged and compared like all others, but not watched by an alert while the run goes on.

#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

namespace {

using core::Better;
using core::Column;
using core::FigureSpec;
using core::Unit;

constexpr auto computed = core::Aggregation::computed;
constexpr const char* without_index = "where no index is searched";
constexpr const char* without_slo = "unless an SLO asks for it";

/// Of searches.
constexpr FigureSpec recall{.name = "recall",
                            .unit = Unit::ratio,
                            .help = "share of the true nearest neighbours that a search returns, the least of them",
                            .better = Better::up,
                            .aggregation = computed,
                            .heading = "recall",
                            .column = Column::if_any,
                            .summed = true,
                            .absent = without_index};
constexpr FigureSpec pages{.name = "pages",
                           .help = "pages that a search asks for",
                           .better = Better::down,
                           .aggregation = computed,
                           .heading = "pages",
                           .absent = without_index};
constexpr FigureSpec search{.name = "search_s",
                            .unit = Unit::seconds,
                            .help = "time of a search on the server, cpu and disk, alone",
                            .better = Better::down,
                            .aggregation = computed,
                            .heading = "search",
                            .absent = without_index};
constexpr FigureSpec rows_returned{.name = "rows_returned",
                                   .help = "rows that a search returns",
                                   .better = Better::up,
                                   .aggregation = computed,
                                   .heading = "rows returned",
                                   .absent = without_index};

/// Of indexes, in the order of their columns.
constexpr FigureSpec rows{
    .name = "rows", .help = "rows that it holds", .aggregation = computed, .heading = "rows", .column = Column::always};
constexpr FigureSpec size{.name = "size_bytes",
                          .unit = Unit::bytes,
                          .help = "size on disk",
                          .better = Better::down,
                          .aggregation = computed,
                          .heading = "size",
                          .alias = "size",
                          .column = Column::always};
constexpr FigureSpec index_recall{.name = "recall",
                                  .unit = Unit::ratio,
                                  .help = "share of the true nearest neighbours that the worst of its searches returns",
                                  .better = Better::up,
                                  .aggregation = computed,
                                  .heading = "recall",
                                  .column = Column::always,
                                  .absent = "where no query searches it"};
constexpr FigureSpec index_pages{.name = "pages",
                                 .help = "pages that the largest of its searches asks for",
                                 .better = Better::down,
                                 .aggregation = computed,
                                 .heading = "pages",
                                 .column = Column::always,
                                 .absent = "where no query searches it"};
constexpr FigureSpec index_search{.name = "search_s",
                                  .unit = Unit::seconds,
                                  .help = "time of the slowest of its searches on the server, cpu and disk, alone",
                                  .better = Better::down,
                                  .aggregation = computed,
                                  .heading = "search",
                                  .column = Column::always,
                                  .absent = "where no query searches it"};
constexpr FigureSpec index_scan{.name = "index_scan_ratio",
                                .unit = Unit::ratio,
                                .help = "queries for which the planner takes it, of those that could",
                                .better = Better::up,
                                .aggregation = computed,
                                .heading = "index used",
                                .alias = "index_scan",
                                .column = Column::always,
                                .absent = "of the kind flat"};
constexpr FigureSpec index_hits{.name = "buffer_hit_ratio",
                                .unit = Unit::ratio,
                                .help = "pages found in shared_buffers, of those asked for",
                                .better = Better::up,
                                .aggregation = computed,
                                .heading = "in buffers",
                                .alias = "hit_ratio",
                                .column = Column::always,
                                .absent = "where no query searches it"};
constexpr FigureSpec disk{.name = "disk_ratio",
                          .unit = Unit::ratio,
                          .help = "pages read from disk, of those asked for",
                          .better = Better::down,
                          .aggregation = computed,
                          .heading = "from disk",
                          .alias = "disk",
                          .column = Column::if_any,
                          .absent = "where no query searches it"};
constexpr FigureSpec build{.name = "build_s",
                           .unit = Unit::seconds,
                           .help = "time to build it",
                           .better = Better::down,
                           .aggregation = computed,
                           .heading = "build",
                           .column = Column::always,
                           .absent = "of the kind flat"};
constexpr FigureSpec build_memory{.name = "build_memory_bytes",
                                  .unit = Unit::bytes,
                                  .help = "memory that building it needs to stay in maintenance_work_mem",
                                  .better = Better::down,
                                  .aggregation = computed,
                                  .heading = "build memory",
                                  .alias = "build_memory",
                                  .column = Column::always,
                                  .absent = "of the kind flat"};
constexpr FigureSpec system_cache{.name = "system_cache_ratio",
                                  .unit = Unit::ratio,
                                  .help = "pages copied from the system's page cache, of those asked for",
                                  .better = Better::down,
                                  .aggregation = computed,
                                  .heading = "from system cache",
                                  .alias = "system_cache",
                                  .absent = "where no query searches it"};

constexpr FigureSpec server_hits{.name = "buffer_hit_ratio",
                                 .unit = Unit::ratio,
                                 .help = "pages of index searches found in shared_buffers, of those asked for",
                                 .better = Better::up,
                                 .aggregation = computed,
                                 .heading = "buffer hits",
                                 .alias = "hit_ratio",
                                 .absent = without_index};

/// Of the windows of a run the busiest.
constexpr FigureSpec utilization_peak{.name = "utilization_peak",
                                      .unit = Unit::ratio,
                                      .help = "highest mean utilization of a fortieth of the run",
                                      .better = Better::down,
                                      .aggregation = computed,
                                      .heading = "peak use",
                                      .absent = without_slo};
constexpr FigureSpec cpu_peak{.name = "cpu_peak",
                              .unit = Unit::ratio,
                              .help = "highest mean share of busy cores of a fortieth of the run",
                              .better = Better::down,
                              .aggregation = computed,
                              .heading = "peak CPU",
                              .alias = "utilization_peak",
                              .absent = without_slo};

constexpr FigureSpec burn_rate{.name = "burn_rate",
                               .help = "share of bad requests over what the objective allows",
                               .better = Better::down,
                               .aggregation = computed,
                               .heading = "burn rate"};

}  // namespace

std::vector<KnownFigure> computed_figures() {
  std::vector<KnownFigure> figures;
  const auto add = [&](const char* section, const std::vector<const FigureSpec*>& specs) {
    for (const FigureSpec* spec : specs) figures.push_back({section, models::figure_group(section), spec});
  };
  add("request", {&recall});
  add("query", {&recall, &pages, &search, &rows_returned});
  add("index", {&rows, &size, &index_recall, &index_pages, &index_search, &index_scan, &index_hits, &disk, &build,
                &build_memory, &system_cache});
  add("server", {&server_hits, &cpu_peak});
  add("container", {&cpu_peak});
  for (const char* section : {"call", "pool", "http_pool", "bouncer", "workers", "web"})
    add(section, {&utilization_peak});
  add("budget", {&burn_rate});
  return figures;
}

}  // namespace capplan::plan
