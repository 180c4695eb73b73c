#pragma once
// What a calibration leaves open, in the figures of a result. Each draw of its parameters is simulated on the random
// numbers of one of the replications, so that their ratio is the draw's doing and hardly chance; the scatter of these
// ratios is the calibration's part of the interval, the scatter of the replications the sampling's. The two are
// independent, their variances add, and Student's t has the degrees of freedom of both (Welch 1947, Satterthwaite
// 1946). Sources: common random numbers, Law, "Simulation Modeling and Analysis" ch. 11; input uncertainty, Song,
// Nelson and Pegden 2014. A further draw, which the real system is, lies about the mean of n as widely as sqrt(1 + 1/n)
// times their scatter. Limits: near-normal logarithms (of shares and what can be 0: near-normal values).

#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

/// Gives each figure its value under each draw, and an interval that covers sampling and calibration. `drawn` are the
/// figures of the draws, a value each; draw d ran on the random numbers of replication d mod `paired`. A figure that a
/// replication or a draw alone does not carry is not known any more.
void add_calibration_spread(std::vector<Figure>& figures, const std::vector<Figure>& drawn, std::size_t paired);

/// The probability that the true figure is below (else above) the limit, with its own 95 % interval: Student's, and by
/// how little so few draws say of it (Hahn and Meeker, "Statistical Intervals", 4.5). Not known without draws.
core::Estimate probability(const Figure& figure, double limit, bool below);

/// Variance and mean of what draws add to the difference of two figures, b less a, in their unit. Nothing (0) without.
struct DrawnDifference {
  double shift = 0;     ///< of the difference's value
  double variance = 0;  ///< of a further draw
  double degrees = 1;
};
DrawnDifference drawn_difference(const Figure& a, const Figure& b);

}  // namespace capplan::plan
