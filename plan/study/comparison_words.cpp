#include "plan/study/comparison_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/study/figure_text.h"
#include "plan/study/headline.h"

namespace capplan::plan {

namespace {

using Changes = std::vector<const FigureChange*>;

std::string text_of(const Cell& cell) { return cell.beside.empty() ? cell.text : cell.text + " " + cell.beside; }

/// "p95 of search falls by 12.3% ±2.1".
std::string sentence(const FigureChange& change) {
  const std::string figure = word_of(change.path);
  const Unit unit = unit_of(change.path);
  const bool rises = change.difference.value > 0;
  const std::string verb = std::string(rises ? "rise" : "fall") + (figure == "errors" ? "" : "s");
  std::string amount = "from " + text_of(cell(change.a, unit)) + " to " + text_of(cell(change.b, unit));
  if (change.relative.known && std::abs(change.relative.value) < 2) {
    core::Estimate size = change.relative;
    if (!rises) size = {-size.value, -size.hi, -size.lo, true};
    amount = "by " + text_of(cell(size, Unit::ratio));
  }
  return fmt::format("{} of {} {} {}", figure, printable(subject_of(change.path)), verb, amount);
}

/// Of several changes the one that says most: p95 before p99 before the median, then the greatest.
const FigureChange* leading(const Changes& changes) {
  const auto rank = [](const FigureChange* c) {
    const Path order = {"p95", "p99", "p50"};
    return std::find(order.begin(), order.end(), c->path.back()) - order.begin();
  };
  const auto less = [&](const FigureChange* a, const FigureChange* b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return std::abs(a->relative.value) > std::abs(b->relative.value);
  };
  return *std::min_element(changes.begin(), changes.end(), less);
}

/// "a", "a and b", "a, b and c".
std::string enumerated(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

/// "1 figure", "3 figures".
std::string figures(std::size_t count) { return fmt::format("{} figure{}", count, count == 1 ? "" : "s"); }

/// What changes, with the leading figure of each kind; empty where nothing does.
class Movements {
 public:
  explicit Movements(const Comparison& comparison) {
    for (const FigureChange& change : comparison.figures) {
      moved_ += change.change == Change::better || change.change == Change::worse || change.change == Change::changed;
      all_.push_back(&change);
    }
    const auto is_latency = [](const Path& path) {
      return path[0] == "requests" && path.size() == 4 && path[2] == "latency_s";
    };
    const auto is_throughput = [](const Path& path) { return path.back() == "completed_per_s"; };
    const auto is_errors = [](const Path& path) { return path[0] == "requests" && path.back() == "error_ratio"; };
    const auto is_other = [&](const Path& path) {
      return !is_latency(path) && !is_throughput(path) && !is_errors(path);
    };
    add("fails more", Change::worse, is_errors);
    add("is slower", Change::worse, is_latency);
    add("completes less", Change::worse, is_throughput);
    add("is worse", Change::worse, is_other);
    add("fails less", Change::better, is_errors);
    add("is faster", Change::better, is_latency);
    add("completes more", Change::better, is_throughput);
    add("is better", Change::better, is_other);
    add("changes", Change::changed, [](const Path&) { return true; });
  }

  /// "it fails more and is slower", after what says so already.
  std::string kinds() const { return words_.empty() ? "" : fmt::format("it {}", enumerated(words_)); }

  /// "B is faster: p95 of search falls by 12.3% ±2.1; 3 other figures change".
  std::string words() const {
    if (words_.empty()) return "";
    std::string text = fmt::format("B {}: {}", enumerated(words_), fmt::join(leads_, ", "));
    if (const std::size_t others = moved_ - leads_.size(); others > 0)
      text += fmt::format("; {} other figure{}", others, others == 1 ? " changes" : "s change");
    return text;
  }

 private:
  template <class Of>
  void add(const char* word, Change change, Of of) {
    Changes found;
    for (const FigureChange* each : all_)
      if (each->change == change && of(each->path)) found.push_back(each);
    if (found.empty()) return;
    words_.emplace_back(word);
    leads_.push_back(sentence(*leading(found)));
  }

  Changes all_;
  std::size_t moved_ = 0;
  std::vector<std::string> words_;
  std::vector<std::string> leads_;
};

/// "p95 < 100ms of search: 123ms ±4 against 88ms ±3".
std::string slo_words(const SloPair& pair) {
  const SloResult& slo = pair.either();
  const auto [a, b] = values_of(pair);
  return fmt::format("{} of {}", slo.text, printable(slo.target)) +
         (pair.a ? fmt::format(": {} against {}", b, a) : ": " + b);
}

/// The first SLO that B misses and A does not, or that B meets and A misses, and how many more there are; or empty.
std::string slo_sentence(const Comparison& comparison, const char* verb, bool (*chosen)(const SloPair&)) {
  std::string text;
  std::size_t count = 0;
  for (const SloPair& pair : slo_pairs(comparison)) {
    if (!chosen(pair) || count++ > 0) continue;
    const bool by_a = pair.a != nullptr && pair.a->judgement != Judgement::undecided;
    const char* on_a = !pair.a                  ? ""
                       : !by_a                  ? " (undecided for A)"
                       : chosen == newly_missed ? " that A meets"
                                                : " that A misses";
    text = fmt::format("B {} {}{}", verb, slo_words(pair), on_a);
  }
  if (count > 1) text += fmt::format("; {} more SLO{}", count - 1, count == 2 ? "" : "s");
  return text;
}

/// The widest change that is still possible among figures that cannot be told: "p99 of search could still change by up
/// to 8.3%".
std::string open_words(const Comparison& comparison) {
  const FigureChange* widest = nullptr;
  double most = 0;
  for (const FigureChange& change : comparison.figures) {
    if (change.change != Change::cannot_tell || !change.relative.known) continue;
    const double size = std::max(std::abs(change.relative.lo), std::abs(change.relative.hi));
    if (size > most) {
      most = size;
      widest = &change;
    }
  }
  if (widest == nullptr) return "too few observations in each replication";
  return fmt::format("{} of {} could differ by up to {}", word_of(widest->path), printable(subject_of(widest->path)),
                     compact(most, Unit::ratio));
}

std::string of_no_steady_state(bool a, bool b) {
  const char* remark = "no figure here holds for longer than the run";
  if (a && b) return fmt::format("neither A nor B has a steady state: more work arrives than is done, and {}", remark);
  return fmt::format("{} has no steady state and {} has one: more work arrives than {} does, and {}", a ? "A" : "B",
                     a ? "B" : "A", a ? "A" : "B", remark);
}

bool identical(const Comparison& comparison) {
  const auto equal = [](const FigureChange& c) {
    return !c.tested && (c.difference.known || (!c.a.known && !c.b.known));
  };
  return std::all_of(comparison.figures.begin(), comparison.figures.end(), equal) &&
         std::all_of(comparison.others.begin(), comparison.others.end(), equal);
}

std::string same_words(const Comparison& comparison) {
  if (identical(comparison)) return "A and B give the same figures in every replication";
  return fmt::format("B answers as A does: percentiles, throughput and errors of every class are the same within {}",
                     compact(comparison.margin, Unit::ratio));
}

}  // namespace

std::pair<std::string, std::string> values_of(const SloPair& pair) {
  const auto value = [&](const SloResult* side) { return side ? text_of(measured_cell(*side)) : std::string("-"); };
  return {value(pair.a), value(pair.b)};
}

std::string in_words(const Comparison& comparison) {
  const bool a = comparison.a.result.verdict == Verdict::no_steady_state;
  const bool b = comparison.b.result.verdict == Verdict::no_steady_state;
  if (a || b) return of_no_steady_state(a, b);
  const auto open = static_cast<std::size_t>(
      std::count_if(comparison.figures.begin(), comparison.figures.end(),
                    [](const FigureChange& change) { return change.change == Change::cannot_tell; }));
  const std::string rest = open == 0 ? "" : fmt::format("; {} cannot be told", figures(open));
  const Movements movements(comparison);
  const std::string misses = slo_sentence(comparison, "misses", newly_missed);
  std::vector<std::string> parts;
  for (std::string part :
       {misses, slo_sentence(comparison, "meets", newly_met), misses.empty() ? movements.words() : movements.kinds()})
    if (!part.empty()) parts.push_back(std::move(part));
  switch (comparison.headline.claim) {
    case Claim::same:
      return same_words(comparison);
    case Claim::cannot_tell:
      return fmt::format("cannot tell A from B: {} of {} are open; {}", open, figures(comparison.figures.size()),
                         open_words(comparison));
    default:
      return fmt::format("{}", fmt::join(parts, "; ")) + rest;
  }
}

}  // namespace capplan::plan
