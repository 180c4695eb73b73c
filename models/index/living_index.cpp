// Inserts into and vacuums of vector indexes; sources and limits in living_index.h.

#include "models/index/living_index.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/index/planner_cost.h"

namespace capplan::models {
namespace {

constexpr double line_pointer = 4;
constexpr double record = 60;           // a generic WAL record with one page's header, before what changed
constexpr double neighbor_record = 52;  // the same with one TID of 6 bytes

constexpr core::Estimate accepted = {0.62, 0.50, 0.75, true};      // neighbours that take a new element in
constexpr core::Estimate search_error = {1, 0.4, 1.6, true};       // of pgvector's estimate of a search
constexpr core::Estimate repair_buffers = {0.6, 0.5, 0.75, true};  // of an insert's
constexpr core::Estimate repair_updates = {1.5, 0.8, 3.5, true};   // neighbours changed by one repair
constexpr double expansions = 1.1;  // neighbour lists read by a search, for each of its ef

core::Estimate exact(double value) { return {value, value, value, true}; }
core::Estimate operator+(const core::Estimate& a, const core::Estimate& b) {
  return {a.value + b.value, a.lo + b.lo, a.hi + b.hi, true};
}
core::Estimate operator*(double factor, const core::Estimate& a) {
  return {factor * a.value, factor * a.lo, factor * a.hi, true};
}
/// Of quantities that are 0 or more.
core::Estimate operator*(const core::Estimate& a, const core::Estimate& b) {
  return {a.value * b.value, a.lo * b.lo, a.hi * b.hi, true};
}

/// Distinct pages among `changes` that fall anywhere.
double distinct(double pages, double changes) { return pages > 0 ? pages * -std::expm1(-changes / pages) : 0; }

/// What an HNSW index is made of, in the mean over levels.
struct Graph {
  HnswLayout layout;
  double upper_slots = 0;     // neighbours above the ground layer
  double slots = 0;           // all of them
  double neighbor_bytes = 0;  // of the neighbour tuple
  double image_bytes = 0;     // of a page
};

Graph graph_of(const LivingHnsw& index) {
  if (index.ef_construction < 4 || index.ef_construction > 1000)
    throw std::invalid_argument("ef_construction: must be 4 to 1000");
  if (!(index.search_evaluations >= 0)) throw std::invalid_argument("search_evaluations: must be 0 or more");
  Graph graph;
  graph.layout = hnsw_layout(index.shape);
  const double m = index.shape.m;
  graph.upper_slots = m / (m - 1);
  graph.slots = 2 * m + graph.upper_slots;
  graph.neighbor_bytes = graph.layout.neighbor_bytes + 6 * graph.upper_slots;
  constexpr double page_header = 32;
  const double element = graph.layout.element_bytes + graph.neighbor_bytes + 2 * line_pointer;
  graph.image_bytes = std::min<double>(page_bytes, page_header + graph.layout.elements_per_page * element);
  return graph;
}

/// Elements evaluated by one search with ef_construction.
core::Estimate search_of(const LivingHnsw& index) {
  if (index.search_evaluations > 0) return exact(index.search_evaluations);
  const double rows = index.shape.rows / index.shape.rows_per_element;
  return rows * hnsw_visited_ratio(rows, index.shape.m, index.ef_construction) * search_error;
}

}  // namespace

IndexInsert hnsw_insert(const LivingHnsw& index) {
  const Graph graph = graph_of(index);
  const double m = index.shape.m;
  const core::Estimate search = search_of(index);
  const core::Estimate updated = graph.slots * accepted;
  // Each neighbour's list, and every element on it to find the one that gives way; lists are full in the long run.
  const double lists = 2 * m + graph.upper_slots;
  const double listed = 2 * m * 2 * m + graph.upper_slots * m;
  constexpr double metapage_and_new_element = 3;

  IndexInsert insert;
  insert.buffers =
      search + exact(expansions * index.ef_construction + lists + listed + metapage_and_new_element) + updated;
  insert.distances = search + exact(listed);
  insert.changed_pages = exact(1) + updated;
  insert.page_image_bytes = graph.image_bytes;
  insert.wal_bytes = exact(graph.layout.element_bytes + graph.neighbor_bytes + record) + neighbor_record * updated;
  insert.first_wal_bytes = insert.wal_bytes + graph.image_bytes * insert.changed_pages;
  insert.first_wal_bytes.hi = (1 + graph.slots) * page_bytes;
  return insert;
}

IndexInsert ivfflat_insert(const IvfflatShape& index) {
  const IvfflatLayout layout = ivfflat_layout(index);
  const double new_page = 1.0 / layout.entries_per_page;
  IndexInsert insert;
  constexpr double metapage_and_entry = 2;
  constexpr double chained_and_list = 2;  // a new page changes the one before it, and the list that points to it
  insert.buffers = exact(layout.list_pages + metapage_and_entry + chained_and_list * new_page);
  insert.distances = exact(index.lists);
  insert.changed_pages = exact(1 + chained_and_list * new_page);
  const double used = 0.5 + 0.5 * new_page;  // of the last page of a list, in the mean
  insert.page_image_bytes = 32 + used * layout.entries_per_page * (layout.entry_bytes + line_pointer);
  insert.wal_bytes = exact(layout.entry_bytes + record + chained_and_list * new_page * record);
  insert.first_wal_bytes = insert.wal_bytes + insert.page_image_bytes * insert.changed_pages;
  insert.first_wal_bytes.hi = insert.wal_bytes.hi + page_bytes * insert.changed_pages.hi;
  return insert;
}

double index_inserts(double inserts, double updates, double hot_share) {
  if (!(inserts >= 0)) throw std::invalid_argument("inserts: must be 0 or more");
  if (!(updates >= 0)) throw std::invalid_argument("updates: must be 0 or more");
  if (!(hot_share >= 0 && hot_share <= 1)) throw std::invalid_argument("hot_share: must be 0 to 1");
  return inserts + updates * (1 - hot_share);
}

core::Estimate wal_since_checkpoint(const IndexInsert& insert, double pages, double inserts) {
  if (!(pages >= 0)) throw std::invalid_argument("pages: must be 0 or more");
  if (!(inserts >= 0)) throw std::invalid_argument("inserts: must be 0 or more");
  const core::Estimate images = {distinct(pages, inserts * insert.changed_pages.value),
                                 distinct(pages, inserts * insert.changed_pages.lo),
                                 distinct(pages, inserts * insert.changed_pages.hi), true};
  return inserts * insert.wal_bytes + insert.page_image_bytes * images;
}

IndexVacuum hnsw_vacuum(const LivingHnsw& index, double dead_rows, int passes) {
  if (!(dead_rows >= 0 && dead_rows <= index.shape.rows))
    throw std::invalid_argument("dead_rows: must be 0 to shape.rows");
  if (passes < 3 || passes > 4) throw std::invalid_argument("passes: must be 3 or 4");
  const Graph graph = graph_of(index);
  const double pages = graph.layout.pages.value;
  const double elements = graph.layout.elements;
  // An element dies with the last of its rows.
  const double dead_share = index.shape.rows > 0 ? dead_rows / index.shape.rows : 0;
  const double gone = elements * std::pow(dead_share, index.shape.rows_per_element);
  const double live = elements - gone;

  IndexVacuum vacuum;
  vacuum.passes = passes;
  if (elements == 0) {
    vacuum.repaired = vacuum.changed_pages = vacuum.wal_bytes = exact(0);
    vacuum.buffers = exact(passes * pages);
    return vacuum;
  }
  // Lists that are not full are shorter, and repaired whatever died: at most all, at least half the slots filled.
  const auto touched = [&](double slots) { return live * (1 - std::pow(1 - gone / elements, slots)); };
  vacuum.repaired = {touched(graph.slots), touched(graph.slots / 2), live, true};
  if (dead_rows == 0) vacuum.repaired = {0, 0, live, true};

  const IndexInsert insert = hnsw_insert(index);
  const core::Estimate changes = exact(1) + repair_updates;
  vacuum.buffers = exact(passes * pages + live) + vacuum.repaired * (repair_buffers * insert.buffers);
  vacuum.changed_pages = exact(std::min(dead_rows, pages) + gone) + vacuum.repaired * changes;
  const core::Estimate repair_bytes = exact(record + graph.neighbor_bytes / 2) + neighbor_record * repair_updates;
  const core::Estimate logged =
      exact(gone * (graph.layout.element_bytes + record) + std::min(dead_rows, pages) * record) +
      vacuum.repaired * repair_bytes;
  const auto images = [&](double changed) { return graph.image_bytes * distinct(pages, changed); };
  vacuum.wal_bytes = {logged.value + images(vacuum.changed_pages.value), logged.lo,
                      logged.hi + images(vacuum.changed_pages.hi), true};
  return vacuum;
}

IndexVacuum ivfflat_vacuum(const IvfflatShape& index, double dead_rows) {
  if (!(dead_rows >= 0 && dead_rows <= index.rows)) throw std::invalid_argument("dead_rows: must be 0 to rows");
  const IvfflatLayout layout = ivfflat_layout(index);
  const double pages = layout.pages.value;
  const double entry_pages = layout.pages_per_list * index.lists;
  const double dead_share = index.rows > 0 ? dead_rows / index.rows : 0;
  // Pages with a dead entry, and lists whose first free page changes for it.
  const double changed = std::min(entry_pages, index.rows / layout.entries_per_page) *
                         (1 - std::pow(1 - dead_share, layout.entries_per_page));
  const double lists = distinct(index.lists, changed);

  IndexVacuum vacuum;
  vacuum.passes = 1;
  vacuum.repaired = exact(0);
  vacuum.buffers = exact(pages + 2 * lists);
  vacuum.changed_pages = {changed + lists, changed, changed + index.lists, true};
  if (dead_rows == 0) vacuum.changed_pages = exact(0);
  const double image = 32 + layout.entries_per_page * (layout.entry_bytes + line_pointer) * (1 - dead_share);
  // Entries behind a dead one move up: what is logged is between a record and the page.
  const double bytes = record * vacuum.changed_pages.value;
  vacuum.wal_bytes = {bytes + image * (changed + distinct(layout.list_pages, lists)), bytes,
                      bytes + page_bytes * (changed + layout.list_pages), true};
  if (dead_rows == 0) vacuum.wal_bytes = exact(0);
  return vacuum;
}

}  // namespace capplan::models
