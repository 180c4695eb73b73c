// The closed forms of open queues against worked values, against each other at their limits, and against Little's law.
// Tolerances are those of the digits printed in the tables.

#include "core/queueing.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Six decimals were printed, or nine.
Approx six(double value) { return Approx(value).margin(6e-7).epsilon(0); }
Approx nine(double value) { return Approx(value).margin(6e-10).epsilon(0); }
Approx about(double value, double relative = 1e-10) { return Approx(value).epsilon(relative).margin(1e-300); }

MarkovQueue unit_queue(int servers, double arrival_rate) { return {arrival_rate, 1.0, servers}; }

}  // namespace

TEST_CASE("M/M/c agrees with the tables of Erlang's formulas") {
  struct Row {
    int servers;
    double load, blocked, waits, wait, waiting, p95, p99;
  };
  const Row rows[] = {
      {1, 0.5, .333333333, .500000000, 1.000000000, .500000000, 4.605170, 7.824046},
      {2, 1.6, .329896907, .711111111, 1.777777778, 2.844444444, 6.637014, 10.660609},
      {4, 3.2, .228144930, .596432472, .745540590, 2.385729887, 3.098679, 5.110476},
      {10, 8, .121661064, .409180151, .204590075, 1.636720603, 1.051066, 1.855785},
      {10, 9, .167963226, .668731524, .668731524, 6.018583717, 2.593360, 4.202798},
      {20, 18, .109212846, .550769005, .275384502, 4.956921043, 1.199646, 2.004365},
      {100, 90, .026957380, .216940481, .021694048, 1.952464328, .146760, .307704},
  };
  for (const Row& row : rows) {
    CAPTURE(row.servers, row.load);
    const MarkovQueue queue = unit_queue(row.servers, row.load);
    const QueueFigures figures = mmc(queue);
    CHECK(erlang_b(row.servers, row.load) == nine(row.blocked));
    CHECK(erlang_c(row.servers, row.load) == nine(row.waits));
    CHECK(figures.wait_probability == nine(row.waits));
    CHECK(figures.mean_wait == nine(row.wait));
    CHECK(figures.mean_waiting == nine(row.waiting));
    CHECK(figures.utilization == about(row.load / row.servers));
    CHECK(figures.loss == 0);
    CHECK(wait_quantile(queue, 0.95) == six(row.p95));
    CHECK(wait_quantile(queue, 0.99) == six(row.p99));
  }
}

TEST_CASE("Response times of M/M/c agree with their table") {
  struct Row {
    int servers;
    double load, mean, p50, p95, p99;
  };
  const Row rows[] = {
      {2, 1.6, 2.777778, 2.040031, 7.910684, 11.937370}, {4, 3.2, 1.745541, 1.346199, 4.738019, 6.893204},
      {10, 8, 1.204590, .912145, 3.328275, 4.946111},    {20, 18, 1.275385, .990437, 3.422830, 5.041623},
      {1, 0.8, 5, 3.465736, 14.978661, 23.025851},
  };
  for (const Row& row : rows) {
    CAPTURE(row.servers, row.load);
    const MarkovQueue queue = unit_queue(row.servers, row.load);
    CHECK(mmc(queue).mean_response == six(row.mean));
    CHECK(response_quantile(queue, 0.50) == six(row.p50));
    CHECK(response_quantile(queue, 0.95) == six(row.p95));
    CHECK(response_quantile(queue, 0.99) == six(row.p99));
  }
}

TEST_CASE("The response tail is smooth where service and drain rates coincide") {
  // (2, 1): spare rate 1 = service rate, tail e^{-t} (1 + C t)
  const MarkovQueue equal = unit_queue(2, 1);
  const double waits = erlang_c(2, 1);
  for (const double t : {0.0, 0.3, 2.0, 9.0}) CHECK(response_tail(equal, t) == about(std::exp(-t) * (1 + waits * t)));
  const MarkovQueue beside = unit_queue(2, 1 - 1e-9);
  CHECK(response_tail(beside, 2.0) == about(response_tail(equal, 2.0), 1e-8));
  CHECK(response_tail(equal, 0) == 1);
  CHECK(response_tail(equal, infinite) == 0);
}

