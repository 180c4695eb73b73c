#include "models/pool/pool_scaling.h"

#include <algorithm>
#include <cmath>

#include "models/pool/connection_pool.h"

namespace capplan::models {

namespace {
enum Kind : std::uint32_t { tuner_looks, autoscaler_looks, instance_ready };
constexpr double tolerance = 0.1;  // kube-controller-manager --horizontal-pod-autoscaler-tolerance
}  // namespace

void PoolScaling::start() {
  if (tuner_) simulator_.schedule(tuner_->every, *this, tuner_looks, 0);
  if (autoscale_) simulator_.schedule(autoscale_->every, *this, autoscaler_looks, 0);
}

void PoolScaling::tune() {
  const PoolUse now = pool_.use();
  const double used = (now.utilization_s - tuned_.utilization_s) / core::to_seconds(tuner_->every);
  tuned_ = now;
  int wanted = now.max;
  if (used > tuner_->above) wanted = std::max(now.max + 1, static_cast<int>(now.max * (1 + tuner_->grow)));
  if (used < tuner_->below) wanted = std::min(now.max - 1, static_cast<int>(now.max * (1 - tuner_->shrink)));
  // A size beyond a bound from the start stays until the rule moves it: no script resets what it did not set.
  if (wanted > now.max) wanted = std::max(now.max, std::min(wanted, tuner_->max));
  if (wanted < now.max) wanted = std::min(now.max, std::max(wanted, tuner_->min));
  if (wanted != now.max) pool_.resize(wanted);
}

void PoolScaling::scale() {
  const Autoscale& rule = *autoscale_;
  const PoolUse now = pool_.use();
  const double seconds = core::to_seconds(rule.every);
  const double metric = rule.metric == Autoscale::Metric::utilization
                            ? (now.utilization_s - scaled_.utilization_s) / seconds
                            : (now.waiting_s - scaled_.waiting_s) / seconds / now.instances;
  scaled_ = now;
  const double ratio = metric / rule.target;
  if (std::abs(ratio - 1) <= tolerance) return;
  // Those on their way are as if they had come without any load yet.
  const int there = now.instances + starting_;
  const double desired = std::ceil(now.instances * ratio - 1e-9);
  const int wanted = static_cast<int>(std::clamp(desired, double(rule.min), double(rule.max)));
  if (wanted > there) {
    for (int i = there; i < wanted; ++i) {
      ++starting_;
      simulator_.schedule(rule.delay, *this, instance_ready, 0);
    }
    last_change_ = simulator_.now();
  } else if (wanted < now.instances && starting_ == 0 && simulator_.now() - last_change_ >= rule.cooldown) {
    for (int i = now.instances; i > wanted; --i) pool_.stop_instance();
    last_change_ = simulator_.now();
  }
}

void PoolScaling::on_event(std::uint32_t kind, std::uint32_t) {
  if (kind == tuner_looks) {
    tune();
    simulator_.schedule(tuner_->every, *this, tuner_looks, 0);
  } else if (kind == autoscaler_looks) {
    scale();
    simulator_.schedule(autoscale_->every, *this, autoscaler_looks, 0);
  } else {
    --starting_;
    pool_.start_instance();
  }
}

PoolUse ConnectionPool::use() const {
  const core::Nanos now = simulator_.now();
  return {.utilization_s = in_use_.integral(now),
          .waiting_s = waiting_.integral(now),
          .max = instances_.front().max,
          .instances = static_cast<int>(active_.size())};
}

void ConnectionPool::resize(int max) {
  for (Instance& instance : instances_) {
    instance.max = max;
    trim(instance);
    serve_waiters(instance);
    order_for_waiters(instance);
  }
  count_use();
}

/// The first that takes no requests; one that is still being emptied goes on as it is.
void ConnectionPool::start_instance() {
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (std::find(active_.begin(), active_.end(), i) != active_.end()) continue;
    active_.push_back(i);
    const bool empty = instances_[i].open == 0;
    instances_[i].draining = false;
    if (empty) start_ahead(instances_[i]);
    break;
  }
  count_use();
}

/// The last started takes no more requests; its connections go as soon as nobody needs them.
void ConnectionPool::stop_instance() {
  if (active_.size() < 2) return;
  Instance& instance = instances_[active_.back()];
  active_.pop_back();
  instance.draining = true;
  instance.unclaimed -= static_cast<std::size_t>(instance.planned);
  instance.planned = 0;
  trim(instance);
  serve_waiters(instance);
  count_use();
}

}  // namespace capplan::models
