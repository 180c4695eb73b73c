// A closed workload: users who send a request, wait for its end, think, and send the next. They come in batches as
// Locust spawns them. With one pooled station it is the machine repairman, in general exact MVA
// (core/closed_network.h). Source: locust/user/wait_time.py, locust/user/task.py (think time runs from the end of a
// task, none before the first; constant_pacing takes the task's own time off), locust/dispatch.py (batches of max(1,
// floor(spawn_rate)) every batch / spawn_rate; whoever came last leaves first). Limit: a user who is to leave ends
// the request he waits for.

#include <algorithm>
#include <cmath>

#include "models/catalog.h"
#include "models/workload/mix.h"

namespace capplan::models {

namespace {

/// A user who fails and does not think tries again after this: time must go on where failing takes none.
constexpr core::Nanos pause_after_failure = core::millisecond;
/// And after this whose request took no time at all, as a cache of latency 0 may have it.
constexpr core::Nanos shortest_cycle = core::microsecond;

/// So many users are wanted from the end of the stage before, and come or leave at this rate; 0: all at once.
struct Stage {
  core::Nanos duration = core::never;
  std::uint32_t users = 0;
  double spawn_rate = 0;
};

std::vector<Stage> stages_of(const Params& p) {
  const auto spawn_rate = [](const Params& of) { return of.has("spawn_rate") ? of.number("spawn_rate") : 0; };
  if (!p.has("stages")) return {{core::never, static_cast<std::uint32_t>(p.count("users")), spawn_rate(p)}};
  std::vector<Stage> stages;
  for (const Value& value : p.list("stages")) {
    const Params stage(*value.as<Table>());
    stages.push_back({stage.duration("duration"), static_cast<std::uint32_t>(stage.count("users")), spawn_rate(stage)});
  }
  return stages;
}

class ClosedWorkload : public Workload, private core::Handler {
 public:
  ClosedWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        mix_(build, section),
        thinking_(build.stream(section.path(), "think")),
        think_(section.params.distribution("think")),
        stages_(stages_of(section.params)) {
    const Params& p = section.params;
    if (p.has("constant_pacing")) pacing_ = p.duration("constant_pacing");
    if (p.has("constant_throughput")) pacing_ = core::to_nanos(1 / p.number("constant_throughput"));
    std::uint32_t most = 0;
    for (const Stage& stage : stages_) most = std::max(most, stage.users);
    sent_.resize(most, 0);
    sent_at_.resize(most, 0);
    away_.resize(most, true);
  }

  void start() override { begin_stage(); }

  void finished(std::uint32_t user, bool failed) override {
    if (user >= present_) {
      away_[user] = true;
      return;
    }
    core::Nanos pause = pacing_ >= 0 ? std::max<core::Nanos>(0, pacing_ - (simulator_.now() - sent_at_[user]))
                                     : core::to_nanos(think_.sample(thinking_.at(number(user))));
    if (pause == 0 && failed) pause = pause_after_failure;
    if (pause == 0 && sent_at_[user] == simulator_.now()) pause = shortest_cycle;
    simulator_.schedule(pause, *this, sends, user);
  }

 private:
  enum Kind : std::uint32_t { next_stage, spawns, sends };

  void begin_stage() {
    const std::uint32_t stage = stage_;
    if (stages_[stage].duration != core::never && stage + 1 < stages_.size())
      simulator_.schedule(stages_[stage].duration, *this, next_stage, 0);
    spawn(stage);
  }

  /// A batch comes, or leaves; what an earlier stage had asked for is no more.
  void spawn(std::uint32_t stage) {
    if (stage != stage_) return;
    const std::uint32_t wanted = stages_[stage].users;
    const double rate = stages_[stage].spawn_rate;
    const std::uint32_t batch = rate > 0 ? static_cast<std::uint32_t>(std::max(1.0, std::floor(rate)))
                                         : static_cast<std::uint32_t>(sent_.size());
    if (present_ > wanted)
      present_ -= std::min(batch, present_ - wanted);
    else
      for (std::uint32_t i = 0; i < batch && present_ < wanted; ++i) arrive(present_++);
    if (present_ != wanted) simulator_.schedule(core::to_nanos(batch / rate), *this, spawns, stage);
  }

  void arrive(std::uint32_t user) {
    if (!away_[user]) return;  // called back before he was gone
    away_[user] = false;
    send(user);
  }

