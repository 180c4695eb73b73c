#pragma once
// How sure a calibration is of its numbers, all of them together: the covariance of ln of every fitted parameter, for a
// further run on the host. A draw is the calibration again, every number moved by what chance could have made of it.
// In a calibration file:
//   [calibration.uncertainty]  version = 1; captures that scatter was seen between; scatter of demands from one capture
//   to
//                              another; covariance = [{ name, row }, …]: each with those before it and itself
// and the covariance of [index_law] (index_law_file.h), whose residual moves its `host`.
// Parameters have the names of `fitted` in [calibration.contention]; demand.CLASS is a class's `cpu`.
// Limits: shapes of distributions are not drawn, nor is what a scenario writes itself: that is taken as given.

#include <cstdint>
#include <string>
#include <vector>

#include "models/spec/value.h"

namespace capplan::plan {

struct Uncertainty {
  int captures = 0;  ///< that the fit rests on
  double host = 0;   ///< standard deviation of ln of all demands from one capture to another
  double klass = 0;  ///< and of each class's demand beside
  std::vector<std::string> names;
  std::vector<double> covariance;  ///< of ln of the parameters, row by row, all of it; symmetric

  friend bool operator==(const Uncertainty&, const Uncertainty&) = default;
};

/// The table [calibration.uncertainty].
models::Table to_table(const Uncertainty& uncertainty);
/// The same as lines of TOML, a parameter a line.
std::string to_toml(const Uncertainty& uncertainty);

/// What a calibration, as read from `file`, says of its uncertainty. Throws core::InputError with the remedy where it
/// has costs of queries and no [calibration.uncertainty], or nothing that could be drawn, or where what it says is
/// damaged. Without costs of queries but with a law of indexes: no names.
Uncertainty uncertainty_of(const models::Table& calibration, const std::string& file);

/// Draw `number` of the calibration's parameters: 0, 1, … The same seed gives the same draws, whatever the scenario.
models::Table drawn(const models::Table& calibration, const Uncertainty& uncertainty, std::uint64_t seed,
                    std::uint64_t number);

}  // namespace capplan::plan
