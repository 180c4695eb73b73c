#include "models/service/container.h"

#include <algorithm>
#include <utility>

#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec cpu_figure{.name = "cpu",
                                      .unit = Unit::ratio,
                                      .help = "cores busy, as a share of those that all instances may use",
                                      .better = Better::down,
                                      .aggregation = Aggregation::level,
                                      .heading = "CPU",
                                      .alias = "utilization",
                                      .column = Column::always};
constexpr core::FigureSpec throttled_figure{.name = "throttled",
                                            .unit = Unit::ratio,
                                            .help = "share of time in which the CPU quota of a period is used up",
                                            .better = Better::down,
                                            .aggregation = Aggregation::level,
                                            .heading = "throttled",
                                            .column = Column::always,
                                            .absent = "without cpu_quota"};
constexpr core::FigureSpec throttled_periods_figure{.name = "throttled_periods_ratio",
                                                    .unit = Unit::ratio,
                                                    .help = "periods in which the quota was used up, of all with work",
                                                    .better = Better::down,
                                                    .aggregation = Aggregation::ratio,
                                                    .heading = "periods cut",
                                                    .alias = "throttled_periods",
                                                    .column = Column::always,
                                                    .absent = "without cpu_quota"};
constexpr core::FigureSpec memory_figure{.name = "memory",
                                         .unit = Unit::ratio,
                                         .help = "memory in use, as a share of the limit",
                                         .better = Better::down,
                                         .aggregation = Aggregation::level,
                                         .heading = "memory",
                                         .column = Column::always,
                                         .stock = true,
                                         .absent = "without memory_limit or max_old_space_size"};
constexpr core::FigureSpec down_figure{.name = "down",
                                       .unit = Unit::ratio,
                                       .help = "share of time in which an instance is down after a kill",
                                       .better = Better::down,
                                       .aggregation = Aggregation::level,
                                       .heading = "down",
                                       .column = Column::if_any,
                                       .absent = "without memory_limit or max_old_space_size"};
constexpr core::FigureSpec oom_kills_figure{.name = "oom_kills_per_s",
                                            .unit = Unit::per_second,
                                            .help = "kills for want of memory",
                                            .better = Better::down,
                                            .heading = "kills/s",
                                            .absent = "without memory_limit or max_old_space_size"};
constexpr core::FigureSpec periods_figure{.name = "periods_per_s",
                                          .unit = Unit::per_second,
                                          .help = "periods of the CPU quota with work in them",
                                          .heading = "periods/s",
                                          .absent = "without cpu_quota"};

/// What an instance must not need more than: the container's memory, or the process' heap; 0 for no limit.
std::int64_t memory_limit(const Params& p) {
  std::int64_t least = 0;
  for (const char* name : {"memory_limit", "max_old_space_size"})
    if (p.has(name) && (least == 0 || p.bytes(name) < least)) least = p.bytes(name);
  return least;
}

}  // namespace

Container::Container(Build& build, const Section& section)
    : simulator_(build.simulator),
      memory_base_(static_cast<double>(section.params.bytes("memory_base"))),
      memory_per_request_(static_cast<double>(section.params.bytes("memory_per_request"))),
      memory_limit_(static_cast<double>(memory_limit(section.params))),
      restart_time_(section.params.duration("restart_time")) {
  const Params& p = section.params;
  const auto cores = static_cast<int>(p.count("cores"));
  const double quota = p.has("cpu_quota") ? p.number("cpu_quota") : 0;
  const auto instances = static_cast<std::size_t>(p.count("instances"));
  const std::vector<std::string> of = section.subject();
  const double usable = (quota > 0 ? std::min<double>(quota, cores) : cores) * static_cast<double>(instances);
  core::Level& busy = build.meters.level(cpu_figure, of, usable);
  core::Level* throttled = nullptr;
  core::Counter *periods = nullptr, *cut = nullptr;
  if (quota > 0) {
    throttled = &build.meters.level(throttled_figure, of, static_cast<double>(instances));
    periods = &build.meters.rate(periods_figure, of);
    cut = &build.meters.ratio(throttled_periods_figure, of, *periods);
  }
  if (memory_limit_ > 0) {
    memory_ = &build.meters.level(memory_figure, of, memory_limit_ * static_cast<double>(instances));
    memory_->set(0, memory_base_ * static_cast<double>(instances));
    down_ = &build.meters.level(down_figure, of, static_cast<double>(instances));
    kills_ = &build.meters.rate(oom_kills_figure, of);
  }
  for (std::size_t i = 0; i < instances; ++i) {
    instances_.push_back(
        {std::make_unique<core::ThrottledStation>(simulator_, cores, quota, p.duration("cfs_period")), {}, true});
    core::ThrottledStation& station = *instances_.back().cores;
    station.busy = &busy;
    station.throttled = throttled;
    station.periods = periods;
    station.cut_periods = cut;
  }
}

double Container::memory_of(const Instance& instance) const {
  return memory_base_ + memory_per_request_ * static_cast<double>(instance.inside.size());
}

