// A comparison as a report: in words what changes and by how much, which settings differ, and a row for each figure
// that changes or cannot be told. Figures without a difference are named in a sentence; CSV and JSON have them all.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/report.h"
#include "plan/study/comparison_words.h"
#include "plan/study/figure_text.h"
#include "plan/study/headline.h"

namespace capplan::plan {

namespace {

using Changes = std::vector<const FigureChange*>;

/// {"-12.3%", "±2.1"}.
Cell relative_cell(const FigureChange& change) {
  if (!change.relative.known) return {!change.difference.known ? "-" : change.tested ? "from 0" : "0%"};
  return change_cell(change.relative);
}

std::string setting(const Comparison& c) {
  const Result& a = c.a.result;
  const Result& b = c.b.result;
  const auto both = [](const auto& first, const auto& second) {
    return first == second ? fmt::format("{}", first) : fmt::format("{} and {}", first, second);
  };
  return fmt::format("A is {}, B is {}; {} replications of each, {}; seed {}, engine {}", printable(c.a.label),
                     printable(c.b.label), both(a.replications, b.replications),
                     c.paired ? "paired by their random numbers" : "unpaired", both(a.seed, b.seed),
                     both(a.revision, b.revision));
}

Block settings_block(const Comparison& comparison) {
  Grid grid({{"setting", true}, {"A", true}, {"B", true}});
  const auto shown = [](const std::string& value) { return value.empty() ? "-" : elided(printable(value), 60); };
  for (const SettingDifference& difference : comparison.settings)
    grid.add({{difference.key}, {shown(difference.a)}, {shown(difference.b)}});
  if (!grid.empty()) return {"what differs", std::move(grid), {}};
  return {"what differs", {}, {"every setting is the same"}};
}

/// "search p50, p99; pool app use".
std::string listed(const Changes& changes) {
  std::string text, last;
  for (const FigureChange* change : changes) {
    const std::string of = printable(subject_of(change->path));
    text += of == last ? ", " : text.empty() ? of + " " : "; " + of + " ";
    text += word_of(change->path);
    last = of;
  }
  return text;
}

std::string p_text(double p) { return p < 0.001 ? "<0.001" : fmt::format("{:.2g}", p); }

std::vector<Heading> change_heads() {
  return {{""}, {"of", true}, {"figure", true}, {"A"}, {"B"}, {"change"}, {"p"}, {"", true}};
}

std::vector<Cell> row(const FigureChange& change) {
  const Unit unit = unit_of(change.path);
  return {{mark(change.change)},
          {printable(subject_of(change.path))},
          {word_of(change.path)},
          cell(change.a, unit),
          cell(change.b, unit),
          relative_cell(change),
          {change.tested ? p_text(change.adjusted_p) : ""},
          {to_string(change.change)}};
}

/// What changes besides, in a sentence each; names of the component alone where the other side has none.
std::vector<std::string> other_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  const auto add = [&](const char* words, Change change) {
    Changes found;
    for (const FigureChange& other : comparison.others)
      if (other.change == change) found.push_back(&other);
    if (!found.empty()) sentences.push_back(words + listed(found));
  };
  add("also worse: ", Change::worse);
  add("also better: ", Change::better);
  add("also changed: ", Change::changed);
  for (const auto& [words, change] :
       {std::pair("only in A: ", Change::only_a), std::pair("only in B: ", Change::only_b)}) {
    std::vector<std::string> names;
    for (const FigureChange& other : comparison.others)
      if (other.change == change && (names.empty() || names.back() != printable(subject_of(other.path))))
        names.push_back(printable(subject_of(other.path)));
    if (!names.empty()) sentences.push_back(words + fmt::format("{}", fmt::join(names, ", ")));
  }
  return sentences;
}

/// The figures that were asked for, whatever becomes of them.
Block chosen_block(const Comparison& comparison, const FigureChoice& choice) {
  Grid grid(change_heads());
  for (const auto* family : {&comparison.figures, &comparison.others})
    for (const FigureChange& change : *family)
      if (choice.takes(change.path)) grid.add(row(change));
  if (grid.empty()) return {"what changes", {}, {"neither has any of the figures that were asked for"}};
  return {"what changes", std::move(grid), cautions(comparison)};
}

/// SLOs of either, side by side, with how far B is from the limit.
Block slos_block(const Comparison& comparison) {
  Grid grid({{""}, {"SLO of", true}, {"condition", true}, {"A"}, {"B"}, {"headroom of B"}});
  for (const SloPair& pair : slo_pairs(comparison)) {
    const SloResult& slo = pair.either();
    const auto [a, b] = values_of(pair);
    const auto marked = [](const SloResult* side, const std::string& value) {
      return side ? mark(side->judgement) + " " + value : value;
    };
    grid.add({{newly_missed(pair) ? "✗"
               : newly_met(pair)  ? "✓"
                                  : ""},
              {printable(slo.target)},
              {printable(slo.text)},
              {marked(pair.a, a)},
              {marked(pair.b, b)},
              {pair.b ? headroom(*pair.b) : ""}});
  }
  if (grid.empty()) return {"SLOs"};
  return {"SLOs", std::move(grid), {}};
}

/// "no practical difference (within 1%): search p50, p99", and which figures no replication carries.
std::vector<std::string> sentences_of(const Comparison& comparison, const Changes& same, const Changes& missing) {
  std::vector<std::string> sentences;
  if (!same.empty())
    sentences.push_back(
        fmt::format("no practical difference (within {}): {}", compact(comparison.margin, Unit::ratio), listed(same)));
  if (!missing.empty())
    sentences.push_back("too few observations in each replication to compare: " + listed(missing) +
                        "; a longer scenario.duration gives more");
  for (std::string& sentence : other_sentences(comparison)) sentences.push_back(std::move(sentence));
  for (std::string& sentence : cautions(comparison)) sentences.push_back(std::move(sentence));
  return sentences;
}

Block figures_block(const Comparison& comparison) {
  std::string overall;  // the last class: all of them, or the only one
  for (const FigureChange& change : comparison.figures)
    if (change.path[0] == "requests") overall = change.path[1];
  Grid grid(change_heads());
  Changes same, missing;
  for (const FigureChange& change : comparison.figures) {
    const bool always = change.path[0] == "requests" && change.path[1] == overall;
    if (!change.difference.known && change.change == Change::cannot_tell)
      missing.push_back(&change);
    else if (change.change == Change::same && !always)
      same.push_back(&change);
    else
      grid.add(row(change));
  }
  Block block{"what changes", {}, sentences_of(comparison, same, missing)};
  if (!grid.empty()) block.grid = std::move(grid);
  return block;
}

/// What is said of either run; that its own precision was not reached does not matter here.
Block warnings_block(const Comparison& comparison) {
  Grid grid({{"", true}, {"", true}, {"", true}});
  const auto add = [&](const char* side, const Result& result) {
    for (const Warning& warning : result.warnings)
      if (!warning.is("W03")) grid.add({{side}, {warning.code}, {printable(warning.text)}});
  };
  add("A", comparison.a.result);
  add("B", comparison.b.result);
  if (grid.empty()) return {"warnings"};
  return {"warnings", std::move(grid), {}};
}

std::string mark_of(const Comparison& comparison) {
  if (!comparison.steady()) return "~";
  switch (comparison.headline.claim) {
    case Claim::misses:
    case Claim::worse:
      return "✗";
    case Claim::better:
      return "✓";
    case Claim::cannot_tell:
      return "?";
    default:
      return "";
  }
}

}  // namespace

