#include "plan/study/experiment.h"

#include <algorithm>
#include <stdexcept>

#include "core/units.h"
#include "plan/study/point_runs.h"

namespace capplan::plan {

Experiment::Experiment(Question question, const RunOptions& options, int batch)
    : question_(std::move(question)), options_(options), batch_(batch) {
  options_.stopping.check();
}

Experiment::~Experiment() = default;

std::optional<Work> Experiment::next() {
  if (winding_up_ && begun_ > 0) return std::nullopt;
  auto point = std::find_if(open_.begin(), open_.end(), [](const auto& each) { return !each.second->all_issued(); });
  if (point == open_.end()) {
    if (begun_ == question_.points) return std::nullopt;
    const std::size_t number = begun_;
    point = open_next();
    if (point == open_.end()) return Work{number, 0, 0};
  }
  const int first = point->second->issued();
  return Work{point->first, first, point->second->issue(batch_)};
}

/// Opens the next point; the end if its result is known.
Experiment::Open::iterator Experiment::open_next() {
  const std::size_t number = begun_;
  Turn turn = question_.open(number);
  ++begun_;
  if (auto* scenario = std::get_if<Scenario>(&turn))
    return open_
        .emplace(number, std::make_shared<PointRuns>(std::move(*scenario), options_, question_.measured != nullptr))
        .first;
  ++finished_;
  return open_.end();
}

Simulation Experiment::simulation(const Work& work) const {
  if (work.first == work.last) return {};
  return open_.at(work.point)->simulation(work.first, work.last);
}

void Experiment::take(const Work& work, Batch batch) {
  if (work.first == work.last) return;
  const auto point = open_.find(work.point);
  if (point == open_.end() || batch.size() != static_cast<std::size_t>(work.last - work.first))
    throw std::logic_error("a batch must hold the runs of a work that was given out, once");
  for (const Replication& run : batch) events_ += static_cast<double>(run.recording.events);
  point->second->take(work.first, std::move(batch));
  if (winding_up_)
    wind_up();
  else if (!point->second->complete())
    return;
  else if (question_.measured)
    hand_over(point);
  else if (question_.together)
    decide();
  else
    decide(point);
}

/// Of all points, once each of them has the replications of the round: either all results stand, or all get more.
void Experiment::decide() {
  const bool complete = std::all_of(open_.begin(), open_.end(), [](const auto& e) { return e.second->complete(); });
  if (!complete || begun_ < question_.points) return;
  std::vector<Look> looks;
  for (const auto& [number, runs] : open_) looks.push_back(runs->look());
  const int wanted = question_.rule(looks);
  const bool enough = wanted <= open_.begin()->second->replications();
  auto of = looks.begin();
  for (auto point = open_.begin(); point != open_.end(); ++of) {
    const auto each = point++;
    if (enough)
      finish(each, of->result);
    else
      each->second->want(wanted);
  }
}

/// Of one point whose round is complete.
void Experiment::decide(Open::iterator point) {
  std::vector<Look> looks;
  looks.push_back(point->second->look());
  const int wanted = question_.rule(looks);
  if (wanted > point->second->replications())
    point->second->want(wanted);
  else
    finish(point, looks.front().result);
}

void Experiment::hand_over(Open::iterator point) {
  const std::size_t number = point->first;
  const std::shared_ptr<PointRuns> runs = point->second;
  open_.erase(point);
  ++finished_;
  question_.measured(number, runs->measured());
}

void Experiment::finish(Open::iterator point, const Result& result) {
  const std::size_t number = point->first;
  if (question_.keep) kept_[number] = point->second;
  open_.erase(point);
  ++finished_;
  const core::Estimate p99 = result.at({"requests", "all", "latency_s", "p99"});
  if (p99.known) latest_ = core::format_duration(p99.value) + " ±" + core::format_duration(p99.half_width());
  if (question_.finished) question_.finished(number, result);
}

bool Experiment::done() const { return complete() || (winding_up_ && begun_ > 0 && open_.empty()); }

void Experiment::add(std::size_t point, int replications) {
  const auto kept = kept_.find(point);
  if (kept == kept_.end()) throw std::logic_error("replications are added to finished points that were kept");
  kept->second->want(replications);
  if (kept->second->complete()) return;
  open_[point] = std::move(kept->second);
  kept_.erase(kept);
  --finished_;
}

void Experiment::wind_up() {
  winding_up_ = true;
  for (auto point = open_.begin(); point != open_.end();) {
    const auto each = point++;
    if (!each->second->resting()) continue;
    if (each->second->has_replications() && !question_.measured)
      finish(each, each->second->look().result);
    else
      open_.erase(each);
  }
}

std::optional<Result> Experiment::so_far() const {
  return open_.empty() ? std::nullopt : open_.begin()->second->so_far();
}

Progress Experiment::progress() const {
  Progress p{finished_, question_.points, static_cast<double>(finished_), events_, 0, latest_};
  for (const auto& [number, runs] : open_) p.work_done += 0.9 * runs->share_done();
  if (question_.points > 0) p.work_done /= static_cast<double>(question_.points);
  return p;
}

}  // namespace capplan::plan
