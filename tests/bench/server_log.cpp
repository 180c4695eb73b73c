// A server's log to requests: csvlog of short statements with parameters, of the extended protocol, as
// log_min_duration_statement = 0 writes it; the same with other constants in every statement; jsonlog. 64 MB each, in a
// file that the system holds in memory.
// Goals: server_log/csvlog reads 200 MB/s on one core; constants cost less than half of that;
// server_log/csvlog_dropped, which keeps no request, holds the same few megabytes for one file and for ten in a row.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "plan/capture/manifest.h"
#include "plan/capture/server_requests.h"
#include "tests/bench/peak_memory.h"

namespace capplan::bench {

namespace {

constexpr std::size_t size = std::size_t{64} << 20;

const char* const statements[] = {
    "SELECT id FROM memories ORDER BY embedding <=> (SELECT embedding FROM queries WHERE id = $1) LIMIT 10;",
    "SELECT id, tier, content FROM memories WHERE id = $1;",
    "INSERT INTO memories(tier, content, embedding) SELECT 'working', 'inserted', embedding FROM queries WHERE id = "
    "$1;",
};

std::string csv_row(int i, const std::string& step, const std::string& statement) {
  return fmt::format(
      "2026-11-20 04:{:02}:{:02}.{:03} UTC,\"postgres\",\"bench\",{},\"127.0.0.1:47768\",6affcb15.70{:02x},{},\"{}\","
      "2026-11-20 04:22:45 UTC,2/3,0,LOG,00000,\"duration: 0.{:03} ms  {}: {}\",\"parameters: $1 = "
      "'{}'\",,,,,,,,\"pgbench\",\"client backend\",,3511026671100932356\n",
      i / 60'000 % 60, i / 1000 % 60, i % 1000, 1000 + i % 16, i % 16, i, step, 100 + i % 900, step, statement,
      i % 2000);
}

std::string csv_rows(int i) {
  const std::string statement = statements[i % 3];
  return csv_row(i, "parse <unnamed>", statement) + csv_row(i, "bind <unnamed>", statement) +
         csv_row(i, "execute <unnamed>", statement);
}

std::string csv_rows_with_constants(int i) {
  return csv_row(i, "statement", fmt::format("SELECT id, tier FROM memories WHERE id = {} AND note = 'n{}'", i, i));
}

std::string json_rows(int i) {
  return fmt::format(
      "{{\"timestamp\":\"2026-11-20 04:{:02}:{:02}.{:03} UTC\",\"user\":\"postgres\",\"dbname\":\"bench\",\"pid\":{},"
      "\"session_id\":\"6affcb15.70{:02x}\",\"line_num\":{},\"ps\":\"SELECT\",\"error_severity\":\"LOG\",\"message\":"
      "\"duration: 0.{:03} ms  execute <unnamed>: {}\",\"detail\":\"parameters: $1 = '{}'\",\"query_id\":17}}\n",
      i / 60'000 % 60, i / 1000 % 60, i % 1000, 1000 + i % 16, i % 16, i, 100 + i % 900, statements[i % 3], i % 2000);
}

/// The file is `times` as long as `size`. With `keep` every request is kept; else that of its last row alone.
void server_log(benchmark::State& state, const std::string& format, std::string (*rows)(int), int times = 1,
                bool keep = true) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "capplan_bench_server.log";
  std::size_t bytes = 0;
  {
    std::ofstream file(path, std::ios::binary);
    for (int i = 0; bytes < static_cast<std::size_t>(times) * size; ++i) {
      const std::string text = rows(i);
      file << text;
      bytes += text.size();
    }
  }
  plan::CaptureManifest manifest;
  manifest.format = format;
  manifest.log = path.string();
  if (!keep) manifest.statements = {{"few", "^copy", "", {}}};
  manifest.keep_unmatched = keep;
  if (!keep)
    std::ofstream(path, std::ios::binary | std::ios::app) << csv_row(0, "statement", "COPY memories TO STDOUT");
  std::size_t requests = 0;
  const PeakMemory peak;
  for (auto _ : state) requests = plan::read_server_requests(manifest).size();
  state.counters["peak_MB"] = peak.megabytes();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
  state.counters["requests"] = static_cast<double>(requests);
  std::filesystem::remove(path);
}

void csvlog(benchmark::State& state) { server_log(state, "postgresql-csvlog", csv_rows); }
void constants(benchmark::State& state) { server_log(state, "postgresql-csvlog", csv_rows_with_constants); }
void jsonlog(benchmark::State& state) { server_log(state, "postgresql-jsonlog", json_rows); }
void dropped(benchmark::State& state) {
  server_log(state, "postgresql-csvlog", csv_rows, static_cast<int>(state.range(0)), false);
}

BENCHMARK(csvlog)->Name("server_log/csvlog")->Unit(benchmark::kMillisecond);
BENCHMARK(constants)->Name("server_log/csvlog_with_constants")->Unit(benchmark::kMillisecond);
BENCHMARK(dropped)->Name("server_log/csvlog_dropped")->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(jsonlog)->Name("server_log/jsonlog")->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace capplan::bench
