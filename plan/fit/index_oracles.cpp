// The section "Vector indexes" of docs/validation.md; what it compares stands in index_oracles.h.

#include "plan/fit/index_oracles.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "plan/fit/index_baselines.h"
#include "plan/fit/index_calibration.h"
#include "plan/fit/index_samples.h"
#include "plan/fit/index_validation.h"

namespace capplan::plan {

namespace {

using Samples = std::vector<IndexSample>;

constexpr std::pair<const char*, LeftOut> left_outs[] = {
    {"m", LeftOut::m}, {"rows", LeftOut::rows}, {"dimensions", LeftOut::dimensions}};

constexpr double gigabyte = 1024.0 * 1024 * 1024;

std::string percent(const std::optional<double>& x) { return x ? fmt::format("{:.1f} %", 100 * *x) : "-"; }

/// Median and 90 % quantile of the errors of a simple predictor, over the folds it can predict.
std::string baseline_cells(Baseline baseline, const std::vector<LeftOutFold>& all) {
  std::vector<double> errors;
  for (const LeftOutFold& fold : all) {
    const auto latencies = baseline_latencies(baseline, fold.kept, fold.left);
    for (std::size_t i = 0; i < fold.left.size(); ++i)
      if (latencies[i] && fold.left[i].latency_p50) errors.push_back(*latencies[i] / *fold.left[i].latency_p50 - 1);
  }
  return fmt::format("{} | {}", percent(quantile_of_errors(errors, 0.5)), percent(quantile_of_errors(errors, 0.9)));
}

std::string left_out_table(const Samples& samples) {
  std::string text =
      "| left out | samples | p50 latency | 9 of 10 | inside | pages | recall | planner's tuples | 9 of 10 | "
      "log-linear "
      "| 9 of 10 |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& [name, what] : left_outs) {
    const IndexValidation v = leave_one_out(samples, what, sample_settings);
    const std::vector<LeftOutFold> all = folds(samples, what);
    text += fmt::format("| {} | {} | **{}** | {} | {} | {} | {:.4f} | {} | {} |\n", name, v.rows.size(),
                        percent(v.latency_p50_error_median), percent(v.latency_p50_error_p90),
                        percent(v.latency_inside), percent(v.pages_error_median), v.recall_error_median.value_or(0),
                        baseline_cells(Baseline::planner, all), baseline_cells(Baseline::log_linear, all));
  }
  return text;
}

/// Exact searches of one table, which are the same work each time.
std::string repeated_measurements(const Samples& samples) {
  std::map<std::pair<double, int>, std::vector<double>> tables;
  for (const IndexSample& s : samples)
    if (plan_of(s) == models::Plan::seq_scan && s.latency_p50)
      tables[{s.index.rows, s.index.column.dimensions}].push_back(*s.latency_p50);
  std::string text = "| table | exact searches | fastest | slowest | ratio |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (const auto& [table, seconds] : tables) {
    if (seconds.size() < 2) continue;
    const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
    text += fmt::format("| {:.0f} x {} | {} | {:.2f} ms | {:.2f} ms | {:.2f} |\n", table.first, table.second,
                        seconds.size(), 1e3 * *least, 1e3 * *most, *most / *least);
  }
  return text;
}

/// The samples with an even, or odd, place in the file, counted from 0.
Samples half(const Samples& samples, std::size_t first) {
  Samples kept;
  for (std::size_t i = first; i < samples.size(); i += 2) kept.push_back(samples[i]);
  return kept;
}

std::string described(const IndexSample& s) {
  const models::VectorIndex& index = s.index;
  return index.kind == models::IndexKind::hnsw
             ? fmt::format("hnsw {:.0f}, ef_construction {}, ef_search {}", index.rows, index.ef_construction,
                           s.search.search_param)
             : fmt::format("ivfflat {:.0f}, lists {}, probes {}", index.rows, index.lists, s.search.search_param);
}

std::string published_tables(const Samples& published) {
  std::string summary =
      "| fitted to | predicted | p50 latency | 9 of 10 | inside | recall | planner's tuples | 9 of 10 |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  std::string rows =
      "| index | p50 measured | predicted | interval | error | recall measured | predicted |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const std::size_t first : {0U, 1U}) {
    const Samples given = half(published, first), asked = half(published, 1 - first);
    const IndexValidation v = validate_index_law(fit_law(given, sample_settings), asked, sample_settings);
    summary += fmt::format("| {} rows | {} | **{}** | {} | {} | **{:.4f}** | {} |\n", first == 0 ? "odd" : "even",
                           v.rows.size(), percent(v.latency_p50_error_median), percent(v.latency_p50_error_p90),
                           percent(v.latency_inside), v.recall_error_median.value_or(0),
                           baseline_cells(Baseline::planner, {{given, asked}}));
    for (const IndexPrediction& row : v.rows) {
      const core::Estimate& latency = row.predicted.latency;
      rows += fmt::format("| {} | {:.2f} ms | {:.2f} ms | {:.2f} … {:.2f} | {:+.1f} % | {:.2f} | {:.2f} |\n",
                          described(row.sample), 1e3 * row.sample.latency_p50.value_or(0), 1e3 * latency.value,
                          1e3 * latency.lo, 1e3 * latency.hi, 100 * row.latency_error.value_or(0),
                          row.sample.recall.value_or(0), row.predicted.recall.value);
    }
  }
  return summary + "\n" + rows;
}