std::uint32_t Container::enter(std::uint64_t turn, std::uint32_t request, Owner& owner, bool& killed) {
  killed = false;
  std::uint32_t number = none;
  for (std::size_t i = 0; i < instances_.size() && number == none; ++i) {
    const auto candidate = static_cast<std::uint32_t>((turn + i) % instances_.size());
    if (instances_[candidate].up) number = candidate;
  }
  if (number == none || memory_limit_ <= 0) return number;
  Instance& instance = instances_[number];
  if (memory_of(instance) + memory_per_request_ <= memory_limit_) {
    instance.inside.push_back(request);
    memory_->add(simulator_.now(), memory_per_request_);
    return number;
  }
  killed = true;
  kills_->add();
  memory_->add(simulator_.now(), -memory_of(instance));
  down_->add(simulator_.now(), 1);
  instance.up = false;
  instance.cores->clear();
  simulator_.schedule(restart_time_, *this, 0, number);
  // Whom the end of these wakes may bring down another instance before it returns: the list is this call's own.
  std::vector<std::uint32_t> dying = std::exchange(dying_, {});
  dying.swap(instance.inside);
  owner.killed(dying);
  dying.clear();
  dying_ = std::move(dying);
  return none;
}

void Container::leave(std::uint32_t number, std::uint32_t request) {
  if (memory_limit_ <= 0) return;
  std::vector<std::uint32_t>& inside = instances_[number].inside;
  const auto found = std::find(inside.begin(), inside.end(), request);
  if (found == inside.end()) return;
  *found = inside.back();
  inside.pop_back();
  memory_->add(simulator_.now(), -memory_per_request_);
}

void Container::compute(std::uint32_t instance, core::Nanos demand, core::Handler& to, std::uint32_t kind,
                        std::uint32_t index) {
  instances_[instance].cores->submit(std::max<core::Nanos>(1, demand), to, kind, index);
}

void Container::on_event(std::uint32_t, std::uint32_t number) {
  instances_[number].up = true;
  memory_->add(simulator_.now(), memory_base_);
  down_->add(simulator_.now(), -1);
}

Spec container_section() {
  const std::string bandwidth = "Linux Documentation/scheduler/sched-bwc.rst";
  return {
      .section = "container",
      .help = "where the service itself runs: cores under a CPU quota, memory under a limit beyond which it is killed",
      .source = bandwidth + "; Documentation/admin-guide/cgroup-v2.rst",
      .validity =
          "cores are shared ideally until the quota is used up, to the nanosecond and not in slices of 5 ms; memory "
          "is a base and the same for each request inside, and all of it counts as heap; a killed instance loses all "
          "its requests, whose statements continue on the server, and its share goes to the others until it restarts",
      .params =
          {
              {.name = "cores",
               .type = Type::count,
               .fallback = "4",
               .help = "of the host, that it may run on",
               .lo = 1,
               .hi = 4096},
              {.name = "cpu_quota",
               .type = Type::number,
               .help = "CPU limit, in cores: Docker's --cpus, Kubernetes' limits.cpu; absent: none",
               .source = bandwidth,
               .lo = 0.01,
               .hi = 4096,
               .costs = true},
              {.name = "cfs_period",
               .type = Type::duration,
               .fallback = "100ms",
               .help = "period of the quota: cpu.cfs_period_us",
               .source = bandwidth,
               .lo = 0.001,
               .hi = 1},
              {.name = "instances",
               .type = Type::count,
               .fallback = "1",
               .help = "containers, each with these limits; requests go to them round-robin",
               .lo = 1,
               .hi = 1000,
               .costs = true},
              {.name = "memory_limit",
               .type = Type::bytes,
               .help = "memory.max of each; absent: none",
               .lo = 1024.0 * 1024,
               .hi = 1e15,
               .costs = true},
              {.name = "max_old_space_size",
               .type = Type::bytes,
               .help = "heap of the process in each, Node's --max-old-space-size: it ends, as by a kill, when it needs "
                       "more; absent: what memory_limit leaves",
               .source = "Node.js doc/api/cli.md (--max-old-space-size)",
               .lo = 1024.0 * 1024,
               .hi = 1e15},
              {.name = "memory_base",
               .type = Type::bytes,
               .fallback = "256MB",
               .help = "what each holds without a request; an assumption, not measured",
               .lo = 0,
               .hi = 1e15},
              {.name = "memory_per_request",
               .type = Type::bytes,
               .fallback = "1MB",
               .help = "what a request holds while it is inside; an assumption, not measured",
               .lo = 0,
               .hi = 1e13},
              {.name = "restart_time",
               .type = Type::duration,
               .fallback = "5s",
               .help = "from a kill until it takes requests again; an assumption, not measured",
               .lo = 0.001,
               .hi = 3600},
          },
      .figures = {&cpu_figure, &throttled_figure, &throttled_periods_figure, &memory_figure, &down_figure,
                  &oom_kills_figure, &periods_figure},
      .check = [](const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
        for (const char* limit : {"memory_limit", "max_old_space_size"})
          if (p.has(limit) && p.bytes("memory_base") + p.bytes("memory_per_request") > p.bytes(limit))
            problems.push_back({find(p.values(), limit)->where, path + "." + limit,
                                "must be above memory_base and memory_per_request together: the container would be "
                                "killed by its first request",
                                ""});
      }};
}

}  // namespace capplan::models
