// A sweep's contract: the same bytes however it was computed (threads, shards, killed and continued), nothing computed
// twice that was saved, and the smallest setting that meets the SLOs named.

#include "plan/study/sweep.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "plan/study/result_json.h"
#include "plan/study/store.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

const std::string grid =
    "[scenario]\nname = \"grid\"\nduration = \"5s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 64\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n"
    "[query.q]\npool = \"app\"\ncpu = { exponential = { mean = \"10ms\" } }\n"
    "[request.r]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"320/s\"\nmix = { r = 1 }\n"
    "[slo]\nr = [\"p95 < 60ms\"]\n"
    "[sweep]\n\"workload.w.rate\" = [\"200/s\", \"320/s\"]\n\"pool.app.size\" = [8, 2, 4, 6]\n";

/// A folder for stores, gone at the end.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "capplan-sweep-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::filesystem::path path;
};

SweepOptions options(const std::string& store = "", int threads = 1) {
  SweepOptions result;
  result.run.threads = threads;
  result.run.stopping = {5, 5, 0.05};
  result.store = store;
  return result;
}

Sweep sweep_grid(const SweepOptions& given, const RunHooks& hooks = {}) {
  return sweep(test::draft(grid), {}, {}, given, hooks);
}

TEST_CASE("a sweep has the same bytes with one and with two threads, and from the store") {
  const Folder folder;
  const std::string one = to_json(sweep_grid(options()));
  CHECK(to_json(sweep_grid(options("", 2))) == one);
  CHECK(to_json(sweep_grid(options(folder / "a.db", 2))) == one);
  const Sweep again = sweep_grid(options(folder / "a.db"));
  CHECK(again.reused == 8);
  CHECK(to_json(again) == one);
}

TEST_CASE("two shards merged give the bytes of the whole, and each computed its half") {
  const Folder folder;
  for (int shard = 0; shard < 2; ++shard) {
    SweepOptions part = options(folder / (std::to_string(shard) + ".db"));
    part.shard = shard;
    part.shards = 2;
    const Sweep half = sweep_grid(part);
    CHECK(std::count_if(half.points.begin(), half.points.end(), [](const SweepPoint& p) { return p.done; }) == 4);
  }
  Store all(folder / "all.db");
  CHECK(all.merge(folder / "0.db") == 4);
  CHECK(all.merge(folder / "1.db") == 4);
  CHECK(all.merge(folder / "1.db") == 0);
  const Sweep merged = sweep_grid(options(folder / "all.db"));
  CHECK(merged.reused == 8);
  CHECK(to_json(merged) == to_json(sweep_grid(options())));
}

TEST_CASE("a sweep that is killed goes on with the same command, and computes nothing twice that was saved") {
  const Folder folder;
  const std::string store = folder / "killed.db";
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    RunHooks hooks;
    int finished = 0;
    hooks.finished = [&](std::size_t, const Result&) {
      if (++finished == 3) {
        const char byte = 0;
        if (write(pipe_ends[1], &byte, 1) == 1) pause();  // until the parent kills us, in mid-sweep
      }
    };
    sweep_grid(options(store), hooks);
    _exit(1);
  }
  char byte = 0;
  REQUIRE(read(pipe_ends[0], &byte, 1) == 1);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  close(pipe_ends[0]);
  close(pipe_ends[1]);

  RunHooks hooks;
  int computed = 0;
  hooks.finished = [&](std::size_t, const Result&) { ++computed; };
  const Sweep resumed = sweep_grid(options(store), hooks);
  CHECK(resumed.reused == 3);
  CHECK(computed == 5);
  CHECK(to_json(resumed) == to_json(sweep_grid(options())));
}

TEST_CASE("another seed, precision or parameter is another point") {
  const Folder folder;
  sweep_grid(options(folder / "a.db"));
  SweepOptions other = options(folder / "a.db");
  other.run.seed = 2;
  CHECK(sweep_grid(other).reused == 0);
  other = options(folder / "a.db");
  other.run.stopping.max = 20;
  CHECK(sweep_grid(other).reused == 0);
  const auto changed = parse_overrides({"query.q.cpu=9ms"});
  CHECK(sweep(test::draft(grid), changed, {}, options(folder / "a.db")).reused == 0);
  CHECK(sweep_grid(options(folder / "a.db")).reused == 8);
}

TEST_CASE("the smallest pool that meets the SLO is named for each rate, whatever the order of the values") {
  const Sweep result = sweep_grid(options());
  REQUIRE(result.smallest.size() == 2);
  for (const Smallest& smallest : result.smallest) {
    CHECK(smallest.key == "pool.app.size");
    REQUIRE(smallest.others.size() == 1);
    std::int64_t least = 1000;
    for (const SweepPoint& point : result.points)
      if (smallest.others[0] == "workload.w.rate = " + point.labels[0] && point.result.verdict == Verdict::ok)
        least = std::min<std::int64_t>(least, std::stoll(point.labels[1]));
    CHECK(smallest.label == std::to_string(least));
  }
}

