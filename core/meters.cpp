#include "core/meters.h"

#include <stdexcept>

namespace capplan::core {

std::size_t Meters::enter(const FigureSpec& spec, Aggregation kind, Path path, std::string_view key) {
  if (spec.aggregation != kind)
    throw std::logic_error("figure " + std::string(spec.name) + " is aggregated in another way");
  std::string_view rest = spec.name;
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    path.emplace_back(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  path.emplace_back(rest);
  if (!key.empty()) path.emplace_back(key);
  recording_.meters.push_back({std::move(path), &spec});
  recording_.scalars.emplace_back();
  recording_.histograms.emplace_back();
  recording_.breakdowns.emplace_back();
  return recording_.meters.size() - 1;
}

Counter& Meters::rate(const FigureSpec& spec, Path of) {
  counter_meters_.push_back({enter(spec, Aggregation::rate, std::move(of))});
  return counters_.emplace_back();
}

Counter& Meters::ratio(const FigureSpec& spec, Path of, const Counter& over, std::string_view key) {
  for (std::size_t i = counters_.size(); i-- > 0;) {  // it is usually among the last
    if (&counters_[i] != &over) continue;
    const std::size_t meter = enter(spec, Aggregation::ratio, std::move(of), key);
    recording_.meters[meter].over = counter_meters_[i].meter;
    counter_meters_.push_back({meter});
    return counters_.emplace_back();
  }
  throw std::logic_error("a ratio's denominator must be a meter");
}

Level& Meters::level(const FigureSpec& spec, Path of, double capacity) {
  level_meters_.push_back({enter(spec, Aggregation::level, std::move(of))});
  recording_.meters.back().capacity = capacity;
  return levels_.emplace_back();
}

Histogram& Meters::histogram(const FigureSpec& spec, Path of) {
  histogram_meters_.push_back({enter(spec, Aggregation::histogram, std::move(of))});
  return histograms_.emplace_back();
}

Breakdown& Meters::breakdown(const FigureSpec& spec, Path of) {
  breakdown_meters_.push_back({enter(spec, Aggregation::breakdown, std::move(of))});
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

void Meters::close_unfinished() {
  recording_.unfinished.resize(recording_.meters.size());
  for (std::size_t i = 0; i < histograms_.size(); ++i)
    recording_.unfinished[histogram_meters_[i].meter] = histograms_[i].take();
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
