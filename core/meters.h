#pragma once
// What a simulation measures while it runs: counters, time-weighted levels, histograms, each under a path such as
// pools / codebase / wait_s. The run is cut into windows and every meter is read at the end of each, so that the
// warm-up can be left out after the fact and everything can be shown over time.

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/breakdown.h"
#include "core/figure_spec.h"
#include "core/histogram.h"
#include "core/time.h"

namespace capplan::core {

/// Counts occurrences, or adds up amounts.
struct Counter {
  double total = 0;
  void add(double amount = 1) { total += amount; }
};

/// A quantity that holds between changes; its average is weighted by time.
class Level {
 public:
  void set(Nanos now, double value) {
    if (part_of != nullptr) part_of->add(now, value - value_);
    integral_ += value_ * static_cast<double>(now - since_);
    since_ = now;
    value_ = value;
  }
  void add(Nanos now, double change) { set(now, value_ + change); }
  double value() const { return value_; }
  /// Value times seconds since time 0.
  double integral(Nanos now) const { return (integral_ + value_ * static_cast<double>(now - since_)) * 1e-9; }

  Level* part_of = nullptr;  ///< if set, the sum of several levels, of which this is one

 private:
  double value_ = 0;
  double integral_ = 0;
  Nanos since_ = 0;
};

/// One meter of a run: a figure of a component. `over` is, for a ratio, the index of the meter it is divided by.
struct Meter {
  std::vector<std::string> path;
  const FigureSpec* spec = nullptr;
  double capacity = 0;
  std::size_t over = 0;

  Aggregation kind() const { return spec->aggregation; }
};

/// What one run measured, window by window. Scalars are what the window added: count, or value times seconds.
struct Recording {
  std::vector<Meter> meters;
  std::vector<Nanos> ends;                              ///< end of each window
  std::vector<std::vector<double>> scalars;             ///< [meter][window]; empty for the other two
  std::vector<std::vector<HistogramSlice>> histograms;  ///< [meter][window]; empty for all but histograms
  std::vector<std::vector<BreakdownSlice>> breakdowns;  ///< [meter][window]; empty for all but breakdowns
  std::vector<HistogramSlice> unfinished;               ///< [meter] of a histogram: spans that went on at the end
  std::vector<double> in_flight;                        ///< average number of requests inside, in equal short steps
  std::uint64_t events = 0;
};

/// The meters of one simulation. References stay valid for its life. Each is a figure, whose spec must live longer, of
/// a component, which is the begin of the path: {"pools", "codebase"}; of a keyed figure, under that key. A figure that
/// is aggregated in another way than it is asked for here is a programming error and throws std::logic_error.
class Meters {
 public:
  using Path = std::vector<std::string>;

  Counter& rate(const FigureSpec& spec, Path of);
  /// A counter shown as a share of `over`, which must be one of these meters' counters.
  Counter& ratio(const FigureSpec& spec, Path of, const Counter& over, std::string_view key = {});
  /// `capacity` 0: the plain average.
  Level& level(const FigureSpec& spec, Path of, double capacity = 0);
  Histogram& histogram(const FigureSpec& spec, Path of);
  Breakdown& breakdown(const FigureSpec& spec, Path of);

  /// Ends a window: reads every meter.
  void close_window(Nanos now);
  /// After the last window: what histograms have counted since is of spans that have not ended.
  void close_unfinished();
  /// Hands over what was read; the meters stay.
  Recording take();

 private:
  std::size_t enter(const FigureSpec& spec, Aggregation kind, Path of, std::string_view key = {});

  struct Scalar {
    std::size_t meter;
    double read = 0;  // at the end of the last window
  };
  std::deque<Counter> counters_;
  std::deque<Level> levels_;
  std::deque<Histogram> histograms_;
  std::deque<Breakdown> breakdowns_;
  std::vector<Scalar> counter_meters_, level_meters_, histogram_meters_, breakdown_meters_;
  Recording recording_;
};

}  // namespace capplan::core
