#pragma once
// What one search of an index asks of its server, as the simulation takes it; from indexed_query.h.

namespace capplan::models {

/// Besides a statement's own `cpu` and `io`: medians, and how its time varies.
struct SearchDemand {
  double cpu = 0;         ///< seconds
  double disk = 0;        ///< seconds at the disk
  double pages = 0;       ///< shared buffers touched
  double dispersion = 0;  ///< standard deviation of ln time from statement to statement
};

}  // namespace capplan::models
