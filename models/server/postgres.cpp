// A PostgreSQL server: statements of all backends share the cores, the disk serves a few requests at once, commits that
// wrote share WAL flushes. Connections are limited, and opening one costs time and processor.
// Sources: src/backend/storage/lmgr/proc.c (InitProcess), utils/init/postinit.c (InitPostgres) for the limits;
// access/transam/xlog.c (XLogFlush) for group commit. Oracles: M/G/1-PS and M/M/c for the mean time on the cores.

#include <cmath>
#include <optional>

#include "core/batch_station.h"
#include "core/fifo_station.h"
#include "core/shared_station.h"
#include "core/sliced_station.h"
#include "core/throttled_station.h"
#include "models/build.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Nanos;

class Postgres : public Endpoint, private core::Handler {
 public:
  Postgres(Build& build, const Section& section);

  void connect(Login login, Reply reply) override;
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override;
  void disconnect(std::uint32_t connection) override;

 private:
  enum Kind : std::uint32_t { refusal, login_begun, login_done, cpu_done, io_done, flushed, commit_computed };

  struct Backend {
    Statement statement;
    Reply reply;
    Nanos mark = 0;  // when the stage it is in began
    Nanos demand = 0;  // on a core, of the stage it is in
    Nanos rested = -1;  // when its last statement ended; -1: it has run none
    int waits = 0;      // of a commit, still to come
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  std::uint32_t take_slot();
  void free_slot(std::uint32_t backend);
  void compute(std::uint32_t backend);
  void use_core(std::uint32_t backend, Nanos demand, Kind then);
  void read(std::uint32_t backend);
  void flush(std::uint32_t backend);
  void answer(std::uint32_t backend, Outcome outcome);

  core::Simulator& simulator_;
  Accounts& accounts_;
  std::optional<core::SharedStation> ideal_;  // one of the three
  std::optional<core::SlicedStation> sliced_;
  std::optional<core::ThrottledStation> throttled_;
  core::FifoStation disk_;
  core::BatchStation wal_;
  std::uint32_t max_connections_;
  std::uint32_t reserved_;
  int commit_waits_;
  Nanos commit_cpu_;
  double speed_;
  double cold_after_;
  double idle_cold_;
  double idle_cold_after_;
  Nanos connect_time_;
  Nanos connect_cpu_;
  std::vector<Backend> backends_;
  std::vector<std::uint32_t> free_;
  std::uint32_t taken_ = 0;
  std::vector<Reply> refused_;  // whom to tell once the refusal has travelled; they hold no slot
  std::vector<std::uint32_t> free_refusals_;

