#pragma once
// A chart as a value: what is drawn by the page's script and what stands in the table beneath it are written from the
// same numbers. A number is an estimate; where it was measured without an interval the chart is `bare`.

#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

enum class ChartKind {
  line,      ///< series over labels, or over `x` where it is given
  bars,      ///< the first series, a bar for each label
  stack,     ///< for each label the shares of its series
  heat,      ///< labels across, series upwards
  parallel,  ///< a line for each label, an axis for each series
  dots,      ///< the first series, changes about zero: a dot and its interval for each label
};

struct ChartSeries {
  std::string name;
  Unit unit = Unit::count;
  std::vector<core::Estimate> values{};  ///< one a label
  std::vector<std::string> words{};  ///< one a label: in place of a value that is not known, or its mark in a heat map
  double limit = 0;                  ///< on the axis of a parallel chart; 0: none
};

/// A limit that holds at one place: the condition, where (a position on x, or the number of a label), and the value.
struct ChartMark {
  std::string name;
  double at = 0;
  double value = 0;
};

struct Chart {
  ChartKind kind = ChartKind::line;
  std::string title;     ///< says what is on the axes, and the unit
  std::string x_name{};  ///< what the labels are
  std::vector<std::string> labels{};
  std::vector<std::string> groups{};  ///< of dots: what stands above neighbours of the same group, one a label
  std::vector<double> x{};            ///< where the labels stand; empty: side by side
  std::string x_unit{};               ///< behind numbers on x
  std::vector<ChartSeries> series{};
  std::vector<ChartMark> limits{};  ///< all along x; `at` is not looked at
  std::vector<ChartMark> marks{};
  std::vector<ChartMark> across{};     ///< all along the other axis, at a position on x
  std::vector<core::Estimate> x_of{};  ///< the intervals of x, where it was estimated
  std::vector<std::string> anchors{};  ///< what a value's cell leads to, series by series; or what a label leads to
  bool above = false;                  ///< what exceeds a limit meets it
  bool headroom = false;               ///< of a heat map: its values are what is left to a limit, as a share of it
  double shaded_until = 0;             ///< on x
  bool log_scale = false;
  bool bare = false;
};

/// A number without an interval.
inline core::Estimate bare(double value) { return {value, value, value, true}; }

/// What the page's script reads.
std::string to_json(const Chart& chart);

/// The chart with its table, for the page.
std::string html(const Chart& chart);

}  // namespace capplan::plan
