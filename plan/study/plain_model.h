#pragma once
// A scenario as a model of queueing, where it is one: one load of requests that only compute on one server, through
// pools of a fixed size. What else a scenario has is named, since closed forms do not hold with it. Limits: errs on the
// side of "is none": a setting that somebody wrote counts, even where it changes nothing.

#include <string>
#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

struct PlainModel {
  std::vector<std::string> not_plain;  ///< what closed forms know nothing of: "pool.app.timeout"; empty: plain

  bool open = true;
  double rate = 0;           ///< of an open load, a second
  double arrival_scv = 1;    ///< of its gaps
  std::string bursts;        ///< why arrivals are no renewal process: "shape", "mmpp"; else empty
  int users = 0;             ///< of a closed load
  double think_s = 0;        ///< mean
  bool think_varies = true;  ///< else users may stay in step
  std::string load;          ///< "workload.api"

  double demand_s = 0;     ///< mean time on a core of a request, over the mix
  double statement_s = 0;  ///< of its one statement; 0: requests have several, or there are several classes
  double statement_scv = 0;
  bool exponential = false;

  int cores = 0;
  std::string server, pool;  ///< names
  int pool_size = 0;         ///< connections of the one pool, all instances; 0: there are several pools
};

PlainModel plain_model(const Scenario& scenario);

}  // namespace capplan::plan
