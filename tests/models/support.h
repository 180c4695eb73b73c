#pragma once
// What the tests of components share: sections built from a spec and raw values, a stand-in for a server that says when
// it was called, people who use a pool or a connection at given times, and a look into a recording.

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/simulator.h"
#include "models/build.h"
#include "models/cache/cache.h"
#include "models/catalog.h"
#include "models/pool/pool.h"
#include "models/system.h"
#include "tests/support/catch.h"

namespace capplan::models {

inline constexpr core::Nanos us = core::microsecond;
inline constexpr core::Nanos ms = core::millisecond;
inline constexpr core::Nanos s = core::second;

/// A value as a scenario file has it.
struct Raw : Value {
  Raw(const char* text) { data = std::string(text); }
  Raw(const std::string& text) { data = text; }
  Raw(bool flag) { data = flag; }
  Raw(int number) { data = std::int64_t{number}; }
  Raw(double number) { data = number; }
  Raw(List list) { data = std::move(list); }
  Raw(Table table) { data = std::move(table); }
};
using Keys = std::vector<std::pair<std::string, Raw>>;

inline Table table(const Keys& keys) {
  Table result;
  for (const auto& [name, value] : keys) result.emplace_back(name, value);
  return result;
}

/// `keys` with those of `more` in the place of their own.
inline Keys changed(Keys keys, const Keys& more) {
  for (const auto& [name, value] : more) {
    std::erase_if(keys, [&, n = name](const auto& key) { return key.first == n; });
    keys.emplace_back(name, value);
  }
  return keys;
}

/// { exponential = { mean = "…" } }
inline Raw exponential(const char* mean) { return table({{"exponential", table({{"mean", mean}})}}); }

/// The section of a scenario: section("pool", "fixed", "p", {{"to", "server.s"}}).
inline Section section(const std::string& word, const std::string& kind, const std::string& name, const Keys& keys) {
  const Spec* spec = find_spec(word, kind);
  if (spec == nullptr) throw std::logic_error("no spec " + word + "." + kind);
  std::vector<core::Problem> problems;
  Section result{.spec = spec, .name = name, .params = {}, .where = {}};
  result.params = resolve(*spec, table(keys), result.path(), {}, problems);
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return result;
}

inline Section server(const Keys& keys, const std::string& name = "s") {
  return section("server", "postgres", name, keys);
}
inline Section query(const std::string& name, const Keys& keys) { return section("query", "", name, keys); }

/// { query = "…", times = … } for each.
inline Raw steps(const std::vector<std::pair<std::string, int>>& queries) {
  List list;
  for (const auto& [name, times] : queries) list.push_back(Raw(table({{"query", name}, {"times", times}})));
  return list;
}
inline Section request(const std::string& name, const Raw& steps, Keys keys = {}) {
  keys.emplace_back("steps", steps);
  return section("request", "", name, keys);
}

/// A workload that replays these arrivals.
inline Section replay(const ArrivalTrace& arrivals, Keys keys = {}) {
  keys.emplace_back("capture", "capture.toml");
  Section result = section("workload", "trace", "w", keys);
  Table values = result.params.values();
  find(values, "capture")->data = std::make_shared<const ArrivalTrace>(arrivals);
  result.params = Params(values);
  return result;
}
/// Requests `name` at these times, once.
inline Section requests_at(const std::vector<core::Nanos>& times, const std::string& name = "r") {
  const std::vector<std::uint16_t> first_class(times.size(), 0);
  return replay({times, first_class, {name}, times.back(), "times"}, {{"repeat", false}});
}

/// A clock with events that are told as functions.
class Script : private core::Handler {
 public:
  core::Simulator simulator;
  void at(core::Nanos time, std::function<void()> action) {
    actions_.push_back(std::move(action));
    simulator.schedule(time - simulator.now(), *this, 0, static_cast<std::uint32_t>(actions_.size() - 1));
  }

 private:
  void on_event(std::uint32_t, std::uint32_t index) override { actions_[index](); }
  std::deque<std::function<void()>> actions_;
};

/// Takes requests in, and remembers when.
struct Arrivals : Intake {
  struct One {
    core::Nanos at;
    std::uint32_t request_class, user;
    std::uint64_t number;
    bool operator==(const One&) const = default;
  };
  explicit Arrivals(core::Simulator& simulator_) : simulator(simulator_) {}
  void arrive(Workload& from, std::uint64_t, const Arrival& arrival) override {
    all.push_back({simulator.now(), arrival.request_class, arrival.user, arrival.number});
    if (answer) answer(from, arrival);
  }
  core::Simulator& simulator;
  std::vector<One> all;
  std::function<void(Workload&, const Arrival&)> answer;
};

/// All that a component needs to be made.
struct Bench : Script {
  explicit Bench(std::uint64_t seed = 1) : arrivals(simulator), build(simulator, meters, accounts, arrivals, seed, 0) {}
  core::Meters meters;
  Accounts accounts;
  Arrivals arrivals;
  Build build;

