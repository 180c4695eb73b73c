// Replay of a capture's arrivals: the times and classes that were measured, faster or slower if asked. What a request
// costs is still drawn: only when it comes, and which it is, are the capture's. For an open capture the time is the
// scheduled one; of a closed capture it is the pace that the system allowed. There are two ways to k times the load.
// `speed` compresses time: bursts become as much shorter, and keys are asked for in the same order, so that between
// two uses of one lie as many others as before. `copies` lays the capture over itself, each copy an equal share of
// its length later: bursts keep their length, and daily shapes are evened out. Keys are taken in order by all copies
// together, so that their reuse, counted in requests, is that of the capture too. Another mix moves as few arrivals
// as it can to other classes: a class that is to have less keeps each of its arrivals with the same probability, and
// those that it gives up go to the classes that are to have more. Times stay as they are.

#include <algorithm>

#include "core/error.h"
#include "models/catalog.h"
#include "models/workload/mix.h"

namespace capplan::models {

namespace {

/// For each class of a capture, what becomes of its arrivals when the classes are to be mixed otherwise.
class Relabelling {
 public:
  /// Without `mix`, everything stays as it is.
  Relabelling(Build& build, const Section& section, const ArrivalTrace& trace)
      : stream_(build.stream(section.path(), "mix")) {
    const Params& p = section.params;
    if (!p.has("mix") || trace.at.empty()) return;
    std::vector<double> counts(trace.classes.size(), 0);
    for (const std::uint16_t klass : trace.klass) counts[klass] += 1 / static_cast<double>(trace.at.size());
    double sum = 0;
    for (const auto& [name, weight] : p.table("mix")) sum += std::get<double>(weight.data);
    keep_.resize(counts.size(), 0);
    for (const auto& [name, weight] : p.table("mix")) {
      const double share = std::get<double>(weight.data) / sum;
      const std::string plain = name.starts_with("request.") ? name.substr(8) : name;
      const auto known = std::find(trace.classes.begin(), trace.classes.end(), plain);
      const double had =
          known == trace.classes.end() ? 0 : counts[static_cast<std::size_t>(known - trace.classes.begin())];
      if (had > 0) keep_[static_cast<std::size_t>(known - trace.classes.begin())] = std::min(1.0, share / had);
      if (share <= had) continue;
      gaining_.push_back(build.request_class(name));
      upto_.push_back((upto_.empty() ? 0 : upto_.back()) + share - had);
    }
  }

  /// The class of arrival `number`, which the capture has as its `klass`, known here as `request_class`.
  std::uint32_t draw(std::uint64_t number, std::uint16_t klass, std::uint32_t request_class) {
    if (keep_.empty() || gaining_.empty()) return request_class;
    stream_.at(number);
    if (stream_.uniform() < keep_[klass]) return request_class;
    const double u = stream_.uniform() * upto_.back();
    std::size_t i = 0;
    while (i + 1 < gaining_.size() && u >= upto_[i]) ++i;
    return gaining_[i];
  }

 private:
  core::Stream stream_;
  std::vector<double> keep_;            // by class of the capture: the probability of staying
  std::vector<std::uint32_t> gaining_;  // classes that are to have more
  std::vector<double> upto_;            // of what they gain, cumulated
};

class TraceWorkload : public Workload, private core::Handler {
 public:
  TraceWorkload(Build& build, const Section& section)
      : simulator_(build.simulator),
        intake_(build.intake),
        key_(workload_key(section)),
        trace_(section.params.trace("capture")),
        relabelling_(build, section, *trace_),
        pace_(1 / section.params.number("speed")),
        repeat_(section.params.flag("repeat") && !trace_->at.empty() && scaled(trace_->span) > 0) {
    for (const std::string& name : trace_->classes) classes_.push_back(build.request_class(name));
    const std::int64_t copies = section.params.has("copies") ? section.params.count("copies") : 1;
    for (std::int64_t i = 0; i < copies; ++i) copies_.push_back({0, scaled(trace_->span) / copies * i});
  }

  void start() override {
    for (std::uint32_t copy = 0; copy < copies_.size(); ++copy) {
      // Laid over itself, the capture goes on from where it would be: each copy begins in its midst and comes round.
      Copy& own = copies_[copy];
      const core::Nanos later = own.round_start;
      while (own.next < trace_->at.size() && scaled(trace_->at[own.next]) < later) ++own.next;
      own.round_start = -later;
      schedule_next(copy);
    }
  }
  void finished(std::uint32_t, bool) override {}

 private:
  struct Copy {
    std::size_t next = 0;
    core::Nanos round_start = 0;
  };

  void schedule_next(std::uint32_t copy) {
    Copy& own = copies_[copy];
    if (own.next == trace_->at.size()) {
      if (!repeat_) return;
      own.next = 0;
      own.round_start += scaled(trace_->span);
    }
    const core::Nanos at = own.round_start + scaled(trace_->at[own.next]);
    simulator_.schedule(std::max<core::Nanos>(0, at - simulator_.now()), *this, 0, copy);
  }

  core::Nanos scaled(core::Nanos span) const {
    return static_cast<core::Nanos>(static_cast<double>(span) * pace_ + 0.5);
  }

  void on_event(std::uint32_t, std::uint32_t copy) override {
    const std::uint16_t klass = trace_->klass[copies_[copy].next++];
    schedule_next(copy);
    const std::uint64_t number = number_++;
    intake_.arrive(*this, key_, {relabelling_.draw(number, klass, classes_[klass]), 0, number});
  }

  core::Simulator& simulator_;
  Intake& intake_;
  std::uint64_t key_;
  std::shared_ptr<const ArrivalTrace> trace_;
  Relabelling relabelling_;
  double pace_;
  bool repeat_;
  std::vector<std::uint32_t> classes_;
  std::vector<Copy> copies_;
  std::uint64_t number_ = 0;
};

void check(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  if (p.has("copies") && p.count("copies") > 1 && !p.flag("repeat"))
    problems.push_back({find(p.values(), "copies")->where,
                        path + ".copies",
                        "copies begin in the midst of the capture and come round: they need repeat = true",
                        {}});
}

std::unique_ptr<Workload> make(Build& build, const Section& section) {
  return std::make_unique<TraceWorkload>(build, section);
}

}  // namespace

Spec trace_workload() {
  return {
      .section = "workload",
      .kind = "trace",
      .help = "the arrivals of a capture, replayed, each class as the request of its name",
      .source = "the capture",
      .validity = "replications share the arrivals and differ only in what requests cost",
      .params =
          {
              {.name = "capture",
               .type = Type::capture,
               .help = "manifest of the capture, relative to the scenario",
               .required = true},
              {.name = "speed",
               .type = Type::number,
               .fallback = "1",
               .help = "2 replays twice as fast, so at twice the rate",
               .lo = 1e-3,
               .hi = 1e3},
              {.name = "repeat",
               .type = Type::flag,
               .fallback = "true",
               .help = "start over at the end of the capture"},
              {.name = "copies",
               .type = Type::count,
               .help = "number of copies of the capture that run at once, shifted by equal shares of its length: that "
                       "multiple of the rate, with bursts of the same length; absent: 1",
               .lo = 1,
               .hi = 1000},
              {.name = "mix",
               .type = Type::mix,
               .help = "other weights for the classes; as few arrivals as possible change theirs, and times and the "
                       "order of keys stay; absent: the capture's",
               .choices = {"request"}},
          },
      .make_workload = make,
      .check = check};
}

}  // namespace capplan::models
