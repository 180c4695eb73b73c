#include "models/index/index_section.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include "models/index/hnsw_layout.h"
#include "models/index/ivfflat_layout.h"
#include "models/topology.h"

namespace capplan::models {

namespace {

VectorType type_of(const std::string& name) {
  for (const VectorType type : {VectorType::vector, VectorType::halfvec, VectorType::bit})
    if (name == type_name(type)) return type;
  return VectorType::sparsevec;
}

VectorColumn column_of(const Params& p) {
  VectorColumn column{type_of(p.text("type")), static_cast<int>(p.count("dimensions"))};
  if (column.type == VectorType::sparsevec)
    column.non_zeros = static_cast<int>(p.has("non_zeros") ? p.count("non_zeros") : p.count("dimensions"));
  return column;
}

IterativeScan iterative_scan_of(const std::string& word) {
  if (word == "relaxed_order") return IterativeScan::relaxed_order;
  return word == "strict_order" ? IterativeScan::strict_order : IterativeScan::off;
}

bool is_date(const std::string& text) {
  int year = 0, month = 0, day = 0;
  char rest = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3) return false;
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

core::Position place(const Params& params, const std::string& name) {
  const Value* value = find(params.values(), name);
  return value ? value->where : core::Position{};
}

}  // namespace

VectorIndex IndexSettings::sized_at(double rows_then) const {
  return sized(kind, rows_then, column, m, ef_construction, lists, row_bytes);
}

double IndexSettings::rows_after(double months) const { return rows * std::pow(1 + growth, months); }

core::Estimate index_bytes(const IndexSettings& index) {
  if (index.kind == IndexKind::hnsw) return hnsw_layout({index.rows, index.column, index.m}).bytes;
  if (index.kind == IndexKind::ivfflat) return ivfflat_layout({index.rows, index.column, index.lists}).bytes;
  const double bytes = index.sized_now().bytes;
  return {bytes, bytes, bytes, true};
}

IndexSettings index_settings(const Section& section) {
  const Params& p = section.params;
  IndexSettings index;
  index.path = section.path();
  index.name = section.name;
  index.where = section.where;
  index.kind = section.spec->kind == "hnsw"      ? IndexKind::hnsw
               : section.spec->kind == "ivfflat" ? IndexKind::ivfflat
                                                 : IndexKind::flat;
  index.rows = static_cast<double>(p.count("rows"));
  index.column = column_of(p);
  index.row_bytes = static_cast<int>(p.bytes("row_bytes"));
  index.growth = p.number("growth");
  if (p.has("as_of")) index.as_of = p.text("as_of");
  index.costs = p.has("law") ? p.index_costs("law") : std::make_shared<const IndexCosts>();
  index.search_param = 0;
  if (index.kind == IndexKind::hnsw) {
    index.m = static_cast<int>(p.count("m"));
    index.ef_construction = static_cast<int>(p.count("ef_construction"));
    index.search_param = static_cast<int>(p.count("ef_search"));
    index.max_scan_tuples = static_cast<double>(p.count("max_scan_tuples"));
    index.scan_mem_multiplier = p.number("scan_mem_multiplier");
  }
  if (index.kind == IndexKind::ivfflat) {
    index.lists = static_cast<int>(p.count("lists"));
    index.search_param = static_cast<int>(p.count("probes"));
    index.max_probes = static_cast<int>(p.count("max_probes"));
  }
  if (index.kind != IndexKind::flat) index.iterative_scan = iterative_scan_of(p.text("iterative_scan"));
  return index;
}

std::vector<IndexSettings> index_settings(const std::vector<Section>& sections) {
  std::vector<IndexSettings> all;
  for (const Section& section : sections)
    if (role_of(section) == Role::index) all.push_back(index_settings(section));
  return all;
}

const char* without_iterative_scan(const Placed& index) {
  return index.section().params.text("iterative_scan") == "off" ? "iterative_scan is off" : without_search_of_it(index);
}

const char* without_search_of_it(const Placed& index) {
  return queries_at(index.topology, index.id).empty() ? "no query searches the index" : nullptr;
}

std::vector<Param> table_params(const std::vector<std::string>& types) {
  return {
      {.name = "rows",
       .type = Type::count,
       .help = "rows of the table, all of them indexed",
       .required = true,
       .lo = 1,
       .hi = 1e11},
      {.name = "dimensions",
       .type = Type::count,
       .help = "of the vectors, as in vector(768)",
       .required = true,
       .lo = 1,
       .hi = 64'000},
      {.name = "type",
       .type = Type::choice,
       .fallback = "vector",
       .help = "type of the column, or of the cast indexed",
       .choices = types},
      {.name = "non_zeros",
       .type = Type::count,
       .help = "elements of a mean value that are not 0; read for sparsevec; absent: all of them",
       .lo = 0,
       .hi = 16'000},
      {.name = "row_bytes",
       .type = Type::bytes,
       .fallback = "4B",
       .help = "the row's other columns: values and padding, without the row's header",
       .lo = 0,
       .hi = 1900},
  };
}

std::vector<Param> growth_params() {
  return {
      {.name = "growth",
       .type = Type::ratio,
       .fallback = "0",
       .help = "rows added in a month, as a share of those there are",
       .lo = 0,
       .hi = 10},
      {.name = "as_of",
       .type = Type::text,
       .help = "the date of `rows`, as 2026-01-31; absent: growth is shown in months from now"},
      {.name = "law",
       .type = Type::index_law,
       .help = "calibration with [index_law], beside this file; absent: scenario.calibration's, else priors alone"},
  };
}

void check_column(const Params& params, const std::string& path, IndexKind kind, std::vector<core::Problem>& problems) {
  const VectorColumn column = column_of(params);
  if (kind != IndexKind::flat) {
    const IndexMethod method = kind == IndexKind::hnsw ? IndexMethod::hnsw : IndexMethod::ivfflat;
    const bool sparse = column.type == VectorType::sparsevec;
    const char* key = sparse ? "non_zeros" : "dimensions";
    if (const std::string refusal = index_refusal(method, column); !refusal.empty())
      problems.push_back({place(params, params.has(key) ? key : "dimensions"), path + "." + key,
                          "PostgreSQL refuses: " + refusal,
                          column.type == VectorType::vector ? "type = \"halfvec\" takes up to 4,000 dimensions" : ""});
  } else if (column.type != VectorType::bit && column.dimensions > 16'000) {
    problems.push_back(
        {place(params, "dimensions"),
         path + ".dimensions",
         std::string("PostgreSQL refuses: dimensions for type ") + type_name(column.type) + " cannot exceed 16000",
         {}});
  }
  if (params.has("as_of") && !is_date(params.text("as_of")))
    problems.push_back({place(params, "as_of"), path + ".as_of", "must be a date such as \"2026-01-31\"", {}});
}

}  // namespace capplan::models
