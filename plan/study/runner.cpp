#include "plan/study/runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "core/units.h"
#include "models/system.h"
#include "models/workload/shape.h"
#include "plan/study/alerts.h"
#include "plan/study/budgets.h"
#include "plan/study/calibrated_range.h"
#include "plan/study/calibration_spread.h"
#include "plan/study/connection_limits.h"
#include "plan/study/index_figures.h"
#include "plan/study/interrupted.h"
#include "plan/study/judge.h"
#include "plan/study/peaks.h"
#include "plan/study/run_warnings.h"
#include "plan/study/summary.h"
#include "plan/study/unjudged.h"

namespace capplan::plan {

namespace {

using Clock = std::chrono::steady_clock;

/// Percentiles of these, over all requests, must be as precise as asked before a point is done.
constexpr const char* judged_figures[] = {"mean", "p95", "p99"};

/// What one replication brings.
struct Simulated {
  core::Recording recording;
  std::vector<AlertRun> alerts;  ///< of the scenario's alerts
};

/// One scenario on its way to a result.
class Point {
 public:
  Point(Scenario scenario, const RunOptions& options) : scenario_(std::move(scenario)), options_(options) {
    const models::Params& p = scenario_.find("scenario")->params;
    frame_.duration = p.duration("duration");
    if (p.has("warmup")) frame_.warmup = p.duration("warmup");
    frame_.moving = std::any_of(scenario_.sections.begin(), scenario_.sections.end(), models::changes_over_time);
    drawn_.resize(scenario_.draws.size());
    target_ = draws() + options.stopping.min;
    recordings_.resize(static_cast<std::size_t>(options.stopping.min));
  }

  /// Runs are numbered: first those of the draws, then the replications.
  bool issued_all() const { return issued_ == target_; }
  /// Nothing of it is being computed, and there is something to judge.
  bool idle() const { return done_ == issued_ && done_ > 0; }
  int issue() { return issued_++; }
  int target() const { return target_; }
  int done() const { return done_; }
  bool finished() const { return result_.has_value(); }
  const Result& result() const { return *result_; }
  bool complete() const { return done_ == target_; }
  int next_target() const { return draws() + options_.stopping.next_target(done_ - draws()); }

  /// A draw runs on the random numbers of one of the first replications; alerts are of replications alone.
  Simulated simulate(int run, const std::atomic<bool>* cancel) const {
    const bool drawn = run < draws();
    const int replication = drawn ? run % options_.stopping.min : run - draws();
    const bool watched = !drawn && !scenario_.alerts.empty();
    models::System system(
        drawn ? scenario_.draws[static_cast<std::size_t>(run)] : scenario_.sections,
        {options_.seed, static_cast<std::uint64_t>(replication), frame_.duration, frame_.warmup, watched});
    core::Recording recording = system.run(cancel);
    const std::size_t warmup = frame_.warmup > 0 ? 1 : 0;
    if (!watched || recording.ends.size() <= warmup) return {std::move(recording), {}};
    std::vector<AlertRun> alerts = watch(scenario_.alerts, recording, warmup);
    return {joined(std::move(recording), models::steps_per_window, warmup), std::move(alerts)};
  }

  void take(int run, Simulated simulated) {
    if (run < draws()) {
      drawn_[static_cast<std::size_t>(run)] = std::move(simulated.recording);
    } else {
      const auto index = static_cast<std::size_t>(run - draws());
      alert_runs_.resize(recordings_.size());
      recordings_[index] = std::move(simulated.recording);
      taken_.resize(recordings_.size());
      taken_[index] = true;
      alert_runs_[index] = std::move(simulated.alerts);
    }
    ++done_;
  }

  /// All issued replications are there: either the result stands, or more are needed. With `no_more` it stands.
  void judge_precision(bool no_more) {
    recordings_.resize(static_cast<std::size_t>(done_ - draws()));
    alert_runs_.resize(recordings_.size());
    Result result = summarise();
    if (result.verdict == Verdict::no_steady_state || precise_ || no_more || next_target() == done_)
      finish(std::move(result));
    else
      extend();
  }

  /// Of the first replications, as many as are all done, when no more will come.
  std::optional<Result> so_far() {
    const auto done = static_cast<std::size_t>(std::find(taken_.begin(), taken_.end(), false) - taken_.begin());
    if (draws() > 0 || done < 2) return std::nullopt;
    recordings_.resize(done);
    alert_runs_.resize(done);
    done_ = static_cast<int>(done);
    return summarise();
  }

  void finish(Result result) {
    recordings_.clear();
    drawn_.clear();
    result_ = std::move(result);
  }

  void extend() {
    target_ = next_target();
    recordings_.resize(static_cast<std::size_t>(target_ - draws()));
  }

