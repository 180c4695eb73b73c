#pragma once
// What stands between a client and the steps of a class of requests: the client's own patience, retries and circuit
// breaker, the web server, the container, and the limits on how many the service lets in. Each is a file of its own;
// here they are put together as the keys of [request.NAME] and [job.NAME] say.

#include <limits>
#include <memory>

#include "models/service/breaker.h"
#include "models/service/container.h"
#include "models/service/retry.h"
#include "models/service/semaphore.h"
#include "models/service/web.h"

namespace capplan::models {

struct Guard {
  std::unique_ptr<CircuitBreaker> breaker{};  // null, here and below: none
  std::unique_ptr<Retries> retries{};
  core::Nanos timeout = core::never;  ///< of one attempt, from when it is sent; of a job, from when a worker takes it
  ClientError timeout_error = ClientError::request_timeout;
  core::Nanos deadline = core::never;  ///< of all attempts of a request, from when it came
  bool goes_on = false;                ///< an attempt that nobody waits for is done to its end
  Web* web = nullptr;
  Container* container = nullptr;
  std::uint64_t max_in_flight = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t in_flight = 0;  ///< attempts inside, those that nobody waits for too
  core::Counter* shed = nullptr;
  Gate* gate = nullptr;  ///< the bulkhead, or the workers
  std::unique_ptr<Semaphore> bulkhead{};
};

/// What sections that requests name are called by.
struct Guards {
  std::map<std::string, std::unique_ptr<Web>> webs;
  std::map<std::string, std::unique_ptr<Container>> containers;
  std::map<std::string, std::unique_ptr<Gate>> workers;
};

/// The parameters that make a guard, of a request or of a job.
std::vector<Param> guard_params(bool job);
/// Appends what is wrong with them together.
void check_guard(const Params& params, const std::string& path, std::vector<core::Problem>& problems);
/// What a guard measures.
FigureSpecs guard_figures(bool job);
/// The guard of a class, null where its section asks for none; with its meters.
std::unique_ptr<Guard> make_guard(Build& build, const Section& section, const core::Counter& offered,
                                  const Guards& named);

}  // namespace capplan::models