TEST_CASE("The mean response is the integral of its tail") {
  const MarkovQueue queue{.arrival_rate = 14, .service_rate = 4, .servers = 5};
  const double step = 1e-3;
  double integral = 0;
  for (int i = 0; i < 20000; ++i) integral += response_tail(queue, (i + 0.5) * step) * step;
  CHECK(integral == about(mmc(queue).mean_response, 1e-6));
}

TEST_CASE("Quantiles invert their tails") {
  const MarkovQueue queue{.arrival_rate = 850, .service_rate = 50, .servers = 20};
  for (const double p : {0.5, 0.9, 0.99, 0.999, 0.999999}) {
    CAPTURE(p);
    CHECK(response_tail(queue, response_quantile(queue, p)) == about(1 - p, 1e-9));
    const double wait = wait_quantile(queue, p);
    if (wait > 0) CHECK(wait_tail(queue, wait) == about(1 - p, 1e-9));
  }
  CHECK(response_quantile(queue, 0) == 0);
  CHECK(wait_quantile(queue, 0.1) == 0);
}

TEST_CASE("M/M/1 is M/M/c with one server, and its response is exponential") {
  const QueueFigures one = mm1(8, 10);
  CHECK(one.utilization == about(0.8));
  CHECK(one.mean_response == about(0.5));
  CHECK(one.mean_in_system == about(4));
  CHECK(one.mean_waiting == about(3.2));
  const MarkovQueue queue{.arrival_rate = 8, .service_rate = 10, .servers = 1};
  CHECK(response_tail(queue, 0.7) == about(std::exp(-1.4)));
  CHECK(mmc(queue).mean_wait == one.mean_wait);
}

TEST_CASE("A change of the time unit changes times and rates alone") {
  const QueueFigures seconds = mmc({.arrival_rate = 9, .service_rate = 1, .servers = 10});
  const QueueFigures millis = mmc({.arrival_rate = 0.009, .service_rate = 0.001, .servers = 10});
  CHECK(millis.mean_wait == about(seconds.mean_wait * 1000));
  CHECK(millis.mean_in_system == about(seconds.mean_in_system));
  const QueueFigures timeout = mmc_timeout({.arrival_rate = 12, .service_rate = 1, .servers = 10}, 0.5);
  const QueueFigures timeout_millis = mmc_timeout({.arrival_rate = 0.012, .service_rate = 0.001, .servers = 10}, 500);
  CHECK(timeout_millis.loss == about(timeout.loss));
  CHECK(timeout_millis.mean_wait == about(timeout.mean_wait * 1000));
}

TEST_CASE("M/M/c/K agrees with worked values") {
  const QueueFigures single = mmck(unit_queue(1, 0.8), 5);
  CHECK(mmck_probabilities(unit_queue(1, 0.8), 5).front() == nine(.271055599));
  CHECK(single.loss == nine(.088819499));
  CHECK(single.throughput == nine(.728944401));
  CHECK(single.mean_in_system == nine(1.868332032));
  CHECK(single.mean_waiting == nine(1.139387631));
  CHECK(single.mean_wait == nine(1.563065207));

  const QueueFigures pair = mmck(unit_queue(2, 1.8), 10);
  CHECK(mmck_probabilities(unit_queue(2, 1.8), 10).front() == nine(.078592947));
  CHECK(pair.loss == nine(.054807332));
  CHECK(pair.mean_in_system == nine(4.281410633));
  CHECK(pair.mean_wait == nine(1.516483193));

  const QueueFigures overloaded = mmck(unit_queue(4, 5), 8);
  CHECK(overloaded.loss == nine(.251239879));
  CHECK(overloaded.throughput == nine(3.743800606));
  CHECK(overloaded.mean_wait == nine(.549750722));

  const QueueFigures no_room = mmck(unit_queue(4, 3.2), 4);
  CHECK(no_room.loss == nine(.228144930));
  CHECK(no_room.mean_wait == 0);
  CHECK(no_room.wait_probability == 0);
}

