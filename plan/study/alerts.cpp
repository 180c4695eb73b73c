// Source of the rule: Prometheus rules/alerting.go (Eval): active since the first evaluation that holds, firing from
// the evaluation at which that is `for` ago. Limits: a window without requests has no latency and no share, so that a
// condition on one does not hold there, as a query without data does not; what fires at the end of the run counts up to
// it. A percentile of requests is over all that ended in the window, and one that failed never did (attempts.h). A burn
// rate holds where it is too high over both of its windows (Beyer et al., The Site Reliability Workbook, ch. 5,
// "Multiwindow, Multi-Burn-Rate Alerts"). What lies before the run is taken for requests as many as in it, all good: so
// that it is detected after (1 - objective) / share of bad ones x window x rate, as the book has it, from the start.

#include "plan/study/alerts.h"

#include <algorithm>
#include <memory>

#include "core/interval.h"
#include "plan/study/attempts.h"
#include "plan/study/budgets.h"
#include "plan/study/judge.h"

namespace capplan::plan {

namespace {

using core::Aggregation;
using core::Recording;

/// Where an alert's quantity is measured, and how it is read there.
struct Probe {
  std::vector<std::size_t> meters;  ///< added up
  std::string statistic;            ///< of a histogram: "mean", "p95", …
  double over = 1;
  bool completed = true;  ///< a percentile of what ended without an error alone
  core::Nanos limit = 0;  ///< what is inside for longer at the end of the run is late
};

/// The meters of a figure; none if it is not measured. That of "all" is the sum over the classes.
Probe find_probe(const Slo& condition, const Recording& recording) {
  std::vector<std::string> path = figure_path(condition.target, condition.metric);
  Probe probe{{}, {}, condition.over, true, core::to_nanos(condition.limit)};
  const core::FigureSpec* spec = spec_of(path);
  if (spec && spec->aggregation == Aggregation::histogram) {
    probe.statistic = path.back();
    probe.completed = condition.completed || !is_latency(condition) || share_of_metric(condition.metric) <= 0;
    path.pop_back();
  }
  for (std::size_t m = 0; m < recording.meters.size(); ++m) {
    const auto& own = recording.meters[m].path;
    const bool same = own == path;
    const bool one_of_all = condition.target == "all" && own.size() == 3 && own[0] == path[0] && own[2] == path[2];
    const bool readable = (recording.meters[m].kind() == Aggregation::histogram) == !probe.statistic.empty();
    if ((same || one_of_all) && readable && recording.meters[m].kind() != Aggregation::breakdown)
      probe.meters.push_back(m);
  }
  return probe;
}

/// Reads probes of one recording.
class Reader {
 public:
  explicit Reader(const Recording& recording) : recording_(recording) {}

  double begin(std::size_t window) const { return window == 0 ? 0 : core::to_seconds(recording_.ends[window - 1]); }

  /// Over the windows [first, last); nothing where they hold nothing.
  std::optional<double> read(const Probe& probe, std::size_t first, std::size_t last) {
    if (!probe.statistic.empty()) return statistic(probe, first, last);
    double sum = 0, below = 0, capacity = 0;
    for (const std::size_t m : probe.meters) {
      const core::Meter& meter = recording_.meters[m];
      sum += added(m, first, last);
      if (meter.kind() == Aggregation::ratio)
        below += added(meter.over, first, last);
      else
        below = begin(last) - begin(first);
      capacity = meter.capacity;
    }
    if (!(below > 0)) return std::nullopt;
    return sum / below / (capacity > 0 ? capacity : 1) / probe.over;
  }

 private:
  double added(std::size_t meter, std::size_t first, std::size_t last) const {
    double sum = 0;
    for (std::size_t w = first; w < last; ++w) sum += recording_.scalars[meter][w];
    return sum;
  }

