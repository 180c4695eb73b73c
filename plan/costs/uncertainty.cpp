#include "plan/costs/uncertainty.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "core/random.h"
#include "core/units.h"
#include "core/whole_number.h"
#include "models/spec/distribution_value.h"
#include "plan/costs/index_law_file.h"
#include "plan/format/document.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::find;
using models::List;
using models::Table;
using models::Value;
using unwritten::number;
using unwritten::raw;
using unwritten::text;

constexpr std::int64_t version = 1;

Table head(const Uncertainty& u) {
  return {{"version", raw(version)},
          {"captures", raw(std::int64_t{u.captures})},
          {"scatter", raw(Table{{"host", number(u.host)}, {"class", number(u.klass)}})}};
}

/// One parameter with those before it and itself.
Value row(const Uncertainty& u, std::size_t i) {
  List list;
  for (std::size_t j = 0; j <= i; ++j) list.push_back(number(u.covariance[i * u.names.size() + j]));
  return raw(Table{{"name", text(u.names[i])}, {"row", raw(std::move(list))}});
}

const Table* table_at(const Table& table, const std::string& key) {
  const Value* value = find(table, key);
  return value != nullptr ? value->as<Table>() : nullptr;
}

/// The value at a path of tables, or null.
Value* value_at(Table& table, std::initializer_list<std::string> path) {
  Table* place = &table;
  Value* value = nullptr;
  for (const std::string& key : path) {
    value = place != nullptr ? find(*place, key) : nullptr;
    if (value == nullptr) return nullptr;
    place = std::get_if<Table>(&value->data);
  }
  return value;
}

double number_of(const Value* value) {
  if (value != nullptr && value->as<double>() != nullptr) return *value->as<double>();
  if (value != nullptr && value->as<std::int64_t>() != nullptr) return static_cast<double>(*value->as<std::int64_t>());
  return std::nan("");
}

/// Reads the table; what is not as written goes to `fail`.
template <class Fail>
Uncertainty read(const Table& table, Fail fail) {
  Uncertainty u;
  if (number_of(find(table, "version")) != static_cast<double>(version))
    fail("is of a version that this program does not read");
  const Value* written_captures = find(table, "captures");  // a file written by hand may leave it out
  const auto captures = core::whole_number<int>(written_captures ? number_of(written_captures) : 0);
  if (!captures) fail("says no whole number of captures");
  u.captures = captures.value_or(0);
  if (const Table* scatter = table_at(table, "scatter")) {
    u.host = number_of(find(*scatter, "host"));
    u.klass = number_of(find(*scatter, "class"));
  }
  const Value* covariance = find(table, "covariance");
  const auto* rows = covariance != nullptr ? covariance->as<List>() : nullptr;
  if (rows == nullptr || rows->empty()) {
    fail("has no covariance");
    return u;
  }
  const std::size_t n = rows->size();
  u.covariance.assign(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const Table* each = (*rows)[i].as<Table>();
    const Value* name = each != nullptr ? find(*each, "name") : nullptr;
    const Value* values = each != nullptr ? find(*each, "row") : nullptr;
    const auto* list = values != nullptr ? values->as<List>() : nullptr;
    if (name == nullptr || name->as<std::string>() == nullptr || list == nullptr || list->size() != i + 1) {
      fail(fmt::format("covariance: entry {} is not {{ name = \"…\", row = [{} numbers] }}", i + 1, i + 1));
      return u;
    }
    u.names.push_back(*name->as<std::string>());
    for (std::size_t j = 0; j <= i; ++j) {
      const double x = number_of(&(*list)[j]);
      if (!std::isfinite(x) || (j == i && (x < 0 || x > 100))) {
        fail(fmt::format("covariance: {} has a number that is none of a covariance", u.names.back()));
        return u;
      }
      u.covariance[i * n + j] = u.covariance[j * n + i] = x;
    }
  }
  return u;
}

/// Standard normals that have this covariance; directions that rounding made negative are left out.
Eigen::VectorXd correlated(const Eigen::MatrixXd& covariance, core::Stream& stream) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(covariance);
  Eigen::VectorXd z(covariance.rows());
  for (Eigen::Index i = 0; i < z.size(); ++i)
    z[i] = stream.normal() * std::sqrt(std::max(0.0, solved.eigenvalues()[i]));
  return solved.eigenvectors() * z;
}

/// A time, a plain number or a distribution, `factor` times as large. Anything else stays.
void scale(Value* value, double factor) {
  if (value == nullptr) return;
  if (auto* x = std::get_if<double>(&value->data)) {
    *x *= factor;
  } else if (const auto* n = value->as<std::int64_t>()) {
    value->data = static_cast<double>(*n) * factor;
  } else {
    std::vector<core::Problem> problems;
    if (const auto distribution = models::parse_distribution(*value, "", problems))
      value->data = models::to_value(distribution->scaled(factor)).data;
  }
}

/// A whole time, such as "12ms": no distribution stands there.
void scale_time(Value* value, double factor) {
  const auto* written = value != nullptr ? value->as<std::string>() : nullptr;
  if (written == nullptr) return;
  const auto parsed = core::parse_duration(*written);
  if (parsed) value->data = unwritten::time(core::to_seconds(parsed.value) * factor).data;
}

