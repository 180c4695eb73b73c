// PostgreSQL servers as a scenario writes them: one host, or with `replicas` several that replay another's changes.

#include "models/catalog.h"
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

/// What says how replicas follow and are reached means nothing where there are none; a quota throttles ideal cores
/// only.
void check(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  if (params.has("cpu_quota") && params.text("scheduler") == "linux")
    problems.push_back({find(params.values(), "cpu_quota")->where, path + ".cpu_quota",
                        "is modelled with ideally shared cores only", "scheduler = \"ideal\""});
  check_host_memory(params, path, problems);
  if (params.has("replicas")) return;
  for (const char* name : {"replica_of", "promote_after", "replication_lag"})
    if (params.has(name))
      problems.push_back({find(params.values(), name)->where, path + "." + name, "is of replicas, and there are none",
                          "write replicas = 1, or more"});
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
                .help = "speed of a core, against the one that the demands of queries were measured on",
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
                .hi = 1},
               {.name = "tick",
                .type = Type::duration,
                .fallback = "4ms",
                .help = "the kernel's timer tick, 1 s / CONFIG_HZ: when a slice that is over ends",
                .lo = 1e-6,
                .hi = 1},
               {.name = "delay_dequeue",
                .type = Type::flag,
                .fallback = "true",
                .help =
                    "the kernel's feature DELAY_DEQUEUE: a backend that had more than its share when it fell asleep is "
                    "behind when it wakes",
                .source = "Linux kernel/sched/features.h, since 6.12"},
               {.name = "place_lag",
                .type = Type::flag,
                .fallback = "true",
                .help = "the kernel's feature PLACE_LAG: a backend that had less than its share when it fell asleep is "
                        "ahead "
                        "when it wakes",
                .source = "Linux kernel/sched/features.h, since 6.6"},
               {.name = "cold_after",
                .type = Type::duration,
                .fallback = "10ms",
                .help = "idle time in which a backend loses 63 % of what it had in the processor's caches; see the "
                        "queries' "
                        "cold",
                .lo = 1e-6,
                .hi = 3600},
               {.name = "idle_cold",
                .type = Type::number,
                .fallback = "0",
                .help =
                    "how much more of the queries' cold a core that has been idle adds, as a multiple of it; with the "
                    "scheduler linux",
                .lo = 0,
                .hi = 100},
               {.name = "idle_cold_after",
                .type = Type::duration,
                .fallback = "5ms",
                .help = "idle time in which a core comes to 63 % of that",
                .lo = 1e-6,
                .hi = 3600},
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
                .help = "slots of them that ordinary users do not get",
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
                            .help = "time of one WAL flush, whatever number of commits share it"},
                           {.name = "commit_waits",
                            .type = Type::count,
                            .fallback = "1",
                            .help = "flushes that a commit waits for, one after the other",
                            .lo = 1,
                            .hi = 100},
                           {.name = "commit_cpu",
                            .type = Type::duration,
                            .fallback = "0",
                            .help = "time on a core after each of them, for which the backend waits its turn again",
                            .lo = 0,
                            .hi = 1},
                           {.name = "concurrency",
                            .type = Type::count,
                            .fallback = "32",
                            .help = "requests the disk serves at once",
                            .lo = 1,
                            .hi = 65'536},
                           {.name = "read_latency",
                            .type = Type::duration,
                            .fallback = "100us",
                            .help = "time to read one page of 8 kB that no cache has",
                            .lo = 0,
                            .hi = 10}}},
               {.name = "memory",
                .type = Type::bytes,
                .help = "of the host; absent: whatever is not in shared_buffers is in the system's cache",
                .lo = 16.0 * 1024 * 1024,
                .hi = 1e15,
                .costs = true},
               {.name = "shared_buffers",
                .type = Type::bytes,
                .fallback = "128MB",
                .help = "PostgreSQL's own cache",
                .source = defaults,
                .lo = 128.0 * 1024,
                .hi = 1e15},
               {.name = "effective_cache_size",
                .type = Type::bytes,
                .fallback = "4GB",
                .help = "what the planner takes all caches together for; allocates nothing",
                .source = defaults,
                .lo = 8192,
                .hi = 1e15},
               {.name = "work_mem",
                .type = Type::bytes,
                .fallback = "4MB",
                .help = "of a sort, and of an iterative index scan",
                .source = defaults,
                .lo = 64.0 * 1024,
                .hi = 1e13},
               {.name = "maintenance_work_mem",
                .type = Type::bytes,
                .fallback = "64MB",
                .help = "of CREATE INDEX: what holds the graph, or the samples of k-means",
                .source = defaults,
                .lo = 1024.0 * 1024,
                .hi = 1e13},
               {.name = "max_parallel_maintenance_workers",
                .type = Type::count,
                .fallback = "2",
                .help = "processes that CREATE INDEX may start besides its own",
                .source = defaults,
                .lo = 0,
                .hi = 1024},
               {.name = "max_parallel_workers_per_gather",
                .type = Type::count,
                .fallback = "2",
                .help = "processes that a scan may start, as the planner weighs it",
                .source = defaults,
                .lo = 0,
                .hi = 1024},
               {.name = "random_page_cost",
                .type = Type::number,
                .fallback = "4",
                .help = "the planner's cost of a page read at random",
                .source = defaults,
                .lo = 0.001,
                .hi = 1e6},
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
               {.name = "replicas",
                .type = Type::count,
                .help = "equal hosts behind one address, which replay the changes of replica_of; absent: one host "
                        "alone",
                .lo = 1,
                .hi = 1000,
                .costs = true},
               {.name = "replica_of",
                .type = Type::reference,
                .help = "the server whose changes they replay; absent: the only one that is no replica itself",
                .choices = {"server"}},
               {.name = "replication_lag",
                .type = Type::duration,
                .help = "from a commit until replicas show it; absent: none. Reads of a key written since count as "
                        "stale",
                .source = "PostgreSQL pg_stat_replication.replay_lag",
                .lo = 0,
                .hi = 86'400},
               {.name = "balance",
                .type = Type::choice,
                .fallback = "roundrobin",
                .help = "which replica gets a new connection: the next, the one with the fewest, any",
                .source = "HAProxy configuration manual, balance",
                .choices = {"roundrobin", "leastconn", "random"}},
               {.name = "down_after",
                .type = Type::duration,
                .fallback = "6s",
                .help = "until a replica that went away gets no more connections; those are refused",
                .source = "HAProxy configuration manual: inter 2s, fall 3",
                .lo = 0,
                .hi = 86'400},
               {.name = "promote_after",
                .type = Type::duration,
                .help = "until a replica takes the place of a primary that went away; absent: never",
                .source = "Patroni documentation, dynamic configuration settings: ttl 30",
                .lo = 0,
                .hi = 86'400},
           },
       .figures = host_figures(),
       .several = "replicas",
       .make_endpoint = make,
       .check = check};
  spec.figures.insert(spec.figures.end(), {&stale_read_figure, &reads_figure});
  for (Param& param : host_memory_params()) spec.params.push_back(std::move(param));
  return spec;
}

}  // namespace capplan::models
