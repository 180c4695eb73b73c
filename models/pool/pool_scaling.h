#pragma once
// Who changes a pool while it runs: a tuner that sets the size of every instance by its utilization, and an autoscaler
// that starts and stops instances. Both look every so often at what happened since the last look. Sources: pool tuning
// scripts (every minute, +20 % above 0.8, -10 % below 0.3); Kubernetes, Horizontal Pod Autoscaling, Algorithm details:
// ceil(instances x metric / target), nothing within 10 % of the target, scaling down only after a stabilization window.

#include <optional>

#include "core/simulator.h"
#include "models/pool/rules.h"

namespace capplan::models {

/// What a pool has done up to now. Differences between two looks are what scaling goes by.
struct PoolUse {
  double utilization_s = 0;  ///< share in use, times seconds
  double waiting_s = 0;      ///< waiters, times seconds
  int max = 0;               ///< of one instance
  int instances = 0;         ///< that take requests
};

/// A pool that can be changed while it runs.
class Scaled {
 public:
  virtual ~Scaled() = default;
  /// Called at each look.
  virtual PoolUse use() const = 0;
  /// Called when every instance shall have at most `max` connections; those beyond go as they are returned.
  virtual void resize(int max) = 0;
  /// Called when one more instance takes requests from now on, and when the last shall take no more.
  virtual void start_instance() = 0;
  virtual void stop_instance() = 0;
};

class PoolScaling : private core::Handler {
 public:
  PoolScaling(core::Simulator& simulator, Scaled& pool, const std::optional<PoolTuner>& tuner,
              const std::optional<Autoscale>& autoscale)
      : simulator_(simulator), pool_(pool), tuner_(tuner), autoscale_(autoscale) {}

  /// From time 0 on.
  void start();

 private:
  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void tune();
  void scale();

  core::Simulator& simulator_;
  Scaled& pool_;
  std::optional<PoolTuner> tuner_;
  std::optional<Autoscale> autoscale_;
  PoolUse tuned_, scaled_;       // at the last looks
  int starting_ = 0;             // instances on their way
  core::Nanos last_change_ = 0;  // of their number; the start is one
};

}  // namespace capplan::models
