#pragma once
// People in front of a PgBouncer, for its tests: they connect, send statements and leave at given times. Behind it
// stands a server on which nobody waits; a login takes it 2 ms. The bouncer's own core takes no time unless asked to.

#include "tests/models/support.h"

namespace capplan::models {

class BouncerClients : public Bench, private Caller {
 public:
  explicit BouncerClients(Keys keys = {}) : server(simulator) {
    build.add_endpoint("server.s", server);
    Keys all = {{"server", "s"}, {"pool_mode", "transaction"}, {"query_cpu", "0"}};
    for (const auto& [name, value] : keys) {
      std::erase_if(all, [&](const auto& key) { return key.first == name; });
      all.emplace_back(name, value);
    }
    const Section described = section("bouncer", "pgbouncer", "b", all);
    core::Stream stream = build.stream("bouncer.b", "timer");
    phase_ = static_cast<core::Nanos>(stream.below(static_cast<std::uint64_t>(tick_period)));
    bouncer = described.spec->make_endpoint(build, described);
  }

  struct Client {
    core::Nanos connected = -1;
    std::uint32_t number = 0;
    Outcome outcome{};
  };
  struct Query {
    std::uint32_t client = 0;
    core::Nanos answered = -1;
    Outcome outcome{};
  };
  StandIn server;
  std::unique_ptr<Endpoint> bouncer;
  std::deque<Client> clients;
  std::deque<Query> queries;

  std::uint32_t connect(core::Nanos time, Login login = {}) {
    clients.emplace_back();
    const auto client = static_cast<std::uint32_t>(clients.size() - 1);
    at(time, [this, client, login] { bouncer->connect(login, {this, 0, client}); });
    return client;
  }
  /// A statement that is `length` long; `block`: it leaves a transaction open. Its time goes to request `account`.
  std::uint32_t query(core::Nanos time, std::uint32_t client, core::Nanos length, bool block = false,
                      std::uint32_t account = no_request) {
    queries.push_back({client});
    const auto number = static_cast<std::uint32_t>(queries.size() - 1);
    at(time, [=, this] {
      bouncer->execute(clients[client].number, {.request = account, .cpu = length, .opens_block = block},
                       {this, 1, number});
    });
    return number;
  }
  void disconnect(core::Nanos time, std::uint32_t client) {
    at(time, [this, client] { bouncer->disconnect(clients[client].number); });
  }

  /// The bouncer's timer: the first of its ticks at or after a time.
  core::Nanos tick_from(core::Nanos time) const {
    return time <= phase_ ? phase_ : phase_ + (time - phase_ + tick_period - 1) / tick_period * tick_period;
  }
  static constexpr core::Nanos tick_period = s / 3;

  /// When each query was answered.
  std::vector<core::Nanos> answered() const {
    std::vector<core::Nanos> times;
    for (const Query& one : queries) times.push_back(one.answered);
    return times;
  }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    if (kind == 0) {
      clients[index] = {simulator.now(), outcome.value, outcome};
    } else {
      queries[index].answered = simulator.now();
      queries[index].outcome = outcome;
    }
  }
  core::Nanos phase_ = 0;
};

using Times = std::vector<core::Nanos>;
using Calls = std::vector<StandIn::Call>;

inline Times times_of(const Calls& calls) {
  Times times;
  for (const StandIn::Call& call : calls) times.push_back(call.at);
  return times;
}

}  // namespace capplan::models
