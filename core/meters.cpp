#include "core/meters.h"

#include <stdexcept>

namespace capplan::core {

std::size_t Meters::enter(Meter meter) {
  recording_.meters.push_back(std::move(meter));
  recording_.scalars.emplace_back();
  recording_.histograms.emplace_back();
  recording_.breakdowns.emplace_back();
  return recording_.meters.size() - 1;
}

Counter& Meters::rate(std::vector<std::string> path) {
  counter_meters_.push_back({enter({std::move(path), MeterKind::rate})});
  return counters_.emplace_back();
}

Counter& Meters::ratio(std::vector<std::string> path, const Counter& over) {
  for (std::size_t i = counters_.size(); i-- > 0;) {  // it is usually among the last
    if (&counters_[i] != &over) continue;
    counter_meters_.push_back({enter({std::move(path), MeterKind::ratio, 0, counter_meters_[i].meter})});
    return counters_.emplace_back();
  }
  throw std::logic_error("a ratio's denominator must be a meter");
}

Level& Meters::level(std::vector<std::string> path, double capacity) {
  level_meters_.push_back({enter({std::move(path), MeterKind::level, capacity})});
  return levels_.emplace_back();
}

Histogram& Meters::histogram(std::vector<std::string> path) {
  histogram_meters_.push_back({enter({std::move(path), MeterKind::histogram})});
  return histograms_.emplace_back();
}

Breakdown& Meters::breakdown(std::vector<std::string> path) {
  breakdown_meters_.push_back({enter({std::move(path), MeterKind::breakdown})});
  return breakdowns_.emplace_back();
}

Recording Meters::take() {
  Recording taken = std::move(recording_);
  recording_ = {};
  recording_.meters = taken.meters;
  recording_.scalars.resize(taken.meters.size());
  recording_.histograms.resize(taken.meters.size());
  recording_.breakdowns.resize(taken.meters.size());
  return taken;
}

void Meters::close_window(Nanos now) {
  recording_.ends.push_back(now);
  const auto read = [this](Scalar& scalar, double total) {
    recording_.scalars[scalar.meter].push_back(total - scalar.read);
    scalar.read = total;
  };
  for (std::size_t i = 0; i < counters_.size(); ++i) read(counter_meters_[i], counters_[i].total);
  for (std::size_t i = 0; i < levels_.size(); ++i) read(level_meters_[i], levels_[i].integral(now));
  for (std::size_t i = 0; i < histograms_.size(); ++i)
    recording_.histograms[histogram_meters_[i].meter].push_back(histograms_[i].take());
  for (std::size_t i = 0; i < breakdowns_.size(); ++i)
    recording_.breakdowns[breakdown_meters_[i].meter].push_back(breakdowns_[i].take());
}

}  // namespace capplan::core
