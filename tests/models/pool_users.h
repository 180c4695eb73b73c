#pragma once
// People who use a pool at given times, before a server on which nobody waits: when they get a connection, which, and
// what the server saw of it. For tests of pools by the clock, at hand-worked times.

#include "tests/models/support.h"

namespace capplan::models {

/// People who acquire at a given time, run one statement of a given length, and release.
class PoolUsers : public Bench, private Caller {
 public:
  PoolUsers(const std::string& kind, Keys keys, core::Nanos connect_time = 2 * ms,
            std::deque<ClientError> connect_errors = {})
      : server(simulator, connect_time) {
    server.connect_errors = std::move(connect_errors);
    build.add_endpoint("server.s", server);
    keys.emplace_back("to", "server.s");
    described = section("pool", kind, "p", keys);
    pool = described.spec->make_pool(build, described);
    pool->start();
  }
  Section described;

  struct Use {
    core::Nanos length = 0;
    bool block = false;                                  // leaves a transaction block open
    bool asks_again = false;                             // when the release lets the user go on
    core::Nanos granted = -1, ended = -1, went_on = -1;  // the last when the release lets the user go on
    std::uint32_t lease = 0;
    ClientError error = ClientError::none;
  };
  StandIn server;
  std::unique_ptr<Pool> pool;
  std::deque<Use> uses;

  void use(core::Nanos time, core::Nanos length, bool block = false) {
    const auto number = static_cast<std::uint32_t>(uses.size());
    uses.push_back({.length = length, .block = block});
    at(time, [this, number] { pool->acquire(number, {this, 0, number}); });
  }
  void run(core::Nanos until = core::never) { simulator.run(until); }
  std::vector<core::Nanos> granted() const {
    std::vector<core::Nanos> times;
    for (const Use& one : uses) times.push_back(one.granted);
    return times;
  }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    Use& one = uses[index];
    if (kind == 0 && outcome.error != ClientError::none) {
      one.error = outcome.error;
      one.ended = simulator.now();
    } else if (kind == 0) {
      one.granted = simulator.now();
      one.lease = outcome.value;
      pool->execute(one.lease, {.request = no_request, .cpu = one.length, .opens_block = one.block}, {this, 1, index});
    } else if (kind == 1) {
      one.error = outcome.error;
      one.ended = simulator.now();
      pool->release(one.lease, {this, 2, index});
    } else {
      one.went_on = simulator.now();
      if (!one.asks_again) return;
      const auto number = static_cast<std::uint32_t>(uses.size());
      uses.push_back({.length = one.length});
      pool->acquire(number, {this, 0, number});
    }
  }
};

using Times = std::vector<core::Nanos>;

inline Times at(const std::vector<StandIn::Call>& calls) {
  Times times;
  for (const StandIn::Call& call : calls) times.push_back(call.at);
  return times;
}

}  // namespace capplan::models