  core::Counter& statements_;
  core::Counter& refusals_;
  core::Counter& connects_;
  core::Counter& commits_;
  core::Level& connections_;
  core::Level& active_;
};

Postgres::Postgres(Build& build, const Section& section)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      disk_(build.simulator, static_cast<int>(section.params.record("disk").count("concurrency"))),
      wal_(build.simulator, section.params.record("disk").distribution("fsync"), build.stream(section.path(), "fsync")),
      max_connections_(static_cast<std::uint32_t>(section.params.count("max_connections"))),
      reserved_(static_cast<std::uint32_t>(section.params.count("superuser_reserved_connections"))),
      commit_waits_(static_cast<int>(section.params.record("disk").count("commit_waits"))),
      commit_cpu_(section.params.record("disk").duration("commit_cpu")),
      speed_(section.params.number("speed")),
      cold_after_(static_cast<double>(section.params.duration("cold_after"))),
      idle_cold_(section.params.number("idle_cold")),
      idle_cold_after_(static_cast<double>(section.params.duration("idle_cold_after"))),
      connect_time_(section.params.duration("connect_time")),
      connect_cpu_(section.params.duration("connect_cpu")),
      statements_(build.meters.rate({"servers", section.name, "statements_per_s"})),
      refusals_(build.meters.rate({"servers", section.name, "refused_connections_per_s"})),
      connects_(build.meters.rate({"servers", section.name, "connects_per_s"})),
      commits_(build.meters.rate({"servers", section.name, "commits_per_s"})),
      connections_(build.meters.level({"servers", section.name, "connections"})),
      active_(build.meters.level({"servers", section.name, "active"})) {
  const Params& p = section.params;
  const auto cores = static_cast<int>(p.count("cores"));
  const double quota = p.has("cpu_quota") ? p.number("cpu_quota") : 0;
  const double usable = quota > 0 ? std::min<double>(quota, cores) : cores;
  core::Level* const busy = &build.meters.level({"servers", section.name, "cpu"}, usable);
  if (quota > 0) {
    throttled_.emplace(simulator_, cores, quota, p.has("cfs_period") ? p.duration("cfs_period") : 100 * core::millisecond);
    throttled_->busy = busy;
    throttled_->throttled = &build.meters.level({"servers", section.name, "throttled"}, 1);
  } else if (p.text("scheduler") == "linux") {
    const core::TimeSlices slices{p.duration("base_slice"), p.duration("tick")};
    sliced_.emplace(simulator_, cores, slices, build.stream(section.path(), "scheduler"));
    sliced_->busy = busy;
  } else {
    ideal_.emplace(simulator_, cores);
    ideal_->busy = busy;
  }
  disk_.busy = &build.meters.level({"servers", section.name, "disk"},
                                   static_cast<double>(p.record("disk").count("concurrency")));
  wal_.busy = &build.meters.level({"servers", section.name, "wal_flush"}, 1);
  wal_.batches = &build.meters.rate({"servers", section.name, "wal_flushes_per_s"});
  backends_.resize(max_connections_);
  for (std::uint32_t i = max_connections_; i-- > 0;) free_.push_back(i);
}

std::uint32_t Postgres::take_slot() {
  const std::uint32_t backend = free_.back();
  free_.pop_back();
  connections_.set(simulator_.now(), ++taken_);
  return backend;
}

void Postgres::free_slot(std::uint32_t backend) {
  free_.push_back(backend);
  connections_.set(simulator_.now(), --taken_);
}

/// A login takes its slot at once and learns at its end whether what is left is reserved, as InitProcess and
/// InitPostgres do. A refusal takes the round trips of a login too.
void Postgres::connect(Login, Reply reply) {
  if (taken_ == max_connections_) {
    refusals_.add();
    if (free_refusals_.empty()) {
      free_refusals_.push_back(static_cast<std::uint32_t>(refused_.size()));
      refused_.emplace_back();
    }
    const std::uint32_t place = free_refusals_.back();
    free_refusals_.pop_back();
    refused_[place] = reply;
    simulator_.schedule(connect_time_, *this, refusal, place);
    return;
  }
  const std::uint32_t backend = take_slot();
  backends_[backend].reply = reply;
  simulator_.schedule(connect_time_, *this, login_begun, backend);
}

void Postgres::disconnect(std::uint32_t connection) { free_slot(connection); }

void Postgres::execute(std::uint32_t connection, const Statement& statement, Reply reply) {
  Backend& backend = backends_[connection];
  backend.statement = statement;
  backend.reply = reply;
  statements_.add();
  active_.add(simulator_.now(), 1);
  if (statement.cpu <= 0 && statement.cold <= 0 && statement.io <= 0 && !statement.flush) {
    // Not within the call: a queue of such statements would be a recursion as deep.
    backend.mark = simulator_.now();
    backend.waits = 0;
    simulator_.schedule(0, *this, flushed, connection);
    return;
  }
  compute(connection);
}

void Postgres::compute(std::uint32_t number) {
  Backend& backend = backends_[number];
  double demand = static_cast<double>(backend.statement.cpu);
  if (backend.statement.cold > 0) {
    const double rest = backend.rested < 0 ? 1e18 : static_cast<double>(simulator_.now() - backend.rested);
    double share = -std::expm1(-rest / cold_after_);
    if (sliced_ && idle_cold_ > 0)
      share += idle_cold_ * -std::expm1(-static_cast<double>(sliced_->idle_time(number)) / idle_cold_after_);
    demand += static_cast<double>(backend.statement.cold) * share;
  }
  if (demand <= 0) return read(number);
  use_core(number, static_cast<Nanos>(demand / speed_), cpu_done);
}

/// A backend takes the core that the scheduler gives it, a share or slice at a time.
void Postgres::use_core(std::uint32_t number, Nanos demand, Kind then) {
  Backend& backend = backends_[number];
  backend.mark = simulator_.now();
  backend.demand = std::max<Nanos>(1, demand);
  if (sliced_)
    sliced_->submit(number, backend.demand, *this, then, number);
  else if (throttled_)
    throttled_->submit(backend.demand, *this, then, number);
  else
    ideal_->submit(backend.demand, *this, then, number);
}

void Postgres::read(std::uint32_t number) {
  Backend& backend = backends_[number];
  if (backend.statement.io <= 0) return flush(number);
  backend.mark = simulator_.now();
  disk_.submit(backend.statement.io, {this, io_done, 0, number});
}

void Postgres::flush(std::uint32_t number) {
  Backend& backend = backends_[number];
  if (!backend.statement.flush) return answer(number, {});
  backend.waits = commit_waits_;
  commits_.add();
  backend.mark = simulator_.now();
  wal_.submit(*this, flushed, number);
}

void Postgres::answer(std::uint32_t number, Outcome outcome) {
  active_.add(simulator_.now(), -1);
  backends_[number].rested = simulator_.now();
  backends_[number].reply(outcome);
}

void Postgres::on_event(std::uint32_t kind, std::uint32_t index) {
  if (kind == refusal) {
    free_refusals_.push_back(index);
    const Reply reply = refused_[index];
    reply({ClientError::too_many_clients, 0, true});
    return;
  }
  Backend& backend = backends_[index];
  const Nanos now = simulator_.now();
  const std::uint32_t request = backend.statement.request;
  switch (kind) {
    case login_begun:
      backend.rested = -1;
      if (connect_cpu_ > 0)
        use_core(index, connect_cpu_, login_done);
      else
        on_event(login_done, index);
      break;
    case login_done: {
      const Reply reply = backend.reply;
      if (max_connections_ - taken_ < reserved_) {
        refusals_.add();
        free_slot(index);
        reply({ClientError::reserved_slots, 0, true});
      } else {
        connects_.add();
        reply({ClientError::none, index});
      }
      break;
    }
    case cpu_done:
      accounts_.add(request, Stage::cpu, backend.demand);
      accounts_.add(request, Stage::cpu_wait, std::max<Nanos>(0, now - backend.mark - backend.demand));
      read(index);
      break;
    case commit_computed:
      accounts_.add(request, Stage::cpu, backend.demand);
      accounts_.add(request, Stage::cpu_wait, std::max<Nanos>(0, now - backend.mark - backend.demand));
      if (--backend.waits <= 0) {
        answer(index, {});
      } else {
        backend.mark = now;
        wal_.submit(*this, flushed, index);
      }
      break;
    case io_done:
      accounts_.add(request, Stage::io, now - backend.mark);
      flush(index);
      break;
    case flushed:
      accounts_.add(request, Stage::commit, now - backend.mark);
      if (commit_cpu_ > 0 && backend.waits > 0) {
        use_core(index, static_cast<Nanos>(static_cast<double>(commit_cpu_) / speed_), commit_computed);
      } else if (backend.waits > 1) {
        --backend.waits;
        backend.mark = now;
        wal_.submit(*this, flushed, index);
      } else {
        answer(index, {});
      }
      break;
    default:
      break;
  }
}

std::unique_ptr<Endpoint> make(Build& build, const Section& section) {
  return std::make_unique<Postgres>(build, section);
}

}  // namespace

