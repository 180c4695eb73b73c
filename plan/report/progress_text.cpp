#include "plan/report/progress_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"

namespace capplan::plan {

namespace {

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(std::min(std::ceil(seconds), 359'999.0));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

std::string progress_text(const std::string& verb, const Progress& p) {
  if (p.total == 0) return verb + " " + clock_text(p.elapsed_s);
  std::string text = verb;
  text += p.total > 1 ? fmt::format(" {}/{}", p.done, p.total) : fmt::format(" {:.0f}%", std::floor(p.work_done * 100));
  if (!p.latest.empty()) text += "  p99 " + p.latest;
  if (p.elapsed_s > 0 && p.events > 0) text += fmt::format("  {} ev/s", core::format_count(p.events / p.elapsed_s));
  if (p.work_done > 0 && p.work_done <= 1) text += "  eta " + clock_text(p.elapsed_s * (1 - p.work_done) / p.work_done);
  return text;
}

std::string long_question_text(const std::string& verb, const Progress& p) {
  constexpr double shortest_s = 60, seen_s = 1;
  if (p.total == 0 || p.elapsed_s < seen_s || !(p.work_done > 0) || p.work_done > 1) return {};
  const double whole = p.elapsed_s / p.work_done;
  if (whole < shortest_s) return {};
  return fmt::format("{}: about {} and {} events{}; --budget TIME ends it earlier, at a lower precision", verb,
                     core::format_duration(whole), core::format_count(p.events / p.work_done),
                     p.total > 1 ? fmt::format(" for {} points", p.total) : "");
}

}  // namespace capplan::plan
