// A PostgreSQL server: statements of all backends share the cores, the disk serves a few requests at once, commits that
// wrote share WAL flushes. Connections are limited, and opening one costs time and processor.
// Sources: src/backend/storage/lmgr/proc.c (InitProcess), utils/init/postinit.c (InitPostgres) for the limits;
// access/transam/xlog.c (XLogFlush) for group commit. Oracles: M/G/1-PS and M/M/c for the mean time on the cores.

#include <cmath>

#include "core/batch_station.h"
#include "core/fifo_station.h"
#include "core/shared_station.h"
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
  enum Kind : std::uint32_t { refusal, login_begun, login_done, cpu_done, io_done, flushed };

  struct Backend {
    Statement statement;
    Reply reply;
    Nanos mark = 0;  // when the stage it is in began
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  std::uint32_t take_slot();
  void free_slot(std::uint32_t backend);
  void compute(std::uint32_t backend);
  void read(std::uint32_t backend);
  void flush(std::uint32_t backend);
  void answer(std::uint32_t backend, Outcome outcome);

  core::Simulator& simulator_;
  Accounts& accounts_;
  core::SharedStation cores_;
  core::FifoStation disk_;
  core::BatchStation wal_;
  std::uint32_t max_connections_;
  std::uint32_t reserved_;
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
  core::Level& connections_;
  core::Level& active_;
};

Postgres::Postgres(Build& build, const Section& section)
    : simulator_(build.simulator),
      accounts_(build.accounts),
      cores_(build.simulator, static_cast<int>(section.params.count("cores"))),
      disk_(build.simulator, static_cast<int>(section.params.record("disk").count("concurrency"))),
      wal_(build.simulator, section.params.record("disk").distribution("fsync"), build.stream(section.path(), "fsync")),
      max_connections_(static_cast<std::uint32_t>(section.params.count("max_connections"))),
      reserved_(static_cast<std::uint32_t>(section.params.count("superuser_reserved_connections"))),
      connect_time_(section.params.duration("connect_time")),
      connect_cpu_(section.params.duration("connect_cpu")),
      statements_(build.meters.rate({"servers", section.name, "statements_per_s"})),
      refusals_(build.meters.rate({"servers", section.name, "refused_connections_per_s"})),
      connects_(build.meters.rate({"servers", section.name, "connects_per_s"})),
      connections_(build.meters.level({"servers", section.name, "connections"})),
      active_(build.meters.level({"servers", section.name, "active"})) {
  const Params& p = section.params;
  cores_.busy = &build.meters.level({"servers", section.name, "cpu"}, static_cast<double>(p.count("cores")));
  disk_.busy = &build.meters.level({"servers", section.name, "disk"},
                                   static_cast<double>(p.record("disk").count("concurrency")));
  wal_.busy = &build.meters.level({"servers", section.name, "wal_flush"}, 1);
  wal_.jobs = &build.meters.rate({"servers", section.name, "commits_per_s"});
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
  if (statement.cpu <= 0 && statement.io <= 0 && !statement.flush) {
    // Not within the call: a queue of such statements would be a recursion as deep.
    backend.mark = simulator_.now();
    simulator_.schedule(0, *this, flushed, connection);
    return;
  }
  compute(connection);
}

void Postgres::compute(std::uint32_t number) {
  Backend& backend = backends_[number];
  if (backend.statement.cpu <= 0) return read(number);
  backend.mark = simulator_.now();
  cores_.submit(backend.statement.cpu, *this, cpu_done, number);
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
  backend.mark = simulator_.now();
  wal_.submit(*this, flushed, number);
}

void Postgres::answer(std::uint32_t number, Outcome outcome) {
  active_.add(simulator_.now(), -1);
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
      if (connect_cpu_ > 0)
        cores_.submit(connect_cpu_, *this, login_done, index);
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
      accounts_.add(request, Stage::cpu, backend.statement.cpu);
      accounts_.add(request, Stage::cpu_wait, std::max<Nanos>(0, now - backend.mark - backend.statement.cpu));
      read(index);
      break;
    case io_done:
      accounts_.add(request, Stage::io, now - backend.mark);
      flush(index);
      break;
    case flushed:
      accounts_.add(request, Stage::commit, now - backend.mark);
      answer(index, {});
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
      .validity = "cores are shared ideally (each of n backends gets min(1, cores/n)); no locks, checkpoints or vacuum; "
                  "a statement computes first, then reads, then flushes",
      .params =
          {
              {.name = "cores", .type = Type::count, .fallback = "4", .help = "cores that backends can run on", .lo = 1,
               .hi = 4096, .costs = true},
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
      .make_endpoint = make};
}

}  // namespace capplan::models