Spec postgres_server() {
  const std::string defaults = "postgresql.conf defaults";
  return {
      .section = "server",
      .kind = "postgres",
      .help = "a PostgreSQL host: cores shared by all backends, disk, WAL flush, connection limits",
      .source = "PostgreSQL src/backend: storage/lmgr/proc.c, utils/init/postinit.c, access/transam/xlog.c",
      .validity = "cores are shared ideally (each of n backends gets min(1, cores/n)) unless scheduler is linux; no locks, checkpoints or vacuum; "
                  "a statement computes first, then reads, then flushes",
      .params =
          {
              {.name = "cores", .type = Type::count, .fallback = "4", .help = "cores that backends can run on", .lo = 1,
               .hi = 4096, .costs = true},
              {.name = "cpu_quota", .type = Type::number,
               .help = "CPU limit of its container, in cores, with the scheduler ideal: Docker's --cpus; absent: none",
               .source = "Linux Documentation/scheduler/sched-bwc.rst", .lo = 0.01, .hi = 4096, .costs = true},
              {.name = "cfs_period", .type = Type::duration, .help = "period of that quota; absent: 100ms", .lo = 0.001,
               .hi = 1},
              {.name = "speed", .type = Type::number, .fallback = "1",
               .help = "speed of a core, against the one that the demands of queries were measured on", .lo = 0.001,
               .hi = 1000},
              {.name = "scheduler", .type = Type::choice, .fallback = "ideal",
               .help = "how backends share cores: each its share at all times, or by Linux's time slices",
               .source = "Linux kernel/sched/fair.c, EEVDF", .choices = {"ideal", "linux"}},
              {.name = "base_slice", .type = Type::duration, .fallback = "1.4ms",
               .help = "Linux's base_slice_ns: 0.7 ms x (1 + log2 of the machine's cores, at most 8)",
               .source = "Linux kernel/sched/fair.c (get_update_sysctl_factor); 1.4 ms is two cores'", .lo = 1e-6,
               .hi = 1},
              {.name = "tick", .type = Type::duration, .fallback = "4ms",
               .help = "the kernel's timer tick, 1 s / CONFIG_HZ: when a slice that is over ends", .lo = 1e-6, .hi = 1},
              {.name = "cold_after", .type = Type::duration, .fallback = "10ms",
               .help = "idle time in which a backend loses 63 % of what it had in the processor's caches; see the queries' "
                       "cold", .lo = 1e-6, .hi = 3600},
              {.name = "idle_cold", .type = Type::number, .fallback = "0",
               .help = "how much more of the queries' cold a core that has been idle adds, as a multiple of it; with the "
                       "scheduler linux", .lo = 0, .hi = 100},
              {.name = "idle_cold_after", .type = Type::duration, .fallback = "5ms",
               .help = "idle time in which a core comes to 63 % of that", .lo = 1e-6, .hi = 3600},
              {.name = "max_connections", .type = Type::count, .fallback = "100", .help = "connection slots",
               .source = defaults, .lo = 1, .hi = 262'143, .costs = true},
              {.name = "superuser_reserved_connections", .type = Type::count, .fallback = "3",
               .help = "slots of them that ordinary users do not get", .source = defaults, .lo = 0, .hi = 262'143},
              {.name = "connect_time", .type = Type::duration, .fallback = "1ms",
               .help = "round trips and authentication of opening a connection; an assumption, not measured", .lo = 0,
               .hi = 60},
              {.name = "connect_cpu", .type = Type::duration, .fallback = "1.5ms",
               .help = "processor time of opening one: fork, catalog caches; an assumption, not measured", .lo = 0,
               .hi = 10},
              {.name = "disk", .type = Type::record, .help = "the disk of data and WAL",
               .fields = {{.name = "fsync", .type = Type::distribution, .fallback = "400us",
                           .help = "time of one WAL flush, whatever number of commits share it"},
                          {.name = "commit_waits", .type = Type::count, .fallback = "1",
                           .help = "flushes that a commit waits for, one after the other", .lo = 1, .hi = 100},
                          {.name = "commit_cpu", .type = Type::duration, .fallback = "0",
                           .help = "time on a core after each of them, for which the backend waits its turn again",
                           .lo = 0, .hi = 1},
                          {.name = "concurrency", .type = Type::count, .fallback = "32",
                           .help = "requests the disk serves at once", .lo = 1, .hi = 65'536},
                          {.name = "read_latency", .type = Type::duration, .fallback = "100us",
                           .help = "time to read one page of 8 kB that no cache has", .lo = 0, .hi = 10}}},
              {.name = "memory", .type = Type::bytes,
               .help = "of the host; absent: whatever is not in shared_buffers is in the system's cache",
               .lo = 16.0 * 1024 * 1024, .hi = 1e15, .costs = true},
              {.name = "shared_buffers", .type = Type::bytes, .fallback = "128MB", .help = "PostgreSQL's own cache",
               .source = defaults, .lo = 128.0 * 1024, .hi = 1e15},
              {.name = "effective_cache_size", .type = Type::bytes, .fallback = "4GB",
               .help = "what the planner takes all caches together for; allocates nothing", .source = defaults,
               .lo = 8192, .hi = 1e15},
              {.name = "work_mem", .type = Type::bytes, .fallback = "4MB",
               .help = "of a sort, and of an iterative index scan", .source = defaults, .lo = 64.0 * 1024, .hi = 1e13},
              {.name = "maintenance_work_mem", .type = Type::bytes, .fallback = "64MB",
               .help = "of CREATE INDEX: what holds the graph, or the samples of k-means", .source = defaults,
               .lo = 1024.0 * 1024, .hi = 1e13},
              {.name = "max_parallel_maintenance_workers", .type = Type::count, .fallback = "2",
               .help = "processes that CREATE INDEX may start besides its own", .source = defaults, .lo = 0,
               .hi = 1024},
              {.name = "max_parallel_workers_per_gather", .type = Type::count, .fallback = "2",
               .help = "processes that a scan may start, as the planner weighs it", .source = defaults, .lo = 0,
               .hi = 1024},
              {.name = "random_page_cost", .type = Type::number, .fallback = "4",
               .help = "the planner's cost of a page read at random", .source = defaults, .lo = 0.001, .hi = 1e6},
          },
      .make_endpoint = make,
      .check =
          [](const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
            if (p.has("cpu_quota") && p.text("scheduler") == "linux")
              problems.push_back({find(p.values(), "cpu_quota")->where, path + ".cpu_quota",
                                  "is modelled with ideally shared cores only", "scheduler = \"ideal\""});
          }};
}

}  // namespace capplan::models