  /// Everything metered so far.
  core::Recording read() {
    meters.close_window(simulator.now());
    return meters.take();
  }
};

/// A server that never makes anybody wait: a connect takes `connect_time`, a statement its cpu and io. Remembers calls.
class StandIn : public Endpoint, private core::Handler {
 public:
  explicit StandIn(core::Simulator& simulator, core::Nanos connecting = 2 * ms)
      : connect_time(connecting), simulator_(simulator) {}

  struct Call {
    core::Nanos at;
    std::uint32_t connection;
    bool operator==(const Call&) const = default;
  };
  std::vector<Call> connects, executes, disconnects;
  core::Nanos connect_time;
  std::deque<ClientError> connect_errors;  ///< of the connects to come
  std::set<std::uint32_t> breaking;        ///< connections whose next statement ends with their end
  std::set<std::uint32_t> dead;            ///< connections that have ended while idle

  void connect(Login, Reply reply) override {
    const auto number = static_cast<std::uint32_t>(connects.size());
    connects.push_back({simulator_.now(), number});
    Outcome outcome{ClientError::none, number};
    if (!connect_errors.empty()) {
      outcome.error = connect_errors.front();
      outcome.closed = outcome.error != ClientError::none;
      connect_errors.pop_front();
    }
    answer_after(connect_time, reply, outcome);
  }
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override {
    executes.push_back({simulator_.now(), connection});
    Outcome outcome;
    if (breaking.erase(connection) > 0) outcome = {ClientError::query_wait_timeout, 0, true};
    answer_after(statement.cpu + statement.io, reply, outcome, connection);
  }
  void disconnect(std::uint32_t connection) override {
    disconnects.push_back({simulator_.now(), connection});
    unheard_.insert(connection);
  }
  bool alive(std::uint32_t connection) const override { return !dead.contains(connection); }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  void answer_after(core::Nanos delay, Reply reply, Outcome outcome, std::uint32_t connection = none) {
    answers_.push_back({reply, outcome, connection});
    simulator_.schedule(delay, *this, 0, static_cast<std::uint32_t>(answers_.size() - 1));
  }
  void on_event(std::uint32_t, std::uint32_t index) override {
    const Answer answer = answers_[index];
    if (!unheard_.contains(answer.connection)) answer.reply(answer.outcome);
  }
  core::Simulator& simulator_;
  struct Answer {
    Reply reply;
    Outcome outcome;
    std::uint32_t connection;
  };
  std::vector<Answer> answers_;
  std::set<std::uint32_t> unheard_;  // disconnected
};

/// The meter of a path; what it added over all windows: a count, or a level times seconds.
inline std::size_t meter(const core::Recording& recording, const std::vector<std::string>& path) {
  for (std::size_t i = 0; i < recording.meters.size(); ++i)
    if (recording.meters[i].path == path) return i;
  FAIL("no meter " << path.back());
  return 0;
}
inline double total(const core::Recording& recording, const std::vector<std::string>& path) {
  double sum = 0;
  for (const double window : recording.scalars[meter(recording, path)]) sum += window;
  return sum;
}
/// What a class of requests spent in all its stages together, in seconds.
inline double all_stages(const core::Recording& recording, const std::string& request) {
  double sum = 0;
  for (std::size_t i = 0; i < recording.meters.size(); ++i) {
    const std::vector<std::string>& path = recording.meters[i].path;
    if (path.size() == 4 && path[0] == "requests" && path[1] == request && path[2] == "stages_s")
      for (const double window : recording.scalars[i]) sum += window;
  }
  return sum;
}
inline core::Histogram histogram(const core::Recording& recording, const std::vector<std::string>& path) {
  core::Histogram result;
  for (const core::HistogramSlice& slice : recording.histograms[meter(recording, path)]) result.merge(slice);
  return result;
}

inline core::Recording run(const std::vector<Section>& sections, core::Nanos duration, std::uint64_t seed = 1,
                           core::Nanos warmup = -1, std::uint64_t replication = 0) {
  return System(sections, {seed, replication, duration, warmup}).run();
}

}  // namespace capplan::models
