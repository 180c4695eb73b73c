#pragma once
// The one engine behind every kind of connection pool; what differs is in its rules (rules.h). A connection is opened,
// lies idle, is checked, leased, reset, and closed; a request takes an idle one, or opens one, or waits in line.
// The file connection_pool.cpp holds the life of a lease, pool_waiting.cpp the line of those who wait, pool_opening.cpp
// how connections come, pool_retirement.cpp how they go, pool_scaling.cpp who changes the pool's size. No reference to
// a connection lives across a call to others: the storage may grow while they answer.

#include <memory>
#include <vector>

#include "core/wait_queue.h"
#include "models/build.h"
#include "models/pool/pool.h"
#include "models/pool/pool_scaling.h"
#include "models/pool/rules.h"

namespace capplan::models {

class ConnectionPool : public Pool, public Scaled, private core::Handler, private Caller {
 public:
  ConnectionPool(Build& build, Endpoint& to, PoolRules rules);

  void start() override;
  void acquire(std::uint64_t turn, Reply reply) override;
  void execute(std::uint32_t lease, const Statement& statement, Reply reply) override;
  void release(std::uint32_t lease, Reply done) override;
  void discard(std::uint32_t lease) override { close(lease); }
  bool release_takes_time() const override;

  PoolUse use() const override;
  void resize(int max) override;
  void start_instance() override;
  void stop_instance() override;

 private:
  struct Waiter {
    Reply reply;
    core::Nanos since = 0;
    core::Timer own{};  // of one that queues again, and is no longer as patient as the others
  };
  enum class State : std::uint8_t { closed, opening, pausing, idle, probed, checking, leased, resetting };
  struct Connection {
    State state = State::closed;
    bool broken = false;
    bool wanted = false;     // its acquirer waits for it
    bool abandoned = false;  // its acquirer has gone, and nobody else will have it
    bool expired = false;    // its lifetime is over
    bool committed = false;  // a transaction block was open during the lease, and is not
    bool planned = false;    // opened ahead
    bool settled = false;    // the idle timeout passes it over
    bool begun = false;      // the driver's BEGIN has been sent during the lease
    bool beginning = false;  // it runs
    std::uint32_t instance = 0;
    std::uint32_t number = 0;   // at the endpoint
    std::uint64_t opening = 0;  // the how manieth of the pool
    std::int64_t statements = 0;
    std::int64_t uses = 0;
    core::Nanos opened = 0;
    core::Nanos idle_since = 0;
    core::Nanos pause = 0;  // before the last retry
    Waiter waiter;          // whom it is opened or checked for
    core::Timer deadline;   // of that waiter
    core::Timer retry;
    core::Timer lifetime;
    core::Timer keepalive;
    Statement statement;
    Statement first;  // that waits for BEGIN
    Reply reply;      // to the statement that runs
    Reply done;       // to who gives it back
    Outcome outcome;
  };
  struct Instance {
    std::vector<std::uint32_t> idle;  // idle longest first, unless keepalives mix them; with empty places
    core::WaitQueue<Waiter> waiters;
    int max = 0;
    int open = 0;                 // opened, or being opened
    int planned = 0;              // still to be opened ahead
    std::size_t unclaimed = 0;    // being opened for nobody in particular, or planned
    std::size_t woken = 0;        // waiters on their way to an idle connection
    core::Nanos distrusted = -1;  // connections opened until then are not used again
    bool draining = false;
    bool starting = false;    // those opened at the start are not all there, and nobody is served
    bool armed = false;       // the idle timeout's event is out
    bool maintained = false;  // so is maintenance's
    bool adding = false;      // the background thread opens, pauses or sleeps
    int orders = 0;           // for it
    core::Nanos pause = 0;    // of its, before the last retry
  };

  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  // The life of a lease.
  Instance& dispatched(std::uint64_t turn);
  bool serve(Instance& instance, const Waiter& waiter);
  void enqueue(Instance& instance, const Waiter& waiter);
  Waiter pop_waiter(Instance& instance);
  std::uint32_t take_idle(Instance& instance);
  void hand_out(std::uint32_t slot, const Waiter& waiter);
  void checked(std::uint32_t slot);
  void grant(std::uint32_t slot, const Waiter& waiter);
  void run(std::uint32_t slot);
  void answered(std::uint32_t slot);
  void lease_over(std::uint32_t slot, bool closes);
  void give_back(std::uint32_t slot);
  core::Nanos offer(std::uint32_t slot);
  core::Nanos put_empty(Instance& instance);
  core::Nanos close_used(std::uint32_t slot);
  void go_on_later(const Reply& done, core::Nanos after);

