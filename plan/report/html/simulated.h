#pragma once
// What was simulated, at a glance: load, the service, pools, bouncers, servers and calls, with caches beside, their
// sizes and what leads to what. Read from a resolved scenario as results hold it, so that a page written from a store
// or from JSON has it too. Statements and requests are passed through: they are in the assumptions.
// Limits: of one column seven boxes are drawn; a name that leads nowhere draws no line.

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace capplan::plan {

/// One thing that is drawn.
struct SimulatedBox {
  std::string path;                  ///< "pool.app"
  std::string word;                  ///< "pool"
  std::string name;                  ///< "app"
  int column = 0;                    ///< from the load, 0, to the servers, 4
  std::vector<std::string> lines{};  ///< "asyncpg", "max_size 8"
};

struct Simulated {
  std::vector<SimulatedBox> boxes{};                         ///< by column
  std::vector<std::pair<std::size_t, std::size_t>> links{};  ///< from, to: numbers of boxes
};

/// Values that take the place of what a key says, by key: "2 to 8" where a sweep varies it.
using ShownValues = std::map<std::string, std::string>;

/// Nothing for a text that is no scenario.
Simulated simulated(const std::string& canonical_scenario, const ShownValues& others = {});
/// The same in a sentence, for those who do not see it.
std::string in_words(const Simulated& what);
/// As inline SVG, one for wide pages and one for narrow ones; nothing for no boxes.
std::string drawing(const Simulated& what);
inline std::string drawing(const std::string& canonical_scenario, const ShownValues& others = {}) {
  return drawing(simulated(canonical_scenario, others));
}

}  // namespace capplan::plan
