// The PostgreSQL server by the clock, at hand-worked times: shared cores, disk, group commit, connection limits, and
// what opening a connection costs.

#include <random>

#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

/// People with a connection each.
class Backends : public Bench, private Caller {
 public:
  explicit Backends(const Keys& keys) {
    const Section described = models::server(keys);
    server = described.spec->make_endpoint(build, described);
  }

  struct Client {
    core::Nanos connected = -1, answered = -1;
    Outcome outcome{};
  };
  std::unique_ptr<Endpoint> server;
  std::deque<Client> clients;

  std::uint32_t connect(core::Nanos time) {
    clients.emplace_back();
    const auto client = static_cast<std::uint32_t>(clients.size() - 1);
    at(time, [this, client] { server->connect({}, {this, 0, client}); });
    return client;
  }
  /// Runs a statement, on the account of the client's number.
  void execute(core::Nanos time, std::uint32_t client, Statement statement) {
    statement.request = client;
    at(time, [=, this] {
      accounts.open(client);
      server->execute(clients[client].outcome.value, statement, {this, 1, client});
    });
  }
  void disconnect(core::Nanos time, std::uint32_t client) {
    at(time, [this, client] { server->disconnect(clients[client].outcome.value); });
  }
  core::Nanos stage(std::uint32_t client, Stage which) const {
    return accounts.of(client)[static_cast<std::size_t>(which)];
  }
  std::string_view error(std::uint32_t client) const { return info(clients[client].outcome.error).name; }

 private:
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override {
    if (kind == 0)
      clients[index] = {simulator.now(), -1, outcome};
    else
      clients[index].answered = simulator.now();
  }
};

const Keys free_logins = {{"connect_time", "0"}, {"connect_cpu", "0"}};

Keys with(Keys keys, const Keys& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

constexpr std::string_view too_many = "sorry, too many clients already";
constexpr std::string_view reserved = "remaining connection slots are reserved for roles with the SUPERUSER attribute";

}  // namespace

TEST_CASE("statements share a core, and the account tells computing from waiting") {
  Backends b(with(free_logins, {{"cores", 1}}));
  const auto first = b.connect(0), second = b.connect(0);
  b.execute(10 * ms, first, {.cpu = 10 * ms});
  b.execute(15 * ms, second, {.cpu = 10 * ms});
  b.simulator.run(100 * ms);
  // The first has 5 ms alone and 5 ms at half speed: done at 25. The second then has 5 ms left, alone: done at 30.
  CHECK(b.clients[first].answered == 25 * ms);
  CHECK(b.clients[second].answered == 30 * ms);
  CHECK(b.stage(first, Stage::cpu) == 10 * ms);
  CHECK(b.stage(first, Stage::cpu_wait) == 5 * ms);
  CHECK(b.stage(second, Stage::cpu_wait) == 5 * ms);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"servers", "s", "cpu"}) == Approx(0.020));
  CHECK(total(meters, {"servers", "s", "active"}) == Approx(0.030));
  CHECK(total(meters, {"servers", "s", "statements_per_s"}) == 2);
}

TEST_CASE("three statements on two cores take half as long again") {
  Backends b(with(free_logins, {{"cores", 2}}));
  for (int i = 0; i < 3; ++i) b.execute(1 * ms, b.connect(0), {.cpu = 10 * ms});
  b.simulator.run(100 * ms);
  // An event's time is rounded up to a nanosecond.
  for (const Backends::Client& client : b.clients) CHECK(std::abs(client.answered - 16 * ms) <= 1);
}

TEST_CASE("the stages of a statement add up to its time, to the nanosecond") {
  Backends b(with(free_logins, {{"cores", 3}}));
  std::mt19937 twister(3);
  const auto below = [&](int n) { return static_cast<core::Nanos>(twister() % static_cast<unsigned>(n)); };
  std::vector<core::Nanos> asked;
  for (std::uint32_t i = 0; i < 80; ++i) {
    asked.push_back(1 * ms + below(1'000'000));
    b.execute(asked.back(), b.connect(0), {.cpu = 1 + below(77'777), .io = below(1000), .flush = i % 2 == 0});
  }
  b.simulator.run();
  for (std::uint32_t i = 0; i < asked.size(); ++i) {
    core::Nanos sum = 0;
    for (const core::Nanos stage : b.accounts.of(i)) sum += stage;
    CHECK(sum == b.clients[i].answered - asked[i]);
  }
}

TEST_CASE("the disk serves as many at once as its concurrency says") {
  Backends b(with(free_logins, {{"disk", table({{"concurrency", 2}})}}));
  for (int i = 0; i < 3; ++i) b.execute(1 * ms, b.connect(0), {.io = 10 * ms});
  b.simulator.run(100 * ms);
  CHECK(b.clients[0].answered == 11 * ms);
  CHECK(b.clients[1].answered == 11 * ms);
  CHECK(b.clients[2].answered == 21 * ms);
  CHECK(b.stage(2, Stage::io) == 20 * ms);
  CHECK(total(b.read(), {"servers", "s", "disk"}) == Approx(0.030));
}

TEST_CASE("commits that come during a flush share the next one") {
  Backends b(with(free_logins, {{"disk", table({{"fsync", "4ms"}})}}));
  const core::Nanos came[] = {10 * ms, 11 * ms, 13 * ms};
  for (const core::Nanos time : came) b.execute(time, b.connect(0), {.flush = true});
  b.simulator.run(100 * ms);
  CHECK(b.clients[0].answered == 14 * ms);
  CHECK(b.clients[1].answered == 18 * ms);
  CHECK(b.clients[2].answered == 18 * ms);
  CHECK(b.stage(1, Stage::commit) == 7 * ms);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"servers", "s", "commits_per_s"}) == 3);
  CHECK(total(meters, {"servers", "s", "wal_flushes_per_s"}) == 2);
  CHECK(total(meters, {"servers", "s", "wal_flush"}) == Approx(0.008));
}