  std::optional<double> statistic(const Probe& probe, std::size_t first, std::size_t last) {
    for (const std::size_t m : probe.meters) {
      const std::size_t failed = probe.completed ? recording_.meters.size() : failures_beside(recording_, m);
      for (std::size_t w = first; w < last; ++w) {
        spans_.ended->merge(recording_.histograms[m][w]);
        if (failed < recording_.meters.size()) spans_.never += recording_.scalars[failed][w];
      }
      if (last == recording_.ends.size() && !probe.completed) spans_.never += late_inside(recording_, m, probe.limit);
    }
    const bool any = spans_.count() > 0;
    const double value =
        probe.statistic == "mean" ? spans_.ended->mean() : quantile(spans_, share_of_metric(probe.statistic));
    spans_.ended->take();
    spans_.never = 0;
    return any ? std::optional(value) : std::nullopt;
  }

  const Recording& recording_;
  Spans spans_;
};

/// A budget's burn rate over windows that end at any time of a recording.
class Burning {
 public:
  Burning(const BurnRate& burn, const Recording& recording, std::size_t skipped)
      : burn_(burn), recording_(recording), skipped_(skipped), until_(recording.ends.size() + 1) {
    for (std::size_t w = skipped; w < recording.ends.size(); ++w) {
      const Ended here = ended({&recording, w, w + 1}, burn.request, burn.latency);
      until_[w + 1] = {until_[w].bad + here.bad, until_[w].all + here.all};
    }
  }

  bool measured() const {
    return std::any_of(recording_.meters.begin(), recording_.meters.end(), [&](const core::Meter& meter) {
      return meter.path[0] == "requests" && (burn_.request == "all" || meter.path[1] == burn_.request);
    });
  }

  /// Over the long window up to the begin of window `last`, or over the short one; nothing where no request ended.
  std::optional<double> over_long(std::size_t last) const { return over(burn_.long_window, last); }
  std::optional<double> over_short(std::size_t last) const { return over(burn_.short_window, last); }

 private:
  core::Nanos begin(std::size_t window) const { return window == 0 ? 0 : recording_.ends[window - 1]; }

  std::optional<double> over(core::Nanos span, std::size_t last) const {
    std::size_t first = last - 1;
    while (first > skipped_ && begin(last) - begin(first - 1) <= span + core::microsecond) --first;
    const Ended here{until_[last].bad - until_[first].bad, until_[last].all - until_[first].all};
    if (!(here.all > 0)) return std::nullopt;
    const auto length = static_cast<double>(begin(last) - begin(first));
    const double covered = first > skipped_ ? 1 : std::min(1.0, length / static_cast<double>(span));
    return here.bad / here.all / (1 - burn_.objective) * covered;
  }