TEST_CASE("M/M/c/K tends to M/M/c as its room grows") {
  const QueueFigures wide = mmck(unit_queue(10, 9), 2000);
  const QueueFigures open = mmc(unit_queue(10, 9));
  CHECK(wide.loss < 1e-80);
  CHECK(wide.mean_wait == about(open.mean_wait));
  CHECK(wide.wait_probability == about(open.wait_probability));
  CHECK(wide.mean_in_system == about(open.mean_in_system));
  CHECK(wide.utilization == about(open.utilization));
}

TEST_CASE("M/M/c/K holds in deep overload with a long queue") {
  const QueueFigures figures = mmck({.arrival_rate = 5000, .service_rate = 1, .servers = 1000}, 100000);
  CHECK(figures.throughput == about(1000));
  CHECK(figures.loss == about(0.8));
  CHECK(figures.mean_waiting == about(99000 - 0.25, 1e-9));  // geometric from the top: ratio 1/5
}

TEST_CASE("M/M/c with an acquire timeout agrees with worked values") {
  struct Row {
    int servers;
    double arrivals, timeout, no_wait, lost, throughput, wait;
  };
  const Row rows[] = {
      {10, 9, .5, .521720, .063880, 8.425084, .101485},
      {10, 12, .5, .169734, .199554, 9.605349, .229284},
      {20, 18, .25, .642357, .047767, 17.140192, .037302},
      {5, 6, 1, .135634, .207750, 4.753499, .482341},
  };
  for (const Row& row : rows) {
    CAPTURE(row.servers, row.arrivals);
    const QueueFigures figures = mmc_timeout(unit_queue(row.servers, row.arrivals), row.timeout);
    CHECK(1 - figures.wait_probability == six(row.no_wait));
    CHECK(figures.loss == six(row.lost));
    CHECK(figures.throughput == six(row.throughput));
    CHECK(figures.mean_wait == six(row.wait));
  }
}

TEST_CASE("A zero timeout leaves Erlang's loss system, an endless one M/M/c") {
  for (const double load : {0.5, 3.2, 4.0, 9.0}) {
    CAPTURE(load);
    const QueueFigures impatient = mmc_timeout(unit_queue(4, load), 0);
    CHECK(impatient.loss == about(erlang_b(4, load)));
    CHECK(impatient.mean_wait == 0);
    CHECK(mmc_timeout(unit_queue(4, load), 1e-9).loss == about(erlang_b(4, load), 1e-7));
  }
  const QueueFigures open = mmc(unit_queue(4, 3.2));
  for (const double timeout : {200.0, infinite}) {
    const QueueFigures patient = mmc_timeout(unit_queue(4, 3.2), timeout);
    CHECK(patient.loss < 1e-60);
    CHECK(patient.mean_wait == about(open.mean_wait));
    CHECK(patient.wait_probability == about(open.wait_probability));
    CHECK(patient.mean_in_system == about(open.mean_in_system));
  }
}

TEST_CASE("An acquire timeout works at the critical load and far beyond it") {
  // At the critical load the integrals are polynomials; both sides of it meet there.
  const QueueFigures critical = mmc_timeout(unit_queue(10, 10), 0.5);
  for (const double nearby : {10 - 1e-7, 10 + 1e-7}) {
    const QueueFigures figures = mmc_timeout(unit_queue(10, nearby), 0.5);
    CHECK(figures.loss == about(critical.loss, 1e-6));
    CHECK(figures.mean_wait == about(critical.mean_wait, 1e-6));
  }
  // e^{4000 x 5} is beyond any double: all servers busy, whoever is served waited nearly the timeout
  const QueueFigures flooded = mmc_timeout({.arrival_rate = 5000, .service_rate = 10, .servers = 100}, 5);
  CHECK(flooded.throughput == about(1000));
  CHECK(flooded.loss == about(0.8));
  CHECK(flooded.wait_probability == about(1));
  CHECK(flooded.mean_wait == about(5 - 1.0 / 4000, 1e-9));
  // and light load on very many servers: nobody waits
  const QueueFigures idle = mmc_timeout({.arrival_rate = 1, .service_rate = 1, .servers = 5000}, 1);
  CHECK(idle.loss == 0);
  CHECK(idle.throughput == about(1));
}

