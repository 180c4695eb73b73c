#include "plan/report/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/report/drift_report.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page_sweep.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/index_report.h"
#include "plan/report/report.h"
#include "plan/report/rules_report.h"
#include "plan/scenario/settings.h"

namespace capplan::plan {

namespace {

std::string paragraph_of(const std::string& text, const char* name = "") {
  return "<p" + (*name != 0 ? fmt::format(" class=\"{}\"", name) : "") + ">" + escaped(text) + "</p>\n";
}

std::string section(const char* id, const char* title, const std::string& content) {
  if (content.empty()) return {};
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", id, title) + content + "</section>\n";
}

std::string drawn(const Chart& chart) { return chart.series.empty() ? "" : html(chart); }

std::string drawn(const std::vector<Chart>& charts) {
  std::string text;
  for (const Chart& chart : charts) text += drawn(chart);
  return text;
}

std::string block_html(const Block& block) {
  std::string text;
  if (block.grid) text += html(*block.grid);
  for (const std::string& sentence : block.sentences) text += paragraph_of(sentence);
  if (!block.code.empty()) {
    text += "<pre>";
    for (const std::string& line : block.code) text += escaped(line) + "\n";
    text += "</pre>\n";
  }
  return text;
}

/// One after another, each but the first under its title.
std::string blocks_html(const std::vector<Block>& blocks) {
  std::string text;
  for (const Block& block : blocks)
    text += (&block == &blocks.front() ? "" : "<h3>" + escaped(block.title) + "</h3>\n") + block_html(block);
  return text;
}

/// Of the sweep's answers that stand open.
constexpr std::size_t most_sentences = 6;

const char* class_of(const std::string& mark) { return mark == "✓" ? "met" : mark == "✗" ? "missed" : "undecided"; }

std::string head(const Report& report, const std::string& name) {
  const std::size_t after = report.headline.starts_with(printable(name) + ": ") ? printable(name).size() + 2 : 0;
  std::string mark;
  if (!report.mark.empty())
    mark = fmt::format("<span class=\"mark {}\">{}</span> ", class_of(report.mark), escaped(report.mark));
  return "<header>\n<h1>" + escaped(name) + "</h1>\n<p class=\"verdict\">" + mark +
         escaped(report.headline.substr(after)) + "</p>\n" + paragraph_of(report.setting, "setting") + "</header>\n";
}

constexpr const char* dots_note =
    "A filled dot is a difference beyond chance: ✓ better, ✗ worse. A hollow one shows none; with a dashed interval, "
    "marked ?, it is too wide to tell. An arrow points to what lies beyond the axis.";
constexpr const char* changes_note =
    "p is adjusted by Holm over the figures of the chart, and over all others by Benjamini and Hochberg; a difference "
    "is called better or worse below 0.05.";

constexpr const char* assumptions_note =
    "What is not at its default; every other parameter is below. A calibration's costs count as given. Times in a "
    "distribution are seconds.";

/// In place of the value of some keys: what else they were.
using Others = std::map<std::string, std::string>;

/// A table of settings under the names of their sections.
struct Assumed {
  std::vector<const char*> heads;
  std::string rows{};
  std::string section{};  ///< of the last row
  std::size_t count = 0;

  void add(const Setting& setting, const std::string& cells) {
    if (setting.section != section)
      rows += fmt::format("<tr class=\"part\"><th scope=\"rowgroup\" colspan=\"{}\" class=\"words\">{}</th></tr>\n",
                          heads.size(), escaped(setting.section));
    section = setting.section;
    rows += "<tr><th scope=\"row\" class=\"words\">" + escaped(setting.name) + "</th>" + cells + "</tr>\n";
    ++count;
  }