/// Searches of indexes larger than memory, predicted from a half of those within it.
std::string beyond_memory_table(const Samples& published, const Samples& beyond) {
  std::string text =
      "| fitted to | ivfflat of | memory | p50 measured | predicted | interval | in memory | error | recall measured | "
      "predicted |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const std::size_t first : {0U, 1U}) {
    const models::IndexLaw law = fit_law(half(published, first), sample_settings);
    for (const IndexPrediction& row : validate_index_law(law, beyond, sample_settings).rows) {
      const core::Estimate& latency = row.predicted.latency;
      const double warm = models::forecast(row.sample.index, row.sample.search, law, sample_settings).latency.value;
      text += fmt::format(
          "| {} rows | {:.0f} rows, {:.1f} GB | {:.0f} GB | {:.1f} ms | {:.1f} ms | {:.1f} … {:.1f} | {:.1f} ms | "
          "{:+.1f} % | {:.2f} | {:.2f} |\n",
          first == 0 ? "odd" : "even", row.sample.index.rows, row.sample.index.bytes / gigabyte,
          row.sample.memory->memory / gigabyte, 1e3 * row.sample.latency_p50.value_or(0), 1e3 * latency.value,
          1e3 * latency.lo, 1e3 * latency.hi, 1e3 * warm, 100 * row.latency_error.value_or(0),
          row.sample.recall.value_or(0), row.predicted.recall.value);
    }
  }
  return text;
}

/// The largest error of a size, over the indexes of these samples.
double size_error(const Samples& samples) {
  return validate_index_law(models::prior_law(), samples, sample_settings).size_error_max.value_or(0);
}

}  // namespace

std::string index_oracle_markdown(const std::string& data) {
  const Samples captured = read_index_samples(data + "/captures/index_cost.csv").samples;
  const Samples published = read_index_samples(data + "/index_samples/published.csv").samples;
  const Samples beyond = read_index_samples(data + "/index_samples/published_beyond_memory.csv").samples;
  return "\n# Vector indexes\n\n"
         "The law of `models/index/` against measured searches (`docs/decisions/007-index-law.md`). Errors are "
         "absolute: "
         "the median, and what nine of ten samples stay within; of recall as it is, of all else relative. \"Inside\" "
         "is "
         "the share of measured latencies within the predicted interval of 95 %.\n\n"
         "## Settings that were not measured\n\n" +
         fmt::format(
             "The {} samples of `data/captures/index_cost.csv`: for each m (of HNSW), number of rows and "
             "dimensions, all samples that share it are predicted from the others. Beside it two simpler ways, "
             "fitted to the same samples for each kind of index: the tuples that pgvector's planner counts, "
             "times one constant plus another; and ln latency linear in the logarithms of all inputs.\n\n",
             captured.size()) +
         left_out_table(captured) +
         "\nHow well can latency be predicted at all? The same sequential scan of one table was measured several "
         "times, as "
         "the plan of different settings. It is the same work, and took:\n\n" +
         repeated_measurements(captured) +
         "\nThe host's memory speed drifts over minutes and hours, so that errors of some percent are the "
         "measurements' "
         "own.\n\n"
         "## Another host's figures\n\n"
         "Published medians of pgvector 0.8.0 with 1024 dimensions and LIMIT 100 in a small cluster "
         "(`data/index_samples/README.md`). The law is fitted to every other row and predicts the rest, both ways "
         "round. "
         "Round trip, speed of the host and recall of its data are in no other sample.\n\n" +
         published_tables(published) +
         "\nIndexes larger than memory: the same halves give what a search takes in memory, and what its pages take "
         "from "
         "disk is computed (`models/index/residency.h`) at the default latency of a disk. No sample of it was "
         "fitted.\n\n" +
         beyond_memory_table(published, beyond) + "\n" + "## Sizes\n\n" +
         fmt::format(
             "The largest error of `pg_relation_size` over all indexes of `index_cost.csv` is {:.2f} %; over "
             "those published {:.2f} % for HNSW, where equal vectors share an element and so shrink the index, and "
             "{:.3f} % for IVFFlat, where the figures are rounded to a megabyte.\n",
             100 * size_error(captured),
             100 * size_error([&] {
               Samples graphs = published;
               std::erase_if(graphs, [](const auto& s) { return s.index.kind != models::IndexKind::hnsw; });
               return graphs;
             }()),
             100 * size_error([&] {
               Samples lists = published;
               lists.insert(lists.end(), beyond.begin(), beyond.end());
               std::erase_if(lists, [](const auto& s) { return s.index.kind != models::IndexKind::ivfflat; });
               return lists;
             }()));
}

}  // namespace capplan::plan