  // The line of those who wait.
  void refuse(const Waiter& waiter, ClientError error);
  core::Nanos wake(Instance& instance);
  void woken(std::uint32_t place, std::uint32_t instance);
  void look_again(Instance& instance, Waiter waiter);
  void waits_expired(Instance& instance);
  void own_wait_expired(Instance& instance, std::uint32_t ticket);
  void late(std::uint32_t slot);

  // How connections come.
  void start_ahead(Instance& instance);
  void plan(Instance& instance, int count);
  void open_planned(Instance& instance);
  void go_on_ahead(Instance& instance, bool opened);
  void started(Instance& instance);
  std::uint32_t new_slot(Instance& instance);
  void open(std::uint32_t slot, const Waiter* waiter);
  void connect(std::uint32_t slot);
  void reach(std::uint32_t slot);
  void opened(std::uint32_t slot, Outcome outcome);
  void failed(std::uint32_t slot, ClientError error);
  bool retries(std::uint32_t slot, ClientError error);
  void arm_deadline(std::uint32_t slot);
  void serve_waiters(Instance& instance);
  void order(Instance& instance, int count);
  void order_for_waiters(Instance& instance);
  void fill(Instance& instance);
  bool should_add(const Instance& instance) const;
  void add(Instance& instance);

  // How they go.
  bool worn(const Connection& connection) const;
  bool surplus(const Instance& instance) const;
  void close(std::uint32_t slot);
  void vacate(std::uint32_t slot);
  void start_ageing(std::uint32_t slot);
  void schedule_keepalive(std::uint32_t slot);
  void lifetime_over(std::uint32_t slot);
  void probe(std::uint32_t slot);
  void probed(std::uint32_t slot);
  void arm_inactivity(Instance& instance);
  void close_inactive(Instance& instance);
  void arm_maintenance(Instance& instance, core::Nanos delay);
  void maintain(Instance& instance);
  void trim(Instance& instance);

  void set_state(std::uint32_t slot, State state);
  void count_use();
  std::uint32_t number_of(const Instance& instance) const {
    return static_cast<std::uint32_t>(&instance - instances_.data());
  }
  void event(core::Nanos delay, std::uint32_t kind, std::uint32_t index) {
    simulator_.schedule(delay, *this, kind, index);
  }
  Instance& instance_of(std::uint32_t slot) { return instances_[connections_[slot].instance]; }

  core::Nanos round();

  static constexpr std::uint32_t empty_place = 0xffffffff;

  core::Simulator& simulator_;
  Accounts& accounts_;
  Endpoint& to_;
  PoolRules rules_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<Instance> instances_;
  std::vector<std::uint32_t> active_;  // instances that take requests
  std::vector<Waiter> woken_;
  std::vector<std::uint32_t> free_woken_;
  std::vector<Reply> going_on_;  // to whom an event loop comes back
  std::vector<std::uint32_t> free_going_on_;
  std::uint64_t rounds_ = 0;
  std::uint64_t openings_ = 0;
  std::uint64_t connects_ = 0;
  int held_ = 0;  // leased, checked or reset
  core::Stream jitter_stream_, reuse_stream_, lifetime_stream_, keepalive_stream_, round_stream_;
  std::unique_ptr<PoolScaling> scaling_;

  core::Counter& acquired_;
  core::Counter& timeouts_;
  core::Counter& connect_errors_;
  core::Histogram& wait_;
  core::Level& in_use_;
  core::Level& waiting_;
  core::Level& open_;
  core::Counter* opened_ = nullptr;  // where connections come and go
  core::Level* size_ = nullptr;      // where somebody changes the pool
  core::Level* running_ = nullptr;
};

}  // namespace capplan::models
