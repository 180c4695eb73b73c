// Processes give the same bytes as threads; one that dies, that is none of ours, or that would compute other numbers is
// an error that says so; and none is left behind.

#include "plan/study/process_executor.h"

#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <fstream>

#include "plan/study/interrupted.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "plan/study/worker.h"
#include "tests/plan/drawn_scenario.h"
#include "tests/plan/scratch_file.h"
#include "tests/plan/shipped_scenarios.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;

RunOptions options_of(int processes, int replications = 6) {
  RunOptions options;
  options.stopping = {replications, replications, 0.05};
  options.threads = 1;
  options.processes = processes;
  options.program = CAPPLAN_PROGRAM;
  return options;
}

void check_same(const Scenario& scenario) {
  CHECK(to_json(run(scenario, options_of(2))) == to_json(run(scenario, options_of(0))));
}

bool any_child() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

const std::vector<std::string> brief = {"scenario.duration=10s"};

/// Drives an experiment of the small scenario by processes of another kind.
void drive_by(const std::vector<std::string>& command, const RunHooks& hooks = {}, int replications = 6) {
  const RunOptions options = options_of(2, replications);
  Experiment experiment({.points = 1,
                         .open = [](std::size_t) { return test::resolved(test::small_scenario, brief); },
                         .rule = until_answered(options.stopping)},
                        options);
  ProcessExecutor(2, command).drive(experiment, 0, hooks);
}

std::string failure_of(const std::vector<std::string>& command) {
  try {
    drive_by(command);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

/// A program that says something, and then reads what it is told.
std::vector<std::string> saying(const test::ScratchFile& file) {
  return {"sh", "-c", "cat " + file.path() + "; cat > /dev/null 2>&1"};
}

/// The first child of this process.
pid_t child() {
  std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
  pid_t pid = 0;
  children >> pid;
  return pid;
}

TEST_CASE("processes give the bytes that threads give") {
  check_same(test::shipped("quickstart", brief));
  check_same(test::shipped("replay", brief));
  check_same(test::shipped("pool-sizing", {"scenario.duration=10s", "scenario.warmup=1s"}));
  check_same(test::shipped("weekday", {"scenario.duration=20min"}));
  check_same(test::shipped("burn-rate", {"scenario.duration=2min"}));
  CHECK_FALSE(any_child());
}

TEST_CASE("processes give the bytes that threads give under draws of a calibration") {
  const Scenario scenario = test::drawn_scenario(8);
  RunOptions threads = options_of(0), processes = options_of(2);
  threads.draws = processes.draws = 8;
  CHECK(to_json(run(scenario, processes)) == to_json(run(scenario, threads)));
}

TEST_CASE("scenarios that are held against each other are the same by processes") {
  std::vector<Scenario> scenarios;
  for (const char* size : {"3", "4", "5"})
    scenarios.push_back(test::resolved(test::small_scenario, {brief.front(), "pool.main.size=" + std::string(size)}));
  RunOptions threads = options_of(0), processes = options_of(3);
  threads.stopping = processes.stopping = {5, 12, 0.05};
  const Enough enough = [](const std::vector<Result>& results) { return results.front().replications >= 8; };
  const std::vector<Result> by_threads = run_together(scenarios, threads, enough);
  const std::vector<Result> by_processes = run_together(scenarios, processes, enough);
  REQUIRE(by_processes.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(to_json(by_processes[i]) == to_json(by_threads[i]));
}

TEST_CASE("a process that is killed ends the study with an error that says so") {
  bool killed = false;
  const RunHooks hooks{.progress = [&](const Progress& progress) {
    if (progress.events > 0 && !killed) killed = kill(child(), SIGKILL) == 0;
  }};
  CHECK_THROWS_WITH(drive_by({CAPPLAN_PROGRAM, "worker"}, hooks, 1000),
                    ContainsSubstring("was killed by signal 9 while it simulated"));
  CHECK_FALSE(any_child());
}

TEST_CASE("a process that would compute other numbers is refused before it simulates") {
  std::string greeting = worker_greeting();
  greeting.back() = greeting.back() == '0' ? '1' : '0';
  const test::ScratchFile other(framed(FrameKind::greeting, greeting));
  CHECK_THAT(failure_of(saying(other)),
             ContainsSubstring("would compute other numbers: it is of " + greeting + "; this program of engine"));
  const test::ScratchFile same(framed(FrameKind::greeting, worker_greeting()) + framed(FrameKind::failure, "no disk"));
  CHECK_THAT(failure_of(saying(same)), ContainsSubstring("failed: no disk"));
  CHECK_FALSE(any_child());
}

TEST_CASE("a process that is no worker is refused") {
  const test::ScratchFile hello("hello\n");
  CHECK_THAT(failure_of(saying(hello)), ContainsSubstring("says what no worker says"));
  CHECK_THAT(failure_of({"false"}), ContainsSubstring("ended with exit status 1 before it said which program it is"));
  CHECK_THAT(failure_of({"/no/such/program"}), ContainsSubstring("/no/such/program cannot be started"));
  CHECK_FALSE(any_child());
}

TEST_CASE("a scenario that cannot be built is refused by processes as by threads") {
  const std::string text = test::small_scenario +
                           "[failure.gone]\ntarget = \"server.primary\"\nat = \"2s\"\nfor = \"2s\"\n"
                           "[failure.again]\ntarget = \"server.primary\"\nat = \"3s\"\nfor = \"2s\"\n";
  const auto said = [&](int processes) -> std::string {
    try {
      run(test::resolved(text, brief), options_of(processes));
    } catch (const core::InputError& error) {
      return core::describe(error.problems().front());
    }
    return "";
  };
  CHECK_FALSE(said(0).empty());
  CHECK(said(2) == said(0));
}

TEST_CASE("processes hear a cancel in the middle of a run and are ended") {
  std::atomic<bool> cancel = false;
  RunHooks hooks;
  hooks.cancel = &cancel;
  hooks.progress = [&](const Progress& progress) { cancel = progress.events > 0; };
  CHECK_THROWS_AS(run(test::resolved(test::small_scenario, brief), options_of(2, 1000), hooks), Interrupted);
  CHECK_FALSE(any_child());
}

TEST_CASE("processes begin nothing after the budget") {
  RunOptions options = options_of(2, 1000);
  options.budget_s = 1e-9;
  const Result result = run(test::resolved(test::small_scenario, brief), options);
  CHECK(result.replications < 5);
}

}  // namespace
}  // namespace capplan::plan
