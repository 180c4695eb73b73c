// M/M/1 at a load of 0.9, three ways: a loop written for nothing else, the kernel with a handler of its own, and the
// kernel's station. Two events a job. Each reports the mean response, 10 at a service rate of 1, so that the work is
// seen to be done. tests/bench/mm1_simpy.py is the same in SimPy.
// Goal: mm1/kernel does at least 0.6 times the events per second of mm1/hand_written.

#include <benchmark/benchmark.h>

#include <cmath>
#include <deque>
#include <memory>
#include <queue>
#include <vector>

#include "core/fifo_station.h"
#include "core/random.h"
#include "tests/bench/event_queues.h"

namespace capplan::bench {

namespace {

constexpr double load = 0.9;
constexpr std::uint64_t jobs_per_round = 1'000'000;

void report(benchmark::State& state, std::uint64_t events, double total_response, double jobs) {
  state.counters["events"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["mean_response"] = total_response / jobs;
}

// --- a plain loop over a binary heap

class HandWritten {
 public:
  std::uint64_t run(std::uint64_t jobs) {
    std::uint64_t events = 0;
    if (calendar_.empty()) calendar_.push({gap(), arrival});
    for (const std::uint64_t until = served + jobs; served < until; ++events) {
      const Entry entry = calendar_.top();
      calendar_.pop();
      const double now = entry.time;
      if (entry.kind == arrival) {
        arrived_.push_back(now);
        if (arrived_.size() == 1) calendar_.push({now + exponential(), departure});
        calendar_.push({now + gap(), arrival});
      } else {
        total_response += now - arrived_.front();
        arrived_.pop_front();
        ++served;
        if (!arrived_.empty()) calendar_.push({now + exponential(), departure});
      }
    }
    return events;
  }

  std::uint64_t served = 0;
  double total_response = 0;

 private:
  enum Kind { arrival, departure };
  struct Entry {
    double time;
    Kind kind;
    friend bool operator>(const Entry& a, const Entry& b) { return a.time > b.time; }
  };

  double exponential() { return -std::log((static_cast<double>(random_.next() >> 12) + 0.5) * 0x1p-52); }
  double gap() { return exponential() / load; }

  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> calendar_;
  std::deque<double> arrived_;
  Xorshift random_;
};

void hand_written(benchmark::State& state) {
  HandWritten queue;
  std::uint64_t events = 0;
  for (auto _ : state) events += queue.run(jobs_per_round);
  report(state, events, queue.total_response, static_cast<double>(queue.served));
}

// --- the kernel's clock and streams, and a handler

class Kernel : core::Handler {
 public:
  Kernel() { schedule_arrival(); }

  void run(std::uint64_t jobs) {
    until_ = served + jobs;
    simulator.run();
  }

  core::Simulator simulator;
  std::uint64_t served = 0;
  double total_response = 0;

 private:
  enum Kind : std::uint32_t { arrival, departure };

  void on_event(std::uint32_t kind, std::uint32_t) override {
    if (kind == arrival) {
      arrived_.push_back(simulator.now());
      if (arrived_.size() == 1) schedule_departure();
      schedule_arrival();
    } else {
      total_response += core::to_seconds(simulator.now() - arrived_.front());
      arrived_.pop_front();
      if (!arrived_.empty()) schedule_departure();
      if (++served == until_) simulator.stop();
    }
  }
  void schedule_arrival() { simulator.schedule(core::to_nanos(arrivals_.exponential() / load), *this, arrival, 0); }
  void schedule_departure() { simulator.schedule(core::to_nanos(services_.exponential()), *this, departure, 0); }

  core::Stream arrivals_{1, 0, "mm1", "arrivals"};
  core::Stream services_{1, 0, "mm1", "services"};
  std::deque<core::Nanos> arrived_;
  std::uint64_t until_ = 0;
};

void kernel(benchmark::State& state) {
  Kernel queue;
  for (auto _ : state) queue.run(jobs_per_round);
  report(state, queue.simulator.events(), queue.total_response, static_cast<double>(queue.served));
}

// --- the kernel's station, with a histogram of its waits

class Station : core::Handler {
 public:
  Station() : station_(simulator, 1) {
    station_.wait = wait.get();
    schedule_arrival();
  }

  void run(std::uint64_t jobs) {
    until_ = served + jobs;
    simulator.run();
  }

  core::Simulator simulator;
  std::unique_ptr<core::Histogram> wait = std::make_unique<core::Histogram>();
  std::uint64_t served = 0;
  double total_service = 0;

 private:
  enum Kind : std::uint32_t { arrival, departure };

  void on_event(std::uint32_t kind, std::uint32_t) override {
    if (kind == arrival) {
      const core::Nanos service = core::to_nanos(services_.exponential());
      total_service += core::to_seconds(service);
      station_.submit(service, {this, departure, departure, 0});
      schedule_arrival();
    } else if (++served == until_) {
      simulator.stop();
    }
  }
  void schedule_arrival() { simulator.schedule(core::to_nanos(arrivals_.exponential() / load), *this, arrival, 0); }

  core::FifoStation station_;
  core::Stream arrivals_{1, 0, "mm1", "arrivals"};
  core::Stream services_{1, 0, "mm1", "services"};
  std::uint64_t until_ = 0;
};

void station(benchmark::State& state) {
  Station queue;
  for (auto _ : state) queue.run(jobs_per_round);
  const auto served = static_cast<double>(queue.served);
  report(state, queue.simulator.events(), queue.wait->mean() * served + queue.total_service, served);
}

BENCHMARK(hand_written)->Name("mm1/hand_written")->Unit(benchmark::kMillisecond);
BENCHMARK(kernel)->Name("mm1/kernel")->Unit(benchmark::kMillisecond);
BENCHMARK(station)->Name("mm1/station")->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace capplan::bench
