#pragma once
// What a calibration says of vector indexes: the laws of searching and of building them.

#include "models/index/hnsw_build.h"
#include "models/index/index_law.h"
#include "models/index/ivfflat_build.h"

namespace capplan::models {

/// Laws of one host; priors where nothing was measured.
struct IndexCosts {
  IndexLaw search = prior_law();
  HnswBuildLaw hnsw_build;
  IvfflatBuildLaw ivfflat_build;
};

}  // namespace capplan::models