TEST_CASE("fresh computes what the store has") {
  const Folder folder;
  sweep_grid(options(folder / "a.db"));
  SweepOptions fresh = options(folder / "a.db");
  fresh.fresh = true;
  int computed = 0;
  RunHooks hooks;
  hooks.finished = [&](std::size_t, const Result&) { ++computed; };
  CHECK(sweep_grid(fresh, hooks).reused == 0);
  CHECK(computed == 8);
}

/// Two axes of 1000 values.
Sweep sweep_million(const SweepOptions& given, const RunHooks& hooks) {
  return sweep(test::draft(grid), parse_overrides({"scenario.duration=1s"}),
               parse_axes({"workload.w.rate=200/s..400/s:1000", "pool.app.size=1..1000:1000"}), given, hooks);
}

TEST_CASE("a million points cost nothing before their turn, and a sweep of them is cancelled at once") {
  for (const bool at_once : {true, false}) {
    std::atomic<bool> cancel = false;
    RunHooks hooks;
    hooks.cancel = &cancel;
    std::size_t told = 0;
    hooks.progress = [&](const Progress& progress) {
      CHECK(progress.total == 1'000'000);
      if (++told == 1) CHECK(progress.events == 0);  // before anything has run
      cancel = at_once || progress.done > 0;
    };
    const Sweep cancelled = sweep_million(options(), hooks);
    CHECK(cancelled.planned == 1'000'000);
    CHECK(cancelled.points.size() == (at_once ? 0 : 1));
    CHECK_FALSE(cancelled.is_grid());
  }
}

TEST_CASE("a shard of many points lists those that had their turn") {
  std::atomic<bool> cancel = false;
  RunHooks hooks;
  hooks.cancel = &cancel;
  hooks.progress = [&](const Progress& progress) {
    CHECK(progress.total == 250'000);
    cancel = progress.done == 2;
  };
  SweepOptions part = options();
  part.shard = 1;
  part.shards = 4;
  const Sweep sweep = sweep_million(part, hooks);
  REQUIRE(sweep.points.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(sweep.points[i].done == (i % 4 == 1));
}

TEST_CASE("a sample of a grid takes what the store has of the grid, and its shards merge to the whole") {
  const Folder folder;
  SweepOptions sample = options(folder / "a.db");
  sample.design = {"latin-hypercube", 6, {}};
  const Sweep drawn = sweep_grid(sample);
  CHECK(drawn.planned == 6);
  CHECK(drawn.points.size() == 6);
  CHECK_FALSE(drawn.is_grid());
  CHECK(drawn.smallest.empty());
  const Sweep whole = sweep_grid(options(folder / "a.db"));
  CHECK(whole.is_grid());
  std::set<std::string> hashes;
  for (const SweepPoint& point : drawn.points) hashes.insert(point.hash);
  CHECK(whole.reused == hashes.size());
  CHECK(to_json(whole) == to_json(sweep_grid(options())));
  for (int shard = 0; shard < 2; ++shard) {
    SweepOptions part = sample;
    part.store = folder / (std::to_string(shard) + ".db");
    part.shard = shard;
    part.shards = 2;
    sweep_grid(part);
  }
  Store all(folder / "all.db");
  all.merge(folder / "0.db");
  all.merge(folder / "1.db");
  sample.store = folder / "all.db";
  const Sweep merged = sweep_grid(sample);
  CHECK(merged.reused == 6);
  CHECK(to_json(merged) == to_json(drawn));
}

TEST_CASE("axes that go together make a point of each pair") {
  const std::string text = grid.substr(0, grid.find("[sweep]")) +
                           "[sweep]\ndesign = \"zip\"\n\"workload.w.rate\" = [\"200/s\", \"320/s\"]\n"
                           "\"pool.app.size\" = [4, 6]\n";
  const Sweep pairs = sweep(test::draft(text), {}, {}, options());
  REQUIRE(pairs.points.size() == 2);
  CHECK(pairs.points[0].labels == std::vector<std::string>{"200/s", "4"});
  CHECK(pairs.points[1].labels == std::vector<std::string>{"320/s", "6"});
  CHECK(pairs.points[1].done);
}

TEST_CASE("a file that is no store is refused and left as it was") {
  const Folder folder;
  const std::string path = folder / "notes.txt";
  std::ofstream(path) << "these are my notes";
  CHECK_THROWS_AS(Store(path), core::InputError);
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  CHECK(text == "these are my notes");
}

}  // namespace
}  // namespace capplan::plan
