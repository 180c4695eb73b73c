#include "models/service/breaker.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec open_figure{.name = "breaker_open",
                                       .unit = Unit::ratio,
                                       .help = "share of time in which the circuit breaker is open",
                                       .better = Better::down,
                                       .aggregation = Aggregation::level,
                                       .heading = "breaker open",
                                       .column = Column::if_any,
                                       .absent = "without breaker"};
constexpr core::FigureSpec opened_figure{.name = "breaker_opened_per_s",
                                         .unit = Unit::per_second,
                                         .help = "times that the circuit breaker opens",
                                         .better = Better::down,
                                         .heading = "breaker opened/s",
                                         .absent = "without breaker"};
constexpr core::FigureSpec refused_figure{
    .name = "breaker_refused_ratio",
    .unit = Unit::ratio,
    .help = "attempts that an open breaker refused, for each request or call that came",
    .better = Better::down,
    .aggregation = Aggregation::ratio,
    .heading = "breaker refused",
    .alias = "breaker_refused",
    .absent = "without breaker"};

}  // namespace

void CircuitBreaker::enter(State state) {
  if (open != nullptr && (state_ == State::open) != (state == State::open))
    open->add(simulator_.now(), state == State::open ? 1 : -1);
  if (state == State::open && opened != nullptr) opened->add();
  state_ = state;
  ++generation_;
  since_ = simulator_.now();
  window_ = {};
  passed_ = ended_ = failed_ = 0;
}

bool CircuitBreaker::allows(std::uint32_t& permission) {
  if (state_ == State::open && simulator_.now() - since_ >= rules_.open) enter(State::half_open);
  if (state_ == State::open || (state_ == State::half_open && passed_ == rules_.half_open_calls)) {
    if (refused != nullptr) refused->add();
    return false;
  }
  ++passed_;
  permission = generation_;
  return true;
}

void CircuitBreaker::withdrawn(std::uint32_t permission) {
  if (permission == generation_ && state_ == State::half_open) --passed_;
}

void CircuitBreaker::ended(std::uint32_t permission, bool failed) {
  if (permission != generation_) return;
  if (state_ == State::closed) return count(failed);
  ++ended_;
  if (failed) ++failed_;
  if (ended_ < rules_.half_open_calls) return;
  enter(static_cast<double>(failed_) >= rules_.error_rate * ended_ ? State::open : State::closed);
}

void CircuitBreaker::count(bool failed) {
  const std::int64_t number = simulator_.now() / std::max<core::Nanos>(1, rules_.window / parts);
  Part& part = window_[static_cast<std::size_t>(number % parts)];
  if (part.number != number) part = {number, 0, 0};
  ++part.calls;
  if (failed) ++part.failures;
  std::uint32_t calls = 0, failures = 0;
  for (const Part& each : window_)
    if (each.number > number - parts) {
      calls += each.calls;
      failures += each.failures;
    }
  if (calls >= rules_.min_calls && static_cast<double>(failures) >= rules_.error_rate * calls) enter(State::open);
}

FigureSpecs breaker_figures() { return {&open_figure, &opened_figure, &refused_figure}; }

Param breaker_param() {
  const std::string source = "Resilience4j CircuitBreakerConfig";
  return {.name = "breaker",
          .type = Type::record,
          .fallback = "none",
          .help = "circuit breaker: refuses at once while too many fail; absent: none",
          .source = source,
          .fields = {{.name = "error_rate",
                      .type = Type::ratio,
                      .fallback = "50%",
                      .help = "share of failures in the window at which it opens",
                      .source = source,
                      .lo = 0.0001,
                      .hi = 1},
                     {.name = "window",
                      .type = Type::duration,
                      .fallback = "10s",
                      .help = "how far back it counts, in ten parts",
                      .lo = 0.001,
                      .hi = 86'400},
                     {.name = "min_calls",
                      .type = Type::count,
                      .fallback = "100",
                      .help = "least number of ended attempts in the window; with fewer it does not open",
                      .source = source,
                      .lo = 1,
                      .hi = 1e6},
                     {.name = "open",
                      .type = Type::duration,
                      .fallback = "60s",
                      .help = "how long it refuses all before it admits some",
                      .source = source,
                      .lo = 0.001,
                      .hi = 86'400},
                     {.name = "half_open_calls",
                      .type = Type::count,
                      .fallback = "10",
                      .help = "how many it then admits, whose outcome decides",
                      .source = source,
                      .lo = 1,
                      .hi = 1e6}}};
}

std::unique_ptr<CircuitBreaker> make_breaker(Build& build, const Section& section, const core::Counter& offered) {
  if (!section.params.has("breaker")) return nullptr;
  const Params p = section.params.record("breaker");
  const std::vector<std::string> of = section.subject();
  auto breaker = std::make_unique<CircuitBreaker>(
      build.simulator, BreakerRules{.error_rate = p.number("error_rate"),
                                    .window = p.duration("window"),
                                    .min_calls = static_cast<std::uint32_t>(p.count("min_calls")),
                                    .open = p.duration("open"),
                                    .half_open_calls = static_cast<std::uint32_t>(p.count("half_open_calls"))});
  breaker->open = &build.meters.level(open_figure, of, 1);
  breaker->opened = &build.meters.rate(opened_figure, of);
  breaker->refused = &build.meters.ratio(refused_figure, of, offered);
  return breaker;
}

}  // namespace capplan::models
