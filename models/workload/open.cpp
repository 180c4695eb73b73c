// An open workload: requests come at a rate that does not care how they fare. Latency counts from the intended arrival,
// so that a slow system cannot hide behind a slow generator (coordinated omission).
// Source: renewal arrivals; gamma gaps of any coefficient of variation, Poisson at 1, constant at 0. Where the rate
// changes over time, or comes in bursts, see arrival_times.h and shape.cpp.

#include "models/catalog.h"
#include "models/workload/arrival_times.h"
#include "models/workload/mix.h"
#include "models/workload/shape.h"

namespace capplan::models {

namespace {

class OpenWorkload : public Workload, private core::Handler {
 public:
  OpenWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        mix_(build, section),
        times_(build, section) {}

  void start() override { schedule_next(); }
  void finished(std::uint32_t, bool) override {}

 private:
  void schedule_next() {
    const core::Nanos now = simulator_.now(), next = times_.next(now);
    if (next != core::never) simulator_.schedule(next - now, *this, 0, 0);
  }

  void on_event(std::uint32_t, std::uint32_t) override {
    schedule_next();
    const std::uint64_t number = number_++;
    intake_.arrive(*this, key_, {mix_.draw(number), 0, number});
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  Mix mix_;
  ArrivalTimes times_;
  std::uint64_t number_ = 0;
};

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<OpenWorkload>(build, section);
}

std::vector<Param> params() {
  std::vector<Param> all = {
      {.name = "rate",
       .type = Type::rate,
       .help = "requests offered",
       .required = true,
       .unless = "rates",
       .lo = 1e-6,
       .hi = 1e9},
      {.name = "arrivals",
       .type = Type::arrivals,
       .fallback = "poisson",
       .help = "\"poisson\", \"constant\", { gamma = { cv = 2 } } for burstier or steadier ones, or { mmpp = { rates = "
               "[1, 8], stays = [\"20s\", \"2s\"] } } for states that alternate, of relative rates and mean durations"},
      mix_param(),
  };
  const std::vector<Param> shapes = shape_params();
  all.insert(all.end(), shapes.begin(), shapes.end());
  return all;
}

}  // namespace

Spec open_workload() {
  return {.section = "workload",
          .kind = "open",
          .help = "requests at a given rate, whatever the answers are",
          .source =
              "renewal process; pgbench -R is this with poisson arrivals. Over time: Gerhardt and Nelson, INFORMS "
              "J. Comput. 2009; bursts: Fischer and Meier-Hellstern, Performance Evaluation 1993",
          .validity =
              "gaps are independent at a rate that does not change, and of their cv at one that does; arrivals do not "
              "depend on the outcome of other requests",
          .params = params(),
          .make_workload = make,
          .check = check_shape};
}

}  // namespace capplan::models