TEST_CASE("What enters a queue with timeouts leaves it, served or not") {
  for (const double load : {0.0, 2.0, 4.9, 5.0, 5.1, 40.0}) {
    CAPTURE(load);
    const QueueFigures figures = mmc_timeout(unit_queue(5, load), 0.75);
    CHECK(figures.throughput == about(load * (1 - figures.loss)));
    CHECK(figures.utilization <= 1);
    CHECK(figures.mean_wait <= 0.75);
    const double time_waiting = figures.throughput * figures.mean_wait + load * figures.loss * 0.75;
    CHECK(figures.mean_waiting == about(time_waiting));
    CHECK(figures.mean_in_system == about(time_waiting + figures.throughput));
  }
}

TEST_CASE("M/G/1 agrees with worked values of Pollaczek and Khinchine") {
  CHECK(mg1(0.8, 1, 0).mean_wait == about(2));
  CHECK(mg1(0.8, 1, 1).mean_wait == about(4));
  CHECK(mg1(0.8, 1, 4).mean_wait == about(10));
  CHECK(mg1(0.7, 1, 0).mean_wait == six(1.166667));
  CHECK(mg1(0.7, 1, 0.5).mean_wait == six(1.75));
  CHECK(mg1(0.7, 1, 1).mean_wait == six(2.333333));
  CHECK(mg1(0.7, 1, 2).mean_wait == six(3.5));
  CHECK(mg1(8, 0.1, 1).mean_in_system == about(mm1(8, 10).mean_in_system));
}

TEST_CASE("Processor sharing depends on the mean service alone") {
  CHECK(mg1_ps(0.5, 1).mean_response == about(2));
  CHECK(mg1_ps(8, 0.1).mean_in_system == about(mm1(8, 10).mean_in_system));
  CHECK(mg1_ps_response(0.5, 1, 3) == about(6));
  CHECK(mm1_ps_response_variance(0.5, 1) == six(6.666667));
  CHECK(mm1_ps_response_variance(5, 10) == about(mm1_ps_response_variance(0.5, 1) / 100));
  CHECK(mmc_ps(unit_queue(4, 3.2)).mean_response == about(mmc(unit_queue(4, 3.2)).mean_response));
  CHECK(mmc_ps(unit_queue(1, 0.5)).mean_response == about(mg1_ps(0.5, 1).mean_response));
}

TEST_CASE("Approximations for general arrivals agree with worked values") {
  CHECK(kingman_wait(0.8, 1, 1, 2) == about(6));
  CHECK(kingman_bound(0.8, 1, 1, 2) == about(7.125));
  CHECK(allen_cunneen_wait(unit_queue(4, 3.2), 1, 2) == nine(1.118310885));
  CHECK(allen_cunneen_wait(unit_queue(10, 9), 0.5, 1.5) == nine(.668731524));
  CHECK(sakasegawa_wait(unit_queue(4, 3.2), 1, 2) == nine(1.157323884));
}

TEST_CASE("Approximations are exact where the queue is M/M/1, and the bound is above") {
  for (const double load : {0.1, 0.5, 0.9, 0.99}) {
    CAPTURE(load);
    const double exact = mm1(load, 1).mean_wait;
    CHECK(kingman_wait(load, 1, 1, 1) == about(exact));
    CHECK(allen_cunneen_wait(unit_queue(1, load), 1, 1) == about(exact));
    CHECK(sakasegawa_wait(unit_queue(1, load), 1, 1) == about(exact));
    CHECK(kingman_bound(load, 1, 1, 1) >= exact);
    CHECK(mg1(load, 1, 1).mean_wait == about(exact));
  }
}

