// Closed forms for open queues. Formulas as in the papers named in queueing.h, rewritten where the textbook form
// loses digits or overflows: Erlang's recursion in place of factorials, birth-death weights relative to the mode,
// exponentials scaled to be at most one. Limits: cost is linear in servers and capacity.

#include "core/queueing.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include <boost/math/tools/roots.hpp>

namespace capplan::core {
namespace {

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

void require_shares(double p) { require(p >= 0 && p < 1, "p: must be in [0, 1)"); }
void require_time(double t) { require(t >= 0, "t: must be 0 or more"); }

void require_valid(const MarkovQueue& queue) {
  require(queue.arrival_rate >= 0 && std::isfinite(queue.arrival_rate), "arrival_rate: must be finite, 0 or more");
  require(queue.service_rate > 0 && std::isfinite(queue.service_rate), "service_rate: must be finite and above 0");
  require(queue.servers >= 1, "servers: must be 1 or more");
}

double capacity_rate(const MarkovQueue& queue) { return queue.servers * queue.service_rate; }

/// The rate at which a backlog drains, after the checks that all figures of M/M/c share.
double checked_spare_rate(const MarkovQueue& queue) {
  require_valid(queue);
  const double spare = capacity_rate(queue) - queue.arrival_rate;
  require(spare > 0, "arrival_rate: no steady state, it must be below servers x service_rate");
  return spare;
}

/// Utilization of a single general server, checked.
double checked_load(double arrival_rate, double mean_service) {
  require(arrival_rate >= 0 && std::isfinite(arrival_rate), "arrival_rate: must be finite, 0 or more");
  require(mean_service > 0 && std::isfinite(mean_service), "mean_service: must be finite and above 0");
  const double load = arrival_rate * mean_service;
  require(load < 1, "arrival_rate: no steady state, arrival_rate x mean_service must be below 1");
  return load;
}

double checked_variability(double arrival_scv, double service_scv) {
  require(arrival_scv >= 0 && std::isfinite(arrival_scv), "arrival_scv: must be finite, 0 or more");
  require(service_scv >= 0 && std::isfinite(service_scv), "service_scv: must be finite, 0 or more");
  return (arrival_scv + service_scv) / 2;
}

/// Fills the counts in by Little's law, for a queue that serves every arrival.
QueueFigures lossless(double arrival_rate, double mean_service, double utilization, double wait_probability,
                      double mean_wait) {
  QueueFigures figures;
  figures.utilization = utilization;
  figures.throughput = arrival_rate;
  figures.wait_probability = wait_probability;
  figures.mean_wait = mean_wait;
  figures.mean_response = mean_wait + mean_service;
  figures.mean_waiting = arrival_rate * mean_wait;
  figures.mean_in_system = arrival_rate * figures.mean_response;
  return figures;
}

/// Integral over [0, y] of u e^{-u}, or with `rising` of u e^{u - y}. The closed forms cancel for small y: a series
/// there.
double ramp_integral(double y, bool rising) {
  if (y > 0.5) return rising ? y + std::expm1(-y) : -std::expm1(-y) - y * std::exp(-y);
  double sum = 0;
  double term = -y;  // (-y)^k / k!
  for (int k = 2; k < 20; ++k) {
    term *= -y / k;
    sum += rising ? term : term * (k - 1);
  }
  return sum;
}

}  // namespace

std::vector<double> birth_death(int largest, const std::function<double(int)>& ratio) {
  require(largest >= 0, "largest: must be 0 or more");
  std::vector<double> ratios(static_cast<std::size_t>(largest) + 1);
  std::size_t mode = 0;
  for (std::size_t n = 1; n < ratios.size(); ++n) {
    ratios[n] = ratio(static_cast<int>(n));
    require(ratios[n] >= 0 && std::isfinite(ratios[n]), "ratio: must be finite, 0 or more");
    require(n == 1 || ratios[n] <= ratios[n - 1], "ratio: must not increase with n");
    if (ratios[n] >= 1) mode = n;
  }
  // Away from the mode every step multiplies by at most one: what underflows is negligible, nothing overflows.
  std::vector<double> weights(ratios.size());
  weights[mode] = 1;
  for (std::size_t n = mode + 1; n < weights.size(); ++n) weights[n] = weights[n - 1] * ratios[n];
  for (std::size_t n = mode; n > 0; --n) weights[n - 1] = weights[n] / ratios[n];
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (double& weight : weights) weight /= sum;
  return weights;
}

double erlang_b(int servers, double offered_load) {
  require(servers >= 0, "servers: must be 0 or more");
  require(offered_load >= 0 && std::isfinite(offered_load), "offered_load: must be finite, 0 or more");
  double blocked = 1;
  for (int k = 1; k <= servers; ++k) blocked = offered_load * blocked / (k + offered_load * blocked);
  return blocked;
}

double erlang_c(int servers, double offered_load) {
  require(servers >= 1, "servers: must be 1 or more");
  const double blocked = erlang_b(servers, offered_load);
  require(offered_load < servers, "offered_load: no steady state, it must be below the number of servers");
  return blocked / (1 - offered_load / servers * (1 - blocked));
}

QueueFigures mm1(double arrival_rate, double service_rate) {
  return mmc({.arrival_rate = arrival_rate, .service_rate = service_rate, .servers = 1});
}

QueueFigures mmc(const MarkovQueue& queue) {
  const double spare = checked_spare_rate(queue);
  const double waits = erlang_c(queue.servers, queue.offered_load());
  const double utilization = queue.arrival_rate / capacity_rate(queue);
  return lossless(queue.arrival_rate, 1 / queue.service_rate, utilization, waits, waits / spare);
}

double wait_tail(const MarkovQueue& queue, double t) {
  const double spare = checked_spare_rate(queue);
  require_time(t);
  return erlang_c(queue.servers, queue.offered_load()) * std::exp(-spare * t);
}

double wait_quantile(const MarkovQueue& queue, double p) {
  const double spare = checked_spare_rate(queue);
  require_shares(p);
  const double waits = erlang_c(queue.servers, queue.offered_load());
  return waits > 1 - p ? std::log(waits / (1 - p)) / spare : 0.0;
}

double response_tail(const MarkovQueue& queue, double t) {
  const double spare = checked_spare_rate(queue);
  require_time(t);
  if (std::isinf(t)) return 0;
  const double waits = erlang_c(queue.servers, queue.offered_load());
  const double rate = queue.service_rate;
  const double x = (rate - spare) * t;
  const double service = std::exp(-rate * t);
  // The two rates may coincide: near that, the quotient of differences is taken through expm1.
  if (std::abs(x) < 1) return service * (1 + waits * rate * t * (x == 0 ? 1.0 : std::expm1(x) / x));
  return service + waits * rate / (rate - spare) * (std::exp(-spare * t) - service);
}

double response_quantile(const MarkovQueue& queue, double p) {
  checked_spare_rate(queue);
  require_shares(p);
  if (p == 0) return 0;
  // In logarithms the tail is nearly a line, which the solver likes.
  const double target = std::log1p(-p);
  const auto excess = [&](double t) { return std::log(response_tail(queue, t)) - target; };
  double high = 1 / queue.service_rate;
  double at_high = excess(high);
  while (at_high > 0) {
    high *= 2;
    at_high = excess(high);
  }
  std::uintmax_t steps = 100;
  const boost::math::tools::eps_tolerance<double> close(50);
  const auto [below, above] = boost::math::tools::toms748_solve(excess, 0.0, high, -target, at_high, close, steps);
  return below + (above - below) / 2;
}

std::vector<double> mmck_probabilities(const MarkovQueue& queue, int capacity) {
  require_valid(queue);
  require(capacity >= queue.servers, "capacity: must be at least the number of servers");
  return birth_death(capacity, [&](int n) { return queue.offered_load() / std::min(n, queue.servers); });
}

QueueFigures mmck(const MarkovQueue& queue, int capacity) {
  const std::vector<double> p = mmck_probabilities(queue, capacity);
  QueueFigures figures;
  double busy = 0;
  double full_servers = 0;  // all busy, yet room to wait
  for (int n = 0; n <= capacity; ++n) {
    const double share = p[static_cast<std::size_t>(n)];
    busy += std::min(n, queue.servers) * share;
    figures.mean_waiting += std::max(n - queue.servers, 0) * share;
    if (n >= queue.servers && n < capacity) full_servers += share;
  }
  figures.loss = p.back();
  figures.utilization = busy / queue.servers;
  figures.throughput = busy * queue.service_rate;
  figures.mean_in_system = busy + figures.mean_waiting;
  // An empty queue's waits are zero, not 0/0.
  figures.wait_probability = figures.loss < 1 ? full_servers / (1 - figures.loss) : 0.0;
  figures.mean_wait = figures.throughput > 0 ? figures.mean_waiting / figures.throughput : 0.0;
  figures.mean_response = figures.mean_wait + 1 / queue.service_rate;
  return figures;
}

QueueFigures mmc_timeout(const MarkovQueue& queue, double timeout) {
  require_valid(queue);
  require(timeout >= 0, "timeout: must be 0 or more");
  if (std::isinf(timeout)) return mmc(queue);
  const double spare = capacity_rate(queue) - queue.arrival_rate;
  const double slope = std::abs(spare);
  const double y = slope * timeout;
  // The wait that an arrival would face has density K e^{-spare x} up to the timeout, and beyond it the mass of those
  // who give up. All terms carry the factor e^{min(0, spare x timeout)}: a deep overload stays within range.
  const double scale = spare < 0 ? std::exp(-y) : 1.0;
  const double within = y > 0 ? -std::expm1(-y) / slope : timeout;
  const double beyond = (spare < 0 ? 1.0 : std::exp(-y)) / capacity_rate(queue);
  const double moment = y > 1e-150 ? ramp_integral(y, spare < 0) / slope / slope : timeout * timeout / 2;
  // K relative to "no wait": p_{c-1} / (p_0 + ... + p_{c-1}) is Erlang's loss with one server fewer.
  const double density = queue.arrival_rate * erlang_b(queue.servers - 1, queue.offered_load());
  const double total = scale + density * (within + beyond);

  QueueFigures figures;
  const double served = (scale + density * within) / total;
  figures.loss = density * beyond / total;
  figures.wait_probability = density * (within + beyond) / total;
  figures.throughput = queue.arrival_rate * served;
  figures.utilization = figures.throughput / capacity_rate(queue);
  figures.mean_wait = served > 0 ? density * moment / total / served : 0.0;
  figures.mean_response = figures.mean_wait + 1 / queue.service_rate;
  figures.mean_waiting = figures.throughput * figures.mean_wait + queue.arrival_rate * figures.loss * timeout;
  figures.mean_in_system = figures.mean_waiting + figures.throughput / queue.service_rate;
  return figures;
}

QueueFigures mg1(double arrival_rate, double mean_service, double service_scv) {
  const double load = checked_load(arrival_rate, mean_service);
  checked_variability(1, service_scv);
  return lossless(arrival_rate, mean_service, load, load, load / (1 - load) * mean_service * (1 + service_scv) / 2);
}

QueueFigures mg1_ps(double arrival_rate, double mean_service) {
  const double load = checked_load(arrival_rate, mean_service);
  return lossless(arrival_rate, mean_service, load, load, load / (1 - load) * mean_service);
}

double mg1_ps_response(double arrival_rate, double mean_service, double work) {
  const double load = checked_load(arrival_rate, mean_service);
  require(work >= 0, "work: must be 0 or more");
  return work / (1 - load);
}

double mm1_ps_response_variance(double arrival_rate, double service_rate) {
  const double spare = checked_spare_rate({.arrival_rate = arrival_rate, .service_rate = service_rate, .servers = 1});
  const double load = arrival_rate / service_rate;
  return (2 + load) / (2 - load) / (spare * spare);
}

QueueFigures mmc_ps(const MarkovQueue& queue) { return mmc(queue); }

double kingman_wait(double arrival_rate, double mean_service, double arrival_scv, double service_scv) {
  const double load = checked_load(arrival_rate, mean_service);
  return load / (1 - load) * checked_variability(arrival_scv, service_scv) * mean_service;
}

double kingman_bound(double arrival_rate, double mean_service, double arrival_scv, double service_scv) {
  const double load = checked_load(arrival_rate, mean_service);
  checked_variability(arrival_scv, service_scv);
  require(arrival_rate > 0, "arrival_rate: must be above 0");
  const double arrival_variance = arrival_scv / (arrival_rate * arrival_rate);
  const double service_variance = service_scv * mean_service * mean_service;
  return arrival_rate * (arrival_variance + service_variance) / (2 * (1 - load));
}

double allen_cunneen_wait(const MarkovQueue& queue, double arrival_scv, double service_scv) {
  return mmc(queue).mean_wait * checked_variability(arrival_scv, service_scv);
}

double sakasegawa_wait(const MarkovQueue& queue, double arrival_scv, double service_scv) {
  const double spare = checked_spare_rate(queue);
  const double load = queue.arrival_rate / capacity_rate(queue);
  const double waiting = std::pow(load, std::sqrt(2.0 * (queue.servers + 1)) - 1);  // stands in for Erlang's C
  return waiting / spare * checked_variability(arrival_scv, service_scv);
}

}  // namespace capplan::core
