#pragma once
// What a component is given when it is made: the clock, the meters, its random streams, and the components it names.

#include <map>
#include <memory>
#include <string>

#include "core/meters.h"
#include "core/random.h"
#include "core/simulator.h"
#include "models/endpoint.h"
#include "models/failure/fallible.h"
#include "models/spec/spec.h"
#include "models/stages.h"
#include "models/workload/workload.h"

namespace capplan::models {

class PostgresHost;

class Build {
 public:
  Build(core::Simulator& simulator_, core::Meters& meters_, Accounts& accounts_, Intake& intake_, std::uint64_t seed,
        std::uint64_t replication)
      : simulator(simulator_),
        meters(meters_),
        accounts(accounts_),
        intake(intake_),
        seed_(seed),
        replication_(replication) {}

  core::Simulator& simulator;
  core::Meters& meters;
  Accounts& accounts;
  Intake& intake;

  /// The stream of a component ("pool.codebase") for one purpose ("instance").
  core::Stream stream(const std::string& component, const std::string& purpose) const {
    return {seed_, replication_, component, purpose};
  }

  /// The endpoint of a path such as "bouncer.main"; made before whatever names it.
  Endpoint& endpoint(const std::string& path) const { return *endpoints_.at(path); }
  void add_endpoint(const std::string& path, Endpoint& endpoint) { endpoints_[path] = &endpoint; }

  /// What may fail under a path such as "bouncer.main" or "server.replica.1"; null if there is no such thing.
  Fallible* fallible(const std::string& path) const {
    const auto found = fallibles_.find(path);
    return found == fallibles_.end() ? nullptr : found->second;
  }
  void add_fallible(const std::string& path, Fallible& fallible) { fallibles_[path] = &fallible; }

  /// Single servers by path, made before those that are replicas of one.
  const std::map<std::string, PostgresHost*>& hosts() const { return hosts_; }
  void add_host(const std::string& path, PostgresHost& host) { hosts_[path] = &host; }

  /// Pairs of database and user that connect to an endpoint: at least 1.
  int logins_to(const std::string& path) const {
    const auto found = login_counts_.find(path);
    return found == login_counts_.end() ? 1 : found->second;
  }
  void set_logins_to(const std::string& path, int count) { login_counts_[path] = count; }

  /// The number of a request class ("request.search" or "search"), for workloads.
  std::uint32_t request_class(const std::string& name) const { return request_classes_.at(name); }
  void add_request_class(const std::string& name, std::uint32_t number) { request_classes_[name] = number; }

  /// The numbers of a database and a user: PgBouncer keeps a pool for each pair.
  Login login(const std::string& database, const std::string& user) {
    const auto number = [this](const std::string& name) {
      return static_cast<std::uint32_t>(names_.emplace(name, names_.size()).first->second);
    };
    return {number(database), number(user)};
  }

 private:
  std::uint64_t seed_;
  std::uint64_t replication_;
  std::map<std::string, Endpoint*> endpoints_;
  std::map<std::string, std::uint32_t> request_classes_;
  std::map<std::string, std::size_t> names_;
  std::map<std::string, int> login_counts_;
  std::map<std::string, Fallible*> fallibles_;
  std::map<std::string, PostgresHost*> hosts_;
};

}  // namespace capplan::models
