// What is left of a run whose warm-up is known: scalars and one histogram a meter after the cut, the highest window of
// each level, and the windows of the few meters that are shown over time. Sums are put together in the order of the
// windows, so that they are the same as of the windows.

#include <algorithm>

#include "plan/study/profile.h"
#include "plan/study/replication.h"

namespace capplan::plan {

namespace {

/// The highest average of a window after the cut.
double highest(const core::Recording& recording, std::size_t meter, std::size_t cut) {
  const double capacity = recording.meters[meter].capacity;
  double most = 0;
  for (std::size_t w = cut; w < recording.scalars[meter].size(); ++w) {
    const double seconds = core::to_seconds(recording.ends[w] - (w == 0 ? 0 : recording.ends[w - 1]));
    most = std::max(most, recording.scalars[meter][w] / seconds / (capacity > 0 ? capacity : 1));
  }
  return most;
}

/// The windows of what is shown over time, by meter; those of all others stay empty.
core::Recording course_of(const core::Recording& recording) {
  core::Recording course;
  const std::size_t meters = recording.meters.size();
  course.ends = recording.ends;
  course.scalars.resize(meters);
  course.histograms.resize(meters);
  for (std::size_t m = 0; m < meters; ++m) {
    if (!is_over_time(recording.meters[m])) continue;
    course.scalars[m] = recording.scalars[m];
    course.histograms[m] = recording.histograms[m];
    if (recording.meters[m].kind() == core::Aggregation::ratio)
      course.scalars[recording.meters[m].over] = recording.scalars[recording.meters[m].over];
  }
  return course;
}

}  // namespace

void reduce(Replication& replication, std::size_t cut) {
  core::Recording& recording = replication.recording;
  if (replication.reduced || recording.ends.size() <= cut) return;
  for (std::size_t m = 0; m < recording.meters.size(); ++m) replication.highest.push_back(highest(recording, m, cut));
  replication.course = course_of(recording);
  recording = joined(std::move(recording), recording.ends.size(), cut);
  for (std::size_t w = 0; w < cut; ++w) {  // of the warm-up only what was counted is asked for
    for (auto& windows : recording.histograms)
      if (w < windows.size()) windows[w] = {};
    for (auto& windows : recording.breakdowns)
      if (w < windows.size()) windows[w] = {};
  }
  recording.in_flight.clear();
  replication.reduced = true;
}

}  // namespace capplan::plan
