// The scheduler's rules beside pairs of statements of real captures: how often a short statement that finds a long one
// alone at work takes as long as it takes alone. The arrivals of the same captures, on simulated cores, say the same
// shares.

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "core/simulator.h"
#include "core/sliced_station.h"
#include "plan/capture/manifest.h"
#include "plan/capture/request_log.h"
#include "tests/support/catch.h"

using namespace capplan;
using core::Nanos;

namespace {

constexpr Nanos us = 1000;
constexpr Nanos loop = 60 * us;  // to the server and back

struct Request {
  Nanos scheduled, begin, took;
  std::string klass;
};

std::vector<Request> measured(const std::string& capture) {
  const plan::RequestLog log =
      plan::read_log(plan::read_manifest(CAPPLAN_SOURCE_DIR "/data/captures/" + capture + ".toml"));
  std::vector<Request> requests;
  for (std::size_t i = 0; i < log.size(); ++i)
    requests.push_back(
        {log.start_ns(i), log.start_ns(i) + log.lag_ns[i], log.service_ns(i), log.classes[log.klass[i]]});
  return requests;
}

/// Calls `with(request, others at work when it begins, whether nobody comes until it is done)` in the order of
/// beginnings.
template <class F>
void walk(std::vector<Request>& requests, F with) {
  std::sort(requests.begin(), requests.end(), [](const Request& a, const Request& b) { return a.begin < b.begin; });
  std::vector<std::size_t> at_work;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Request& r = requests[i];
    std::erase_if(at_work, [&](std::size_t k) { return requests[k].begin + requests[k].took <= r.begin; });
    with(i, at_work, i + 1 == requests.size() || requests[i + 1].begin >= r.begin + r.took);
    at_work.push_back(i);
  }
}

/// Durations of each class while nobody else was at work.
std::map<std::string, std::vector<Nanos>> undisturbed(std::vector<Request> requests) {
  std::map<std::string, std::vector<Nanos>> durations;
  walk(requests, [&](std::size_t i, const std::vector<std::size_t>& at_work, bool alone) {
    if (at_work.empty() && alone) durations[requests[i].klass].push_back(requests[i].took);
  });
  for (auto& [klass, times] : durations) std::sort(times.begin(), times.end());
  return durations;
}

/// Of short statements that found a long one alone at work, which had begun alone: how many ran at once, by its age.
struct Shares {
  int young = 0, young_at_once = 0;  // within its first slice
  int old = 0, old_at_once = 0;      // 1.4 to 5 ms
  void add(std::vector<Request> requests, const std::map<std::string, std::vector<Nanos>>& usual) {
    std::vector<bool> began_alone(requests.size());
    walk(requests, [&](std::size_t i, const std::vector<std::size_t>& at_work, bool) {
      began_alone[i] = at_work.empty();
      const Request& r = requests[i];
      if (at_work.size() != 1 || r.klass == "entities" || r.klass == "insert") return;
      const Request& beside = requests[at_work[0]];
      const Nanos age = r.begin - beside.begin;
      if (beside.klass != "entities" || !began_alone[at_work[0]] || at_work[0] + 1 != i || age >= 5000 * us ||
          beside.took - age < 500 * us)
        return;
      const std::vector<Nanos>& alone = usual.at(r.klass);
      const bool at_once = r.took < alone[alone.size() / 2] + 350 * us;
      ++(age < 1400 * us ? young : old);
      if (at_once) ++(age < 1400 * us ? young_at_once : old_at_once);
    });
  }
  double of_young() const { return young_at_once / static_cast<double>(young); }
  double of_old() const { return old_at_once / static_cast<double>(old); }
};

/// pgbench's clients before one core: who has been done for longest takes the next request of the schedule.
struct Replayed : core::Handler {
  Replayed(std::vector<Request> given, std::vector<Nanos> costs, int clients, const core::TimeSlices& slices)
      : requests(std::move(given)),
        demands(std::move(costs)),
        cores(simulator, 1, slices, core::Stream(1, 0, "test", "ticks")),
        serves(static_cast<std::size_t>(clients)) {
    for (int c = 0; c < clients; ++c) free.push_back(static_cast<std::uint32_t>(c));
    simulator.schedule(requests[0].scheduled, *this, 0, 0);
    simulator.run();
  }
  void on_event(std::uint32_t kind, std::uint32_t index) override {
    if (kind == 0) {
      waiting.push_back(index);
      if (index + 1 < requests.size())
        simulator.schedule(requests[index + 1].scheduled - simulator.now(), *this, 0, index + 1);
    } else if (kind == 1) {
      cores.submit(index, demands[serves[index]], *this, 2, index);
    } else if (kind == 2) {
      simulator.schedule(loop / 2, *this, 3, index);
    } else {
      requests[serves[index]].took = simulator.now() - requests[serves[index]].begin;
      free.push_back(index);
    }
    while (!free.empty() && !waiting.empty()) {
      serves[free.front()] = waiting.front();
      requests[waiting.front()].begin = simulator.now();
      simulator.schedule(loop / 2, *this, 1, free.front());
      free.pop_front();
      waiting.pop_front();
    }
  }
  std::vector<Request> requests;
  std::vector<Nanos> demands;
  core::Simulator simulator;
  core::SlicedStation cores;
  std::deque<std::uint32_t> free;
  std::deque<std::uint32_t> waiting;
  std::vector<std::uint32_t> serves;
};

}  // namespace

TEST_CASE("a short statement beside a long one runs at once as often as in captures of a real server") {
  std::map<std::string, std::vector<Nanos>>
      single;  // no capture but that of a single client tells what long ones take alone
  for (const Request& r : measured("alone")) single[r.klass].push_back(r.took);
  Shares real, simulated, without_claims;
  core::Stream draws(1, 0, "test", "demands");
  for (const auto& [name, clients] : {std::pair{"steady", 4}, {"moderate", 8}, {"busy", 4}}) {
    std::vector<Request> requests = measured(name);
    const auto usual = undisturbed(requests);
    real.add(requests, usual);
    std::sort(requests.begin(), requests.end(),
              [](const Request& a, const Request& b) { return a.scheduled < b.scheduled; });
    std::vector<Nanos> demands;
    for (const Request& r : requests) {
      const std::vector<Nanos>& times = r.klass == "entities" ? single.at(r.klass) : usual.at(r.klass);
      demands.push_back(std::max(5 * us, times[draws.below(times.size())] - loop));
    }
    simulated.add(Replayed(requests, demands, clients, {}).requests, usual);
    without_claims.add(Replayed(requests, demands, clients, {.place_lag = false}).requests, usual);
  }
  INFO("real " << real.of_young() << " of " << real.young << ", " << real.of_old() << " of " << real.old
               << "; simulated " << simulated.of_young() << " of " << simulated.young << ", " << simulated.of_old()
               << " of " << simulated.old);
  REQUIRE(real.young > 1000);
  REQUIRE(real.old > 200);
  // Two standard errors of the differences are 3.3 and 6.3 points.
  CHECK(std::abs(simulated.of_young() - real.of_young()) < 0.04);
  CHECK(std::abs(simulated.of_old() - real.of_old()) < 0.07);
  CHECK(without_claims.of_young() < real.of_young() - 0.1);
}
