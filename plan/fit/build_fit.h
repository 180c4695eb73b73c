#pragma once
// Measured builds of vector indexes -> the laws of models/index/hnsw_build.h and ivfflat_build.h, by least squares over
// relative errors. Limits: serial builds that stayed in maintenance_work_mem, of one host.

#include <span>

#include "models/index/hnsw_build.h"
#include "models/index/ivfflat_build.h"

namespace capplan::plan {

/// A measured serial build that stayed in memory.
struct HnswBuildSample {
  models::HnswShape shape;
  int ef_construction = 64;
  double seconds = 0;
};

/// The law that fits builds of one host; lo and hi are 1 -+ 2 x its leave-one-out error. Takes 3 samples or more that
/// differ in dimensions and in m or ef_construction; throws std::invalid_argument for fewer.
struct HnswBuildFit {
  models::HnswBuildLaw law;
  double leave_one_out = 0;       ///< root mean square of the relative errors of samples predicted from the others
  double leave_one_out_most = 0;  ///< the largest of them
};
HnswBuildFit fit_hnsw_build(std::span<const HnswBuildSample> samples);

/// A measured serial build.
struct IvfflatBuildSample {
  models::IvfflatShape shape;
  double seconds = 0;
};

/// The law that fits builds of one host; lo and hi are 1 -+ 2 x its leave-one-out error. Takes 4 samples or more that
/// differ in rows and lists; throws std::invalid_argument for fewer.
struct IvfflatBuildFit {
  models::IvfflatBuildLaw law;
  double leave_one_out = 0;       ///< root mean square of the relative errors of samples predicted from the others
  double leave_one_out_most = 0;  ///< the largest of them
};
IvfflatBuildFit fit_ivfflat_build(std::span<const IvfflatBuildSample> samples);

}  // namespace capplan::plan
