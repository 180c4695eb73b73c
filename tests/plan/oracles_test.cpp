// The oracle table, on shorter runs than the page in docs/: the share of exact figures inside their interval must be
// what the confidence says.

#include "plan/study/oracles.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

TEST_CASE("the kernel's intervals hold the exact figures at their rate, over every model and load") {
  const std::vector<OracleRow> rows = run_oracles(7, 0.25);
  std::set<std::string> models;
  std::size_t inside = 0;
  for (const OracleRow& row : rows) {
    models.insert(row.model.substr(0, row.model.find(',')));
    if (row.inside()) ++inside;
    // An interval can also hold by being wide: the figure itself must be near.
    const double error = row.simulated.value - row.exact;
    INFO(row.model << " " << row.load << " " << row.figure << " " << row.exact << " " << row.simulated.value);
    CHECK(std::abs(error) <= std::max({0.1 * row.exact, 3 * row.simulated.half_width(), 1e-4}));
  }
  const std::set<std::string> wanted = {"M/M/1",
                                        "M/M/c",
                                        "M/M/c/K",
                                        "M/M/c+D",
                                        "M/G/1",
                                        "M/G/1-PS",
                                        "M/G/c-PS",
                                        "machine repairman",
                                        "closed network (MVA)"};
  CHECK(models == wanted);
  // Figures of one case hold or miss together: 95 % less four binomial deviations.
  const double n = static_cast<double>(rows.size());
  CHECK(static_cast<double>(inside) >= n * (oracle_confidence - 4 * std::sqrt(0.95 * 0.05 / n)));
}

TEST_CASE("a seed gives the same rows again") {
  const auto first = run_oracles(3, 0.02);
  const auto second = run_oracles(3, 0.02);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].simulated == second[i].simulated);
}

}  // namespace
}  // namespace capplan::plan
