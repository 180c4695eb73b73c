#pragma once
// How to compute, as people write it: in flags ("--precision 2%") and in the arguments of the same names in Python.

#include <string>

#include "plan/study/sweep.h"

namespace capplan::plan {

struct WrittenOptions {
  std::string seed = "1";
  std::string replications = "auto";  ///< or how many
  std::string precision{};            ///< empty: 5%, where no SLO steers
  std::string margin{};               ///< of a comparison; empty: 1%
  std::string budget{};               ///< "2min"; empty: none
  std::string jobs{};                 ///< threads; empty: one a core
  std::string processes{};            ///< in place of threads; empty: none
  std::string uncertainty{};          ///< draws of the calibration's parameters; empty: they are taken as given
};

/// Throws core::InputError with everything that is wrong; `dashes` stands before the names in its problems.
RunOptions read_options(const WrittenOptions& written, const std::string& dashes = "--");

/// A number of samples, and the name of a design (plan/study/points.h); empty: not said. Throws core::InputError.
void read_sampling(const std::string& samples, const std::string& design, SweepOptions& options,
                   const std::string& dashes = "--");

/// "2/4" is the second of four shards; empty: all of it. Throws core::InputError.
void read_shard(const std::string& text, SweepOptions& options, const std::string& dashes = "--");

}  // namespace capplan::plan
