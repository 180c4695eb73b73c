#pragma once
// What the captures behind a calibration covered, and how far outside of it a run is: costs hold where they were
// fitted, and are a guess elsewhere. Read from [[calibration.capture]] and [calibration.index] of a calibration file.
// Limits: captures of older files say neither connections nor mix; what is not said is not compared.

#include <string>
#include <utility>
#include <vector>

#include "models/spec/value.h"

namespace capplan::plan {

/// Least and most of something over the captures.
struct Covered {
  double lo = 0;
  double hi = 0;
  bool known = false;
  void add(double x);
};

using CoveredByName = std::vector<std::pair<std::string, Covered>>;

struct Envelope {
  Covered statements;   ///< per second
  Covered connections;  ///< of the server
  Covered cores;
  CoveredByName shares;  ///< of each class among a capture's requests
  CoveredByName rows;    ///< of each index that was searched
};

/// Where a system is run. What is zero or empty is not compared.
struct OperatingPoint {
  double statements = 0;  ///< per second
  double connections = 0;
  double cores = 0;
  std::vector<std::pair<std::string, double>> shares;
  std::vector<std::pair<std::string, double>> rows;
};

/// The envelope of a calibration; nothing is known of one without captures.
Envelope envelope_of(const models::Table& calibration);

/// Whether a quantity lies within what was covered; a tenth beyond an end does, and so does what is not known.
bool within(const Covered& covered, double x);
/// The same of a share of the statements: five of a hundred beyond an end do, too.
bool share_within(const Covered& covered, double share);

/// One sentence for each quantity that lies outside, with how far: "2500 statements/s are 1.9 times the most that was
/// calibrated".
std::vector<std::string> outside(const Envelope& envelope, const OperatingPoint& point);

}  // namespace capplan::plan
