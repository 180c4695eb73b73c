// Reading of samples, every cell checked where it stands; the format is described in index_samples.h.

#include "plan/fit/index_samples.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "plan/capture/server_settings.h"
#include "plan/format/digest.h"
#include "plan/format/named_csv.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

using models::IndexKind;
using models::VectorType;

constexpr const char* how_made = "make one with data/index_samples/measure.py -o samples.csv";

/// One line: hands out its cells by name, and notes what is wrong with them.
class Line {
 public:
  explicit Line(NamedCsv& table) : table_(table) {}

  /// Where something of this line was wrong, it is no sample.
  bool good() const { return good_; }

  bool has(const char* name) const { return !table_.text(table_.column(name)).empty(); }

  /// A number from lo to hi, or nothing where the cell is empty.
  std::optional<double> number(const char* name, double lo, double hi, bool whole = false) {
    const int column = table_.column(name);
    const std::string_view cell = table_.text(column);
    const std::optional<double> got = table_.number(column);
    if (!got)
      good_ = good_ && cell.empty();
    else if (!(*got >= lo && *got <= hi))
      wrong(name, fmt::format("{} must be {:g} to {:g}", shown(cell), lo, hi));
    else if (whole && *got != std::floor(*got))
      wrong(name, fmt::format("{} must be a whole number", shown(cell)));
    else
      return got;
    return std::nullopt;
  }

  int count(const char* name, int lo, int hi, int fallback) {
    return static_cast<int>(number(name, lo, hi, true).value_or(fallback));
  }

  /// The same for a cell that must not be empty.
  int needed(const char* name, int lo, int hi, const std::string& why) {
    if (!has(name)) wrong(name, "must not be empty " + why);
    return count(name, lo, hi, lo);
  }

  template <class T>
  T word(const char* name, const std::vector<std::pair<std::string, T>>& words) {
    const std::string cell(table_.text(table_.column(name)));
    std::vector<std::string> known;
    for (const auto& [word, meaning] : words) {
      if (word == cell) return meaning;
      known.push_back(word);
    }
    std::string allowed;
    for (const std::string& word : known) allowed += (allowed.empty() ? "" : ", ") + word;
    const std::string near = core::nearest(cell, known);
    wrong(name, fmt::format("'{}' is not known; it is one of: {}", shown(cell), allowed),
          near.empty() ? "" : fmt::format("did you mean {}?", near));
    return words.front().second;
  }

  void wrong(const char* name, std::string what, std::string hint = {}) {
    good_ = false;
    table_.wrong(table_.column(name), std::move(what), std::move(hint));
  }

 private:
  NamedCsv& table_;
  bool good_ = true;
};

models::VectorColumn column_of(Line& line) {
  models::VectorColumn column;
  if (line.has("type"))
    column.type = line.word<VectorType>("type", {{"vector", VectorType::vector},
                                                 {"halfvec", VectorType::halfvec},
                                                 {"bit", VectorType::bit},
                                                 {"sparsevec", VectorType::sparsevec}});
  column.dimensions = line.needed("dimensions", 1, 1'000'000'000, "");
  if (column.type == VectorType::sparsevec)
    column.non_zeros = line.needed("non_zeros", 0, column.dimensions, "for a sparsevec");
  return column;
}

/// The name of a recall column ("recall_at_10") and how many rows it counts; 0 where the table has none.
std::pair<std::string, int> recall_column(const NamedCsv& table) {
  const std::string prefix = "recall_at_";
  for (const std::string& name : table.names()) {
    int of = 0;
    if (!name.starts_with(prefix)) continue;
    const auto [end, failure] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), of);
    if (failure == std::errc{} && end == name.data() + name.size() && of > 0) return {name, of};
  }
  return {"recall", 0};
}

