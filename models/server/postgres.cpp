// PostgreSQL servers as a scenario writes them: one host, or with `replicas` several that replay another's changes.

#include "models/catalog.h"
#include "models/idle.h"
#include "models/server/host_memory.h"
#include "models/server/postgres_host.h"
#include "models/server/replicas.h"

namespace capplan::models {

namespace {

std::unique_ptr<Endpoint> make(Build& build, const Section& section) {
  if (section.params.has("replicas")) return std::make_unique<Replicas>(build, section);
  auto host = std::make_unique<PostgresHost>(build, section, section.path(), host_meters(build, section, 1));
  build.add_host(section.path(), *host);
  build.add_fallible(section.path(), *host);
  return host;
}

/// A quota throttles ideal cores only.
void check(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  if (params.has("cpu_quota") && params.text("scheduler") == "linux")
    problems.push_back({find(params.values(), "cpu_quota")->where, path + ".cpu_quota",
                        "is modelled with ideally shared cores only", "scheduler = \"ideal\""});
  check_host_memory(params, path, problems);
  check_replicas(params, path, problems);
}

}  // namespace

Spec postgres_server() {
  const std::string defaults = "postgresql.conf defaults";
  Spec spec =
      {.section = "server",
       .kind = "postgres",
       .help = "a PostgreSQL host: cores shared by all backends, disk, WAL flush, connection limits",
       .source = "PostgreSQL src/backend: storage/lmgr/proc.c, utils/init/postinit.c, access/transam/xlog.c",
       .validity =
           "cores are shared ideally (each of n backends gets min(1, cores/n)) unless scheduler is linux; no locks, "
           "checkpoints or vacuum; "
           "a statement computes first, then reads, then flushes, and one whose time is over ends after its reads. "
           "Replicas replay at no cost, all with the same "
           "lag; a host that is back takes connections at once, with the caches it had, which after a kill is "
           "the system's alone in truth",
       .params =
           {
               {.name = "cores",
                .type = Type::count,
                .fallback = "4",
                .help = "cores that backends can run on",
                .lo = 1,
                .hi = 4096,
                .costs = true},
               {.name = "cpu_quota",
                .type = Type::number,
                .help = "CPU limit of its container, in cores, with the scheduler ideal: Docker's --cpus; absent: none",
                .source = "Linux Documentation/scheduler/sched-bwc.rst",
                .lo = 0.01,
                .hi = 4096,
                .costs = true},
               {.name = "cfs_period",
                .type = Type::duration,
                .help = "period of that quota; absent: 100ms",
                .lo = 0.001,
                .hi = 1},
               {.name = "speed",
                .type = Type::number,
                .fallback = "1",
                .help = "speed of a core, relative to the one on which the demands of queries were measured",
                .lo = 0.001,
                .hi = 1000},
               {.name = "scheduler",
                .type = Type::choice,
                .fallback = "ideal",
                .help = "how backends share cores: each its share at all times, or by Linux's time slices",
                .source = "Linux kernel/sched/fair.c, EEVDF",
                .choices = {"ideal", "linux"}},
               {.name = "base_slice",
                .type = Type::duration,
                .fallback = "1.4ms",
                .help = "Linux's base_slice_ns: 0.7 ms x (1 + log2 of the machine's cores, at most 8)",
                .source = "Linux kernel/sched/fair.c (get_update_sysctl_factor); 1.4 ms is two cores'",
                .lo = 1e-6,
                .hi = 1,
                .idle = idle::without_slices},
               {.name = "tick",
                .type = Type::duration,
                .fallback = "4ms",
                .help = "the kernel's timer tick, 1 s / CONFIG_HZ: when an expired slice ends",
                .lo = 1e-6,
                .hi = 1,
                .idle = idle::without_slices},
               {.name = "delay_dequeue",
                .type = Type::flag,
                .fallback = "true",
                .help =
                    "the kernel's feature DELAY_DEQUEUE: a backend that had more than its share when it fell asleep is "
                    "behind when it wakes",
                .source = "Linux kernel/sched/features.h, since 6.12",
                .idle = idle::without_slices},
               {.name = "place_lag",
                .type = Type::flag,
                .fallback = "true",
                .help = "the kernel's feature PLACE_LAG: a backend that had less than its share when it fell asleep is "
                        "ahead "
                        "when it wakes",
                .source = "Linux kernel/sched/features.h, since 6.6",
                .idle = idle::without_slices},
               {.name = "cold_after",
                .type = Type::duration,
                .fallback = "10ms",
                .help = "idle time in which a backend loses 63 % of its data in the CPU caches; see the "
                        "queries' "
                        "cold",
                .lo = 1e-6,
                .hi = 3600,
                .idle = idle::without_cold},
               {.name = "idle_cold",
                .type = Type::number,
                .fallback = "0",
                .help =
                    "how much more of the queries' cold a core that has been idle adds, as a multiple of it; with the "
                    "scheduler linux",
                .lo = 0,
                .hi = 100,
                .idle = idle::without_idle_cold},
               {.name = "idle_cold_after",
                .type = Type::duration,
                .fallback = "5ms",
                .help = "idle time in which a core reaches 63 % of that",
                .lo = 1e-6,
                .hi = 3600,
                .idle = idle::without_idle_cold},
               {.name = "max_connections",
                .type = Type::count,
                .fallback = "100",
                .help = "connection slots",
                .source = defaults,
                .lo = 1,
                .hi = 262'143,
                .costs = true},
               {.name = "superuser_reserved_connections",
                .type = Type::count,
                .fallback = "3",
                .help = "slots that ordinary users do not get",
                .source = defaults,
                .lo = 0,
                .hi = 262'143},
               {.name = "connect_time",
                .type = Type::duration,
                .fallback = "1ms",
                .help = "round trips and authentication of opening a connection; an assumption, not measured",
                .lo = 0,
                .hi = 60},
               {.name = "connect_cpu",
                .type = Type::duration,
                .fallback = "1.5ms",
                .help = "processor time of opening one: fork, catalog caches; an assumption, not measured",
                .lo = 0,
                .hi = 10},
               {.name = "disk",
                .type = Type::record,
                .help = "the disk of data and WAL",
                .fields = {{.name = "fsync",
                            .type = Type::distribution,
                            .fallback = "400us",
                            .help = "time of one WAL flush, whatever number of commits share it",
                            .idle = idle::without_commits},
                           {.name = "commit_waits",
                            .type = Type::count,
                            .fallback = "1",
                            .help = "flushes that a commit waits for, one after the other",
                            .lo = 1,
                            .hi = 100,
                            .idle = idle::without_commits},
                           {.name = "commit_cpu",
                            .type = Type::duration,
                            .fallback = "0",
                            .help = "time on a core after each of them, for which the backend waits its turn again",
                            .lo = 0,
                            .hi = 1,
                            .idle = idle::without_commits},
                           {.name = "concurrency",
                            .type = Type::count,
                            .fallback = "32",
                            .help = "requests the disk serves at once",
                            .lo = 1,
                            .hi = 65'536,
                            .idle = idle::without_reads},
                           {.name = "read_latency",
                            .type = Type::duration,
                            .fallback = "100us",
                            .help = "time to read one page of 8 kB that is in no cache",
                            .lo = 0,
                            .hi = 10,
                            .idle = idle::without_search}}},
               {.name = "memory",
                .type = Type::bytes,
                .help = "of the host; absent: whatever is not in shared_buffers is in the system's cache",
                .lo = 16.0 * 1024 * 1024,
                .hi = 1e15,
                .costs = true,
                .idle = idle::without_search},
               {.name = "shared_buffers",
                .type = Type::bytes,
                .fallback = "128MB",
                .help = "PostgreSQL's own cache",
                .source = defaults,
                .lo = 128.0 * 1024,
                .hi = 1e15,
                .idle = idle::without_buffers},
               {.name = "effective_cache_size",
                .type = Type::bytes,
                .fallback = "4GB",
                .help = "the planner's assumption of the size of all caches together; allocates nothing",
                .source = defaults,
                .lo = 8192,
                .hi = 1e15,
                .idle = idle::without_search},
               {.name = "work_mem",
                .type = Type::bytes,
                .fallback = "4MB",
                .help = "of a sort, and of an iterative index scan",
                .source = defaults,
                .lo = 64.0 * 1024,
                .hi = 1e13,
                .idle = idle::without_work_mem},
               {.name = "maintenance_work_mem",
                .type = Type::bytes,
                .fallback = "64MB",
                .help = "of CREATE INDEX: memory for the graph, or for the samples of k-means",
                .source = defaults,
                .lo = 1024.0 * 1024,
                .hi = 1e13,
                .idle = idle::without_search},
               {.name = "max_parallel_maintenance_workers",
                .type = Type::count,
                .fallback = "2",
                .help = "processes that CREATE INDEX may start besides its own",
                .source = defaults,
                .lo = 0,
                .hi = 1024,
                .idle = idle::without_search},
               {.name = "max_parallel_workers_per_gather",
                .type = Type::count,
                .fallback = "2",
                .help = "processes that a scan may start, as the planner decides",
                .source = defaults,
                .lo = 0,
                .hi = 1024,
                .idle = idle::without_search},
               {.name = "random_page_cost",
                .type = Type::number,
                .fallback = "4",
                .help = "the planner's cost of a page read at random",
                .source = defaults,
                .lo = 0.001,
                .hi = 1e6,
                .idle = idle::without_search},
               {.name = "statement_timeout",
                .type = Type::duration,
                .help = "longest statement, from its arrival at the server, so without any wait for a connection; with "
                        "the "
                        "scheduler ideal; absent or 0: no limit",
                .source = "PostgreSQL src/backend/tcop/postgres.c (enable_statement_timeout)",
                .lo = 0,
                .hi = 2'147'483},
               {.name = "log_min_duration_statement",
                .type = Type::duration,
                .help = "statements that take as long or longer are counted: slow_statements_per_s; absent: -1, none "
                        "is",
                .source = "PostgreSQL src/backend/tcop/postgres.c (check_log_duration)",
                .lo = 0,
                .hi = 2'147'483},
           },
       .figures = host_figures(),
       .several = "replicas",
       .make_endpoint = make,
       .check = check};
  spec.figures.insert(spec.figures.end(), {&stale_read_figure, &reads_figure});
  for (Param& param : replica_params()) spec.params.push_back(std::move(param));
  for (Param& param : host_memory_params()) spec.params.push_back(std::move(param));
  return spec;
}

}  // namespace capplan::models
