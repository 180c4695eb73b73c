// HNSW pages and build memory; sources and limits in hnsw_layout.h. Packing is next-fit with independent sizes, hence a
// renewal process: it is followed from one page's start to the next over the free bytes of a page, which only shrink,
// and repeated until the starts repeat themselves. No element is drawn.

#include "models/index/hnsw_layout.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace capplan::models {
namespace {

constexpr int line_pointer = 4;
constexpr int usable = page_bytes - 24 - 8;           // header, and the opaque space at the page's end
constexpr int largest_tuple = usable - line_pointer;  // HNSW_MAX_SIZE
constexpr int element_header = 72;                    // flags, 10 heap TIDs, where the neighbours are
constexpr int neighbor_header = 4;
constexpr int tid = 6;
constexpr double megabyte = 1024 * 1024;

void check(const HnswShape& shape) {
  if (!(shape.rows >= 0)) throw std::invalid_argument("rows: must be 0 or more");
  if (shape.m < 2 || shape.m > 100) throw std::invalid_argument("m: must be 2 to 100");
  if (!(shape.rows_per_element >= 1 && shape.rows_per_element <= 10))
    throw std::invalid_argument("rows_per_element: must be 1 to 10");
  if (const std::string refusal = index_refusal(IndexMethod::hnsw, shape.column); !refusal.empty())
    throw std::invalid_argument("column: " + refusal);
}

int neighbor_tuple(int level, int m) { return static_cast<int>(aligned8(neighbor_header + tid * m * (level + 2))); }

int highest_level(int m) { return std::min((largest_tuple - neighbor_header) / tid / m - 2, 255); }

/// Probability of each level, the last one with all that is above it.
std::vector<double> level_law(int m) {
  std::vector<double> law;
  double above = 1;  // P(level >= l)
  for (int level = 0; level < highest_level(m) && above > 1e-12; ++level) {
    law.push_back(above * (1 - 1.0 / m));
    above /= m;
  }
  law.push_back(above);
  return law;
}

/// Where an element goes on a page with `room` bytes: what is left then, on which of the pages added.
struct Placement {
  int room = 0;
  int pages = 0;
};

Placement place(int room, int element, int neighbors) {
  Placement at{room, 0};
  const int both = element + neighbors + line_pointer;
  if (room - line_pointer < element || (both <= largest_tuple && room - line_pointer < both)) at = {usable, 1};
  at.room -= element + line_pointer;
  if (at.room - line_pointer < neighbors) at = {usable, at.pages + 1};
  at.room -= neighbors + line_pointer;
  return at;
}

/// Sums over the elements that arrive from one page's start to the next: how many, pages they add, and squares.
struct Cycle {
  double elements = 0, pages = 0, elements_squared = 0, pages_squared = 0, product = 0;
};

/// Free bytes on a page by their distribution, a slot for every 4 bytes, each with how many came since its start.
struct Filling {
  double weight = 0, count = 0, count_squared = 0;
};

struct Packing {
  std::vector<int> neighbors;  // bytes by level
  std::vector<double> law;
  int element = 0;

  /// From pages that start as `start` says to the starts of the next ones.
  std::vector<double> next(const std::vector<double>& start, Cycle& cycle) const {
    std::vector<Filling> page(start.size());
    for (std::size_t i = 0; i < start.size(); ++i) page[i].weight = start[i];
    std::vector<double> starts(start.size());
    cycle = {};
    for (std::size_t slot = page.size(); slot-- > 0;) {
      const Filling now = page[slot];
      if (now.weight == 0) continue;
      const Filling after{now.weight, now.count + now.weight, now.count_squared + 2 * now.count + now.weight};
      for (std::size_t level = 0; level < law.size(); ++level) {
        const double p = law[level];
        const Placement at = place(static_cast<int>(slot) * 4, element, neighbors[level]);
        const auto to = static_cast<std::size_t>(at.room / 4);
        if (at.pages == 0) {
          page[to].weight += p * after.weight;
          page[to].count += p * after.count;
          page[to].count_squared += p * after.count_squared;
        } else {
          starts[to] += p * after.weight;
          cycle.elements += p * after.count;
          cycle.elements_squared += p * after.count_squared;
          cycle.pages += p * at.pages * after.weight;
          cycle.pages_squared += p * at.pages * at.pages * after.weight;
          cycle.product += p * at.pages * after.count;
        }
      }
    }
    return starts;
  }