IndexSample sample_of(Line& line, const NamedCsv& table) {
  IndexSample sample;
  const auto kind = line.word<IndexKind>(
      "index", {{"hnsw", IndexKind::hnsw}, {"ivfflat", IndexKind::ivfflat}, {"flat", IndexKind::flat}});
  const double rows = line.number("rows", 1, 1e12, true).value_or(1);
  if (!line.has("rows")) line.wrong("rows", "must not be empty");
  const models::VectorColumn column = column_of(line);
  int m = 16, ef_construction = 64, lists = 100;
  if (kind == IndexKind::hnsw) {
    m = line.needed("m", 2, 100, "for hnsw");
    ef_construction = line.needed("ef_construction", 4, 1000, "for hnsw");
    sample.search.search_param = line.needed("search_param", 1, 1000, "for hnsw: it is hnsw.ef_search");
    if (line.good() && ef_construction < 2 * m)
      line.wrong("ef_construction", fmt::format("{} must be 2 x m ({}) or more", ef_construction, 2 * m));
  } else if (kind == IndexKind::ivfflat) {
    lists = line.needed("lists", 1, 32'768, "for ivfflat");
    sample.search.search_param = line.needed("search_param", 1, 32'768, "for ivfflat: it is ivfflat.probes");
    sample.search.search_param = std::min(sample.search.search_param, lists);  // pgvector: no list is read twice
  }
  sample.search.limit = line.count("limit", 1, 1'000'000, 10);
  const auto [recall, of] = recall_column(table);
  sample.search.recall_of = of;
  const int other_bytes = line.count("other_bytes", 0, 8000, 4);
  const auto microseconds = [&](const char* name) -> std::optional<double> {
    const auto got = line.number(name, 1e-3, 1e12);
    return got ? std::optional(*got * 1e-6) : std::nullopt;
  };
  sample.latency_p50 = microseconds("latency_us_p50");
  sample.latency_p95 = microseconds("latency_us_p95");
  sample.pages = line.number("pages_mean", 1e-3, 1e15);
  sample.recall = line.number(recall.c_str(), 0, 1);
  sample.build = line.number("build_s", 0, 1e9);
  if (const auto memory = line.number("memory_bytes", models::page_bytes, 1e18))
    sample.memory = models::PageMemory{.shared_buffers = *memory / 4, .memory = *memory};
  sample.queries = line.count("queries", 1, 1'000'000'000, 300);
  const auto bytes = line.number("index_bytes", models::page_bytes, 1e18);
  if (!line.good()) return sample;

  if (const std::string refusal =
          kind == IndexKind::flat
              ? ""
              : models::index_refusal(
                    kind == IndexKind::hnsw ? models::IndexMethod::hnsw : models::IndexMethod::ivfflat, column);
      !refusal.empty()) {
    line.wrong("dimensions", "no such index can be built: " + refusal);
    return sample;
  }
  if (!sample.latency_p50 && !sample.pages && !sample.recall && !sample.build && !bytes)
    line.wrong("latency_us_p50", "the line measures nothing: latency, pages, recall, build and size are all missing",
               "take it out");
  try {
    sample.index = models::sized(kind, rows, column, m, ef_construction, lists, other_bytes);
  } catch (const std::invalid_argument& refused) {
    line.wrong("dimensions", refused.what());
  }
  if (bytes) sample.index.bytes = *bytes;
  sample.bytes = bytes;
  if (sample.build == 0.0) sample.build.reset();  // too short to be measured
  return sample;
}

}  // namespace

IndexSampleFile read_index_samples(const std::string& path) {
  NamedCsv table(path, how_made);
  bool complete = true;  // has the columns without which no line says anything
  for (const char* name : {"rows", "dimensions", "index", "search_param"})
    complete = table.need(name) != NamedCsv::absent && complete;
  if (!complete) table.finish();
  IndexSampleFile file{path, sha256_of_file(path), {}};
  while (table.next()) {
    Line line(table);
    IndexSample sample = sample_of(line, table);
    if (line.good()) file.samples.push_back(std::move(sample));
  }
  table.finish();
  return file;
}

std::vector<IndexSample> all_samples(const std::vector<IndexSampleFile>& files) {
  std::vector<IndexSample> all;
  for (const IndexSampleFile& file : files) all.insert(all.end(), file.samples.begin(), file.samples.end());
  return all;
}

models::PlannerSettings read_planner_settings(const std::string& path) {
  constexpr double page = 8192;
  const ServerSettings settings = read_server_settings(path);
  models::PlannerSettings planner;
  std::vector<core::Problem> problems;
  const auto take = [&](const char* name, auto& into, double least, double unit = 1) {
    const ServerSetting* const s = settings.find(name);
    if (s == nullptr) return;
    if (s->kind == ServerSetting::Kind::text || s->value / unit < least)
      problems.push_back({{path, s->line, 0},
                          name,
                          s->kind == ServerSetting::Kind::text
                              ? fmt::format("'{}' is not a number", shown(s->written))
                              : fmt::format("{}{} is less than {}", shown(s->written), s->unit, least),
                          ""});
    else
      into = static_cast<std::decay_t<decltype(into)>>(s->value / unit);
  };
  take("seq_page_cost", planner.seq_page_cost, 0);
  take("random_page_cost", planner.random_page_cost, 0);
  take("cpu_tuple_cost", planner.cpu_tuple_cost, 0);
  take("cpu_index_tuple_cost", planner.cpu_index_tuple_cost, 0);
  take("cpu_operator_cost", planner.cpu_operator_cost, 0);
  take("parallel_setup_cost", planner.parallel_setup_cost, 0);
  take("parallel_tuple_cost", planner.parallel_tuple_cost, 0);
  take("effective_cache_size", planner.effective_cache_size, 1, page);
  take("min_parallel_table_scan_size", planner.min_parallel_table_scan_size, 0, page);
  take("max_parallel_workers_per_gather", planner.max_parallel_workers_per_gather, 0);
  take("work_mem", planner.work_mem, 1);
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return planner;
}

}  // namespace capplan::plan
