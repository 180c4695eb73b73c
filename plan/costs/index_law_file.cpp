// [index_law] to and from a table; the format stands in index_law_file.h.

#include "plan/costs/index_law_file.h"
#include "core/whole_number.h"
#include "plan/format/unwritten.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace capplan::plan {

namespace {

using models::law_coefficients;
using models::law_terms;
using models::LawCoefficient;
using models::List;
using models::Table;
using models::Value;
using unwritten::raw;

/// Ten digits, so that exp and log in between do not show.
Value ten_digits(double x) { return raw(std::strtod(fmt::format("{:.9e}", x).c_str(), nullptr)); }

/// The ranges of one index kind with the names that they have in the file.
std::vector<std::pair<const char*, models::SeenRange*>> ranges(models::SeenIndex& seen) {
  return {{"rows", &seen.rows},
          {"dimensions", &seen.dimensions},
          {"m", &seen.m},
          {"ef_construction", &seen.ef_construction},
          {"ef_search", &seen.ef_search},
          {"lists", &seen.lists},
          {"probes", &seen.probes}};
}

Table seen_table(models::SeenIndex seen) {
  Table table;
  for (const auto& [name, range] : ranges(seen))
    if (!range->empty()) table.emplace_back(name, raw(List{raw(range->lo), raw(range->hi)}));
  return table;
}

/// The figures of [index_law] that stand by themselves.
std::vector<std::pair<const char*, double*>> figures(models::IndexLaw& law) {
  return {{"latency_residual", &law.latency_residual},
          {"pages_residual", &law.pages_residual},
          {"recall_residual", &law.recall_residual},
          {"dispersion", &law.dispersion}};
}

std::vector<std::pair<const char*, double*>> figures(models::HnswBuildLaw& law) {
  return {{"neighbor_s", &law.neighbor_s}, {"dimension_s", &law.dimension_s}, {"lo", &law.lo}, {"hi", &law.hi}};
}

std::vector<std::pair<const char*, double*>> figures(models::IvfflatBuildLaw& law) {
  return {{"sample_s", &law.sample_s},
          {"distance_s", &law.distance_s},
          {"row_s", &law.row_s},
          {"lo", &law.lo},
          {"hi", &law.hi}};
}

template <class Law>
Table figure_table(Law law) {
  Table table;
  for (const auto& [name, figure] : figures(law)) table.emplace_back(name, raw(*figure));
  return table;
}

/// Reads what is there, and notes what is wrong with it.
class Reader {
 public:
  const Table* table(const Table& from, const std::string& path, const std::string& name) {
    const Value* value = find(from, name);
    const Table* found = value ? value->as<Table>() : nullptr;
    if (value && !found) wrong(*value, path, "must be a table");
    return found;
  }

  /// A finite number above `above`, where it is there.
  std::optional<double> number(const Table& from, const std::string& path, const std::string& name, double above) {
    const Value* value = find(from, name);
    if (!value) return std::nullopt;
    const double got = as_number(*value);
    if (std::isfinite(got) && got > above) return got;
    wrong(*value, path, above < 0 ? "must be a number" : "must be a number above 0");
    return std::nullopt;
  }

  /// 0 where there is none.
  int count(const Table& from, const std::string& path, const std::string& name) {
    const auto whole = core::whole_number<int>(number(from, path, name, -1).value_or(0));
    if (!whole) wrong(*find(from, name), path, "must be a whole number up to 2147483647");
    return whole.value_or(0);
  }

  const List* list(const Value& value, const std::string& path, std::size_t size) {
    const List* found = value.as<List>();
    bool good = found && found->size() == size;
    for (std::size_t i = 0; good && i < size; ++i) good = std::isfinite(as_number((*found)[i]));
    if (!good) wrong(value, path, fmt::format("must be a list of {} numbers", size));
    return good ? found : nullptr;
  }

  void wrong(const Value& value, const std::string& path, const std::string& what) {
    problems.push_back({value.where, path, what, "capplan calibrate --index-samples SAMPLES.csv -o FILE.toml"});
  }

  static double as_number(const Value& value) {
    if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
    const auto* real = value.as<double>();
    return real ? *real : std::nan("");
  }

  std::vector<core::Problem> problems;
};

constexpr double any = -HUGE_VAL;

template <class Law>
void read_figures(Reader& reader, const Table& from, const std::string& path, Law& law) {
  for (const auto& [name, figure] : figures(law)) {
    const Value* value = find(from, name);
    const double got = value ? Reader::as_number(*value) : *figure;
    if (std::isfinite(got) && got >= 0)
      *figure = got;
    else
      reader.wrong(*value, path + "." + name, "must be a number of 0 or more");
  }
}

void read_coefficients(Reader& reader, const Table& from, models::IndexLaw& law) {
  const std::string path = "index_law.coefficients";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < law_terms; ++i) {
    const LawCoefficient& c = law_coefficients()[i];
    names.emplace_back(c.name);
    const Table* entry = reader.table(from, path + "." + c.name, c.name);
    if (!entry) continue;
    const std::string here = path + "." + c.name;
    if (const auto value = reader.number(*entry, here + ".value", "value", c.positive ? 0 : any))
      law.at[i] = c.positive ? std::log(*value) : *value;
    if (const auto spread = reader.number(*entry, here + ".spread", "spread", 0))
      law.covariance[i * law_terms + i] = *spread * *spread;
  }
  for (const auto& [name, value] : from)
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string near = core::nearest(name, names);
      reader.problems.push_back({value.key_where, path + "." + name, "is no coefficient of the law",
                                 near.empty() ? "" : "did you mean " + near + "?"});
    }
}

