// Closed models; sources in closed_network.h. The repairman's probabilities go outward from the mode (birth_death), and
// its throughput is summed from busy servers: the textbook think_rate x (customers - mean) cancels under overload.
// Limits: mva is exact for product-form networks only, and its stations have one server each.

#include "core/closed_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/queueing.h"

namespace capplan::core {
namespace {

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

struct DemandSummary {
  double sum = 0;
  double largest = 0;
};

DemandSummary checked_demands(std::span<const double> demands, double think_time) {
  DemandSummary summary;
  for (const double demand : demands) {
    require(demand >= 0 && std::isfinite(demand), "demands: each must be finite, 0 or more");
    summary.sum += demand;
    summary.largest = std::max(summary.largest, demand);
  }
  require(summary.largest > 0, "demands: at least one must be above 0");
  require(think_time >= 0 && std::isfinite(think_time), "think_time: must be finite, 0 or more");
  return summary;
}

void require_valid(const ScalabilityLaw& law) {
  require(law.gain > 0 && std::isfinite(law.gain), "gain: must be finite and above 0");
  require(law.contention >= 0 && law.contention <= 1, "contention: must be in [0, 1]");
  require(law.coherency >= 0 && std::isfinite(law.coherency), "coherency: must be finite, 0 or more");
}

}  // namespace

ClosedFigures mva(std::span<const double> demands, int customers, double think_time) {
  const DemandSummary summary = checked_demands(demands, think_time);
  require(customers >= 0, "customers: must be 0 or more");
  ClosedFigures figures;
  figures.response = summary.sum;  // what a lone customer would see, should there be none
  figures.mean_at.assign(demands.size(), 0.0);
  figures.utilization.assign(demands.size(), 0.0);
  for (int n = 1; n <= customers; ++n) {
    // An arrival sees the network as it stands with one customer fewer.
    figures.response = 0;
    for (std::size_t k = 0; k < demands.size(); ++k) {
      figures.mean_at[k] = demands[k] * (1 + figures.mean_at[k]);  // time at k, until scaled below
      figures.response += figures.mean_at[k];
    }
    figures.throughput = n / (think_time + figures.response);
    for (double& mean : figures.mean_at) mean *= figures.throughput;
  }
  for (std::size_t k = 0; k < demands.size(); ++k) figures.utilization[k] = figures.throughput * demands[k];
  return figures;
}

AsymptoticBounds asymptotic_bounds(std::span<const double> demands, int customers, double think_time) {
  const DemandSummary summary = checked_demands(demands, think_time);
  require(customers >= 1, "customers: must be 1 or more");
  AsymptoticBounds bounds;
  bounds.throughput_upper = std::min(1 / summary.largest, customers / (summary.sum + think_time));
  bounds.throughput_lower = customers / (customers * summary.sum + think_time);
  bounds.response_lower = std::max(summary.sum, customers * summary.largest - think_time);
  bounds.response_upper = customers * summary.sum;
  bounds.knee = (summary.sum + think_time) / summary.largest;
  return bounds;
}

std::vector<double> repairman_probabilities(const Repairman& model) {
  require(model.customers >= 1, "customers: must be 1 or more");
  require(model.servers >= 1, "servers: must be 1 or more");
  require(model.think_rate > 0 && std::isfinite(model.think_rate), "think_rate: must be finite and above 0");
  require(model.service_rate > 0 && std::isfinite(model.service_rate), "service_rate: must be finite and above 0");
  const double load = model.think_rate / model.service_rate;
  return birth_death(model.customers, [&](int n) {
    return static_cast<double>(model.customers - n + 1) / std::min(n, model.servers) * load;
  });
}

RepairmanFigures machine_repairman(const Repairman& model) {
  const std::vector<double> p = repairman_probabilities(model);
  double busy = 0;
  double waiting = 0;
  double asking = 0;       // thinkers, weighted: asking is proportional to how many think
  double asking_wait = 0;  // the part of it that finds every server busy
  for (int n = 0; n <= model.customers; ++n) {
    const double share = p[static_cast<std::size_t>(n)];
    busy += std::min(n, model.servers) * share;
    waiting += std::max(n - model.servers, 0) * share;
    asking += (model.customers - n) * share;
    if (n >= model.servers) asking_wait += (model.customers - n) * share;
  }
  RepairmanFigures figures;
  figures.throughput = busy * model.service_rate;
  figures.utilization = busy / model.servers;
  figures.mean_waiting = waiting;
  figures.mean_in_system = busy + waiting;
  figures.mean_wait = waiting / figures.throughput;
  figures.mean_response = figures.mean_wait + 1 / model.service_rate;
  figures.wait_probability = asking > 0 ? asking_wait / asking : 1.0;
  return figures;
}

double scalability_throughput(const ScalabilityLaw& law, double customers) {
  require_valid(law);
  require(customers >= 0 && std::isfinite(customers), "customers: must be finite, 0 or more");
  const double others = customers - 1;
  return law.gain * customers / (1 + law.contention * others + law.coherency * customers * others);
}

ScalabilityPeak scalability_peak(const ScalabilityLaw& law) {
  require_valid(law);
  if (law.coherency > 0) {
    const double customers = std::max(1.0, std::sqrt((1 - law.contention) / law.coherency));
    return {customers, scalability_throughput(law, customers)};
  }
  constexpr double infinite = std::numeric_limits<double>::infinity();
  return {infinite, law.contention > 0 ? law.gain / law.contention : infinite};
}

}  // namespace capplan::core