  const BurnRate& burn_;
  const Recording& recording_;
  std::size_t skipped_;
  std::vector<Ended> until_;  // the begin of each window, since the first that is not skipped
};

/// The first window at which an evaluation that begins with `first` may end.
std::size_t evaluation_end(const Recording& recording, std::size_t first, core::Nanos every) {
  const core::Nanos begin = first == 0 ? 0 : recording.ends[first - 1];
  std::size_t last = first + 1;
  // Steps are whole nanoseconds, a little short of their share of the run.
  while (last < recording.ends.size() && recording.ends[last - 1] - begin < every - core::microsecond) ++last;
  return last;
}

}  // namespace

std::vector<AlertRun> watch(const std::vector<Alert>& alerts, const Recording& fine, std::size_t skipped) {
  std::vector<AlertRun> runs;
  Reader reader(fine);
  for (const Alert& alert : alerts) {
    AlertRun run;
    std::optional<Burning> burning;
    if (alert.burn) burning.emplace(*alert.burn, fine, skipped);
    const Probe probe = burning ? Probe{} : find_probe(alert.condition, fine);
    run.modelled = burning ? burning->measured() : !probe.meters.empty();
    const auto beyond = [&](const std::optional<double>& value) {
      return value && (alert.condition.below ? *value < alert.condition.limit : *value > alert.condition.limit);
    };
    const double hold = core::to_seconds(alert.hold);
    std::optional<double> since;
    bool firing = false;
    for (std::size_t first = skipped; run.modelled && first < fine.ends.size();) {
      const std::size_t last = evaluation_end(fine, first, alert.every);
      const double now = reader.begin(last);
      if (first == skipped) run.every_s = now - reader.begin(first);
      if (firing) run.firing_s += now - reader.begin(first);
      const bool holds = burning ? beyond(burning->over_long(last)) && beyond(burning->over_short(last))
                                 : beyond(reader.read(probe, first, last));
      if (!holds)
        since.reset();
      else if (!since)
        since = now;
      firing = since && now - *since >= hold - 1e-9;
      if (firing && !run.fired) {
        run.fired = true;
        run.first_s = now;
      }
      first = last;
    }
    runs.push_back(run);
  }
  return runs;
}

namespace {

/// Adds the rows of a window, which are in the order of sizes, to those of others.
void add(const core::BreakdownSlice& window, core::BreakdownSlice& sum) {
  for (const auto& row : window.rows) {
    const auto at = std::lower_bound(sum.rows.begin(), sum.rows.end(), row.index,
                                     [](const auto& other, std::uint16_t index) { return other.index < index; });
    if (at == sum.rows.end() || at->index != row.index) {
      sum.rows.insert(at, row);
      continue;
    }
    at->count += row.count;
    for (std::size_t i = 0; i < row.parts.size(); ++i) at->parts[i] += row.parts[i];
  }
}

}  // namespace

Recording joined(Recording fine, std::size_t size, std::size_t skipped) {
  Recording result;
  const std::size_t count = fine.ends.size();
  const auto ends_here = [&](std::size_t w) { return w < skipped || (w + 1 - skipped) % size == 0 || w + 1 == count; };
  for (std::size_t w = 0; w < count; ++w)
    if (ends_here(w)) result.ends.push_back(fine.ends[w]);
  auto histogram = std::make_unique<core::Histogram>();
  for (std::size_t m = 0; m < fine.meters.size(); ++m) {
    auto& scalars = result.scalars.emplace_back();
    auto& histograms = result.histograms.emplace_back();
    auto& breakdowns = result.breakdowns.emplace_back();
    double sum = 0;
    core::BreakdownSlice parts;
    for (std::size_t w = 0; w < count; ++w) {
      if (!fine.scalars[m].empty()) sum += fine.scalars[m][w];
      if (!fine.histograms[m].empty()) histogram->merge(fine.histograms[m][w]);
      if (!fine.breakdowns[m].empty()) add(fine.breakdowns[m][w], parts);
      if (!ends_here(w)) continue;
      if (!fine.scalars[m].empty()) scalars.push_back(sum);
      if (!fine.histograms[m].empty()) histograms.push_back(histogram->take());
      if (!fine.breakdowns[m].empty()) breakdowns.push_back(std::move(parts));
      sum = 0;
      parts = {};
    }
  }
  result.meters = std::move(fine.meters);
  result.unfinished = std::move(fine.unfinished);
  result.in_flight = std::move(fine.in_flight);
  result.events = fine.events;
  return result;
}

AlertResult summarise(const Alert& alert, const std::vector<AlertRun>& runs) {
  const double hold = static_cast<double>(alert.hold) / 1e9;
  AlertResult result{alert.name, alert.condition.text, alert.severity, hold, runs.front().every_s, {}, {}, {}};
  std::vector<double> first, firing;
  for (const AlertRun& run : runs) {
    if (run.fired) first.push_back(run.first_s);
    firing.push_back(run.firing_s);
  }
  result.fired = core::proportion_interval(first.size(), runs.size());
  result.first_s = core::mean_interval(first);
  result.firing_s = core::mean_interval(firing);
  for (core::Estimate* estimate : {&result.first_s, &result.firing_s}) estimate->lo = std::max(estimate->lo, 0.0);
  return result;
}

}  // namespace capplan::plan
