#pragma once
// data/captures/index_cost.csv as rows: what one real server took to build each index and to answer through it.

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace capplan::models {

/// One line: an index and one setting of its searches. Columns that the index has no use for are 0.
struct IndexRun {
  double rows = 0;
  int dimensions = 0;
  bool hnsw = false;  ///< else ivfflat
  int m = 0, ef_construction = 0, lists = 0;
  int search_param = 0;                                                                         ///< ef_search or probes
  double build_s = 0, index_bytes = 0, limit = 0, latency_p50 = 0, pages_mean = 0, recall = 0;  // latency in seconds
};

inline std::vector<IndexRun> index_cost_capture() {
  std::ifstream file(CAPPLAN_SOURCE_DIR "/data/captures/index_cost.csv");
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("no data/captures/index_cost.csv");
  std::vector<IndexRun> runs;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream cut(line);
    for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
    const auto number = [&](std::size_t column) { return cells.at(column).empty() ? 0 : std::stod(cells[column]); };
    const auto whole = [&](std::size_t column) { return static_cast<int>(number(column)); };
    runs.push_back({.rows = number(0),
                    .dimensions = whole(1),
                    .hnsw = cells.at(2) == "hnsw",
                    .m = whole(3),
                    .ef_construction = whole(4),
                    .lists = whole(5),
                    .search_param = whole(6),
                    .build_s = number(7),
                    .index_bytes = number(8),
                    .limit = number(9),
                    .latency_p50 = number(10) * 1e-6,
                    .pages_mean = number(14),
                    .recall = number(15)});
  }
  return runs;
}

}  // namespace capplan::models
