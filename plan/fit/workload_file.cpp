// A workload's statistics as TOML and as sentences. Limits: figures have six digits; a test is called surprising below
// 1 %, since several are made.

#include "plan/fit/workload_file.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/units.h"
#include "models/spec/distribution_value.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using unwritten::number;
using unwritten::raw;
using unwritten::text;
using unwritten::time;

constexpr double surprising = 0.01;

void add(Table& table, const std::string& name, const core::Estimate& e, Value (*spell)(double)) {
  if (!e.known) return;
  table.emplace_back(name, spell(e.value));
  table.emplace_back(name + "_interval", raw(List{spell(e.lo), spell(e.hi)}));
}

std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : fmt::format("p {:.2g}", p); }

std::string percent(double x) { return fmt::format("{:.3g}%", 100 * x); }

/// "+3.1% ±4.2".
std::string signed_percent(const core::Estimate& e) {
  return fmt::format("{:+.1f}% ±{:.1f}", 100 * e.value, 100 * e.half_width());
}

std::string rate_sentence(const RateCourse& c) {
  const bool grows = c.trend_p < surprising, wanders = c.wander_p < surprising;
  const std::string trend = fmt::format("rate from first to last {} ({})", signed_percent(c.growth), p_text(c.trend_p));
  const std::string rest =
      fmt::format("{} windows of {} {} ({})", c.per_second.size(), core::format_duration(c.window),
                  wanders ? "differ more than chance" : "differ as chance would", p_text(c.wander_p));
  return fmt::format("{}: {}; {}", grows || wanders ? "the rate is not steady" : "the rate is steady", trend, rest);
}

std::string dispersion_sentence(const std::vector<ScaleDispersion>& scales) {
  std::string line = "dispersion";
  for (const ScaleDispersion& s : scales)
    line += fmt::format("{} {:.2f} [{:.2f}, {:.2f}] at {}", &s == &scales.front() ? "" : ",", s.dispersion.value,
                        s.dispersion.lo, s.dispersion.hi, core::format_duration(s.scale));
  return line;
}

std::string sequence_sentence(const SequenceFit& s) {
  const bool classes = s.classes_p < surprising;
  std::string line = fmt::format("next on a connection: durations correlate by {:.3f} ±{:.3f} ({})", s.durations.value,
                                 s.durations.half_width(), p_text(s.durations_p));
  if (s.repeats.known)
    line +=
        fmt::format("; classes {}, repeats {} of pairs beyond chance ({})",
                    classes ? "follow one another" : "are independent", signed_percent(s.repeats), p_text(s.classes_p));
  return line;
}

}  // namespace

Table workload_details(const WorkloadFit& w) {
  Table table;
  if (!w.course.per_second.empty()) {
    List course;
    for (const double x : w.course.per_second) course.push_back(number(x));
    Table own{{"window", time(w.course.window)}, {"per_second", raw(std::move(course))}};
    add(own, "growth", w.course.growth, number);
    own.emplace_back("trend_p", number(w.course.trend_p));
    own.emplace_back("wander_p", number(w.course.wander_p));
    table.emplace_back("course", raw(std::move(own)));
  }
  List scales;
  for (const ScaleDispersion& s : w.scales) {
    Table own{{"scale", time(s.scale)}, {"windows", raw(static_cast<std::int64_t>(s.windows))}};
    add(own, "dispersion", s.dispersion, number);
    scales.push_back(raw(std::move(own)));
  }
  if (!scales.empty()) table.emplace_back("dispersion_by_scale", raw(std::move(scales)));
  if (w.mix_course.windows > 0)
    table.emplace_back("mix_course", raw(Table{{"windows", raw(std::int64_t{w.mix_course.windows})},
                                               {"design", number(w.mix_course.design)},
                                               {"p", number(w.mix_course.p)},
                                               {"most", text(w.mix_course.most)},
                                               {"least", number(w.mix_course.least)},
                                               {"greatest", number(w.mix_course.greatest)}}));
  const SequenceFit& s = w.sequence;
  if (s.durations.known) {
    Table own{{"pairs", raw(s.pairs)}};
    add(own, "durations", s.durations, number);
    own.emplace_back("durations_p", number(s.durations_p));
    add(own, "repeats", s.repeats, number);
    own.emplace_back("classes_p", number(s.classes_p));
    table.emplace_back("sequence", raw(std::move(own)));
  }
  if (s.think) {
    table.emplace_back("think", s.think->none ? text("0s") : models::to_value(s.think->distribution));
    Table own{{"count", raw(s.think->count)}};
    add(own, "mean", s.think->mean, time);
    if (!s.think->none) {
      own.emplace_back("family", text(s.think->family));
      own.emplace_back("ks", number(s.think->ks));
    }
    table.emplace_back("think_fit", raw(std::move(own)));
  }
  if (w.keys) {
    if (w.keys->zipf.known)
      table.emplace_back("keys", raw(Table{{"zipf", number(w.keys->zipf.value)}, {"count", raw(w.keys->distinct)}}));
    Table own{{"requests", raw(w.keys->requests)}, {"distinct", raw(w.keys->distinct)}};
    add(own, "zipf", w.keys->zipf, number);
    own.emplace_back("ranks", raw(w.keys->ranks));
    own.emplace_back("distance", number(w.keys->distance));
    own.emplace_back("goodness", text(goodness_of(*w.keys)));
    add(own, "heaps", w.keys->heaps, number);
    table.emplace_back("key_fit", raw(std::move(own)));
  }
  return table;
}

std::vector<std::string> workload_sentences(const WorkloadFit& w) {
  std::vector<std::string> lines;
  if (w.course.growth.known) lines.push_back(rate_sentence(w.course));
  if (!w.scales.empty()) lines.push_back(dispersion_sentence(w.scales));
  if (w.mix_course.windows > 0)
    lines.push_back(fmt::format("the mix {} ({}); {} moves most, {} to {} in {} windows",
                                w.mix_course.p < surprising ? "drifts" : "stays the same", p_text(w.mix_course.p),
                                w.mix_course.most, percent(w.mix_course.least), percent(w.mix_course.greatest),
                                w.mix_course.windows));
  if (w.sequence.durations.known) lines.push_back(sequence_sentence(w.sequence));
  if (const auto& think = w.sequence.think)
    lines.push_back(think->none
                        ? fmt::format("clients do not rest: {} between answer and next request",
                                      core::format_duration(think->mean.value))
                        : fmt::format("think time: mean {} ±{:.0f}%, {} (KS {:.3f})",
                                      core::format_duration(think->mean.value),
                                      100 * think->mean.half_width() / think->mean.value, think->family, think->ks));
  if (w.keys) {
    lines.push_back(fmt::format("keys: {} requests of {} keys{}; {}", w.keys->requests, w.keys->distinct,
                                w.keys->zipf.known ? fmt::format(", Zipf exponent {:.3f} ±{:.3f}", w.keys->zipf.value,
                                                                 w.keys->zipf.half_width())
                                                   : "",
                                goodness_of(*w.keys)));
    if (w.keys->heaps.known)
      lines.push_back(fmt::format("working set: distinct keys grow as requests to the power {:.2f} ±{:.2f}",
                                  w.keys->heaps.value, w.keys->heaps.half_width()));
  }
  return lines;
}

}  // namespace capplan::plan
