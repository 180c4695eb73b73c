#pragma once
// What a result, a sweep or a comparison has to say, in the order it is said, before it is text or markdown.

#include <optional>
#include <string>
#include <vector>

#include "plan/report/text_layout.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// A titled grid, and sentences below it.
struct Block {
  std::string title{};
  std::optional<Grid> grid{};
  std::vector<std::string> sentences{};
  std::vector<std::string> code{};  ///< lines that stand as they are, to be copied
};

struct Report {
  std::string mark{};      ///< "✓", "✗", "?", "~", or nothing where no judgement is due
  std::string headline{};  ///< the answer in one line
  std::string setting{};   ///< what was simulated, in one line
  std::vector<Block> blocks{};
  bool titled = false;     ///< a terminal shows the blocks' titles too
  bool has_unknown = false;  ///< a "-" stands for a figure that the sample cannot carry
};

/// "✓" for met, "✗" for missed, "?" for undecided; "~" for no steady state, "-" where no SLO is stated.
std::string mark(Verdict verdict, bool judged);
std::string mark(Judgement judgement);

Report report(const Result& result);
Report report(const Sweep& sweep);
Report report(const Comparison& comparison);

/// The verdict on a comparison in one sentence: "B is faster: p95 of search falls by 12.3% ±2.1; …".
std::string in_words(const Comparison& comparison);

/// What "-" stands for, in a sentence.
inline constexpr const char* unknown_note =
    "-: the sample does not carry this figure; a longer scenario.duration or more replications would";

}  // namespace capplan::plan
