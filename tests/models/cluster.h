#pragma once
// A primary, maybe with replicas, and people who connect to them at given times: for tests of hosts by the clock.

#include "models/server/replicas.h"
#include "tests/models/support.h"

namespace capplan::models {

/// People with a connection each, to a primary "s" or to its replicas "r"; logins take no time.
class Cluster : public Bench, private Caller {
 public:
  explicit Cluster(const Keys& replicas = {}, const Keys& primary = {}) {
    Keys keys = {{"cores", 8}, {"connect_time", "0"}, {"connect_cpu", "0"}, {"disk", table({{"fsync", "4ms"}})}};
    keys = changed(keys, primary);
    made_.push_back(models::server(keys));
    if (!replicas.empty()) {
      keys = changed(keys, replicas);
      made_.push_back(models::server(keys, "r"));
    }
    for (const Section& one : made_) {
      endpoints_.push_back(one.spec->make_endpoint(build, one));
      build.add_endpoint(one.path(), *endpoints_.back());
      if (one.params.has("promote_after")) primary_ = &build.endpoint("server.s");
    }
    if (primary_ == nullptr) primary_ = endpoints_.front().get();
  }

  struct Client {
    Endpoint* to = nullptr;
    Outcome outcome{};
    core::Nanos connected = -1, answered = -1;
    Outcome answer{};
  };
  std::deque<Client> clients;

  Endpoint& primary() { return *primary_; }
  Endpoint& replicas() { return *endpoints_.back(); }
  void fail(core::Nanos from, core::Nanos until, const std::string& target) {
    at(from, [this, target] { build.fallible(target)->go_down(); });
    at(until, [this, target] { build.fallible(target)->come_back(); });
  }
  std::uint32_t connect(core::Nanos time, Endpoint& to, Login login = {.statement_cache = 2}) {
    clients.push_back({&to});
    const auto client = static_cast<std::uint32_t>(clients.size() - 1);
    at(time, [=, this] { clients[client].to->connect(login, {this, 0, client}); });
    return client;
  }
  void execute(core::Nanos time, std::uint32_t client, Statement statement) {
    statement.request = no_request;
    at(time, [=, this] { clients[client].to->execute(clients[client].outcome.value, statement, {this, 1, client}); });
  }
  std::uint32_t host_of(std::uint32_t client) const { return clients[client].outcome.value / PostgresHost::numbers; }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    Client& client = clients[index];
    (kind == 0 ? client.connected : client.answered) = simulator.now();
    (kind == 0 ? client.outcome : client.answer) = outcome;
  }
  std::vector<Section> made_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  Endpoint* primary_ = nullptr;
};

}  // namespace capplan::models
