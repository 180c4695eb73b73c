#pragma once
// Figures of ten replications beside what a closed form says: each must have it in its interval of 99.9 %.

#include "core/interval.h"
#include "tests/models/support.h"

namespace capplan::models {

/// Ten replications of 220 s, the first 20 s of each left out.
struct Replications {
  explicit Replications(const std::vector<Section>& sections) {
    for (std::uint64_t i = 0; i < 10; ++i) {
      recordings.push_back(run(sections, 220 * s, 1, 20 * s, i));
      core::Recording& recording = recordings.back();
      for (auto& windows : recording.scalars)
        if (!windows.empty()) windows.erase(windows.begin());
      for (auto& windows : recording.histograms)
        if (!windows.empty()) windows.erase(windows.begin());
    }
  }
  std::vector<core::Recording> recordings;

  template <class Figure>
  void check(const char* what, double expected, Figure figure) const {
    std::vector<double> values;
    for (const core::Recording& recording : recordings) values.push_back(figure(recording));
    const core::Estimate estimate = core::mean_interval(values, 0.999);
    INFO(what << ": " << expected << " expected, " << estimate.value << " in " << estimate.lo << ".." << estimate.hi);
    CHECK(estimate.lo <= expected);
    CHECK(estimate.hi >= expected);
  }
  void check_rate(const std::vector<std::string>& path, double expected) const {
    check(path.back().c_str(), expected, [&](const core::Recording& r) { return total(r, path) / 200; });
  }
  void check_mean(const std::vector<std::string>& path, double expected) const {
    check(path.back().c_str(), expected, [&](const core::Recording& r) { return histogram(r, path).mean(); });
  }
  void check_quantile(const std::vector<std::string>& path, double p, double expected) const {
    check("quantile", expected, [&](const core::Recording& r) { return histogram(r, path).quantile(p); });
  }
};

}  // namespace capplan::models
