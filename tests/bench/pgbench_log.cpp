// pgbench's transaction log to columns: a million lines of an open load, in a file that the system holds in memory.
// Goals: 1,000,000 lines/s on one core; besides the columns, 31 bytes a request, a block of the file in memory.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "plan/capture/pgbench_log.h"
#include "tests/bench/peak_memory.h"

namespace capplan::bench {

namespace {

constexpr int lines = 1'000'000;

void pgbench_log(benchmark::State& state) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "capplan_bench_pgbench.log";
  {
    std::ofstream file(path, std::ios::binary);
    for (int i = 0; i < lines; ++i)
      file << fmt::format("{} {} {} {} {} {:06} {}\n", i % 32, i / 32, 300 + i % 4000, i % 6, 1795148565 + i / 1000,
                          i % 1000 * 1000, i % 97);
  }
  plan::PgbenchLogOptions options{{"a", "b", "c", "d", "e", "f"}, true, false};
  std::size_t requests = 0;
  const PeakMemory peak;
  for (auto _ : state) requests = plan::read_pgbench_log(path.string(), options).size();
  state.counters["peak_MB"] = peak.megabytes();
  state.SetItemsProcessed(static_cast<std::int64_t>(requests) * static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(std::filesystem::file_size(path)) *
                          static_cast<std::int64_t>(state.iterations()));
  std::filesystem::remove(path);
}

BENCHMARK(pgbench_log)->Name("capture_log/pgbench")->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace capplan::bench
