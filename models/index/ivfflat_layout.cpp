// IVFFlat pages and the memory of k-means; sources and limits in ivfflat_layout.h. The last page of a list is filled by
// chance: over long lists every filling is as likely, over short ones the law of sizes is summed.

#include "models/index/ivfflat_layout.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace capplan::models {
namespace {

constexpr int line_pointer = 4;
constexpr int usable = page_bytes - 24 - 8;
constexpr int entry_header = 8;  // IndexTupleData
constexpr int list_header = 8;   // start page, insert page
constexpr double megabyte = 1024 * 1024;

void check(const IvfflatShape& shape) {
  if (!(shape.rows >= 0)) throw std::invalid_argument("rows: must be 0 or more");
  if (shape.lists < 1 || shape.lists > 32768) throw std::invalid_argument("lists: must be 1 to 32768");
  if (!(shape.list_cv >= 0)) throw std::invalid_argument("list_cv: must be 0 or more");
  if (const std::string refusal = index_refusal(IndexMethod::ivfflat, shape.column); !refusal.empty())
    throw std::invalid_argument("column: " + refusal);
}

/// Pages of a list in the mean, and the variance of what is empty on them: that alone moves the index's size, since
/// the lists together hold all rows.
struct ListPages {
  double mean = 0, variance = 0;
};

/// max(1, ceil(size / per_page)) over a negative binomial size: Poisson, with a mean that varies by `cv`.
ListPages pages_of_list(double mean, double cv, int per_page) {
  if (mean > 50.0 * per_page) {
    // Any filling of the last page is as likely: 1 to per_page entries.
    const double wasted = (per_page - 1) / (2.0 * per_page);
    return {mean / per_page + wasted, (per_page * per_page - 1) / (12.0 * per_page * per_page)};
  }
  if (mean == 0) return {1, 0};
  const double deviation = std::sqrt(mean + cv * cv * mean * mean);
  const auto most = static_cast<int>(mean + 12 * deviation) + 10;
  const bool poisson = cv < 1e-3;
  const double shape = poisson ? 0 : 1 / (cv * cv);
  double wasted = 0, wasted_squared = 0;
  for (int size = 0; size <= most; ++size) {
    const double log_p = poisson
                             ? size * std::log(mean) - mean - std::lgamma(size + 1.0)
                             : std::lgamma(size + shape) - std::lgamma(shape) - std::lgamma(size + 1.0) +
                                   shape * std::log(shape / (shape + mean)) + size * std::log(mean / (shape + mean));
    const double full = static_cast<double>(size) / per_page;
    const double waste = std::max(1.0, std::ceil(full)) - full;
    wasted += std::exp(log_p) * waste;
    wasted_squared += std::exp(log_p) * waste * waste;
  }
  return {mean / per_page + wasted, std::max(0.0, wasted_squared - wasted * wasted)};
}

}  // namespace

IvfflatLayout ivfflat_layout(const IvfflatShape& shape) {
  check(shape);
  IvfflatLayout layout;
  layout.entry_bytes = static_cast<int>(aligned8(entry_header + packed_value_bytes(shape.column)));
  layout.entries_per_page = usable / (layout.entry_bytes + line_pointer);
  const int center = static_cast<int>(aligned8(list_header + value_bytes(shape.column)));
  layout.centers_per_page = usable / (center + line_pointer);
  layout.list_pages = std::ceil(static_cast<double>(shape.lists) / layout.centers_per_page);

  const ListPages of_list = pages_of_list(shape.rows / shape.lists, shape.list_cv, layout.entries_per_page);
  layout.pages_per_list = of_list.mean;
  const double metapage = 1;
  const double pages = metapage + layout.list_pages + std::round(of_list.mean * shape.lists);
  const double spread = std::ceil(1.96 * std::sqrt(of_list.variance * shape.lists));
  layout.pages = {pages, std::max(metapage + layout.list_pages + shape.lists, pages - spread), pages + spread, true};
  layout.bytes = {pages * page_bytes, layout.pages.lo * page_bytes, layout.pages.hi * page_bytes, true};
  return layout;
}

IvfflatKmeans ivfflat_kmeans(const IvfflatShape& shape, double maintenance_work_mem) {
  check(shape);
  if (!(maintenance_work_mem > 0)) throw std::invalid_argument("maintenance_work_mem: must be above 0");
  const double lists = shape.lists;
  const double target = std::max(10000.0, 50 * lists);

  IvfflatKmeans kmeans;
  kmeans.samples = std::min(target, shape.rows);
  const auto item = static_cast<double>(aligned8(value_bytes(shape.column)));
  constexpr double array_header = 32;
  constexpr double number = 4;                               // float and int alike
  kmeans.bytes = array_header + target * item                // samples, allocated for the target
                 + 2 * (array_header + lists * item)         // centres and new centres
                 + number * lists * shape.column.dimensions  // sums
                 + number * kmeans.samples * (lists + 2)     // lower bounds, upper bound and closest centre
                 + number * lists * (lists + 3);             // half distances; counts, nearest, moved
  kmeans.fits = kmeans.bytes <= maintenance_work_mem;
  if (shape.rows == 0) kmeans.fits = true;  // centres are drawn at random
  if (!kmeans.fits)
    kmeans.error = fmt::format("memory required is {:.0f} MB, maintenance_work_mem is {:.0f} MB",
                               std::floor(kmeans.bytes / megabyte) + 1, std::floor(maintenance_work_mem / megabyte));
  if (kmeans.samples < lists) kmeans.notice = "ivfflat index created with little data";
  return kmeans;
}

}  // namespace capplan::models
