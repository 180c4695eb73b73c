// Replay of a capture's arrivals: the times and classes that were measured, faster or slower if asked. What a request
// costs is still drawn: only when it comes, and which it is, are the capture's.
// For an open capture the time is the scheduled one; of a closed capture it is the pace that the system allowed.

#include "core/error.h"
#include "models/catalog.h"
#include "models/workload/mix.h"

namespace capplan::models {

namespace {

class TraceWorkload : public Workload, private core::Handler {
 public:
  TraceWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        trace_(section.params.trace("capture")),
        pace_(1 / section.params.number("speed")),
        repeat_(section.params.flag("repeat") && !trace_->at.empty() && scaled(trace_->span) > 0) {
    for (const std::string& name : trace_->classes) classes_.push_back(build.request_class(name));
  }

  void start() override { schedule_next(); }
  void finished(std::uint32_t, bool) override {}

 private:
  void schedule_next() {
    if (next_ == trace_->at.size()) {
      if (!repeat_) return;
      next_ = 0;
      round_start_ += scaled(trace_->span);
    }
    const core::Nanos at = round_start_ + scaled(trace_->at[next_]);
    simulator_.schedule(std::max<core::Nanos>(0, at - simulator_.now()), *this, 0, 0);
  }

  core::Nanos scaled(core::Nanos span) const {
    return static_cast<core::Nanos>(static_cast<double>(span) * pace_ + 0.5);
  }

  void on_event(std::uint32_t, std::uint32_t) override {
    const std::uint32_t request_class = classes_[trace_->klass[next_++]];
    schedule_next();
    const std::uint64_t number = number_++;
    intake_.arrive(*this, key_, {request_class, 0, number});
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  std::shared_ptr<const ArrivalTrace> trace_;
  double pace_;
  bool repeat_;
  std::vector<std::uint32_t> classes_;
  std::size_t next_ = 0;
  core::Nanos round_start_ = 0;
  std::uint64_t number_ = 0;
};

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<TraceWorkload>(build, section);
}

}  // namespace

Spec trace_workload() {
  return {.section = "workload",
          .kind = "trace",
          .help = "the arrivals of a capture, replayed, each class as the request of its name",
          .source = "the capture",
          .validity = "replications share the arrivals and differ only in what requests cost",
          .params =
              {
                  {.name = "capture", .type = Type::capture, .help = "manifest of the capture, relative to the scenario",
                   .required = true},
                  {.name = "speed", .type = Type::number, .fallback = "1",
                   .help = "2 replays twice as fast, so at twice the rate", .lo = 1e-3, .hi = 1e3},
                  {.name = "repeat", .type = Type::flag, .fallback = "true",
                   .help = "start over at the end of the capture"},
              },
          .make_workload = make};
}

}  // namespace capplan::models
