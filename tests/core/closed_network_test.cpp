// Closed models against worked values, against their bounds, and against the open queues they tend to.

#include "core/closed_network.h"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/queueing.h"
#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

Approx six(double value) { return Approx(value).margin(6e-7).epsilon(0); }
Approx nine(double value) { return Approx(value).margin(6e-10).epsilon(0); }
Approx about(double value, double relative = 1e-10) { return Approx(value).epsilon(relative).margin(1e-300); }

}  // namespace

TEST_CASE("Mean value analysis agrees with worked values") {
  const std::array<double, 2> two{0.005, 0.003};
  const ClosedFigures batch = mva(two, 10);
  CHECK(batch.throughput == nine(199.514509246));
  CHECK(batch.response * 1e3 == six(50.121668));
  CHECK(batch.mean_at[0] == six(8.540053));
  CHECK(batch.mean_at[1] == six(1.459947));
  CHECK(batch.utilization[0] == about(batch.throughput * 0.005));

  const ClosedFigures thinking = mva(two, 10, 0.1);
  CHECK(thinking.throughput == nine(89.300142163));
  CHECK(thinking.response * 1e3 == six(11.981905));

  const ClosedFigures three = mva(std::array<double, 3>{0.010, 0.004, 0.002}, 20, 1);
  CHECK(three.throughput == nine(19.633658153));
  CHECK(three.response * 1e3 == six(18.658869));
}

TEST_CASE("Mean value analysis accounts for every customer and stays within its bounds") {
  const std::array<double, 3> demands{0.010, 0.004, 0};
  for (const int customers : {1, 2, 7, 30, 300}) {
    CAPTURE(customers);
    const ClosedFigures figures = mva(demands, customers, 0.05);
    const double thinking = figures.throughput * 0.05;
    CHECK(std::accumulate(figures.mean_at.begin(), figures.mean_at.end(), thinking) == about(customers));
    const AsymptoticBounds bounds = asymptotic_bounds(demands, customers, 0.05);
    const double slack = 1 + 1e-12;
    CHECK(figures.throughput <= bounds.throughput_upper * slack);
    CHECK(figures.throughput * slack >= bounds.throughput_lower);
    CHECK(figures.response * slack >= bounds.response_lower);
    CHECK(figures.response <= bounds.response_upper * slack);
    CHECK(figures.mean_at[2] == 0);
  }
  CHECK(mva(demands, 1, 0.05).response == about(0.014));
  CHECK(mva(demands, 0).throughput == 0);
}

TEST_CASE("Asymptotic bounds cross at the knee") {
  const std::array<double, 2> demands{0.005, 0.003};
  const AsymptoticBounds few = asymptotic_bounds(demands, 10, 0.1);
  CHECK(few.knee == about(21.6));
  CHECK(few.throughput_upper == about(10 / 0.108));
  CHECK(few.response_lower == about(0.008));
  const AsymptoticBounds many = asymptotic_bounds(demands, 100, 0.1);
  CHECK(many.throughput_upper == about(200));
  CHECK(many.response_lower == about(0.4));
}

TEST_CASE("The machine repairman agrees with worked values") {
  const RepairmanFigures one = machine_repairman({10, 1, 0.1, 1});
  CHECK(one.throughput == nine(.785417657));
  CHECK(one.mean_in_system == nine(2.145823431));
  CHECK(one.mean_response == nine(2.732079439));

  const RepairmanFigures four = machine_repairman({50, 4, 0.2, 5});
  CHECK(four.throughput == nine(9.592679836));
  CHECK(four.mean_response == nine(.212307807));
  CHECK(four.utilization == nine(.479633992));

  const RepairmanFigures ten = machine_repairman({100, 10, 1, 10});
  CHECK(ten.throughput == nine(88.397749918));
  CHECK(ten.mean_response == nine(.131250514));

  const RepairmanFigures twenty = machine_repairman({200, 20, 0.5, 1 / 0.15});
  CHECK(twenty.throughput == nine(92.951259820));
  CHECK(twenty.mean_response == nine(.151665296));
  CHECK(twenty.utilization == nine(.697134449));
}

TEST_CASE("The machine repairman with one server is mean value analysis with one station") {
  const ClosedFigures network = mva(std::array<double, 1>{0.2}, 25, 4);
  const RepairmanFigures repairman = machine_repairman({25, 1, 0.25, 5});
  CHECK(repairman.throughput == about(network.throughput));
  CHECK(repairman.mean_response == about(network.response));
  CHECK(repairman.mean_in_system == about(network.mean_at[0]));
}

TEST_CASE("The machine repairman keeps Little's law for the whole cycle") {
  for (const Repairman model : {Repairman{10, 1, 0.1, 1}, Repairman{10, 20, 1, 1}, Repairman{5000, 30, 0.01, 2}}) {
    CAPTURE(model.customers);
    const RepairmanFigures figures = machine_repairman(model);
    CHECK(figures.throughput * (1 / model.think_rate + figures.mean_response) == about(model.customers, 1e-9));
    CHECK(figures.mean_in_system == about(figures.throughput * figures.mean_response, 1e-9));
    if (model.servers >= model.customers) CHECK(figures.mean_wait == 0);
  }
}

