#include "plan/fit/search_scaling.h"

#include <fmt/format.h>

#include <cmath>

#include "models/index/search_cost.h"
#include "models/spec/distribution_value.h"
#include "models/spec/spec.h"
#include "plan/costs/index_law_file.h"
#include "plan/format/raw_values.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;

/// The index that some of a capture's classes search, with its search parameter.
std::pair<models::VectorIndex, models::Search> searched(const CaptureIndex& index) {
  const auto get = [&](const char* key, double otherwise) {
    return number_of(models::find(index.parameters, key), otherwise);
  };
  const models::IndexKind kind = index.kind == "ivfflat" ? models::IndexKind::ivfflat : models::IndexKind::hnsw;
  const models::VectorColumn column{models::VectorType::vector, static_cast<int>(get("dimensions", 384)), 0};
  const bool hnsw = kind == models::IndexKind::hnsw;
  return {models::sized(kind, get("rows", 1e5), column, static_cast<int>(get("m", 16)),
                        static_cast<int>(get("ef_construction", 64)), static_cast<int>(get("lists", 100))),
          {static_cast<int>(get(hnsw ? "ef_search" : "probes", hnsw ? 40 : 1)), static_cast<int>(get("limit", 10))}};
}

Value scaled(const Value& distribution, double factor) {
  std::vector<core::Problem> problems;
  const models::Param param{.name = "cpu", .type = models::Type::distribution};
  const Value resolved = models::resolve(param, distribution, "cpu", problems);
  const auto* d = resolved.as<core::Distribution>();
  return d != nullptr ? models::to_value(d->scaled(factor)) : distribution;
}

}  // namespace

void scale_searches(Table& calibration, const CaptureManifest& manifest, std::vector<std::string>& warnings) {
  const Table* head = table_in(&calibration, "calibration");
  const Table* known = head != nullptr ? table_in(head, "index") : nullptr;
  if (known == nullptr) return;
  const models::IndexLaw law =
      models::find(calibration, "index_law") != nullptr ? index_law_of(calibration) : models::prior_law();
  for (const CaptureIndex& index : manifest.indexes) {
    const Table* fitted = table_in(known, index.name.c_str());
    if (fitted == nullptr) continue;
    CaptureIndex before{index.name, index.kind, index.classes, *fitted};
    const auto [old_index, old_search] = searched(before);
    const auto [new_index, new_search] = searched(index);
    const auto cost = [&](const models::VectorIndex& i, const models::Search& s) {
      return models::search_cost(i, s, models::planned(i, s, {.max_parallel_workers_per_gather = 0}), law.at).server;
    };
    const double factor = cost(new_index, new_search) / cost(old_index, old_search);
    if (std::fabs(factor - 1) < 1e-6) continue;
    warnings.push_back(
        fmt::format("index {} is searched otherwise than in the calibration's captures: {} cost {:.2f} "
                    "times as much by the law of vector searches",
                    index.name, fmt::join(index.classes, ", "), factor));
    Value* queries = models::find(calibration, "query");
    for (const std::string& name : index.classes) {
      Value* query = queries != nullptr ? models::find(std::get<Table>(queries->data), name) : nullptr;
      if (query == nullptr) continue;
      for (const char* key : {"cpu", "cold"})
        if (Value* value = models::find(std::get<Table>(query->data), key)) *value = scaled(*value, factor);
    }
  }
}

}  // namespace capplan::plan