void scale_cv(Value* distribution, double factor) {
  auto* family = distribution != nullptr ? std::get_if<Table>(&distribution->data) : nullptr;
  Value* lognormal = family != nullptr ? find(*family, "lognormal") : nullptr;
  auto* fields = lognormal != nullptr ? std::get_if<Table>(&lognormal->data) : nullptr;
  if (fields != nullptr) scale(find(*fields, "cv"), factor);
}

/// Moves one parameter of the calibration.
void move(Table& c, const std::string& name, double factor) {
  if (name.starts_with("demand.")) return scale(value_at(c, {"query", name.substr(7), "cpu"}), factor);
  if (name.starts_with("cold.")) return scale(value_at(c, {"query", name.substr(5), "cold"}), factor);
  if (name == "round_trip") return scale_time(value_at(c, {"costs", "pool", "round_trip"}), factor);
  if (name == "query_cpu") return scale_time(value_at(c, {"costs", "bouncer", "query_cpu"}), factor);
  if (name == "cold_after" || name == "idle_cold_after")
    return scale_time(value_at(c, {"costs", "server", name}), factor);
  if (name == "idle_cold") return scale(value_at(c, {"costs", "server", name}), factor);
  if (name == "commit_cpu") return scale_time(value_at(c, {"costs", "server", "disk", name}), factor);
  if (name == "fsync") return scale(value_at(c, {"costs", "server", "disk", "fsync"}), factor);
  if (name == "fsync_cv") return scale_cv(value_at(c, {"costs", "server", "disk", "fsync"}), factor);
  if (name != "cold_cv") return;
  auto* queries = value_at(c, {"query"});
  if (auto* table = queries != nullptr ? std::get_if<Table>(&queries->data) : nullptr)
    for (auto& [query, value] : *table)
      if (auto* own = std::get_if<Table>(&value.data)) scale_cv(find(*own, "cold"), factor);
}

void draw_law(Table& calibration, std::uint64_t seed, std::uint64_t number) {
  Value* place = find(calibration, "index_law");
  if (place == nullptr) return;
  IndexCosts costs = index_costs_of(calibration);
  models::IndexLaw& law = costs.search;
  constexpr auto n = static_cast<Eigen::Index>(models::law_terms);
  core::Stream stream(seed, number, "calibration", "index_law");
  const Eigen::VectorXd moved =
      correlated(Eigen::Map<const Eigen::Matrix<double, n, n, Eigen::RowMajor>>(law.covariance.data()), stream);
  for (Eigen::Index i = 0; i < n; ++i) law.at[static_cast<std::size_t>(i)] += moved[i];
  law.at[models::host] += law.latency_residual * stream.normal();
  place->data = to_table(costs);
}

}  // namespace

Table to_table(const Uncertainty& u) {
  Table table = head(u);
  List rows;
  for (std::size_t i = 0; i < u.names.size(); ++i) rows.push_back(row(u, i));
  table.emplace_back("covariance", raw(std::move(rows)));
  return table;
}

std::string to_toml(const Uncertainty& u) {
  std::string out = "\n[calibration.uncertainty]\n";
  for (const auto& [key, value] : head(u)) out += key + " = " + write_toml_value(value) + "\n";
  out += "covariance = [\n";
  for (std::size_t i = 0; i < u.names.size(); ++i) out += "  " + write_toml_value(row(u, i)) + ",\n";
  return out + "]\n";
}

Uncertainty uncertainty_of(const Table& calibration, const std::string& file) {
  const Table* said = table_at(calibration, "calibration");
  const Table* table = said != nullptr ? table_at(*said, "uncertainty") : nullptr;
  const std::string remedy =
      "capplan calibrate CAPTURE CAPTURE... -o " + file + ": two captures or more, at unlike loads";
  if (table == nullptr) {
    const bool has_costs = table_at(calibration, "query") != nullptr || table_at(calibration, "costs") != nullptr;
    if (!has_costs && find(calibration, "index_law") != nullptr) return {};
    throw core::InputError({file, 0, 0}, "calibration.uncertainty",
                           "is not there: the file does not say how sure it is of its numbers together, as one of a "
                           "single capture, or of an older capplan, does not",
                           remedy);
  }
  return read(*table, [&](const std::string& what) {
    throw core::InputError({file, 0, 0}, "calibration.uncertainty", what, remedy);
  });
}

Table drawn(const Table& calibration, const Uncertainty& u, std::uint64_t seed, std::uint64_t number) {
  Table moved = calibration;
  if (!u.names.empty()) {
    const auto n = static_cast<Eigen::Index>(u.names.size());
    core::Stream stream(seed, number, "calibration", "parameters");
    const Eigen::VectorXd by = correlated(Eigen::Map<const Eigen::MatrixXd>(u.covariance.data(), n, n), stream);
    for (Eigen::Index i = 0; i < n; ++i) move(moved, u.names[static_cast<std::size_t>(i)], std::exp(by[i]));
  }
  draw_law(moved, seed, number);
  return moved;
}

}  // namespace capplan::plan