TEST_CASE("The machine repairman holds for a hundred thousand customers, from idle to flooded") {
  // flooded: the pool never rests, all others wait
  const RepairmanFigures flooded = machine_repairman({100000, 50, 10, 100});
  CHECK(flooded.utilization == about(1));
  CHECK(flooded.throughput == about(5000));
  CHECK(flooded.mean_response == about(100000 / 5000.0 - 0.1, 1e-9));
  CHECK(flooded.wait_probability == about(1));
  // half loaded: so many thinkers are as good as Poisson arrivals
  const RepairmanFigures open = machine_repairman({100000, 50, 0.025, 100});
  CHECK(open.throughput == about(100000 / (40 + open.mean_response), 1e-9));
  const QueueFigures limit = mmc({.arrival_rate = open.throughput, .service_rate = 100, .servers = 50});
  CHECK(open.utilization == about(limit.utilization));
  CHECK(open.wait_probability == about(limit.wait_probability, 5e-3));
  // idle
  CHECK(machine_repairman({100000, 50, 1e-9, 100}).mean_response == about(0.01));
}

TEST_CASE("The scalability law agrees with worked values and peaks where it says") {
  const ScalabilityLaw law{.gain = 1000, .contention = 0.02, .coherency = 0.0005};
  const double customers[] = {1, 2, 4, 8, 16, 32, 64, 128};
  const double throughput[] = {1000, 1958.8639, 3752.3452, 6849.3151, 11267.6056, 15122.8733, 14967.2591, 10970.1748};
  for (int i = 0; i < 8; ++i) {
    CHECK(scalability_throughput(law, customers[i]) == Approx(throughput[i]).margin(6e-5).epsilon(0));
  }
  const ScalabilityPeak peak = scalability_peak(law);
  CHECK(peak.customers == Approx(44.27).margin(0.006).epsilon(0));
  CHECK(peak.throughput == Approx(15680.89).margin(0.006).epsilon(0));
  CHECK(scalability_throughput(law, peak.customers * 1.01) < peak.throughput);
  CHECK(scalability_throughput(law, peak.customers / 1.01) < peak.throughput);
  CHECK(scalability_throughput(law, 0) == 0);
}

TEST_CASE("A scalability law without coherency cost never falls") {
  const ScalabilityPeak amdahl = scalability_peak({.gain = 100, .contention = 0.05, .coherency = 0});
  CHECK(std::isinf(amdahl.customers));
  CHECK(amdahl.throughput == about(2000));
  CHECK(std::isinf(scalability_peak({.gain = 100, .contention = 0, .coherency = 0}).throughput));
  const ScalabilityPeak hopeless = scalability_peak({.gain = 100, .contention = 0.5, .coherency = 2});
  CHECK(hopeless.customers == 1);
  CHECK(hopeless.throughput == about(100));
}

TEST_CASE("A closed model's parameter outside its domain is refused by name") {
  const std::array<double, 2> demands{0.005, 0.003};
  CHECK_THROWS_WITH(mva(std::array<double, 1>{-1}, 3), ContainsSubstring("demands"));
  CHECK_THROWS_WITH(mva(std::array<double, 1>{0}, 3), ContainsSubstring("demands"));
  CHECK_THROWS_WITH(mva({}, 3), ContainsSubstring("demands"));
  CHECK_THROWS_WITH(mva(demands, -1), ContainsSubstring("customers"));
  CHECK_THROWS_WITH(mva(demands, 1, -1), ContainsSubstring("think_time"));
  CHECK_THROWS_WITH(asymptotic_bounds(demands, 0), ContainsSubstring("customers"));
  CHECK_THROWS_WITH(machine_repairman({0, 1, 1, 1}), ContainsSubstring("customers"));
  CHECK_THROWS_WITH(machine_repairman({1, 0, 1, 1}), ContainsSubstring("servers"));
  CHECK_THROWS_WITH(machine_repairman({1, 1, 0, 1}), ContainsSubstring("think_rate"));
  CHECK_THROWS_WITH(machine_repairman({1, 1, 1, 0}), ContainsSubstring("service_rate"));
  CHECK_THROWS_WITH(scalability_throughput({.gain = 0}, 1), ContainsSubstring("gain"));
  CHECK_THROWS_WITH(scalability_throughput({.contention = 2}, 1), ContainsSubstring("contention"));
  CHECK_THROWS_WITH(scalability_throughput({.coherency = -1}, 1), ContainsSubstring("coherency"));
  CHECK_THROWS_WITH(scalability_throughput({}, -1), ContainsSubstring("customers"));
}