  void send(std::uint32_t user) {
    ++sent_[user];
    sent_at_[user] = simulator_.now();
    intake_.arrive(*this, key_, {mix_.draw(number(user)), user, number(user)});
  }

  /// The n-th request of a user keeps its number however many users there are.
  std::uint64_t number(std::uint32_t user) const { return std::uint64_t{user} << 36 | sent_[user]; }

  void on_event(std::uint32_t kind, std::uint32_t index) override {
    if (kind == spawns) return spawn(index);
    if (kind == next_stage) {
      ++stage_;
      return begin_stage();
    }
    if (index < present_)
      send(index);
    else
      away_[index] = true;
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  Mix mix_;
  core::Stream thinking_;
  core::Distribution think_;
  core::Nanos pacing_ = -1;  // from one start to the next; < 0: the think time counts
  std::vector<Stage> stages_;
  std::uint32_t stage_ = 0;
  std::uint32_t present_ = 0;  // users 0 to this
  std::vector<std::uint64_t> sent_;
  std::vector<core::Nanos> sent_at_;  // the last one
  std::vector<bool> away_;            // neither waits for an answer nor thinks
};

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<ClosedWorkload>(build, section);
}

/// What may stand beside what.
void check(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  std::vector<std::string> pauses;
  for (const char* name : {"think", "constant_pacing", "constant_throughput"})
    if (p.has(name) && !find(p.values(), name)->is_default) pauses.push_back(name);
  if (pauses.size() > 1)
    problems.push_back({find(p.values(), pauses[1])->where,
                        path + "." + pauses[1],
                        "a user pauses in one way: leave out " + pauses[0],
                        {}});
  if (!p.has("stages")) return;
  for (const char* name : {"users", "spawn_rate"})
    if (p.has(name))
      problems.push_back({find(p.values(), name)->where, path + "." + name, "is said by each of the stages", {}});
}

}  // namespace

Spec closed_workload() {
  return {
      .section = "workload",
      .kind = "closed",
      .help = "users that send, wait, think, and send again",
      .source = "locust/user/wait_time.py, locust/dispatch.py; pgbench without -R is this with no think time",
      .validity = "latency is what a user sees: a slow system slows its users, and hides the latency of an open load",
      .params =
          {
              {.name = "users",
               .type = Type::count,
               .help = "users in the steady state",
               .required = true,
               .unless = "stages",
               .lo = 1,
               .hi = 10'000'000},
              {.name = "profile",
               .type = Type::choice,
               .help = "users of a load profile, where none are written: the most that it is for",
               .source = "plan/scenario/profiles.cpp",
               .choices = {"light", "medium", "heavy", "enterprise"}},
              {.name = "spawn_rate",
               .type = Type::rate,
               .help = "users that start per second, in batches of its whole part; absent: all at once",
               .lo = 1e-3,
               .hi = 1e7},
              {.name = "think",
               .type = Type::distribution,
               .fallback = "0",
               .help =
                   "pause between the end of a request and the next; Locust's between(1, 5) is { uniform = [\"1s\", "
                   "\"5s\"] }"},
              mix_param(),
              {.name = "constant_pacing",
               .type = Type::duration,
               .help = "instead of think: time from the start of a request to the start of the next, if it ends before",
               .lo = 0,
               .hi = 86'400},
              {.name = "constant_throughput",
               .type = Type::rate,
               .help = "instead of think: requests that each user starts, at most; pacing of 1 over this",
               .lo = 1e-6,
               .hi = 1e6},
              {.name = "stages",
               .type = Type::list,
               .help = "numbers of users that change over the run, in place of users and spawn_rate; the last one "
                       "holds. The run is judged over its whole time",
               .source = "Locust LoadTestShape; k6 ramping-vus",
               .fields = {{.name = "duration",
                           .type = Type::duration,
                           .help = "how long until the next stage",
                           .required = true,
                           .lo = 0.000'001,
                           .hi = 1e8},
                          {.name = "users",
                           .type = Type::count,
                           .help = "users wanted",
                           .required = true,
                           .lo = 0,
                           .hi = 10'000'000},
                          {.name = "spawn_rate",
                           .type = Type::rate,
                           .help = "users that start, or stop, per second; absent: all at once",
                           .lo = 1e-3,
                           .hi = 1e7}},
               .list_of_records = true},
          },
      .make_workload = make,
      .check = check};
}

}  // namespace capplan::models