void read_covariance(Reader& reader, const Table& from, models::IndexLaw& law) {
  for (std::size_t i = 0; i < law_terms; ++i) {
    const char* name = law_coefficients()[i].name;
    const std::string path = fmt::format("index_law.covariance.{}", name);
    const Value* value = find(from, name);
    if (!value) continue;
    const List* row = reader.list(*value, path, i + 1);
    if (!row) continue;
    for (std::size_t j = 0; j <= i; ++j)
      law.covariance[i * law_terms + j] = law.covariance[j * law_terms + i] = Reader::as_number((*row)[j]);
    if (!(law.covariance[i * law_terms + i] >= 0)) reader.wrong(*value, path, "must end with a number of 0 or more");
  }
}

void read_seen(Reader& reader, const Table& from, const std::string& kind, models::SeenIndex& seen) {
  const std::string path = "index_law.seen." + kind;
  const Table* table = reader.table(from, path, kind);
  if (!table) return;
  for (const auto& [name, range] : ranges(seen)) {
    const Value* value = find(*table, name);
    const List* limits = value ? reader.list(*value, path + "." + name, 2) : nullptr;
    if (!limits) continue;
    *range = {Reader::as_number((*limits)[0]), Reader::as_number((*limits)[1])};
    if (range->empty()) reader.wrong(*value, path + "." + name, "must be [lo, hi] with lo no greater than hi");
  }
}

}  // namespace

Table to_table(const models::IndexLaw& law) {
  Table coefficients, covariance;
  for (std::size_t i = 0; i < law_terms; ++i) {
    const LawCoefficient& c = law_coefficients()[i];
    const double spread = std::sqrt(law.covariance[i * law_terms + i]);
    coefficients.emplace_back(c.name, raw(Table{{"value", ten_digits(law.value(static_cast<models::LawTerm>(i)))},
                                                {"spread", ten_digits(spread)}}));
    List row;
    for (std::size_t j = 0; j <= i; ++j) row.push_back(raw(law.covariance[i * law_terms + j]));
    covariance.emplace_back(c.name, raw(std::move(row)));
  }
  Table table{{"samples", raw(std::int64_t{law.samples})}};
  for (auto& figure : figure_table(law)) table.push_back(std::move(figure));
  table.emplace_back("coefficients", raw(std::move(coefficients)));
  table.emplace_back("covariance", raw(std::move(covariance)));
  table.emplace_back("seen", raw(Table{{"hnsw", raw(seen_table(law.hnsw))},
                                       {"ivfflat", raw(seen_table(law.ivfflat))},
                                       {"flat", raw(seen_table(law.flat))}}));
  return table;
}

Table to_table(const IndexCosts& costs) {
  Table table = to_table(costs.search);
  table.emplace_back("hnsw_build", raw(figure_table(costs.hnsw_build)));
  table.emplace_back("ivfflat_build", raw(figure_table(costs.ivfflat_build)));
  return table;
}

IndexCosts index_costs_of(const Table& calibration) {
  Reader reader;
  IndexCosts costs;
  if (const Table* top = reader.table(calibration, "index_law", "index_law")) {
    models::IndexLaw& law = costs.search;
    law.samples = reader.count(*top, "index_law.samples", "samples");
    read_figures(reader, *top, "index_law", law);
    if (const Table* found = reader.table(*top, "index_law.coefficients", "coefficients"))
      read_coefficients(reader, *found, law);
    if (const Table* found = reader.table(*top, "index_law.covariance", "covariance"))
      read_covariance(reader, *found, law);
    if (const Table* found = reader.table(*top, "index_law.seen", "seen")) {
      read_seen(reader, *found, "hnsw", law.hnsw);
      read_seen(reader, *found, "ivfflat", law.ivfflat);
      read_seen(reader, *found, "flat", law.flat);
    }
    if (const Table* found = reader.table(*top, "index_law.hnsw_build", "hnsw_build"))
      read_figures(reader, *found, "index_law.hnsw_build", costs.hnsw_build);
    if (const Table* found = reader.table(*top, "index_law.ivfflat_build", "ivfflat_build"))
      read_figures(reader, *found, "index_law.ivfflat_build", costs.ivfflat_build);
  }
  if (!reader.problems.empty()) throw core::InputError(std::move(reader.problems));
  return costs;
}

models::IndexLaw index_law_of(const Table& calibration) { return index_costs_of(calibration).search; }

}  // namespace capplan::plan
