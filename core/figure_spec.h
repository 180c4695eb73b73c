#pragma once
// What a figure is, said once, where it is measured: name, unit, help, which way is better. Tables, conditions,
// comparisons, files, completion and the generated pages follow from it. Plain data: a component declares its figures
// as constants, and its meters point to them.

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace capplan::core {

/// Base units of figures.
enum class Unit { seconds, per_second, ratio, count, bytes };

enum class Better { neither, up, down };

/// How a figure comes about. The unit is another matter: rows per statement and seconds per request are ratios.
enum class Aggregation {
  rate,       ///< a counter, per second
  ratio,      ///< a counter over another counter
  level,      ///< a level weighted by time (over its capacity, where it has one: a utilization)
  histogram,  ///< spans of time: mean and percentiles
  breakdown,  ///< parts of spans by the size of the span: a shape for charts, and no figure
  computed,   ///< from other figures, or from a law, after the run
};

/// Whether a table has a column for it without being asked.
enum class Column {
  asked,   ///< no
  if_any,  ///< where it is not zero throughout
  always,  ///< where it is measured
};

/// The smallest difference that matters: a share of the value, or an amount, whichever is larger.
struct Margin {
  double relative = 0;
  double absolute = 0;
};

constexpr Margin usual_margin(Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return {0.01, 100e-6};
    case Unit::per_second:
      return {0.01, 0.01};
    case Unit::ratio:
      return {0, 0.001};
    case Unit::bytes:
      return {0.01, 0};
    default:
      return {0.01, 0.01};
  }
}

/// What a histogram is shown by, each below its figure.
inline constexpr std::array<std::string_view, 5> histogram_statistics = {"mean", "p50", "p95", "p99", "p999"};

struct FigureSpec {
  std::string_view name{};  ///< below group and component: "wait_s"; "idempotency/repeated_ratio" stands one deeper
  Unit unit = Unit::count;
  std::string_view help{};  ///< one line: what it is, and of what
  Better better = Better::neither;
  Aggregation aggregation = Aggregation::rate;
  std::string_view heading{};  ///< of a column: "opened/s"; before a statistic: "wait"
  std::string_view alias{};    ///< the word for it in [slo] and alerts; empty: the name without its unit
  Column column = Column::asked;
  std::string_view statistics{};                      ///< of a histogram: those that have a column: "mean p95"
  std::vector<std::string_view> (*keys)() = nullptr;  ///< one figure for each of them: errors/query_wait_timeout
  bool summed = false;                                ///< of all classes together too: requests/all
  bool numbered = false;                              ///< of each host or process of several too: servers/replica.1
  bool stock = false;                                 ///< what piles up: watched for a steady state
  std::string_view absent{};    ///< where it is not measured: "without memory_limit"; empty: always measured
  std::string_view share_of{};  ///< the parameter that a condition may write it as a share of: "max_connections"
  std::optional<Margin> own_margin{};

  constexpr Margin margin() const { return own_margin ? *own_margin : usual_margin(unit); }
};

}  // namespace capplan::core
