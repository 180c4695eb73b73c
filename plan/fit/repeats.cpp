#include "plan/fit/repeats.h"

#include <algorithm>
#include <cmath>

#include "core/robust.h"
#include "plan/fit/goodness.h"
#include "plan/format/document.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

constexpr std::size_t enough = 100;  // requests of a class

/// Weights as shares, by name.
std::vector<std::pair<std::string, double>> shares(const CaptureManifest& m) {
  std::vector<std::pair<std::string, double>> mix = m.mix;
  double sum = 0;
  for (const auto& entry : mix) sum += entry.second;
  for (auto& entry : mix) entry.second /= std::max(sum, 1e-300);
  std::erase_if(mix, [](const auto& entry) { return entry.second <= 0; });
  std::sort(mix.begin(), mix.end());
  return mix;
}

/// What is searched, and how, as text.
std::string searched(const CaptureManifest& m) {
  std::string text;
  for (const CaptureIndex& index : m.indexes)
    text += index.name + " " + index.kind + " " + write_toml_value(unwritten::raw(index.parameters)) + "\n";
  return text;
}

}  // namespace

bool repeat_each_other(const CaptureManifest& a, const CaptureManifest& b) {
  const auto mix_a = shares(a), mix_b = shares(b);
  const bool same_mix = mix_a.size() == mix_b.size() &&
                        std::equal(mix_a.begin(), mix_a.end(), mix_b.begin(), [](const auto& x, const auto& y) {
                          return x.first == y.first && std::fabs(x.second - y.second) < 1e-9;
                        });
  return same_mix && a.load == b.load && a.rate == b.rate && a.clients == b.clients && a.path == b.path &&
         a.connections == b.connections && a.cores == b.cores && a.protocol == b.protocol &&
         searched(a) == searched(b) &&
         write_toml_value(unwritten::raw(a.pgbouncer)) == write_toml_value(unwritten::raw(b.pgbouncer));
}

std::vector<Repeats> repeats(const std::vector<MeasuredCapture>& captures) {
  std::vector<Repeats> groups;
  std::vector<bool> taken(captures.size(), false);
  for (std::size_t i = 0; i < captures.size(); ++i) {
    if (taken[i]) continue;
    std::vector<const MeasuredCapture*> group{&captures[i]};
    for (std::size_t k = i + 1; k < captures.size(); ++k)
      if (repeat_each_other(captures[i].manifest, captures[k].manifest)) {
        taken[k] = true;
        group.push_back(&captures[k]);
      }
    if (group.size() < 2) continue;
    Repeats found;
    std::vector<double> moved[3];
    constexpr double ranks[] = {0.50, 0.95, 0.99};
    for (std::size_t a = 0; a < group.size(); ++a) {
      found.captures.push_back(group[a]->manifest.name);
      for (std::size_t b = a + 1; b < group.size(); ++b)
        for (const MeasuredClass& c : group[a]->classes)
          for (const MeasuredClass& d : group[b]->classes) {
            if (c.name != d.name || c.latencies.size() < enough || d.latencies.size() < enough) continue;
            for (std::size_t r = 0; r < 3; ++r)
              moved[r].push_back(
                  std::fabs(sample_quantile(d.latencies, ranks[r]) / sample_quantile(c.latencies, ranks[r]) - 1));
            ++found.pairs;
          }
    }
    if (found.pairs == 0) continue;
    found.p50 = core::median(moved[0]);
    found.p95 = core::median(moved[1]);
    found.p99 = core::median(moved[2]);
    groups.push_back(std::move(found));
  }
  return groups;
}

}  // namespace capplan::plan
