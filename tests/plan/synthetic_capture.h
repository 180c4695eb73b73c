#pragma once
// Captures made up to order: a log as a load generator would have written it, with known rate, mix, durations, keys,
// and as much likeness between neighbours as asked for. Nothing queues, so that durations are what they were made to
// be.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/zipf.h"
#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"

namespace capplan::test {

struct Synthetic {
  std::string name = "before";
  double rate = 150, seconds = 60;
  int clients = 32;
  std::vector<std::string> classes = {"read", "write", "scan"};
  std::vector<double> mix = {0.6, 0.3, 0.1};
  std::vector<double> mean = {500e-6, 2e-3, 8e-3};  ///< seconds, lognormal
  double sigma = 0.47;                              ///< of ln duration
  double alike = 0;   ///< correlation of ln duration with the request before on the same client
  double sticky = 0;  ///< chance that a client repeats its last class
  double bursts = 0;  ///< the rate is this share above and below its mean by turns
  double turn = 0.2;  ///< mean length of a turn, seconds
  double growth = 0;  ///< of the rate over the capture, as a share of its mean
  double zipf = 0;    ///< exponent of the keys; 0: none
  std::uint64_t keys = 10'000;
  double probe = 0;  ///< seconds; 0: none
};

struct SyntheticCapture {
  plan::CaptureManifest manifest;
  plan::RequestLog log;
  std::vector<std::uint64_t> keys;
};

inline SyntheticCapture synthetic(const Synthetic& s, std::uint64_t seed) {
  SyntheticCapture c;
  c.manifest.file = c.manifest.name = s.name;
  c.manifest.classes = s.classes;
  c.manifest.duration = core::to_nanos(s.seconds);
  c.manifest.rate = s.rate;
  c.manifest.clients = c.manifest.connections = s.clients;
  c.manifest.cores = 16;
  if (s.probe > 0) c.manifest.probe_before = c.manifest.probe_after = core::to_nanos(s.probe);
  c.log.classes = s.classes;
  c.log.skipped.assign(s.classes.size(), 0);
  c.log.failed = c.log.skipped;

  core::Stream when(seed, 0, "arrivals", "when"), what(seed, 0, "classes", "what"), how(seed, 0, "durations", "how"),
      which(seed, 0, "keys", "which");
  const core::Zipf zipf(s.keys, s.zipf);
  std::vector<double> deviation(static_cast<std::size_t>(s.clients));
  for (double& d : deviation) d = how.normal();
  std::vector<int> last(deviation.size(), -1);
  // Thinned from a rate that is never exceeded.
  const double most = s.rate * (1 + s.bursts) * (1 + std::fabs(s.growth) / 2);
  bool high = true;
  double turn_ends = s.turn * when.exponential();
  int client = 0;
  for (double t = when.exponential() / most; t < s.seconds; t += when.exponential() / most) {
    while (t > turn_ends) {
      high = !high;
      turn_ends += s.turn * when.exponential();
    }
    const double now = s.rate * (1 + (high ? s.bursts : -s.bursts)) * (1 + s.growth * (t / s.seconds - 0.5));
    if (when.uniform() * most >= now) continue;
    const auto k = static_cast<std::size_t>(client);
    client = (client + 1) % s.clients;
    std::size_t klass = 0;
    if (last[k] >= 0 && what.uniform() < s.sticky) {
      klass = static_cast<std::size_t>(last[k]);
    } else {
      for (double u = what.uniform(); klass + 1 < s.mix.size() && u >= s.mix[klass]; ++klass) u -= s.mix[klass];
    }
    last[k] = static_cast<int>(klass);
    deviation[k] = s.alike * deviation[k] + std::sqrt(1 - s.alike * s.alike) * how.normal();
    const double duration = s.mean[klass] * std::exp(s.sigma * deviation[k] - s.sigma * s.sigma / 2);
    c.log.client.push_back(static_cast<std::int32_t>(k));
    c.log.klass.push_back(static_cast<std::uint16_t>(klass));
    c.log.duration_ns.push_back(core::to_nanos(duration));
    c.log.finish_ns.push_back(core::to_nanos(t + duration));
    c.log.lag_ns.push_back(0);
    if (s.zipf > 0) c.keys.push_back(zipf.sample(which));
  }
  return c;
}

}  // namespace capplan::test