TEST_CASE("An idle queue has zeros, not undefined figures") {
  const QueueFigures idle = mmc(unit_queue(3, 0));
  CHECK(idle.mean_wait == 0);
  CHECK(idle.mean_response == 1);
  CHECK(idle.mean_in_system == 0);
  CHECK(mmck(unit_queue(3, 0), 5).mean_wait == 0);
  CHECK(mmc_timeout(unit_queue(1, 0), 1).mean_wait == 0);
  CHECK(wait_quantile(unit_queue(3, 0), 0.99) == 0);
}

TEST_CASE("Birth-death probabilities add up, whatever the length and the load") {
  const auto probabilities = birth_death(200000, [](int n) { return 150000.0 / n; });  // Poisson, cut
  CHECK(std::accumulate(probabilities.begin(), probabilities.end(), 0.0) == about(1, 1e-12));
  CHECK(probabilities[150000] == about(1 / std::sqrt(2 * 3.14159265358979 * 150000), 1e-5));
  CHECK(birth_death(0, [](int) { return 1.0; }) == std::vector<double>{1.0});
  CHECK_THROWS_AS(birth_death(3, [](int n) { return 0.1 * n; }), std::invalid_argument);
  CHECK_THROWS_AS(birth_death(-1, [](int) { return 1.0; }), std::invalid_argument);
}

TEST_CASE("A queue without a steady state is refused and says so") {
  CHECK_THROWS_WITH(mmc(unit_queue(4, 4)), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(mm1(2, 1), ContainsSubstring("arrival_rate"));
  CHECK_THROWS_WITH(erlang_c(4, 4), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(mg1(1, 1, 1), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(mg1_ps(1, 1), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(mmc_timeout(unit_queue(4, 5), infinite), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(kingman_wait(1, 1, 1, 1), ContainsSubstring("no steady state"));
  CHECK_THROWS_WITH(sakasegawa_wait(unit_queue(4, 5), 1, 1), ContainsSubstring("no steady state"));
}

TEST_CASE("A queue's parameter outside its domain is refused by name") {
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(mmc(unit_queue(0, 1)), ContainsSubstring("servers"));
  CHECK_THROWS_WITH(mmc(unit_queue(1, -1)), ContainsSubstring("arrival_rate"));
  CHECK_THROWS_WITH(mmc(unit_queue(1, nothing)), ContainsSubstring("arrival_rate"));
  CHECK_THROWS_WITH(mmc({.arrival_rate = 1, .service_rate = 0, .servers = 1}), ContainsSubstring("service_rate"));
  CHECK_THROWS_WITH(mmck(unit_queue(4, 1), 3), ContainsSubstring("capacity"));
  CHECK_THROWS_WITH(mmc_timeout(unit_queue(4, 1), -1), ContainsSubstring("timeout"));
  CHECK_THROWS_WITH(mmc_timeout(unit_queue(4, 1), nothing), ContainsSubstring("timeout"));
  CHECK_THROWS_WITH(wait_tail(unit_queue(2, 1), -1), ContainsSubstring("t:"));
  CHECK_THROWS_WITH(wait_quantile(unit_queue(2, 1), 1), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(response_quantile(unit_queue(2, 1), -0.1), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(mg1(0.5, 1, -1), ContainsSubstring("service_scv"));
  CHECK_THROWS_WITH(mg1(0.5, 0, 1), ContainsSubstring("mean_service"));
  CHECK_THROWS_WITH(mg1_ps_response(0.5, 1, -1), ContainsSubstring("work"));
  CHECK_THROWS_WITH(kingman_wait(0.5, 1, -1, 1), ContainsSubstring("arrival_scv"));
  CHECK_THROWS_WITH(kingman_bound(0, 1, 1, 1), ContainsSubstring("arrival_rate"));
  CHECK_THROWS_WITH(erlang_b(-1, 1), ContainsSubstring("servers"));
  CHECK_THROWS_WITH(erlang_b(1, infinite), ContainsSubstring("offered_load"));
}