TEST_CASE("a statement computes, then reads, then flushes") {
  Backends b(with(free_logins, {{"disk", table({{"fsync", "4ms"}})}}));
  b.execute(10 * ms, b.connect(0), {.cpu = 1 * ms, .io = 2 * ms, .flush = true});
  b.simulator.run(100 * ms);
  CHECK(b.clients[0].answered == 17 * ms);
  CHECK(b.stage(0, Stage::cpu) == 1 * ms);
  CHECK(b.stage(0, Stage::io) == 2 * ms);
  CHECK(b.stage(0, Stage::commit) == 4 * ms);
}

TEST_CASE("a statement that costs nothing is answered at its instant, but not within the call") {
  Backends b(free_logins);
  const auto client = b.connect(0);
  b.execute(10 * ms, client, {});
  core::Nanos by_the_end_of_the_call = 0;
  b.at(10 * ms, [&] { by_the_end_of_the_call = b.clients[client].answered; });  // comes before the answer's event
  b.simulator.run(100 * ms);
  CHECK(by_the_end_of_the_call == -1);
  CHECK(b.clients[client].answered == 10 * ms);
}

TEST_CASE("opening a connection takes time, and a core") {
  Backends b({{"cores", 1}, {"connect_time", "1ms"}, {"connect_cpu", "2ms"}});
  const auto first = b.connect(0), second = b.connect(0);
  b.simulator.run(100 * ms);
  CHECK(b.clients[first].connected == 5 * ms);  // 1 ms, then 2 x 2 ms shared
  CHECK(b.clients[second].connected == 5 * ms);
  const core::Recording meters = b.read();
  CHECK(total(meters, {"servers", "s", "cpu"}) == Approx(0.004));
  CHECK(total(meters, {"servers", "s", "connects_per_s"}) == 2);
  CHECK(total(meters, {"servers", "s", "connections"}) == Approx(0.2));  // they hold their slots from the start
}

TEST_CASE("ordinary users do not get the last superuser_reserved_connections slots") {
  Backends b({{"max_connections", 5}, {"superuser_reserved_connections", 2}});
  for (int i = 0; i < 4; ++i) b.connect(i * 20 * ms);
  b.disconnect(100 * ms, 0);
  b.connect(120 * ms);
  b.simulator.run(200 * ms);
  for (const std::uint32_t welcome : {0, 1, 2, 4}) CHECK(b.error(welcome).empty());
  CHECK(b.error(3) == reserved);  // a fourth would leave one of five
  CHECK(b.clients[3].outcome.closed);
  CHECK(total(b.read(), {"servers", "s", "refused_connections_per_s"}) == 1);
}

TEST_CASE("logins under way hold their slots") {
  Backends b({{"cores", 1},
              {"max_connections", 5},
              {"superuser_reserved_connections", 2},
              {"connect_time", "1ms"},
              {"connect_cpu", "2ms"}});
  for (int i = 0; i < 6; ++i) b.connect(0);
  b.simulator.run(100 * ms);
  // Five slots are taken at once, so the sixth hears so after 1 ms. Of the five, who share the core until 11 ms, the
  // first two find 0 and 1 slots free and give theirs back.
  CHECK(b.error(5) == too_many);
  CHECK(b.clients[5].connected == 1 * ms);
  CHECK(b.error(0) == reserved);
  CHECK(b.error(1) == reserved);
  for (const std::uint32_t welcome : {2, 3, 4}) {
    CHECK(b.error(welcome).empty());
    CHECK(b.clients[welcome].connected == 11 * ms);
  }
}