  /// The cycle in the long run. Half a step at a time, since starts may alternate.
  Cycle settled() const {
    std::vector<double> start(usable / 4 + 1);
    start.back() = 1;
    Cycle cycle;
    for (int round = 0; round < 2000; ++round) {
      const std::vector<double> following = next(start, cycle);
      double moved = 0;
      for (std::size_t i = 0; i < start.size(); ++i) {
        moved += std::abs(following[i] - start[i]);
        start[i] = (start[i] + following[i]) / 2;
      }
      if (moved < 1e-9) break;
    }
    return cycle;
  }
};

}  // namespace

HnswLayout hnsw_layout(const HnswShape& shape) {
  check(shape);
  HnswLayout layout;
  layout.element_bytes = static_cast<int>(aligned8(element_header + value_bytes(shape.column)));
  layout.neighbor_bytes = neighbor_tuple(0, shape.m);
  layout.max_level = highest_level(shape.m);
  layout.elements = shape.rows / shape.rows_per_element;

  Packing packing;
  packing.element = layout.element_bytes;
  packing.law = level_law(shape.m);
  for (std::size_t level = 0; level < packing.law.size(); ++level)
    packing.neighbors.push_back(neighbor_tuple(static_cast<int>(level), shape.m));
  const Cycle cycle = packing.settled();

  const double rate = cycle.pages / cycle.elements;  // pages for each element
  const double variance = std::max(
      0.0, (cycle.pages_squared - 2 * rate * cycle.product + rate * rate * cycle.elements_squared) / cycle.elements);
  layout.elements_per_page = 1 / rate;
  const double metapage = 1;
  const double pages = metapage + std::max(1.0, std::ceil(rate * layout.elements - 1e-6));
  const double spread = std::ceil(1.96 * std::sqrt(variance * layout.elements) - 1e-3);
  layout.pages = {pages, std::max(2.0, pages - spread), pages + spread, true};
  layout.bytes = {pages * page_bytes, layout.pages.lo * page_bytes, layout.pages.hi * page_bytes, true};
  return layout;
}

HnswBuildMemory hnsw_build_memory(const HnswShape& shape, double maintenance_work_mem, int workers,
                                  int server_version) {
  check(shape);
  if (!(maintenance_work_mem > 0)) throw std::invalid_argument("maintenance_work_mem: must be above 0");
  if (workers < 0) throw std::invalid_argument("workers: must be 0 or more");
  if (server_version < 13) throw std::invalid_argument("server_version: must be 13 or more");

  // One allocation each: the element, an array of pointers to its layers, each layer's neighbours, the value.
  constexpr double element = 128, pointer = 8, array_header = 8, candidate = 16;
  const double upper_layers = 1.0 / (shape.m - 1);
  const double header = workers > 0 ? 0 : server_version >= 16 ? 8 : 24;
  const double chunks[] = {element + header, pointer * (1 + upper_layers) + header,
                           array_header + candidate * 2 * shape.m + header,
                           static_cast<double>(aligned8(value_bytes(shape.column))) + header};
  const double upper_chunk = array_header + candidate * shape.m + header;

  HnswBuildMemory memory;
  double squares = upper_layers * upper_chunk * upper_chunk;
  memory.row_bytes = upper_layers * upper_chunk;
  for (const double chunk : chunks) {
    memory.row_bytes += chunk;
    squares += chunk * chunk;
  }

  double needed = 0;
  if (workers > 0) {
    const double kept_free = 4 * megabyte;
    memory.rows_in_memory = std::max(0.0, std::floor((maintenance_work_mem - kept_free) / memory.row_bytes));
    needed = shape.rows * memory.row_bytes + kept_free;
  } else {
    // Memory is counted as blocks are allocated, and the block that reaches the limit is the last. Up to version 14 the
    // first block counts in full and ends the build one block earlier. A chunk that no longer fits leaves a gap.
    constexpr double block_header = 48;
    const double gap = squares / memory.row_bytes / 2;
    const double rows_a_block = (megabyte - block_header - gap) / memory.row_bytes;
    const double uncounted = server_version >= 15 ? 0 : 1;
    const double blocks = std::max(0.0, std::floor(maintenance_work_mem / megabyte) - uncounted);
    memory.rows_in_memory = std::max(1.0, std::floor(blocks * rows_a_block));
    needed = (std::ceil(shape.rows / rows_a_block) + uncounted) * megabyte;
  }
  memory.fits = shape.rows <= memory.rows_in_memory;
  // Reports of builds: a maintainer's rule of 1.3 x rows x value, and at most 1.5 x this figure (pgvector #745, #854).
  const double rule = 1.3 * shape.rows * value_bytes(shape.column);
  memory.needed_bytes = {needed, needed, std::max({needed, rule, 1.5 * shape.rows * memory.row_bytes}), true};
  return memory;
}

}  // namespace capplan::models
