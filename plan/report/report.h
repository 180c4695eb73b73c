#pragma once
// What a result, a sweep, a comparison or a validation has to say, in the order it is said, before it is text or
// markdown.

#include <optional>
#include <string>
#include <vector>

#include "plan/fit/validation.h"
#include "plan/format/text_layout.h"
#include "plan/study/compare.h"
#include "plan/study/figure_choice.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// A titled grid, and sentences below it.
struct Block {
  std::string title{};
  std::optional<Grid> grid{};
  std::vector<std::string> sentences{};
  std::vector<std::string> code{};  ///< lines that stand as they are, to be copied
  bool on_terminal = true;          ///< else in markdown and on pages alone
};

struct Report {
  std::string mark{};      ///< "✓", "✗", "?", "~", or nothing where no judgement is due
  std::string headline{};  ///< the answer in one line
  std::string setting{};   ///< what was simulated, in one line
  std::vector<Block> blocks{};
  bool titled = false;       ///< a terminal shows the blocks' titles too
  bool has_unknown = false;  ///< a "-" stands for a figure that the sample cannot carry
};

/// "✓" for met, "✗" for missed, "?" for undecided; "~" for no steady state, "-" where no SLO is stated.
std::string mark(Verdict verdict, bool judged);
std::string mark(Judgement judgement);
/// How far the value is from its limit, as a share of the limit: "12% headroom", "3% above the limit".
std::string headroom(const SloResult& slo);

/// With a choice the figures that it names, else the usual ones.
Report report(const Result& result, const FigureChoice& choice = {});
Report report(const Sweep& sweep, const FigureChoice& choice = {});
Report report(const Comparison& comparison, const FigureChoice& choice = {});
Report report(const Validation& validation);

/// "statements", "share of search", "rows of chunks".
std::string words_of(const CoveredQuantity& quantity);
/// What the costs rest on: captures, what the fit leaves, costs, and the calibrated range beside the scenario's own
/// place; without blocks if they were fitted to nothing. For pages and markdown.
std::vector<Block> calibration_blocks(const CalibrationCheck& check);
/// The same of several: each calibration once, with the places of all that rest on it.
std::vector<Block> calibration_blocks(const std::vector<const CalibrationCheck*>& all);
std::vector<Block> calibration_blocks(const Sweep& sweep);
std::vector<Block> calibration_blocks(const Comparison& comparison);

/// "hnsw 50k x 384, m 16/64, ef 40": an index sample in words; m and ef_construction, ef_search.
std::string described(const IndexSample& sample);

/// "api", or "api and api-2" where the two scenarios have names of their own.
std::string name_of(const Comparison& comparison);
/// "✓" for better, "✗" for worse, "?" for what cannot be told; nothing where there is no practical difference.
std::string mark(Change change);
/// Every figure with its difference; the report itself leaves out what does not change.
Grid all_changes(const Comparison& comparison);
/// What weakens a comparison, in sentences: runs that are not paired, engines that differ.
std::vector<std::string> cautions(const Comparison& comparison);

/// What "-" stands for, in a sentence.
inline constexpr const char* unknown_note =
    "-: too few observations to estimate this figure; a longer scenario.duration or more replications would do";

}  // namespace capplan::plan
