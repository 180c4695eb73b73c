#pragma once
// How unequally keys are asked for, and how many there are to hold: Zipf's exponent and the growth of the working set.
// Sources: maximum likelihood of a Zipf law cut to its first ranks (Clauset, Shalizi and Newman 2009, section 3, for a
// law of ranks); Heaps 1978 for distinct keys against requests. Limits: ranks are those of the sample. Those asked for
// fewer than twenty times are left out, since their order is chance; what is left of that makes the exponent a little
// too great (1 % where measured). The law need not hold: `distance` says how far the sample is from it. Errors come
// from batches in the order of the requests.

#include <cstdint>
#include <span>
#include <string>

#include "core/estimate.h"
#include "plan/fit/batched.h"

namespace capplan::plan {

struct KeyFit {
  std::int64_t requests = 0;
  std::int64_t distinct = 0;
  std::int64_t ranks = 0;  ///< that the exponent was fitted to
  core::Estimate zipf;     ///< exponent, 95 %; unknown below ten ranks that were asked for twenty times each
  LogLevel level;          ///< the same as a logarithm, to be compared
  double distance = 0;     ///< greatest distance between the distribution functions of ranks, sample and law, 0..1
  core::Estimate heaps;    ///< distinct keys grow as requests to this power, over the last tenfold growth; 95 %
};

KeyFit fit_keys(std::span<const std::uint64_t> keys);

/// "follows Zipf's law to within 1.2 % of requests", or that it does not.
std::string goodness_of(const KeyFit& fit);

}  // namespace capplan::plan
