// A closed workload: users who send a request, wait for its end, think, and send the next. They come in batches as
// Locust spawns them. With one pooled station it is the machine repairman, in general exact MVA (core/closed_network.h).
// Source: locust/user/wait_time.py, locust/user/task.py (think time runs from the end of a task, none before the first),
// locust/dispatch.py (batches of max(1, floor(spawn_rate)) every batch / spawn_rate).

#include <cmath>

#include "models/catalog.h"
#include "models/workload/mix.h"

namespace capplan::models {

namespace {

/// A user who fails and does not think tries again after this: time must go on where failing takes none.
constexpr core::Nanos pause_after_failure = core::millisecond;
/// And after this whose request took no time at all, as a cache of latency 0 may have it.
constexpr core::Nanos shortest_cycle = core::microsecond;

class ClosedWorkload : public Workload, private core::Handler {
 public:
  ClosedWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        mix_(build, section),
        thinking_(build.stream(section.path(), "think")),
        think_(section.params.distribution("think")),
        users_(static_cast<std::uint32_t>(section.params.count("users"))),
        spawn_rate_(section.params.has("spawn_rate") ? section.params.number("spawn_rate") : 0),
        sent_(users_, 0),
        sent_at_(users_, 0) {}

  void start() override { spawn(); }

  void finished(std::uint32_t user, bool failed) override {
    core::Nanos pause = core::to_nanos(think_.sample(thinking_.at(number(user))));
    if (pause == 0 && failed) pause = pause_after_failure;
    if (pause == 0 && sent_at_[user] == simulator_.now()) pause = shortest_cycle;
    simulator_.schedule(pause, *this, sends, user);
  }

 private:
  enum Kind : std::uint32_t { spawns, sends };

  void spawn() {
    const std::uint32_t batch =
        spawn_rate_ > 0 ? static_cast<std::uint32_t>(std::max(1.0, std::floor(spawn_rate_))) : users_;
    for (std::uint32_t i = 0; i < batch && spawned_ < users_; ++i) send(spawned_++);
    if (spawned_ < users_) simulator_.schedule(core::to_nanos(batch / spawn_rate_), *this, spawns, 0);
  }

  void send(std::uint32_t user) {
    ++sent_[user];
    sent_at_[user] = simulator_.now();
    intake_.arrive(*this, key_, {mix_.draw(number(user)), user, number(user)});
  }

  /// The n-th request of a user keeps its number however many users there are.
  std::uint64_t number(std::uint32_t user) const { return std::uint64_t{user} << 36 | sent_[user]; }

  void on_event(std::uint32_t kind, std::uint32_t user) override {
    if (kind == spawns)
      spawn();
    else
      send(user);
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  Mix mix_;
  core::Stream thinking_;
  core::Distribution think_;
  std::uint32_t users_;
  double spawn_rate_;
  std::uint32_t spawned_ = 0;
  std::vector<std::uint64_t> sent_;
  std::vector<core::Nanos> sent_at_;  // the last one
};

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<ClosedWorkload>(build, section);
}

}  // namespace

Spec closed_workload() {
  return {.section = "workload",
          .kind = "closed",
          .help = "users who send, wait, think, and send again",
          .source = "locust/user/wait_time.py, locust/dispatch.py; pgbench without -R is this with no think time",
          .validity = "latency is what a user sees: a slow system slows its users, and hides what an open load would meet",
          .params =
              {
                  {.name = "users", .type = Type::count, .help = "users in the steady state", .required = true, .lo = 1,
                   .hi = 10'000'000},
                  {.name = "spawn_rate", .type = Type::rate,
                   .help = "users who come per second, in batches of its whole part; absent: all at once", .lo = 1e-3,
                   .hi = 1e7},
                  {.name = "think", .type = Type::distribution, .fallback = "0",
                   .help = "pause between the end of a request and the next"},
                  mix_param(),
              },
          .make_workload = make};
}

}  // namespace capplan::models
