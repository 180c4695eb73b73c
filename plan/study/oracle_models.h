#pragma once
// What the kernel is held against theory with: stations of core/ under Poisson arrivals, or visited by a fixed number
// of customers who think in between. A model runs until enough customers have left after the warm-up.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/fifo_station.h"
#include "core/histogram.h"
#include "core/shared_station.h"

namespace capplan::plan {

/// Long against the relaxation time of the slowest case, 1 / (1 - sqrt(0.95))^2 = 1560 services.
inline constexpr std::uint64_t warmup_customers = 20'000;

/// What one replication measured, after the warm-up.
struct Sample {
  core::Histogram response;
  std::uint64_t offered = 0;
  std::uint64_t lost = 0;
  double elapsed_s = 0;
};

/// Customers in flight and the count of them: what every model below shares. Ends the run when enough have left.
class Model : protected core::Handler {
 public:
  Model(std::uint64_t customers, Sample& sample) : customers_(customers), sample_(sample) {}
  virtual ~Model() = default;
  void run() {
    start();
    simulator_.run();
    sample_.elapsed_s = core::to_seconds(simulator_.now() - measured_from_);
  }

 protected:
  virtual void start() = 0;

  std::uint32_t enter() {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(arrived_.size()));
      arrived_.emplace_back();
    }
    const std::uint32_t customer = free_.back();
    free_.pop_back();
    arrived_[customer] = simulator_.now();
    return customer;
  }
  void leave(std::uint32_t customer, bool lost) {
    free_.push_back(customer);
    if (++left_ == warmup_customers) measured_from_ = simulator_.now();
    if (left_ <= warmup_customers) return;
    ++sample_.offered;
    if (lost)
      ++sample_.lost;
    else
      sample_.response.record(simulator_.now() - arrived_[customer]);
    if (left_ == warmup_customers + customers_) simulator_.stop();
  }

  core::Simulator simulator_;

 private:
  std::uint64_t customers_;
  Sample& sample_;
  std::uint64_t left_ = 0;
  core::Nanos measured_from_ = 0;
  std::vector<core::Nanos> arrived_;
  std::vector<std::uint32_t> free_;
};

struct OpenCase {
  std::string name;  ///< of its random streams: cases are independent of one another
  double arrival_rate = 0;
  int servers = 1;
  core::Distribution service;
  bool shared = false;
  core::Nanos patience = core::never;
  std::size_t room = std::numeric_limits<std::size_t>::max();
};

/// Poisson arrivals to one station, first in first out or shared.
class OpenModel : public Model {
 public:
  OpenModel(const OpenCase& given, std::uint64_t seed, std::uint64_t replication, std::uint64_t customers,
            Sample& sample)
      : Model(customers, sample),
        case_(given),
        fifo_(simulator_, given.servers, given.patience, given.room),
        shared_(simulator_, given.servers),
        gaps_(seed, replication, given.name, "arrivals"),
        services_(seed, replication, given.name, "services") {}

 private:
  enum Kind : std::uint32_t { arrives, served, gave_up };

  void start() override { schedule_next(); }
  void schedule_next() {
    simulator_.schedule(core::to_nanos(gaps_.exponential() / case_.arrival_rate), *this, arrives, 0);
  }
  void on_event(std::uint32_t kind, std::uint32_t customer) override {
    if (kind != arrives) return leave(customer, kind == gave_up);
    schedule_next();
    const std::uint32_t entered = enter();
    const core::Nanos service = core::to_nanos(case_.service.sample(services_));
    if (case_.shared)
      shared_.submit(service, *this, served, entered);
    else if (fifo_.submit(service, {this, served, gave_up, entered}) == core::FifoStation::refused)
      leave(entered, true);
  }

  OpenCase case_;
  core::FifoStation fifo_;
  core::SharedStation shared_;
  core::Stream gaps_, services_;
};

/// A fixed number of customers who think and then visit the stations in order.
class ClosedModel : public Model {
 public:
  ClosedModel(const std::string& name, int customers, double think, const std::vector<double>& demands, int servers,
              std::uint64_t seed, std::uint64_t replication, std::uint64_t count, Sample& sample)
      : Model(count, sample),
        population_(customers),
        think_(think),
        demands_(demands),
        thinking_(seed, replication, name, "think"),
        services_(seed, replication, name, "services") {
    for (std::size_t i = 0; i < demands.size(); ++i)
      stations_.push_back(std::make_unique<core::FifoStation>(simulator_, servers));
  }

 private:
  void start() override {
    for (int i = 0; i < population_; ++i) think();
  }
  void think() {
    if (think_ > 0)
      simulator_.schedule(core::to_nanos(think_ * thinking_.exponential()), *this, 0, 0);
    else
      on_event(0, 0);
  }
  /// Kind 0: a customer comes from thinking; kind n: it leaves station n.
  void on_event(std::uint32_t kind, std::uint32_t customer) override {
    if (kind == 0) customer = enter();
    if (kind == stations_.size()) {
      leave(customer, false);
      return think();
    }
    stations_[kind]->submit(core::to_nanos(demands_[kind] * services_.exponential()), {this, kind + 1, 0, customer});
  }

  int population_;
  double think_;
  std::vector<double> demands_;
  std::vector<std::unique_ptr<core::FifoStation>> stations_;
  core::Stream thinking_, services_;
};

}  // namespace capplan::plan