std::string mark(Change change) {
  return change == Change::better ? "✓" : change == Change::worse ? "✗" : change == Change::cannot_tell ? "?" : "";
}

std::string name_of(const Comparison& comparison) {
  const std::string& a = comparison.a.result.name;
  const std::string& b = comparison.b.result.name;
  return a == b ? a : a + " and " + b;
}

std::vector<std::string> cautions(const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (!comparison.paired)
    sentences.push_back(
        "unpaired: only runs of the same seed, replications and engine share their random "
        "numbers; paired, far smaller differences show");
  if (comparison.a.result.revision != comparison.b.result.revision)
    sentences.push_back("the engines differ: a change may be the simulator's");
  return sentences;
}

Grid all_changes(const Comparison& comparison) {
  std::vector<Heading> heads = change_heads();
  heads.insert(heads.begin() + 5, {"difference"});
  Grid grid(std::move(heads));
  for (const auto* family : {&comparison.figures, &comparison.others})
    for (const FigureChange& change : *family) {
      std::vector<Cell> cells = row(change);
      cells.insert(cells.begin() + 5, signed_cell(change.difference, unit_of(change.path)));
      grid.add(std::move(cells));
    }
  return grid;
}

Report report(const Comparison& comparison, const FigureChoice& choice) {
  Report report;
  report.mark = mark_of(comparison);
  report.headline = in_words(comparison);
  report.setting = setting(comparison);
  report.blocks = {settings_block(comparison)};
  if (Block slos = slos_block(comparison); slos.grid) report.blocks.push_back(std::move(slos));
  report.blocks.push_back(choice.given() ? chosen_block(comparison, choice) : figures_block(comparison));
  for (Block& block : calibration_blocks(comparison)) report.blocks.push_back(std::move(block));
  Block warnings = warnings_block(comparison);
  if (warnings.grid) report.blocks.push_back(std::move(warnings));
  return report;
}

}  // namespace capplan::plan
