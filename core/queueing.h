#pragma once
// Closed forms for open queues: the oracles that stations are checked against, and a planner's first estimate.
// Sources: Erlang 1917 (M/M/c), Barrer 1957 and Baccelli & Hebuterne 1981 (M/M/c+D), Pollaczek 1930 and Khinchine 1932
// (M/G/1), Kleinrock, Sakata et al. 1971 and Coffman, Muntz & Trotter 1970 (processor sharing), Kingman 1962, Allen &
// Cunneen, Sakasegawa 1977. Valid for Poisson arrivals, independent services and the steady state; the last three are
// approximations for general arrivals. Time is in one unit throughout, seconds as a rule, and rates are per that unit.
// A value outside its domain throws std::invalid_argument naming the parameter, as does a queue without a steady state.

#include <functional>
#include <vector>

namespace capplan::core {

/// A queue with Poisson arrivals and exponential services on identical servers, first come first served.
struct MarkovQueue {
  double arrival_rate = 0;  ///< arrivals per unit of time, 0 or more
  double service_rate = 1;  ///< completions of one busy server per unit of time, above 0
  int servers = 1;          ///< 1 or more

  /// Servers' worth of work offered: arrival_rate / service_rate.
  double offered_load() const { return arrival_rate / service_rate; }
};

/// Steady-state figures of a queue. Where nobody gives up, mean_in_system = throughput x mean_response (Little).
struct QueueFigures {
  double utilization = 0;       ///< mean share of the servers that are busy, 0 to 1
  double throughput = 0;        ///< completions per unit of time
  double loss = 0;              ///< share of the arrivals that leave unserved, 0 to 1
  double wait_probability = 0;  ///< share of the arrivals let in that do not start at once
  double mean_wait = 0;         ///< mean time before service of those served, zero waits included
  double mean_response = 0;     ///< mean wait plus service of those served
  double mean_waiting = 0;      ///< mean number waiting, those who will give up included
  double mean_in_system = 0;    ///< mean number waiting or in service
};

/// Stationary probabilities of the birth-death chain on 0..largest, where ratio(n) = p_n / p_{n-1}, n >= 1, is finite,
/// not negative and does not increase with n. Computed outward from the mode: safe for chains of any length and load.
std::vector<double> birth_death(int largest, const std::function<double(int)>& ratio);

/// Erlang's loss formula: share of arrivals that find all `servers` (0 or more) busy and may not wait; any load >= 0.
double erlang_b(int servers, double offered_load);
/// Erlang's delay formula: share of arrivals that wait. Throws unless offered_load < servers.
double erlang_c(int servers, double offered_load);

/// M/M/1. Throws unless arrival_rate < service_rate.
QueueFigures mm1(double arrival_rate, double service_rate);
/// M/M/c. Throws unless arrival_rate < servers x service_rate; so do the four below.
QueueFigures mmc(const MarkovQueue& queue);
/// P(wait > t), t >= 0.
double wait_tail(const MarkovQueue& queue, double t);
/// The wait that a share p of the arrivals does not exceed, 0 <= p < 1; zero where that share does not wait.
double wait_quantile(const MarkovQueue& queue, double p);
/// P(response > t), t >= 0.
double response_tail(const MarkovQueue& queue, double t);
/// The response time that a share p of the arrivals does not exceed, 0 <= p < 1; the tail inverted numerically.
double response_quantile(const MarkovQueue& queue, double p);

/// M/M/c/K: P(n in system), n = 0..capacity. Who finds `capacity` (at least `servers`) inside is turned away.
std::vector<double> mmck_probabilities(const MarkovQueue& queue, int capacity);
/// M/M/c/K. Has a steady state at any load; waits are those of the arrivals let in.
QueueFigures mmck(const MarkovQueue& queue, int capacity);

/// M/M/c+D, a pool with an acquire timeout: whoever has waited `timeout` (>= 0, may be infinite) leaves. `loss` is the
/// share timed out. Has a steady state at any load, except that an infinite timeout asks for a stable M/M/c.
QueueFigures mmc_timeout(const MarkovQueue& queue, double timeout);

/// M/G/1 by Pollaczek and Khinchine; service_scv = variance / mean^2 of the service time, 0 or more.
/// Throws unless arrival_rate x mean_service < 1; so do the three below.
QueueFigures mg1(double arrival_rate, double mean_service, double service_scv);
/// M/G/1 with processor sharing, whatever the service distribution; mean_wait is the time lost to sharing.
QueueFigures mg1_ps(double arrival_rate, double mean_service);
/// The same, mean response of a job that needs `work` (>= 0) alone.
double mg1_ps_response(double arrival_rate, double mean_service, double work);
/// M/M/1 with processor sharing: variance of the response time. Throws unless arrival_rate < service_rate.
double mm1_ps_response_variance(double arrival_rate, double service_rate);
/// M/M/c with its cores shared fairly, rate min(1, cores / jobs) for each job. The job count moves as in M/M/c, hence
/// its means, which hold here for any service distribution of the same mean. Throws as mmc does.
QueueFigures mmc_ps(const MarkovQueue& queue);

/// G/G/1 mean wait, Kingman's heavy-traffic approximation; `scv` is variance / mean^2 of a time, 0 or more.
double kingman_wait(double arrival_rate, double mean_service, double arrival_scv, double service_scv);
/// Kingman's upper bound of the same: rigorous for any renewal arrivals; arrival_rate above 0.
double kingman_bound(double arrival_rate, double mean_service, double arrival_scv, double service_scv);
/// G/G/c mean wait by Allen and Cunneen: the M/M/c wait scaled by the mean variability. Throws as mmc does.
double allen_cunneen_wait(const MarkovQueue& queue, double arrival_scv, double service_scv);
/// The same with Sakasegawa's expression in place of Erlang's: a few percent off, smooth in the number of servers.
double sakasegawa_wait(const MarkovQueue& queue, double arrival_scv, double service_scv);

}  // namespace capplan::core
