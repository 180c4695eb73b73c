#pragma once
// What is fitted to captures that are replayed: which coefficients are moved, with their priors; what is known of the
// classes beforehand; and how far a replay at a place in the space of coefficients is from what was measured.
// contention.h fits it. Limits: one base capture for each class; captures of a full server are left out.

#include <Eigen/Core>

#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "plan/fit/contention.h"

namespace capplan::plan {

inline constexpr std::size_t enough_to_compare = 100;  ///< requests of a class that percentiles are compared for
inline constexpr std::uint64_t replay_seed = 20;       ///< of the replays; any would do

/// A percentile that is compared, and how closely it can be expected to agree: what repeating a real run moves it by.
struct ComparedRank {
  double p;
  double spread;
};
inline constexpr ComparedRank compared_ranks[] = {{0.10, 0.10}, {0.50, 0.06}, {0.75, 0.08}, {0.95, 0.12}, {0.99, 0.20}};
inline constexpr double cpu_spread = 0.01;  ///< of the busy share

/// By what ln of a percentile of `count` durations may be missed.
inline double expected_miss(double p, double spread, std::size_t count) {
  const double chance = 0.6 * std::sqrt(p / (1 - p) / static_cast<double>(count));
  return std::sqrt(spread * spread + chance * chance);
}

/// The coefficients that are moved: logarithms, with prior and spread of it.
struct Coefficient {
  std::string name;
  double prior;
  double spread;
};

/// The captures, what is known of the classes before the fit, and the costs at a place in the space of coefficients.
struct ContentionProblem {
  std::vector<const MeasuredCapture*> captures;
  std::vector<std::string> names;              // of classes
  std::vector<bool> writes;                    // each commits a change
  std::vector<std::vector<double>> durations;  // of each class, in its base capture
  std::vector<bool> of_server;                 // these durations are the server's own, without the way to the client
  std::vector<double> speed;                   // of the host during that capture, against the probe's reference
  std::vector<double> rest;                    // mean of a backend between two statements then, seconds
  std::vector<double> idle;                    // mean of the server between two statements, seconds
  std::vector<const MeasuredCapture*> bases;   // of each class
  std::vector<Coefficient> coefficients;
  double probe = 0;
  ContentionEffects effects;
  bool any_writes = false;
  bool any_bouncer = false;
  const std::atomic<bool>* cancel = nullptr;

  /// Behind the coefficients may stand, for each class, ln of how many times as much it demands as its base says.
  ServiceCosts at(const Eigen::VectorXd& x) const;
  Replay replayed(const MeasuredCapture& capture, const ServiceCosts& costs, std::uint64_t with_seed) const;
  std::vector<double> residuals(const MeasuredCapture& capture, const ServiceCosts& costs) const;
};

/// The problem that captures pose; what was left out, and which is the base, goes to `fit`.
ContentionProblem pose(const std::vector<MeasuredCapture>& captures, ContentionFit& fit);

/// Residuals of all captures, the priors' first, at each of several places, on threads; the order does not depend on
/// them.
std::vector<Eigen::VectorXd> evaluate(const ContentionProblem& problem, const std::vector<Eigen::VectorXd>& places,
                                      int threads);

}  // namespace capplan::plan