  std::string html() const {
    std::string head;
    for (const char* each : heads) head += fmt::format("<th scope=\"col\" class=\"words\">{}</th>", each);
    return table(head, rows);
  }
};

std::string assumptions(const std::string& scenario, const Others& others) {
  Assumed changed{.heads = {"parameter", "value", "default", "meaning and source"}};
  Assumed untouched{.heads = {"parameter", "default", "meaning and source"}};
  for (const Setting& setting : settings(scenario)) {
    const auto other = others.find(setting.key());
    const bool given = other != others.end() || (!setting.is_default && !setting.value.empty());
    std::string value = setting.value.empty() ? "not set" : elided(setting.value, 160);
    if (other != others.end()) value = other->second;
    const std::string meaning = setting.help + (setting.source.empty() ? "" : " [" + setting.source + "]");
    if (given)
      changed.add(setting, "<td class=\"words\"><b>" + escaped(value) + "</b></td>" +
                               table_cell({setting.fallback}, true) + table_cell({meaning}, true));
    else
      untouched.add(setting, table_cell({value}, true) + table_cell({meaning}, true));
  }
  if (changed.count + untouched.count == 0) return {};
  return paragraph_of(assumptions_note) + changed.html() +
         fmt::format("<details class=\"defaults\"><summary>{} parameters at their defaults</summary>\n",
                     untouched.count) +
         untouched.html() + "</details>\n";
}

Others varied(const std::vector<Axis>& axes) {
  Others others;
  for (const Axis& axis : axes) others[axis.key] = fmt::format("varied: {}", fmt::join(axis.labels, ", "));
  return others;
}

Others of_both(const std::vector<SettingDifference>& differences) {
  Others others;
  const auto shown = [](const std::string& value) { return value.empty() ? "not set" : elided(value, 80); };
  for (const SettingDifference& each : differences)
    others[each.key] = fmt::format("A: {}; B: {}", shown(each.a), shown(each.b));
  return others;
}

/// What names the answer, and would be asked for to repeat it.
std::string provenance(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text = "<dl>\n";
  for (const auto& [name, value] : facts) text += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
  return text + "</dl>\n" +
         paragraph_of("The data are in this page: capplan report THIS.html -o figures.csv reads them back.");
}

std::string notes_of(const Report& report) { return report.has_unknown ? paragraph_of(unknown_note, "note") : ""; }

std::string warnings_of(const Result& result) {
  if (result.warnings.empty()) return paragraph_of("There are none.");
  Grid grid({{"code", true}, {"what to be careful about", true}});
  for (const Warning& warning : result.warnings) grid.add({{warning.code}, {warning.text}});
  return html(grid);
}

/// Each warning once, with the number of points that have it.
std::string warnings_of(const Sweep& sweep) {
  std::vector<std::pair<Warning, int>> counted;
  for (const SweepPoint& point : sweep.points)
    for (const Warning& warning : point.result.warnings) {
      const auto known =
          std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == warning; });
      if (known == counted.end())
        counted.emplace_back(warning, 1);
      else
        ++known->second;
    }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first.code < b.first.code; });
  if (counted.empty()) return paragraph_of("There are none.");
  Grid grid({{"code", true}, {"points"}, {"what to be careful about", true}});
  for (const auto& [warning, count] : counted) grid.add({{warning.code}, {fmt::format("{}", count)}, {warning.text}});
  return html(grid);
}

/// What each point does, folded; drawn when it is opened.
std::string points_of(const Sweep& sweep) {
  std::string text;
  for (const SweepPoint& point : sweep.points) {
    if (!point.done || point.result.profile.empty()) continue;
    std::vector<std::string> at;
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) at.push_back(sweep.axes[a].key + " = " + point.labels[a]);
    const std::string verdict = mark(point.result.verdict, !point.result.slos.empty());
    text += fmt::format("<details class=\"point\"><summary><span class=\"{}\">{}</span> {}</summary>\n",
                        class_of(verdict), verdict, escaped(fmt::format("{}", fmt::join(at, ", ")))) +
            drawn(spectrum_chart(point.result)) + drawn(stages_chart(point.result)) + "</details>\n";
  }
  const bool all = sweep.points.size() <= most_details_on_page;
  if (all && text.empty()) return {};
  return paragraph_of(all ? "Latency spectrum and stages of a point: open it."
                          : "Latency spectrum and stages are here of the points that the answer names; of any other: "
                            "capplan run with its settings, and -o run.html.",
                      "note") +
         text;
}

}  // namespace

std::string sections(const Result& result) {
  const Report report = plan::report(result);
  std::string slos, over_time, figures;
  const auto known = [](const SloResult& slo) { return slo.estimate.known; };
  for (const Block& block : report.blocks) {
    if (block.title == "warnings" || !block.on_terminal) continue;
    if (block.title == "SLOs")
      slos = block_html(block) + (std::all_of(result.slos.begin(), result.slos.end(), known) ? "" : notes_of(report));
    else if (block.title == "alerts" || block.title == "error budgets")
      over_time += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
    else
      figures += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  }
  if (slos.empty()) slos = paragraph_of("The scenario states no SLO.");
  if (result.profile.empty())
    figures += paragraph_of("This result was stored without what charts need; compute it anew to see them.");
  return head(report, result.name) + section("verdict", "Verdict", slos + drawn(slo_chart(result)) + over_time) +
         section("spectrum", "Latency spectrum", drawn(spectrum_chart(result))) +
         section("stages", "Where the time goes", drawn(stages_chart(result))) +
         section("utilization", "Utilization", drawn(utilization_chart(result))) +
         section("time", "Over time", drawn(time_charts(result))) +
         section("figures", "All figures", figures + notes_of(report)) +
         section("calibration", "Validation against captures",
                 blocks_html(calibration_blocks(result.calibration)) + drawn(covered_chart(result.calibration))) +
         section("warnings", "Warnings", warnings_of(result)) +
         section("assumptions", "Assumptions", assumptions(result.scenario, {})) +
         section("provenance", "Provenance",
                 provenance({{"scenario", result.name},
                             {"scenario hash", result.scenario_hash},
                             {"seed", fmt::format("{}", result.seed)},
                             {"engine revision", fmt::format("{}", result.revision)},
                             {"replications", fmt::format("{}", result.replications)}}));
}

