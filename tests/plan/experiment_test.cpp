// The contract of an experiment: the same bytes in whatever order runs come back, however many at a time, and whenever
// replications are added; points that are made when their turn comes; and questions that decide when to stop.

#include "plan/study/experiment.h"

#include <deque>
#include <limits>

#include "plan/study/executor.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

const std::string queue =
    "[scenario]\nduration = \"10s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 64\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n"
    "[query.q]\npool = \"app\"\ncpu = { exponential = { mean = \"10ms\" } }\n"
    "[request.r]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"320/s\"\nmix = { r = 1 }\n"
    "[slo]\nr = [\"p95 < 60ms\"]\n"
    "[alert.slow]\nwhen = \"request.r.p95 > 40ms\"\nfor = \"1s\"\n";

RunOptions from_to(int min, int max) {
  RunOptions options;
  options.stopping = {min, max, 0.02};
  return options;
}

/// Three pool sizes, and their results as JSON by point.
struct Asked {
  std::vector<std::string> results = std::vector<std::string>(3);
  std::size_t opened = 0;

  Question question(const RunOptions& options, bool keep = false) {
    return {.points = results.size(),
            .open = [this](std::size_t point) -> Turn {
              ++opened;
              return test::resolved(queue, {"pool.app.size=" + std::to_string(4 + point)});
            },
            .rule = until_answered(options.stopping),
            .keep = keep,
            .finished = [this](std::size_t point, const Result& result) { results[point] = to_json(result); }};
  }
};

enum class Order { first_in_first_out, last_in_first_out, by_turns };

/// Computes everything that can be begun, then hands it in by one of the orders.
void drive(Experiment& experiment, Order order) {
  std::deque<Work> begun;
  for (bool last = false; !experiment.done(); last = !last) {
    while (const std::optional<Work> work = experiment.next()) begun.push_back(*work);
    REQUIRE_FALSE(begun.empty());
    const bool from_end = order == Order::last_in_first_out || (order == Order::by_turns && last);
    const Work work = from_end ? begun.back() : begun.front();
    from_end ? begun.pop_back() : begun.pop_front();
    experiment.take(work, simulate(experiment.simulation(work)));
  }
}

std::vector<std::string> answers(const RunOptions& options, Order order, int batch = 1) {
  Asked asked;
  Experiment experiment(asked.question(options), options, batch);
  drive(experiment, order);
  CHECK(experiment.complete());
  return asked.results;
}

TEST_CASE("runs may come back in any order, and any number at a time") {
  const RunOptions options = from_to(5, 14);
  const std::vector<std::string> expected = answers(options, Order::first_in_first_out);
  CHECK(answers(options, Order::last_in_first_out) == expected);
  CHECK(answers(options, Order::by_turns) == expected);
  CHECK(answers(options, Order::last_in_first_out, 4) == expected);
  for (int threads = 1; threads <= 3; ++threads) {
    Asked asked;
    Experiment experiment(asked.question(options), options);
    ThreadExecutor(threads).drive(experiment, 0, {});
    CHECK(asked.results == expected);
  }
}

TEST_CASE("replications that are added later give what the same number at once gives") {
  const std::vector<std::string> nine = answers(from_to(9, 9), Order::by_turns);
  for (const int first : {2, 5, 8}) {
    INFO(first);
    const RunOptions options = from_to(first, first);
    Asked asked;
    Experiment experiment(asked.question(options, true), options);
    drive(experiment, Order::by_turns);
    CHECK(asked.results == answers(options, Order::first_in_first_out));
    experiment.add(1, first);  // it has those
    CHECK(experiment.done());
    for (std::size_t point = 0; point < 3; ++point) experiment.add(point, 9);
    CHECK_FALSE(experiment.done());
    drive(experiment, Order::last_in_first_out);
    CHECK(asked.results == nine);
    CHECK(asked.opened == 3);
  }
}

TEST_CASE("points that were not kept take no more replications") {
  const RunOptions options = from_to(2, 2);
  Asked asked;
  Experiment experiment(asked.question(options), options);
  drive(experiment, Order::first_in_first_out);
  CHECK_THROWS_AS(experiment.add(0, 5), std::logic_error);
}

TEST_CASE("a point is made when its turn comes, whatever their number") {
  const RunOptions options = from_to(3, 3);
  Asked asked;
  Question question = asked.question(options);
  question.points = std::numeric_limits<std::size_t>::max();
  Experiment experiment(question, options);
  CHECK(asked.opened == 0);
  for (int run = 0; run < 7; ++run) CHECK(experiment.next()->point == static_cast<std::size_t>(run / 3));
  CHECK(asked.opened == 3);
  CHECK(experiment.progress().total == question.points);
}

TEST_CASE("a point whose result is known needs no run, and is not finished again") {
  const RunOptions options = from_to(2, 2);
  const Result known = run(test::resolved(queue), options);
  std::vector<std::size_t> finished;
  Experiment experiment({.points = 3,
                         .open = [&](std::size_t point) -> Turn {
                           if (point != 1) return known;
                           return test::resolved(queue);
                         },
                         .rule = until_answered(options.stopping),
                         .finished =
                             [&](std::size_t point, const Result& result) {
                               finished.push_back(point);
                               CHECK(to_json(result) == to_json(known));
                             }},
                        options);
  drive(experiment, Order::first_in_first_out);
  CHECK(experiment.complete());
  CHECK(finished == std::vector<std::size_t>{1});
}

TEST_CASE("the question says when its points have run enough") {
  const RunOptions options = from_to(2, 2);
  Asked asked;
  Question question = asked.question(options);
  std::vector<std::size_t> looks;
  question.together = true;
  question.rule = [&](const std::vector<Look>& all) {
    looks.push_back(all.size());
    return looks.size() == 1 ? 6 : 0;
  };
  Experiment experiment(question, options);
  drive(experiment, Order::by_turns);
  CHECK(looks == std::vector<std::size_t>{3, 3});
  CHECK(asked.results == answers(from_to(6, 6), Order::first_in_first_out));
}

TEST_CASE("an experiment that is wound up judges what is there, and begins nothing more") {
  const RunOptions options = from_to(5, 5);
  Asked asked;
  Experiment experiment(asked.question(options), options);
  const Work first = *experiment.next(), second = *experiment.next();
  experiment.take(second, simulate(experiment.simulation(second)));
  experiment.wind_up();
  CHECK_FALSE(experiment.next());
  CHECK_FALSE(experiment.done());  // the first is being computed
  experiment.take(first, simulate(experiment.simulation(first)));
  CHECK(experiment.done());
  CHECK_FALSE(experiment.complete());
  CHECK(asked.results[0] == answers(from_to(2, 2), Order::first_in_first_out)[0]);
}

TEST_CASE("a batch that does not fit its work is refused") {
  const RunOptions options = from_to(2, 2);
  Asked asked;
  Experiment experiment(asked.question(options), options);
  const Work work = *experiment.next();
  CHECK_THROWS_AS(experiment.take(work, {}), std::logic_error);
  CHECK_THROWS_AS(experiment.take({7, 0, 1}, Batch(1)), std::logic_error);
}

TEST_CASE("an executor that is cancelled before the start begins nothing") {
  const RunOptions options = from_to(2, 2);
  const std::atomic<bool> cancel = true;
  Asked asked;
  Experiment experiment(asked.question(options), options);
  ThreadExecutor(2).drive(experiment, 0, {.cancel = &cancel});
  CHECK(asked.opened == 0);
  CHECK_FALSE(experiment.done());
}

}  // namespace
}  // namespace capplan::plan
