#pragma once
// Which class the next request is of: drawn by weight, from a stream named by the request's number, so that the n-th
// request is of the same class under every configuration.

#include <string>
#include <vector>

#include "core/random.h"
#include "models/build.h"

namespace capplan::models {

class Mix {
 public:
  /// Of the parameter `mix` of a workload's section.
  Mix(Build& build, const Section& section);
  std::uint32_t draw(std::uint64_t number);

 private:
  std::vector<std::uint32_t> classes_;
  std::vector<double> upto_;  // cumulative share
  core::Stream stream_;
};

/// A number that stands for a workload's name in the names of random draws.
std::uint64_t workload_key(const Section& section);

/// The parameter `mix`.
Param mix_param();

}  // namespace capplan::models
