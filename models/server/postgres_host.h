#pragma once
// One PostgreSQL host: statements of all backends share the cores, the disk serves a few requests at once, commits that
// wrote share WAL flushes. Connections are limited, and opening one costs time and processor. The host may go away:
// then whatever runs on it ends without an answer, and nobody can connect until it is back. Sources:
// src/backend/storage/lmgr/proc.c (InitProcess), utils/init/postinit.c (InitPostgres) for the limits;
// access/transam/xlog.c (XLogFlush) for group commit. Oracles: M/G/1-PS and M/M/c for the mean time on the cores.
// A statement may have a time limit, from its arrival on (tcop/postgres.c: enable_statement_timeout): it ends where it
// computes, at the end of its reads where it reads, and not at all once it commits.
// With a limit on memory the kernel may kill a backend: then the postmaster ends all of them, and recovers before it
// accepts connections again (postmaster/postmaster.c: HandleChildCrash, "terminating any other active server
// processes"). Limits: a host that is back has what it had in memory; recovery from a failure takes no time beyond the
// failure's.

#include <optional>

#include "core/batch_station.h"
#include "core/fifo_station.h"
#include "core/shared_station.h"
#include "core/sliced_station.h"
#include "core/throttled_station.h"
#include "models/build.h"
#include "models/failure/fallible.h"
#include "models/server/host_memory.h"
#include "models/server/host_meters.h"
#include "models/server/prepared_statements.h"
#include "models/server/recent_writes.h"

namespace capplan::models {

class PostgresHost : public Endpoint, public Fallible, private core::Handler {
 public:
  /// `path` names its random streams. Connections are numbered from `first_number`, a multiple of `numbers`, upwards.
  PostgresHost(Build& build, const Section& section, const std::string& path, const HostMeters& meters,
               std::uint32_t first_number = 0);

  /// Numbers of connections that a host may use.
  static constexpr std::uint32_t numbers = 1U << 20;

  void connect(Login login, Reply reply) override;
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override;
  void disconnect(std::uint32_t connection) override;
  bool alive(std::uint32_t connection) const override;
  void go_down() override;
  void come_back() override;

  bool up() const { return up_; }
  /// Not up, since the kernel has killed a backend: it comes back by itself, unless it goes away in truth.
  bool recovering() const { return recovering_; }
  /// When it went away last.
  core::Nanos down_since() const { return down_since_; }
  /// Connection slots taken.
  std::uint32_t taken() const { return taken_; }

  std::vector<RecentWrites*> writes;  ///< are told of each commit of a key
  core::Handler* watcher = nullptr;   ///< if set, is told when the host goes away (kind 0) or is back (kind 1)
  std::uint32_t watched_as = 0;       ///< the index that the watcher is told

 private:
  enum Kind : std::uint32_t {
    refusal,
    unreachable,
    login_begun,
    login_done,
    cpu_done,
    io_done,
    flushed,
    commit_computed,
    found_dead,
    in_recovery,
    out_of_memory,
    recovered,
    timed_out
  };

  struct Backend {
    enum class State : std::uint8_t { free, login, idle, running };
    State state = State::free;
    bool dead = false;       // it went with the host; its owner may not know yet
    bool abandoned = false;  // its owner has gone: its statement ends unheard
    bool pending = false;    // an event of the clock names it: its number is not free yet
    Statement statement;
    Reply reply;
    core::Nanos mark = 0;                        // when the stage it is in began
    core::Nanos demand = 0;                      // on a core, of the stage it is in
    core::Nanos rested = -1;                     // when its last statement ended; -1: it has run none
    core::Nanos begun = 0;                       // its statement
    Kind awaits = recovered;                     // the event that ends the stage it is in
    core::Nanos patience = 0;                    // of its session with a statement; 0: any
    ClientError impatience = ClientError::none;  // what is said at its end
    core::Timer timer;                           // which ends it
    bool cut = false;                            // its time is over
    int waits = 0;                               // of a commit, still to come
    bool parsed = false;
    std::uint32_t statement_cache = 0;
    PreparedStatements prepared;
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void refuse(Kind why, core::Nanos after, Reply reply);
  void refused(std::uint32_t why, std::uint32_t place);
  void logged_in(std::uint32_t backend);
  void end_all();
  void end_recovery();
  void hold(std::int64_t bytes);
  void kill();
  std::uint32_t take_slot();
  void free_slot(std::uint32_t backend);
  void free_number(std::uint32_t backend);
  void compute(std::uint32_t backend);
  void use_core(std::uint32_t backend, core::Nanos demand, Kind then);
  void read(std::uint32_t backend);
  void flush(std::uint32_t backend);
  void answer(std::uint32_t backend);
  void limit(Backend& backend, const Login& login) const;
  static void abandon(Backend& backend);
  void cut_short(std::uint32_t backend);

  core::Simulator& simulator_;
  Accounts& accounts_;
  HostMeters meters_;
  std::optional<core::SharedStation> ideal_;  // one of the three
  std::optional<core::SlicedStation> sliced_;
  std::optional<core::ThrottledStation> throttled_;
  core::FifoStation disk_;
  core::BatchStation wal_;
  std::uint32_t first_number_;
  std::uint32_t max_connections_;
  std::uint32_t reserved_;
  int commit_waits_;
  core::Nanos commit_cpu_;
  double speed_;
  double cold_after_;
  double idle_cold_;
  double idle_cold_after_;
  core::Nanos connect_time_;
  core::Nanos connect_cpu_;
  core::Nanos statement_timeout_;
  core::Nanos slow_after_;
  std::vector<Backend> backends_;
  std::vector<std::uint32_t> free_;
  std::uint32_t taken_ = 0;
  std::vector<Reply> refused_;  // whom to tell once the refusal has travelled; they hold no slot
  std::vector<std::uint32_t> free_refusals_;
  std::optional<HostMemory> memory_;
  bool killing_ = false;  // the kernel is about to
  bool recovering_ = false;
  core::Timer recovery_;
  bool up_ = true;
  core::Nanos down_since_ = 0;
};

}  // namespace capplan::models