  Result summarise() {
    const Steadiness steady = find_steadiness(recordings_, frame_, options_.stopping.min);
    Result result;
    result.name = scenario_.name;
    result.scenario = canonical_json(scenario_);
    result.scenario_hash = scenario_hash(scenario_);
    result.seed = options_.seed;
    result.replications = done_ - draws();
    result.draws = draws();
    result.duration_s = core::to_seconds(frame_.duration);
    if (steady.first_window > 0) result.warmup_s = core::to_seconds(recordings_.front().ends[steady.first_window - 1]);
    for (const core::Recording& recording : recordings_) result.events += static_cast<double>(recording.events);
    for (const core::Recording& recording : drawn_) result.events += static_cast<double>(recording.events);
    const std::vector<Stretch> kept = stretches(recordings_, steady);
    result.figures = figures(kept);
    precise_ = true;
    for (const char* name : judged_figures) {
      // A percentile that these replications do not carry may be carried by more.
      const core::Estimate estimate = result.at({"requests", "all", "latency_s", name});
      if (!estimate.known || !options_.stopping.precise(estimate)) precise_ = false;
    }
    if (draws() > 0)
      add_calibration_spread(result.figures, figures(stretches(drawn_, steady)),
                             static_cast<std::size_t>(options_.stopping.min));
    add_index_figures(scenario_, result);
    result.profile = profile(recordings_, kept);
    add_peaks(scenario_.slos, kept, result.figures);
    std::vector<Slo> not_modelled;
    for (const Slo& slo : scenario_.slos) {
      const bool modelled = measured(slo, result).has_value();
      if (!modelled) not_modelled.push_back(slo);
      if (modelled || slo.preset.empty()) result.slos.push_back(judge(slo, result));
      if (modelled && draws() > 0) result.slos.back().probability = probability_of(slo, result);
    }
    add_alerts(result, not_modelled);
    result.budgets = budgets(scenario_, kept);
    result.verdict = verdict(result.slos, !steady.growing);
    std::vector<Warning> of_run = run_warnings(result, steady, options_.stopping, precise_);
    add_unjudged(scenario_, not_modelled, recordings_, steady, of_run);
    result.warnings.insert(result.warnings.begin(), of_run.begin(), of_run.end());
    for (Warning& warning : outside_calibration(scenario_, result)) result.warnings.push_back(std::move(warning));
    result.calibration = check_calibration(scenario_, result);
    for (Warning& warning : connection_warnings(scenario_.sections)) result.warnings.push_back(std::move(warning));
    return result;
  }

 private:
  int draws() const { return static_cast<int>(scenario_.draws.size()); }

  core::Estimate probability_of(const Slo& slo, const Result& result) const {
    const Figure* figure = result.find(figure_path(slo.target, slo.metric));
    return figure ? probability(*figure, slo.limit * slo.over, slo.below) : core::Estimate{};
  }

  /// Those that watch what is measured; the others go to `not_modelled`.
  void add_alerts(Result& result, std::vector<Slo>& not_modelled) const {
    for (std::size_t a = 0; a < scenario_.alerts.size(); ++a) {
      std::vector<AlertRun> runs;
      for (const auto& of_replication : alert_runs_)
        if (a < of_replication.size()) runs.push_back(of_replication[a]);
      if (runs.empty()) continue;
      if (runs.front().modelled)
        result.alerts.push_back(plan::summarise(scenario_.alerts[a], runs));
      else
        not_modelled.push_back(scenario_.alerts[a].condition);
    }
  }

  Scenario scenario_;
  const RunOptions& options_;
  RunFrame frame_;
  int target_ = 0;
  int issued_ = 0;
  int done_ = 0;
  bool precise_ = false;
  std::vector<core::Recording> recordings_;
  std::vector<core::Recording> drawn_;
  std::vector<std::vector<AlertRun>> alert_runs_;  ///< by replication
  std::vector<bool> taken_;                        ///< by replication
  std::optional<Result> result_;
};

/// Deals replications to threads, earlier points first. Only points that are being computed are held.
class Crew {
 public:
  /// Without `enough`, each point is judged by its own precision; with it, all of them together.
  Crew(std::size_t count, const std::function<Scenario(std::size_t)>& scenario_of, const RunOptions& options,
       const RunHooks& hooks, Enough enough = {})
      : count_(count),
        scenario_of_(scenario_of),
        options_(options),
        hooks_(hooks),
        enough_(std::move(enough)),
        start_(Clock::now()) {}

  bool work() {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const int threads = options_.threads > 0 ? options_.threads : cores;
    {
      std::vector<std::jthread> crew;
      for (int i = 1; i < threads; ++i) crew.emplace_back([this] { serve(); });
      serve();
    }
    if (failure_) std::rethrow_exception(failure_);
    return finished_ == count_;
  }

  /// After work() was cancelled: what the first of the points that are not finished says so far.
  std::optional<Result> so_far() { return open_.empty() ? std::nullopt : open_.begin()->second->so_far(); }

 private:
  using Open = std::map<std::size_t, std::unique_ptr<Point>>;

  bool stopping() const {
    return failure_ != nullptr || (hooks_.cancel != nullptr && hooks_.cancel->load(std::memory_order_relaxed));
  }
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  /// Whether the budget is spent. The first replication is always begun, so that there is something to show for it.
  bool over_budget() const { return begun_ > 0 && options_.budget_s > 0 && elapsed() > options_.budget_s; }
  bool over() const { return finished_ == count_ || (open_.empty() && over_budget()); }

