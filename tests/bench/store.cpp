// A store of many points: saved one transaction each, found, and merged from a hundred shards. The points are those of
// a shipped scenario with figures moved by chance, so that no bit of them repeats; profiles are left out, as of any
// sweep of more than 10000 points. Goals: at most 3000 bytes a point at 10^6 points, values of five replications with
// them; a point is found in less than its scenario takes to be resolved (0.3 ms).

#include "plan/study/store.h"
#include "plan/study/runner.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "plan/format/digest.h"

namespace capplan::bench {

namespace {

using plan::Result;

const std::string rule = "replications 5";

Result answer_of(const std::string& scenario) {
  plan::RunOptions options;
  options.stopping = {5, 5, 0.05};
  return plan::run(plan::resolve(plan::read_draft(CAPPLAN_SOURCE_DIR "/data/scenarios/" + scenario + ".toml"),
                                 plan::parse_overrides({"scenario.duration=60s"})),
                   options);
}

/// The answer with another seed's worth of chance in its figures, of a scenario with another number in it.
class Points {
 public:
  Points(const std::string& scenario, bool values) : base_(answer_of(scenario)) {
    base_.profile = {};
    for (plan::Figure& figure : base_.figures)
      if (!values) figure.values.clear();
  }

  const Result& point(int number) {
    result_ = base_;
    result_.scenario.insert(1, fmt::format("\"axis\":{},", number));
    result_.scenario_hash = plan::sha256(result_.scenario);
    std::mt19937 random(static_cast<unsigned>(number));
    for (plan::Figure& figure : result_.figures) {
      if (!figure.estimate.known || figure.estimate.value == 0) continue;
      const double factor = 1 + random() * 1e-11;
      core::Estimate& e = figure.estimate;
      const double half = e.half_width() * factor;
      e.value *= factor;
      e.lo = std::max(0.0, e.value - half);
      e.hi = e.value + half;
      for (double& value : figure.values) value *= 1 + random() * 1e-11;
    }
    return result_;
  }

 private:
  Result base_;
  Result result_;
};

plan::PointKey key_of(const Result& result) { return {result.scenario_hash, result.seed}; }

std::string fresh(const std::string& name) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / ("capplan-bench-" + name + ".db");
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  return path.string();
}

void fill(Points& points, const std::string& path, int first, int count) {
  plan::Store store(path);
  for (int i = first; i < first + count; ++i) {
    const Result& result = points.point(i);
    store.save(key_of(result), rule, result, {{"axis", std::to_string(i)}});
  }
}

void save(benchmark::State& state, const std::string& scenario, bool values) {
  Points points(scenario, values);
  const int count = static_cast<int>(state.range(0));
  const std::string path = fresh("save");
  for (auto unused : state) fill(points, path, 0, count);
  state.counters["bytes_a_point"] = static_cast<double>(std::filesystem::file_size(path)) / count;
  state.SetItemsProcessed(count);
  std::filesystem::remove(path);
}

void find(benchmark::State& state) {
  Points points("quickstart", false);
  const int count = static_cast<int>(state.range(0));
  const std::string path = fresh("find");
  fill(points, path, 0, count);
  const plan::Store store(path);
  int number = 0;
  for (auto unused : state) {
    state.PauseTiming();
    number = (number + 7919) % count;
    const plan::PointKey key = key_of(points.point(number));
    state.ResumeTiming();
    benchmark::DoNotOptimize(store.find(key, rule));
  }
  std::filesystem::remove(path);
}

void merge(benchmark::State& state) {
  Points points("quickstart", false);
  const int shards = 100, each = static_cast<int>(state.range(0)) / shards;
  std::vector<std::string> parts;
  for (int i = 0; i < shards; ++i) fill(points, parts.emplace_back(fresh(fmt::format("part{}", i))), i * each, each);
  const std::string path = fresh("merged");
  for (auto unused : state) {
    plan::Store all(path);
    for (const std::string& part : parts) all.merge(part);
  }
  state.SetItemsProcessed(shards * each);
  for (const std::string& part : parts) std::filesystem::remove(part);
  std::filesystem::remove(path);
}

BENCHMARK_CAPTURE(save, quickstart, "quickstart", false)
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->Name("store/save/quickstart");
BENCHMARK_CAPTURE(save, quickstart_values, "quickstart", true)
    ->Arg(10'000)
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->Name("store/save/quickstart_values");
BENCHMARK_CAPTURE(save, services, "services", true)
    ->Arg(10'000)
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->Name("store/save/services_values");
BENCHMARK_CAPTURE(save, vectors, "vector-alerts", true)
    ->Arg(10'000)
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->Name("store/save/vectors_values");
BENCHMARK(find)->Arg(10'000)->Unit(benchmark::kMicrosecond)->Name("store/find");
BENCHMARK(merge)->Arg(10'000)->Arg(100'000)->Iterations(1)->Unit(benchmark::kSecond)->Name("store/merge_100_shards");

}  // namespace

}  // namespace capplan::bench
