#pragma once
// Several captures at different loads -> what the durations in them are made of: time on a core, more of it on a
// backend gone cold, the loop to the client, the commit; waiting is what is left, and is simulated. Every capture is
// replayed by the simulator itself with costs that are moved until the simulated durations match the measured ones:
// least squares on logarithms of percentiles, damped against outliers, the same random numbers at every step, priors as
// further observations. Source of the method: simulated minimum distance, Gouriéroux, Monfort and Renault 1993; steps
// by Levenberg and Marquardt; intervals by a bootstrap of the captures (capture_bootstrap.h). Limits: what a class
// costs hot is taken from the capture with the fewest connections, from requests that started while no other was under
// way, less what backends that had rested are expected to have lost: best from a single client. A class writes if its
// name says so: insert, update, delete, upsert, merge, create, write, save, store or put come first in it. Captures
// above 97 % of the server's cores are left out, unless of a single client: their durations say little but that the
// server is full.

#include <atomic>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/costs/uncertainty.h"
#include "plan/fit/replay.h"

namespace capplan::plan {

/// One fitted coefficient with its 95 % interval.
struct FittedCost {
  std::string name;        ///< as in the calibration file; demand.CLASS is the mean of its time on a core, hot
  core::Estimate value;    ///< seconds, or a plain number for cv
  bool identified = true;  ///< false: the captures hardly moved it from its prior
};

struct ContentionFit {
  ServiceCosts costs;
  std::vector<FittedCost> fitted;
  Uncertainty uncertainty;            ///< of all of them together, for a further run
  std::string base;                   ///< name of the capture whose durations are the hot ones
  std::vector<std::string> captures;  ///< names of those that were replayed
  std::vector<std::string> left_out;  ///< "closed8: the server was full"
  std::vector<double> place;          ///< ln of the coefficients that were moved
  double residual = 0;                ///< root mean square of the residuals of ln percentiles, damped
  /// What the fit leaves, as standard deviations of ln of p50, p95, p99 over classes and captures.
  double spread_p50 = 0, spread_p95 = 0, spread_p99 = 0;
};

/// The fit as a calibration, as far as a replay needs it.
models::Table fitted_calibration(const ContentionFit& fit);

/// Whether the captures can tell the parts of a duration apart: two or more that are not full, with unlike numbers of
/// connections or rates.
bool can_fit_contention(const std::vector<MeasuredCapture>& captures);

struct ContentionOptions {
  int threads = 0;                            ///< 0: as many as the machine has cores
  const std::atomic<bool>* cancel = nullptr;  ///< once true, the fit throws std::runtime_error soon
  ContentionEffects effects;                  ///< what the model of contention is made of
  std::vector<double> start;  ///< where to begin: the `place` of another fit of these captures; empty: the priors
  bool intervals = true;      ///< of the fitted costs; who asks for errors alone needs none
};

/// Fits the costs. Deterministic: the same captures give the same bits, with any number of threads.
ContentionFit fit_contention(const std::vector<MeasuredCapture>& captures, const ContentionOptions& options = {});

}  // namespace capplan::plan
