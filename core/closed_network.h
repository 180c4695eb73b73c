#pragma once
// Closed models: a fixed number of customers who think, then ask, then think again (users of a load generator).
// Sources: Reiser & Lavenberg 1980 (exact mean value analysis), Denning & Buzen 1978 (asymptotic bounds), Palm 1943
// (machine repairman M/M/c//N), Gunther 1993 (universal scalability law). Valid for exponential or fairly shared
// stations in the steady state; the scalability law is an empirical curve. Time is in one unit, seconds as a rule.
// A value outside its domain throws std::invalid_argument naming the parameter.

#include <span>
#include <vector>

namespace capplan::core {

/// Steady-state figures of a closed network.
struct ClosedFigures {
  double throughput = 0;            ///< completions per unit of time
  double response = 0;              ///< mean time from asking to the answer, think time excluded
  std::vector<double> mean_at;      ///< mean number of customers at each station
  std::vector<double> utilization;  ///< busy share of each station, 0 to 1
};

/// Exact single-class mean value analysis: single-server stations with service demands `demands` (visits x service
/// time, 0 or more each, not all 0), `customers` (0 or more) and a think time (0 or more). Cost: customers x stations.
ClosedFigures mva(std::span<const double> demands, int customers, double think_time = 0);

/// What no single-class network with these demands can pass, whatever its service distributions.
struct AsymptoticBounds {
  double throughput_upper = 0;  ///< min(1 / largest demand, customers / (sum of demands + think time))
  double throughput_lower = 0;  ///< customers / (customers x sum of demands + think time)
  double response_lower = 0;    ///< max(sum of demands, customers x largest demand - think time)
  double response_upper = 0;    ///< customers x sum of demands
  double knee = 0;              ///< customers from which the slowest station limits: (sum + think time) / largest
};

/// Bounds for 1 or more customers; demands and think time as for mva.
AsymptoticBounds asymptotic_bounds(std::span<const double> demands, int customers, double think_time = 0);

/// Machine repairman M/M/c//N: customers who think, and queue for one pool of identical servers.
struct Repairman {
  int customers = 1;        ///< 1 or more; 100,000 is fine
  int servers = 1;          ///< 1 or more
  double think_rate = 0;    ///< 1 / mean think time, above 0
  double service_rate = 1;  ///< completions of one busy server per unit of time, above 0
};

/// Figures of the machine repairman.
struct RepairmanFigures {
  double throughput = 0;        ///< completions per unit of time
  double utilization = 0;       ///< mean share of the servers that are busy, 0 to 1
  double mean_wait = 0;         ///< mean time before service
  double mean_response = 0;     ///< mean wait plus service
  double mean_waiting = 0;      ///< mean number waiting
  double mean_in_system = 0;    ///< mean number waiting or in service
  double wait_probability = 0;  ///< share of the asking customers that find every server busy
};

/// P(n customers waiting or in service), n = 0..customers.
std::vector<double> repairman_probabilities(const Repairman& model);
/// Has a steady state at any load.
RepairmanFigures machine_repairman(const Repairman& model);

/// Universal scalability law: throughput(N) = gain N / (1 + contention (N - 1) + coherency N (N - 1)).
struct ScalabilityLaw {
  double gain = 1;        ///< throughput of one customer, above 0
  double contention = 0;  ///< serial share, 0 to 1 (alpha)
  double coherency = 0;   ///< cost of a pair agreeing, 0 or more (beta)
};

/// Throughput with `customers` (0 or more; a fraction is fine).
double scalability_throughput(const ScalabilityLaw& law, double customers);

/// Where a scalability law is highest.
struct ScalabilityPeak {
  double customers = 1;   ///< 1 or more; infinite where the curve never falls
  double throughput = 0;  ///< the height there, or the limit; infinite for a straight line
};
ScalabilityPeak scalability_peak(const ScalabilityLaw& law);

}  // namespace capplan::core
