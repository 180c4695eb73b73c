// The hold model over the event lists of event_queues.h: `n` live events, each, when popped, pushed again after a
// uniform delay of mean n (the measurement that JaamSim's authors published of theirs). What follows from it stands in
// docs/decisions/002-event-queue.md.
// Goal: core::EventQueue is the fastest at 4 to 16 events, where open models live, and ahead of the binary heap beyond.

#include "tests/bench/event_queues.h"

#include <benchmark/benchmark.h>

namespace capplan::bench {

namespace {

template <class Queue>
void hold(benchmark::State& state) {
  constexpr int steps = 1000;
  const auto n = static_cast<std::size_t>(state.range(0));
  Hold<Queue> model(n);
  for (std::size_t i = 0; i < 4 * n; ++i) model.step();  // to the steady state, and every list to its size
  std::uint64_t sum = 0;
  for (auto _ : state)
    for (int i = 0; i < steps; ++i) sum += model.step().sequence;
  benchmark::DoNotOptimize(sum);
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * steps, benchmark::Counter::kIsRate);
}

void sizes(benchmark::internal::Benchmark* benchmark) { benchmark->RangeMultiplier(4)->Range(1, 262'144); }

BENCHMARK(hold<core::EventQueue>)->Name("event_queue/hold/four_ary_heap")->Apply(sizes);
BENCHMARK(hold<BinaryHeap>)->Name("event_queue/hold/binary_heap")->Apply(sizes);
BENCHMARK(hold<CalendarQueue>)->Name("event_queue/hold/calendar_queue")->Apply(sizes);
BENCHMARK(hold<LadderQueue>)->Name("event_queue/hold/ladder_queue")->Apply(sizes);

}  // namespace

}  // namespace capplan::bench