std::string sections(const Sweep& sweep) {
  const Report report = plan::report(sweep);
  std::string answer, table;
  for (const Block& block : report.blocks)
    if (block.on_terminal) (block.grid ? table : answer) += block_html(block);
  if (sweep.smallest.size() > most_sentences)
    answer = fmt::format("<details><summary>The smallest settings that meet the SLOs ({})</summary>\n",
                         sweep.smallest.size()) +
             answer + "</details>\n";
  const auto base = std::find_if(sweep.points.begin(), sweep.points.end(), [](const auto& p) { return p.done; });
  const Result none, &result = base == sweep.points.end() ? none : base->result;
  return head(report, sweep.name) + section("verdict", "Answer", answer + table + notes_of(report)) +
         section("sweep", "Over the grid", drawn(sweep_charts(sweep))) +
         section("points", "Each point", points_of(sweep)) +
         section("calibration", "Validation against captures", blocks_html(calibration_blocks(sweep))) +
         section("warnings", "Warnings", warnings_of(sweep)) +
         section("assumptions", "Assumptions", assumptions(result.scenario, varied(sweep.axes))) +
         section("provenance", "Provenance",
                 provenance({{"scenario", sweep.name},
                             {"first point's hash", result.scenario_hash},
                             {"seed", fmt::format("{}", sweep.seed)},
                             {"engine revision", fmt::format("{}", result.revision)},
                             {"points", fmt::format("{}", sweep.points.size())}}));
}

std::string sections(const IndexPlans& plans) {
  const Report report = plan::report(plans);
  std::string charts, blocks;
  for (const IndexPlan& plan : plans.indexes)
    for (const IndexAtRows& at : plan.at) charts += drawn(tradeoff_chart(plan, at));
  for (const Block& block : report.blocks) blocks += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  return head(report, plans.scenario) + section("tradeoff", "Recall and throughput", charts) +
         section("figures", "All figures", blocks);
}

std::string sections(const Rules& rules) {
  const Report report = plan::report(rules);
  std::string blocks;
  for (const Block& block : report.blocks) blocks += block_html(block);
  return head(report, rules.name) + section("rules", "Rules of thumb", blocks);
}

std::string sections(const HitCurves& curves) {
  const Report report = plan::report(curves);
  std::string charts, blocks;
  for (const HitCurve& curve : curves.curves) charts += drawn(hit_curve_chart(curve));
  for (const Block& block : report.blocks) blocks += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  return head(report, curves.source) + section("curve", "Hit ratio by size", charts) +
         section("figures", "All figures", blocks);
}

std::string sections(const Comparison& comparison) {
  const Report report = plan::report(comparison);
  std::string inputs, warnings;
  for (const Block& block : report.blocks) {
    if (block.title == "what differs") inputs += block_html(block);
    if (block.title == "warnings") warnings += block_html(block);
  }
  std::string figures = drawn(change_chart(comparison)) + paragraph_of(dots_note, "note of-chart") +
                        html(all_changes(comparison)) + paragraph_of(changes_note, "note");
  for (const std::string& sentence : cautions(comparison)) figures += paragraph_of(sentence);
  const Result &a = comparison.a.result, &b = comparison.b.result;
  const auto both = [](const auto& first, const auto& second) {
    return first == second ? fmt::format("{} each", first) : fmt::format("{} and {}", first, second);
  };
  return head(report, name_of(comparison)) + section("changes", "What changes", figures) +
         section("inputs", "What differs in the inputs", inputs) +
         section("calibration", "Validation against captures", blocks_html(calibration_blocks(comparison))) +
         section("warnings", "Warnings", warnings.empty() ? paragraph_of("There are none.") : warnings) +
         section("assumptions", "Assumptions", assumptions(a.scenario, of_both(comparison.settings))) +
         section("provenance", "Provenance",
                 provenance({{"A", comparison.a.label},
                             {"B", comparison.b.label},
                             {"scenario hash of A", a.scenario_hash},
                             {"scenario hash of B", b.scenario_hash},
                             {"seed", both(a.seed, b.seed)},
                             {"engine revision", both(a.revision, b.revision)},
                             {"replications", both(a.replications, b.replications)},
                             {"random numbers", comparison.paired ? "shared: paired by replication" : "unpaired"},
                             {"precision asked for", compact(comparison.precision, Unit::ratio)}}));
}

std::string sections(const Validation& validation) {
  const Report said = report(validation);
  std::string text = head(said, "Predictions beside measurements");
  for (const Block& block : said.blocks) {
    std::string title = block.title;
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
    const bool first = &block == &said.blocks.front();
    text += section(block.title.c_str(), title.c_str(),
                    block_html(block) + (first ? drawn(validation_charts(validation)) : ""));
  }
  return text;
}

std::string sections(const Drift& drift) {
  const Report said = report(drift);
  std::string blocks;
  for (const Block& block : said.blocks) blocks += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  return head(said, "A calibration beside captures") +
         section("changes", "What moved", drawn(drift_chart(drift)) + paragraph_of(dots_note, "note of-chart")) +
         section("figures", "All figures", blocks);
}

}  // namespace capplan::plan
