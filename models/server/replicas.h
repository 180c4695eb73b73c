#pragma once
// Replicas of a server: equal hosts behind one address, at which a balancer deals out new connections. They show a
// commit `replication_lag` after it, so that a read soon after a write may see what was before. When the primary goes
// away one of them takes its place, at the address of the primary; when the old one comes back it is a replica.
// Sources: PostgreSQL doc/src/sgml/high-availability.sgml; HAProxy configuration manual (balance, inter, fall, rise);
// Patroni documentation (failover, pg_rewind). Oracle: of Poisson writes at rate w to a key, 1 - exp(-w lag) of its
// reads are stale. Limits: connections stay with the host they were dealt to; all replicas have the same lag; one
// failover in a run.

#include <memory>

#include "models/server/postgres_host.h"

namespace capplan::models {

inline constexpr core::FigureSpec stale_read_figure{
    .name = "stale_read_ratio",
    .unit = core::Unit::ratio,
    .help = "reads that miss a commit which their replica does not show yet, of all reads with a key",
    .better = core::Better::down,
    .aggregation = core::Aggregation::ratio,
    .heading = "stale reads",
    .column = core::Column::if_any,
    .absent = "without replicas"};
inline constexpr core::FigureSpec reads_figure{.name = "reads_per_s",
                                               .unit = core::Unit::per_second,
                                               .help = "reads with a key",
                                               .heading = "reads/s",
                                               .absent = "without replicas"};

class Replicas : public Endpoint, public Fallible, private core::Handler {
 public:
  /// Made after the server that they are replicas of, whose address it takes over where one may be promoted.
  Replicas(Build& build, const Section& section);

  void connect(Login login, Reply reply) override;
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override;
  void disconnect(std::uint32_t connection) override;
  bool alive(std::uint32_t connection) const override;
  /// All of them, the primary not.
  void go_down() override;
  void come_back() override;

 private:
  enum class Balance : std::uint8_t { roundrobin, leastconn, random };
  enum Kind : std::uint32_t { went_down, came_back, promotes };

  /// The address of the primary, whichever host that is.
  class Primary : public Endpoint {
   public:
    explicit Primary(Replicas& cluster) : cluster_(cluster) {}
    void connect(Login login, Reply reply) override { cluster_.hosts_[cluster_.primary_]->connect(login, reply); }
    void execute(std::uint32_t connection, const Statement& statement, Reply reply) override {
      cluster_.host_of(connection).execute(connection, statement, reply);
    }
    void disconnect(std::uint32_t connection) override { cluster_.host_of(connection).disconnect(connection); }
    bool alive(std::uint32_t connection) const override { return cluster_.host_of(connection).alive(connection); }

   private:
    Replicas& cluster_;
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  bool dealt(std::uint32_t host) const;
  std::uint32_t next_host();
  void promote();
  PostgresHost& host_of(std::uint32_t connection) const { return *hosts_[connection / PostgresHost::numbers]; }

  core::Simulator& simulator_;
  core::Nanos lag_;
  core::Nanos down_after_;
  core::Nanos promote_after_;
  Balance balance_;
  core::Stream stream_;
  RecentWrites writes_;
  std::vector<std::unique_ptr<PostgresHost>> own_;
  std::vector<PostgresHost*> hosts_;    // the first primary, then the replicas
  std::vector<std::uint32_t> members_;  // hosts that the balancer knows
  std::uint32_t primary_ = 0;           // of hosts_
  std::uint32_t next_ = 0;              // of members_
  Primary address_;
  core::Counter& reads_;
  core::Counter& stale_;
};

/// `replicas`, and how they follow their primary and are reached.
std::vector<Param> replica_params();

/// What says how replicas follow and are reached means nothing where there are none.
void check_replicas(const Params& params, const std::string& path, std::vector<core::Problem>& problems);

}  // namespace capplan::models
