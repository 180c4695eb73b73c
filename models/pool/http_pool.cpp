#include "models/pool/http_pool.h"

namespace capplan::models {

namespace {

/// The other side: nobody waits there.
class RemoteHost : public Endpoint, private core::Handler {
 public:
  RemoteHost(Build& build, const Section& section)
      : simulator_(build.simulator),
        accounts_(build.accounts),
        connect_time_(section.params.distribution("connect_time")),
        stream_(build.stream(section.path(), "connect_time")) {}

  void connect(Login, Reply reply) override {
    answer(core::to_nanos(connect_time_.sample(stream_.at(connects_++))), reply, no_request);
  }
  void execute(std::uint32_t, const Statement& statement, Reply reply) override {
    answer(statement.cpu + statement.cold + statement.io, reply, statement.request);
  }
  void disconnect(std::uint32_t) override {}

 private:
  void answer(core::Nanos after, const Reply& reply, std::uint32_t request) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(replies_.size()));
      replies_.emplace_back();
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    replies_[place] = reply;
    accounts_.add(request, Stage::network, after);
    simulator_.schedule(after, *this, 0, place);
  }
  void on_event(std::uint32_t, std::uint32_t place) override {
    free_.push_back(place);
    const Reply reply = replies_[place];
    reply({});
  }

  core::Simulator& simulator_;
  Accounts& accounts_;
  core::Distribution connect_time_;
  core::Stream stream_;
  std::uint64_t connects_ = 0;
  std::vector<Reply> replies_;
  std::vector<std::uint32_t> free_;
};

/// Made before the pool that opens connections to it.
struct HoldsHost {
  HoldsHost(Build& build, const Section& section) : host(build, section) {}
  RemoteHost host;
};

class HttpPool : private HoldsHost, public ConnectionPool {
 public:
  HttpPool(Build& build, const Section& section)
      : HoldsHost(build, section), ConnectionPool(build, host, rules_of(section)) {}

 private:
  static PoolRules rules_of(const Section& section) {
    PoolRules rules;
    rules.path = section.path();
    rules.group = "http_pools";
    rules.name = section.name;
    rules.instances = static_cast<int>(section.params.count("instances"));
    section.spec->pool_rules(section.params, rules);
    return rules;
  }
};

}  // namespace

std::vector<Param> http_pool_params(std::vector<Param> own) {
  std::vector<Param> params = {{.name = "instances",
                                .type = Type::count,
                                .fallback = "1",
                                .help = "processes, each with connections of its own; requests go to them round-robin",
                                .lo = 1,
                                .hi = 1000,
                                .costs = true}};
  params.insert(params.end(), own.begin(), own.end());
  params.push_back({.name = "connect_time",
                    .type = Type::distribution,
                    .fallback = "20ms",
                    .help = "set-up of a connection: a round trip for TCP and one for TLS 1.3, of 10 ms each; an "
                            "assumption, not measured",
                    .source = "RFC 8446, section 2: a full handshake takes one round trip",
                    .lo = 0,
                    .hi = 60});
  return params;
}

std::unique_ptr<Pool> make_http_pool(Build& build, const Section& section) {
  return std::make_unique<HttpPool>(build, section);
}

}  // namespace capplan::models