  void serve() {
    std::unique_lock lock(mutex_);
    while (!stopping() && !over()) {
      try {
        const auto point = next();
        if (point == open_.end()) {
          changed_.wait_for(lock, std::chrono::milliseconds(50));
          continue;
        }
        const int replication = point->second->issue();
        lock.unlock();
        Simulated simulated = point->second->simulate(replication, hooks_.cancel);
        lock.lock();
        if (stopping()) break;
        take(point, replication, std::move(simulated));
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        if (failure_ == nullptr) failure_ = std::current_exception();
      }
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  /// The first point with a replication to give out, a new one if no open one has any; the end if there is none now.
  Open::iterator next() {
    if (over_budget()) {
      judge_idle();
      return open_.end();
    }
    for (auto point = open_.begin(); point != open_.end(); ++point)
      if (!point->second->issued_all()) return point;
    if (begun_ == count_) return open_.end();
    const std::size_t index = begun_++;
    return open_.emplace(index, std::make_unique<Point>(scenario_of_(index), options_)).first;
  }

  /// The budget is spent: what is complete as far as it was begun is judged as it is.
  void judge_idle() {
    for (auto point = open_.begin(); point != open_.end();) {
      if (point->second->idle()) point->second->judge_precision(true);
      point = point->second->finished() ? close(point) : std::next(point);
    }
  }

  void take(Open::iterator open, int replication, Simulated simulated) {
    Point& point = *open->second;
    events_ += static_cast<double>(simulated.recording.events);
    point.take(replication, std::move(simulated));
    if (point.complete() && !enough_) point.judge_precision(over_budget());
    if (point.complete() && enough_) judge_together();
    for (auto each = open_.begin(); each != open_.end();)
      each = each->second->finished() ? close(each) : std::next(each);
    if (hooks_.progress) hooks_.progress(progress());
  }

  /// Once every point has its replications: either all results stand, or all points get more.
  void judge_together() {
    const bool complete = std::all_of(open_.begin(), open_.end(), [](const auto& e) { return e.second->complete(); });
    if (!complete || open_.size() < count_) return;
    std::vector<Result> results;
    for (const auto& [index, point] : open_) results.push_back(point->summarise());
    const Point& first = *open_.begin()->second;
    const bool stop = over_budget() || first.next_target() == first.done() || enough_(results);
    for (auto& [index, point] : open_)
      if (stop)
        point->finish(std::move(results[index]));
      else
        point->extend();
  }

  Open::iterator close(Open::iterator open) {
    const Result& result = open->second->result();
    ++finished_;
    const core::Estimate p99 = result.at({"requests", "all", "latency_s", "p99"});
    if (p99.known) latest_ = core::format_duration(p99.value) + " ±" + core::format_duration(p99.half_width());
    if (hooks_.finished) hooks_.finished(open->first, result);
    return open_.erase(open);
  }

  Progress progress() const {
    Progress p{finished_, count_, static_cast<double>(finished_), events_, elapsed(), latest_};
    for (const auto& [index, point] : open_) p.work_done += 0.9 * point->done() / point->target();
    p.work_done /= static_cast<double>(count_);
    return p;
  }

  std::size_t count_;
  const std::function<Scenario(std::size_t)>& scenario_of_;
  const RunOptions& options_;
  const RunHooks& hooks_;
  Enough enough_;
  Clock::time_point start_;
  Open open_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t begun_ = 0;
  std::size_t finished_ = 0;
  double events_ = 0;
  std::string latest_;
  std::exception_ptr failure_;
};

}  // namespace

bool run_all(std::size_t count, const std::function<Scenario(std::size_t)>& scenario_of, const RunOptions& options,
             const RunHooks& hooks) {
  options.stopping.check();
  return Crew(count, scenario_of, options, hooks).work();
}

std::vector<Result> run_together(const std::vector<Scenario>& scenarios, const RunOptions& options,
                                 const Enough& enough, const RunHooks& hooks) {
  options.stopping.check();
  std::vector<Result> results(scenarios.size());
  RunHooks own = hooks;
  own.finished = [&](std::size_t index, const Result& result) {
    results[index] = result;
    if (hooks.finished) hooks.finished(index, result);
  };
  const std::function<Scenario(std::size_t)> scenario_of = [&](std::size_t index) { return scenarios[index]; };
  if (!Crew(scenarios.size(), scenario_of, options, own, enough).work()) return {};
  return results;
}

Result run(const Scenario& scenario, const RunOptions& options, const RunHooks& hooks) {
  Result result;
  RunHooks own = hooks;
  own.finished = [&](std::size_t index, const Result& finished) {
    result = finished;
    if (hooks.finished) hooks.finished(index, finished);
  };
  options.stopping.check();
  const std::function<Scenario(std::size_t)> scenario_of = [&](std::size_t) { return scenario; };
  Crew crew(1, scenario_of, options, own);
  if (!crew.work()) throw Interrupted(crew.so_far());
  return result;
}

}  // namespace capplan::plan
