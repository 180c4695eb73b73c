#include "plan/study/comparison_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using Changes = std::vector<const FigureChange*>;

bool changed(const FigureChange& change) { return change.change == Change::better || change.change == Change::worse; }

/// "p95 of search falls by 12.3% ±2.1".
std::string sentence(const FigureChange& change) {
  const std::string figure = word_of(change.path);
  const bool rises = change.difference.value > 0;
  const std::string verb = std::string(rises ? "rise" : "fall") + (figure == "errors" ? "" : "s");
  std::string amount =
      "from " + compact(change.a.value, unit_of(change.path)) + " to " + compact(change.b.value, unit_of(change.path));
  if (change.relative.known && std::abs(change.relative.value) < 2) {
    core::Estimate size = change.relative;
    if (!rises) size = {-size.value, -size.hi, -size.lo, true};
    const Cell shown = cell(size, Unit::ratio);
    amount = "by " + shown.text + " " + shown.beside;
  }
  return fmt::format("{} of {} {} {}", figure, printable(subject_of(change.path)), verb, amount);
}

/// Of several changes the one that says most: p95 before p99 before the mean, then the greatest.
const FigureChange* leading(const Changes& changes) {
  const auto rank = [](const FigureChange* c) {
    const Path order = {"p95", "p99", "mean", "p50"};
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

/// The changes in words: what B is and does, with the leading figure of each kind.
class Verdicts {
 public:
  explicit Verdicts(const Comparison& comparison) {
    for (const FigureChange& change : comparison.figures) {
      untested_ = untested_ && !change.tested && change.difference.known;
      unknown_ += change.change == Change::cannot_tell ? 1 : 0;
      all_.push_back(&change);
    }
    const auto is_latency = [](const Path& path) { return path[0] == "requests" && path.size() == 4; };
    add("is faster", Change::better, is_latency);
    add(words_.empty() ? "is slower" : "slower elsewhere", Change::worse, is_latency);
    add("does more", Change::better, [](const Path& path) { return path.back() == "completed_per_s"; });
    add("does less", Change::worse, [](const Path& path) { return path.back() == "completed_per_s"; });
    add("fails less", Change::better, [](const Path& path) { return path.back() == "error_ratio"; });
    add("fails more", Change::worse, [](const Path& path) { return path.back() == "error_ratio"; });
  }

  std::string words() {
    if (words_.empty()) {
      add("answers as A does", Change::better, [](const Path&) { return true; });
      add("answers as A does", Change::worse, [](const Path&) { return true; });
      words_.resize(std::min<std::size_t>(words_.size(), 1));
    }
    if (words_.empty() && untested_) return "A and B give the same figures in every replication";
    const std::string rest =
        unknown_ > 0 ? fmt::format("; {} of {} figures cannot be told at this precision", unknown_, all_.size()) : "";
    if (words_.empty()) return "no difference shown between A and B" + rest;
    const auto count = static_cast<std::size_t>(
        std::count_if(all_.begin(), all_.end(), [](const FigureChange* change) { return changed(*change); }));
    const std::size_t others = count - leads_.size();
    std::string text = fmt::format("B {}: {}", enumerated(words_), fmt::join(leads_, ", "));
    if (others > 0) text += fmt::format("; {} other figure{} too", others, others == 1 ? " changes" : "s change");
    if (others == 0 && unknown_ == 0) text += "; nothing else changes beyond chance";
    return text + rest;
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
  bool untested_ = true;
  std::size_t unknown_ = 0;
  std::vector<std::string> words_;
  std::vector<std::string> leads_;
};

}  // namespace

std::string in_words(const Comparison& comparison) {
  const bool a = comparison.a.result.verdict == Verdict::no_steady_state;
  const bool b = comparison.b.result.verdict == Verdict::no_steady_state;
  const char* remark = "no figure here holds for longer than the run";
  if (a && b) return fmt::format("neither A nor B has a steady state: more work arrives than is done, and {}", remark);
  if (a || b)
    return fmt::format("{} has no steady state and {} has one: more work arrives than {} does, and {}", a ? "A" : "B",
                       a ? "B" : "A", a ? "A" : "B", remark);
  return Verdicts(comparison).words();
}

}  // namespace capplan::plan
