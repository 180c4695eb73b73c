// An open workload: requests come at a rate that does not care how they fare. Latency counts from the intended arrival,
// so that a slow system cannot hide behind a slow generator (coordinated omission).
// Source: renewal arrivals; gamma gaps of any coefficient of variation, Poisson at 1, constant at 0.

#include "models/catalog.h"
#include "models/workload/mix.h"

namespace capplan::models {

namespace {

class OpenWorkload : public Workload, private core::Handler {
 public:
  OpenWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        mix_(build, section),
        gaps_(build.stream(section.path(), "arrivals")),
        gap_(gap(section.params)) {}

  void start() override { schedule_next(); }
  void finished(std::uint32_t, bool) override {}

 private:
  static core::Distribution gap(const Params& p) {
    const double mean = 1 / p.number("rate");
    const double cv = p.number("arrivals");
    if (cv == 0) return core::Distribution::deterministic(mean);
    return cv == 1 ? core::Distribution::exponential(mean) : core::Distribution::gamma(mean, cv);
  }

  void schedule_next() { simulator_.schedule(core::to_nanos(gap_.sample(gaps_)), *this, 0, 0); }

  void on_event(std::uint32_t, std::uint32_t) override {
    schedule_next();
    const std::uint64_t number = number_++;
    intake_.arrive(*this, key_, {mix_.draw(number), 0, number});
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  Mix mix_;
  core::Stream gaps_;
  core::Distribution gap_;
  std::uint64_t number_ = 0;
};

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<OpenWorkload>(build, section);
}

}  // namespace

Spec open_workload() {
  return {.section = "workload",
          .kind = "open",
          .help = "requests at a given rate, whatever becomes of them",
          .source = "renewal process; pgbench -R is this with poisson arrivals",
          .validity = "the rate is the same all the time; gaps are independent",
          .params =
              {
                  {.name = "rate", .type = Type::rate, .help = "requests offered", .required = true, .lo = 1e-6,
                   .hi = 1e9},
                  {.name = "arrivals", .type = Type::arrivals, .fallback = "poisson",
                   .help = "\"poisson\", \"constant\", or { gamma = { cv = 2 } } for burstier or steadier ones"},
                  mix_param(),
              },
          .make_workload = make};
}

}  // namespace capplan::models
